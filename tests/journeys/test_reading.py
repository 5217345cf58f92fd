"""One goes on where one stopped, on any device; and the check says what still waits in this browser."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from apps.coding.models import CodingAssignment
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
        page.unroute("**/codings/")
        page.evaluate("dispatchEvent(new Event('online'))")
        page.locator("#saves[data-state=saved]").wait_for()
        check.locator("#still-waiting").wait_for(state="hidden")
