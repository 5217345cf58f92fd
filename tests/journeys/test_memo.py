"""Keys about a coding go to the one that was made last, however slow the server is."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from apps.coding.models import CodingAssignment, Memo
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page, codings_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PANEL = "**/codings/*/"


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


def code(page: Page, label: str) -> None:
    """Codes the next sentence, by keyboard."""
    for key in ("s", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type(label)
    page.keyboard.press("Enter")
    page.locator("#saves[data-state=saved]").wait_for()


def memos(work: CodingAssignment) -> list[tuple[str, str]]:
    with acting_as(work.coder_id):
        return list(Memo.objects.values_list("coding__code__label", "text"))


def coded_with_the_panel_held(page: Page) -> list[Route]:
    """Codes two sentences; the panel of the second is on its way until its route goes on."""
    page.locator("#turn-2").focus()
    code(page, "a1")
    page.locator("#passage:not([aria-busy=true])").wait_for()
    held: list[Route] = []
    page.route(PANEL, lambda route: held.append(route))
    code(page, "b1")
    return held


def test_the_memo_key_waits_for_the_panel_of_the_last_coding(page: Page, work: CodingAssignment) -> None:
    held = coded_with_the_panel_held(page)
    page.keyboard.press("m")
    page.wait_for_timeout(200)
    assert page.locator("#passage [name=text]:focus").count() == 0
    held[0].continue_()
    page.locator("#passage [name=text]:focus").wait_for()
    page.keyboard.type("Why not the first?")
    page.keyboard.press("Control+Enter")
    page.locator("#saves[data-state=saved]").wait_for()
    assert memos(work) == [("b1", "Why not the first?")]


def test_what_is_pressed_before_the_panel_is_there_moves_the_edge(page: Page, work: CodingAssignment) -> None:
    held = coded_with_the_panel_held(page)
    for key in ("]", "ArrowLeft", "ArrowLeft", "Enter", "d"):  # the full stop and a word; then another key
        page.keyboard.press(key)
    held[0].continue_()
    page.unroute(PANEL)
    page.locator("#passage [name=is_to_discuss]:checked").wait_for()
    page.locator("#saves[data-state=saved]").wait_for()
    assert codings_of(work) == [
        ("a1", "My manager forwarded an e-mail."),
        ("b1", "I nearly deleted it, to be"),
    ]
