"""Undo and redo by key: across a reload, on another device, and for everything that a coder does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


def all_saved(page: Page) -> None:
    page.locator("#saves[data-state=saved]").wait_for()
    page.locator("#passage:not([aria-busy=true])").wait_for()


def code(page: Page, label: str) -> None:
    """Codes the next sentence, by keyboard."""
    for key in ("s", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type(label)
    page.keyboard.press("Enter")
    all_saved(page)


def state(work: CodingAssignment) -> list[tuple[Any, ...]]:
    with acting_as(work.coder_id):
        rows = Coding.objects.standing().order_by("start", "code__label")
        memos = dict(Memo.objects.values_list("coding", "text"))
        return [
            (
                each.code.label,
                each.start,
                each.end,
                each.influence,
                each.is_to_discuss,
                memos.get(each.id, ""),
            )
            for each in rows.select_related("code")
        ]


def test_everything_is_undone_on_another_device(
    page: Page, browser: Browser, live_server: Any, work: CodingAssignment
) -> None:
    states = [state(work)]

    def note() -> None:
        all_saved(page)
        states.append(state(work))

    page.locator("#turn-2").focus()
    code(page, "a1")
    note()
    page.keyboard.press("d")
    note()
    page.keyboard.press("m")
    page.keyboard.type("Why.")
    page.keyboard.press("Control+Enter")
    note()
    code(page, "b1")
    note()
    page.keyboard.press("x")
    note()
    assert len({str(each) for each in states}) == 5
    with coding_page(browser, live_server.url, work) as other:
        said = [
            "Undone: “Subconstruct b1” removed",
            "Undone: “Subconstruct b1” coded",
            "Undone: memo on “Subconstruct a1”",
            "Undone: influence or mark of “Subconstruct a1”",
            "Undone: “Subconstruct a1” coded",
        ]
        for expected, sentence in zip(reversed(states[:-1]), said, strict=True):
            other.keyboard.press("u")
            expect(other.locator(".toast")).to_have_text(re.compile(re.escape(sentence)))
            all_saved(other)
            assert state(work) == expected
        assert other.locator("#undo").is_disabled()
        other.reload()
        for expected in states[1:]:
            other.keyboard.press("Shift+U")
            all_saved(other)
            assert state(work) == expected
        assert other.locator("#redo").is_disabled()


def test_undo_without_a_network_follows_what_it_undoes(page: Page, work: CodingAssignment) -> None:
    page.context.set_offline(True)
    page.locator("#turn-2").focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.keyboard.type("a1")
    page.keyboard.press("Enter")
    for key in ("s", ".", "u", "u", "Shift+U"):
        page.keyboard.press(key)
    assert page.locator("#saves").inner_text().split(";")[0] == "5 waiting"
    page.context.set_offline(False)
    page.locator("#saves[data-state=saved]").wait_for()
    first = work.transcript_version.sentences[1]
    assert [row[1:3] for row in state(work)] == [first]
    assert page.locator(".coding-start").count() == 1
