"""A finger does what keys do: several codes in one go, and on to the next turn without a coding."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.coding.models import CodingAssignment
from tests import make
from tests.journeys.coding_page import codings_of, open_page, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SPEECH = (
    ("I", "How did it begin?"),
    ("P", "Slowly, to be honest. Nobody had told us."),
    ("I", "And then?"),
    ("P", "People came, one by one, and they stayed."),
)


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=SPEECH))


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    with closing(context):
        sign_in(context, work, live_server.url)
        yield open_page(context, work)


def select(page: Page, turn: int, letters: int) -> None:
    """What a long press leaves behind: a selection, without any pointer of a mouse."""
    page.evaluate(
        """([turn, letters]) => {
          const node = document.querySelector(`#turn-${turn} .turn-text`).firstChild;
          getSelection().setBaseAndExtent(node, 0, node, letters);
        }""",
        [turn, letters],
    )
    page.locator("#selection-tools button").first.tap()


def option(page: Page, label: str) -> Any:
    return page.get_by_role("option").filter(has_text=label)


def settle(page: Page) -> None:
    page.locator("#saves[data-state=saved]").wait_for()
    page.locator("#passage:not([aria-busy=true])").wait_for(state="attached")


def test_several_codes_in_one_go(page: Page, work: CodingAssignment) -> None:
    select(page, 2, 6)
    for control in page.locator(".picker-end > *").all():
        box = control.bounding_box()
        assert box
        assert box["height"] >= 44
    page.get_by_label("Several codes").check()
    option(page, "a1").tap()
    option(page, "b1").tap()
    expect(option(page, "a1")).to_be_checked()
    expect(option(page, "b1")).to_be_checked()
    expect(option(page, "a2")).not_to_be_checked()
    page.get_by_role("button", name="Done").tap()
    expect(page.locator("#picker")).to_be_hidden()
    settle(page)
    assert codings_of(work) == [("a1", "Slowly"), ("b1", "Slowly")]
    select(page, 4, 6)
    expect(page.get_by_label("Several codes")).not_to_be_checked()
    expect(page.get_by_role("option", checked=True)).to_have_count(0)
    option(page, "a2").tap()
    expect(page.locator("#picker")).to_be_hidden()
    settle(page)
    assert codings_of(work)[2:] == [("a2", "People")]


def test_the_list_of_codes_closes_without_a_coding(page: Page, work: CodingAssignment) -> None:
    select(page, 2, 6)
    page.get_by_role("button", name="Done").tap()
    expect(page.locator("#picker")).to_be_hidden()
    assert page.evaluate("getSelection().toString()") == "Slowly"
    assert codings_of(work) == []


def test_on_to_the_next_turn_without_a_coding(page: Page) -> None:
    here = page.locator(".turn.is-current")
    onward = page.get_by_role("button", name="Next turn without a coding")
    box = onward.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    onward.tap()
    expect(here).to_have_id("turn-2")
    select(page, 2, 6)
    option(page, "a1").tap()
    settle(page)
    onward.tap()
    expect(here).to_have_id("turn-4")
    onward.tap()
    expect(here).to_have_id("turn-4")
    page.get_by_role("button", name="Turn without a coding before").tap()
    expect(here).to_have_id("turn-4")
