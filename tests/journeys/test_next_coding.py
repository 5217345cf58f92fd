"""Keys about a coding that was asked for and is not there yet; and where the caret is afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from apps.coding.models import CodingAssignment, Memo
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page, codings_of
from tests.journeys.test_outbox import SPEECH, all_saved, code_first, code_more

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LONG = " ".join(
    f"Sentence {number} of a very long answer, with some words in it." for number in range(1, 301)
)


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    speech = (*SPEECH[:3], ("P", LONG), SPEECH[3])
    return make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=speech))


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


@pytest.fixture
def coded(page: Page) -> Page:
    """Three sentences are coded, the first is in the panel, and the network is slow."""
    code_first(page)
    code_more(page, 2)
    all_saved(page)
    page.locator("#turn-1 mark").first.click()
    page.locator("#passage:not([aria-busy=true]) [data-start='0']").wait_for()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 250, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", slow)
    return page


def is_seen(page: Page) -> bool:
    """Whether the line of the caret is inside the pane of the text."""
    return page.evaluate(
        """() => {
          const { top, bottom } = document.querySelector(".pane-text").getBoundingClientRect();
          const { focusNode, focusOffset } = getSelection();
          const range = new Range();
          range.setStart(focusNode, Math.max(0, focusOffset - 1));
          range.setEnd(focusNode, focusOffset);
          const box = range.getBoundingClientRect();
          return box.top >= top && box.bottom <= bottom;
        }"""
    )


def selected(page: Page) -> str:
    return page.evaluate("getSelection().toString()")


def test_a_key_is_about_the_coding_that_was_asked_for(coded: Page, work: CodingAssignment) -> None:
    before = codings_of(work)
    coded.keyboard.press("n")
    coded.keyboard.press("x")
    coded.locator("mark").nth(2).wait_for(state="detached")
    all_saved(coded)
    assert codings_of(work) == [before[0], before[2]]


def test_letters_go_into_the_memo_of_the_coding_that_was_asked_for(
    coded: Page, work: CodingAssignment
) -> None:
    before = codings_of(work)
    coded.keyboard.press("n")
    coded.keyboard.press("m")
    coded.keyboard.type("maximum exposure")
    expect(coded.locator("#memo-text")).to_have_value("maximum exposure")
    coded.keyboard.press("Control+Enter")
    coded.locator("#passage [role=status]").wait_for()
    with acting_as(work.coder_id):
        memo = Memo.objects.select_related("coding").get()
    assert (memo.text, memo.coding.start) == ("maximum exposure", work.transcript_version.sentences[1][0])
    assert codings_of(work) == before


def test_nothing_is_done_to_another_coding_where_the_one_asked_for_does_not_come(
    coded: Page, work: CodingAssignment
) -> None:
    before = codings_of(work)
    asked: list[Route] = []
    coded.route("**/codings/*/", lambda route: asked.append(route))
    with coded.expect_request("**/codings/*/"):
        coded.keyboard.press("n")
    coded.keyboard.press("x")
    coded.wait_for_timeout(50)
    asked.pop().abort()
    coded.locator(".toast-error").wait_for()
    coded.unroute("**/codings/*/")
    all_saved(coded)
    assert codings_of(work) == before


def test_the_caret_is_there_before_the_panel(coded: Page, work: CodingAssignment) -> None:
    coded.keyboard.press("n")
    coded.keyboard.press("s")
    start, end = work.transcript_version.sentences[1]
    assert selected(coded) == work.transcript_version.text[start:end]
    coded.locator(f"#passage:not([aria-busy=true]) [data-start='{start}']").wait_for()
    assert selected(coded) == work.transcript_version.text[start:end]


def test_after_a_memo_the_caret_is_where_it_was(page: Page) -> None:
    code_first(page)
    page.keyboard.press("m")
    page.locator("#memo-text:focus").wait_for()
    page.keyboard.type("because")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("s")
    assert selected(page).startswith("On the day after")


def test_in_a_turn_taller_than_the_window_the_caret_is_seen(page: Page) -> None:
    page.locator("#turn-4").focus()
    for _ in range(60):
        page.keyboard.press("s")
    assert selected(page).endswith("Sentence 60 of a very long answer, with some words in it.")
    assert is_seen(page)
    page.keyboard.press("ArrowRight")
    for _ in range(30):
        page.keyboard.press("ArrowDown")
    assert is_seen(page)
    page.keyboard.press("Home")
    assert is_seen(page)


def test_a_click_beside_the_list_of_codes_closes_it(page: Page, work: CodingAssignment) -> None:
    page.locator("#turn-1").focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.locator("#picker").wait_for()
    page.locator(".pane-passage h2").click()
    page.locator("#picker").wait_for(state="hidden")
    assert codings_of(work) == []


def test_the_code_under_the_mouse_is_defined(page: Page) -> None:
    page.locator("#turn-1").focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    options = page.locator("[role=option]")
    options.nth(1).hover()
    options.nth(2).hover()
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
