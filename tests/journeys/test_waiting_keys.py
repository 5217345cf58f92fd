"""Keys about a coding that the server does not have yet, and the panel after something was undone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page, codings_of
from tests.journeys.test_outbox import SPEECH, all_saved, code_first, code_more

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WAS = "This is what happened on day"
AFTER = "On the day after it was the same"


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=SPEECH))


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def shown(page: Page) -> None:
    all_saved(page)
    page.locator("#passage:not([aria-busy=true])").wait_for(state="attached")


def test_a_key_is_about_what_was_coded_last_and_waits(page: Page, work: CodingAssignment) -> None:
    page.context.set_offline(True)
    code_first(page)
    press(page, "d")
    code_more(page, 1)
    press(page, "x")
    code_more(page, 1)
    press(page, "]", "ArrowLeft", "ArrowLeft", "Enter")
    code_more(page, 1)
    page.context.set_offline(False)
    shown(page)
    assert codings_of(work) == [("a1", f"{WAS} 2."), ("a1", f"{WAS}"), ("a1", f"{AFTER} 2.")]
    with acting_as(work.coder_id):
        assert [each.is_to_discuss for each in Coding.objects.standing().order_by("start")] == [
            True,
            False,
            False,
        ]
    assert page.locator("#refused li").count() == 0


def test_what_was_pressed_outlives_the_page(page: Page, work: CodingAssignment) -> None:
    page.route("**/codings/**", lambda route: route.abort())
    code_first(page)
    code_more(page, 1)
    press(page, "x")
    page.reload()
    page.locator("#saves[data-state=stuck]").wait_for()
    page.unroute("**/codings/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    shown(page)
    assert codings_of(work) == [("a1", f"{WAS} 2.")]


def test_a_memo_that_is_typed_without_a_network_is_no_key(page: Page, work: CodingAssignment) -> None:
    page.context.set_offline(True)
    code_first(page)
    page.locator("#saves[data-state=stuck]").wait_for()
    press(page, "m")
    page.keyboard.type("unusual, c1x")
    page.get_by_text("What you type is kept until the network is back.").wait_for()
    page.context.set_offline(False)
    memo = page.locator("#passage [name=text]:focus")
    memo.wait_for()
    assert memo.input_value() == "unusual, c1x"
    press(page, "Control+Enter")
    shown(page)
    assert codings_of(work) == [("a1", f"{WAS} 2.")]
    with acting_as(work.coder_id):
        assert Memo.objects.get().text == "unusual, c1x"


def test_the_panel_follows_what_was_undone(page: Page, work: CodingAssignment) -> None:
    code_first(page)
    shown(page)
    press(page, "]", "ArrowLeft", "ArrowLeft", "Enter")
    shown(page)
    press(page, "u")
    shown(page)
    press(page, "d")  # of the version that stands now
    shown(page)
    page.locator("#passage [name=is_to_discuss]:checked").wait_for()
    press(page, "u")
    shown(page)
    assert page.locator("#passage [name=is_to_discuss]:checked").count() == 0
    press(page, "u")
    shown(page)
    assert page.locator("#passage [data-coding]").count() == 0
    assert codings_of(work) == []
    press(page, "U")
    shown(page)
    assert codings_of(work) == [("a1", f"{WAS} 2.")]
    assert page.locator("#passage [data-coding]").count() == 1
    assert page.locator("#refused li").count() == 0
