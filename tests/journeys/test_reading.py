"""One goes on where one stopped, on any device; and the check says what still waits in this browser."""

from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Response

from apps.coding.models import CodingAssignment, Reading
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SPEECH = tuple(
    pair
    for number in range(40)
    for pair in (
        ("I", f"Question {number}: what happened next?"),
        ("P", f"Answer {number}. " + "It was busy, and then it was quiet again. " * 8),
    )
)


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=SPEECH))


def first_on_screen(page: Page) -> str:
    return page.evaluate(
        """() => {
          const { top } = document.querySelector(".pane-text").getBoundingClientRect();
          const turns = [...document.querySelectorAll(".turn")];
          return turns.find((turn) => turn.getBoundingClientRect().bottom > top + 2).id;
        }"""
    )


def test_another_device_goes_on_where_the_coder_stopped(
    browser: Browser, live_server: Any, work: CodingAssignment
) -> None:
    def is_far(response: Response) -> bool:
        told = parse_qs(response.request.post_data or "")
        return response.url.endswith("/place/") and int(told["position"][0]) > 0

    with coding_page(browser, live_server.url, work) as page:
        with page.expect_response(is_far) as kept:
            page.locator("#turn-41").evaluate("(turn) => turn.scrollIntoView()")
            first = first_on_screen(page)
        assert kept.value.status == 204
    with acting_as(work.coder_id):
        position = Reading.objects.get(assignment=work).position
        turn = work.transcript_version.turns.get(start__lte=position, end__gt=position)
    assert f"turn-{turn.position + 1}" == first != "turn-1"
    with coding_page(browser, live_server.url, work) as other:
        assert other.locator(".turn.is-current").get_attribute("id") == first
        box = other.locator(f"#{first}").bounding_box()
        assert box
        assert 0 < box["y"] < 450


def test_the_check_says_what_waits_in_this_browser(
    browser: Browser, live_server: Any, work: CodingAssignment
) -> None:
    with coding_page(browser, live_server.url, work) as page:
        page.route("**/codings/", lambda route: route.abort())
        page.locator("#turn-2").focus()
        for key in ("s", "Enter"):
            page.keyboard.press(key)
        page.keyboard.type("a1")
        page.keyboard.press("Enter")
        page.locator("#saves[data-state=stuck]").wait_for()
        page.on("dialog", lambda dialog: dialog.accept())
        check = page.context.new_page()
        check.goto(f"/studies/{work.study_id}/assignments/{work.id}/submit/")
        check.locator("#still-waiting:not([hidden])").wait_for()
        assert check.locator("#still-waiting strong").inner_text() == "1"
        check.get_by_role("button", name="Submit").click()
        check.locator("#still-waiting a:focus").wait_for()
        work.refresh_from_db()
        assert work.submitted_at is None
        page.unroute("**/codings/")
        page.evaluate("dispatchEvent(new Event('online'))")
        page.locator("#saves[data-state=saved]").wait_for()
        check.locator("#still-waiting").wait_for(state="hidden")
