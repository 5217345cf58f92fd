"""Words that were written and not saved: leaving asks first, and who was signed out keeps them."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from apps.accounts.models import Session
from apps.coding import actions
from apps.coding.models import CodingAssignment, Memo
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page, sign_in
from tests.journeys.test_outbox import SPEECH, all_saved, code_first

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=SPEECH))


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


@pytest.fixture
def reading(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    """The text without the tools of coding, and the box of the summary."""
    context = browser.new_context(base_url=live_server.url)
    sign_in(context, work, live_server.url)
    opened = context.new_page()
    opened.goto(f"/studies/{work.study_id}/assignments/{work.id}/read/")
    yield opened
    context.close()


def asked(page: Page) -> list[str]:
    """What the browser asks from now on; whoever is asked stays."""
    questions: list[str] = []

    def stay(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return questions


def leave(page: Page) -> None:
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_timeout(300)


def is_kept(page: Page, text: str) -> None:
    """Waits for the page that comes after saving."""
    page.wait_for_function("(text) => document.querySelector('#summary')?.defaultValue === text", arg=text)


def memos(work: CodingAssignment) -> list[str]:
    with acting_as(work.coder_id):
        return list(Memo.objects.values_list("text", flat=True))


def test_leaving_asks_while_a_memo_is_written(page: Page, work: CodingAssignment) -> None:
    code_first(page)
    page.keyboard.press("m")
    page.locator("#memo-text:focus").wait_for()
    page.keyboard.type("not saved yet")
    questions = asked(page)
    leave(page)
    assert questions == ["beforeunload"]
    expect(page.locator("#memo-text")).to_have_value("not saved yet")
    page.keyboard.press("Control+Enter")
    page.locator("#passage [role=status]").wait_for()
    page.reload()
    assert questions == ["beforeunload"]
    assert memos(work) == ["not saved yet"]


def test_leaving_asks_while_letters_wait_for_the_panel(page: Page) -> None:
    code_first(page)
    all_saved(page)
    page.context.set_offline(True)
    page.keyboard.press("s")
    page.keyboard.press(".")
    page.keyboard.press("m")
    page.keyboard.type("why")
    questions = asked(page)
    leave(page)
    assert questions == ["beforeunload"]
    page.context.set_offline(False)
    expect(page.locator("#memo-text")).to_have_value("why")
    page.keyboard.press("Control+Enter")
    page.locator("#passage [role=status]").wait_for()


def test_a_memo_follows_the_click_that_leaves_it(page: Page, work: CodingAssignment) -> None:
    code_first(page)
    page.keyboard.press("m")
    page.locator("#memo-text:focus").wait_for()
    page.keyboard.type("on the way out")
    with page.expect_response("**/memo/"):
        page.locator(".pane-codes h2").click()
    all_saved(page)
    assert memos(work) == ["on the way out"]


def test_of_two_texts_of_a_memo_neither_goes_unasked(page: Page, work: CodingAssignment) -> None:
    code_first(page)
    page.keyboard.press("s")
    page.keyboard.press(".")
    all_saved(page)
    page.locator("#turn-1 mark").first.click()
    page.locator("#passage:not([aria-busy=true]) [data-start='0']").wait_for()
    coding = page.locator("#passage [data-coding]").get_attribute("data-coding")
    with acting_as(work.coder_id):
        row = work.codings.get(id=coding)
        actions.write_memo(assignment=work, coding=row, text="elsewhere", version=0, by=work.coder)
    page.locator("#memo-text").fill("here")
    page.get_by_role("button", name="Save memo").click()
    page.locator("form[data-conflict]").wait_for()
    expect(page.locator(".coding-passage, #passage").first).to_contain_text("a1")
    page.locator("#turn-1").focus()
    with page.expect_response("**/change/"):
        page.keyboard.press("d")
    all_saved(page)
    expect(page.locator("#memo-text")).to_have_value("here")
    questions = asked(page)
    page.locator("#turn-1 mark").nth(1).click()
    leave(page)
    assert questions == ["confirm", "beforeunload"]
    expect(page.locator("#memo-text")).to_have_value("here")


def test_a_summary_is_not_lost_by_leaving(reading: Page, work: CodingAssignment) -> None:
    reading.locator("#summary").fill("It is about a hub.")
    questions = asked(reading)
    leave(reading)
    assert questions == ["beforeunload"]
    reading.locator("#summary").press("Control+Enter")
    is_kept(reading, "It is about a hub.")
    assert questions == ["beforeunload"]
    assert memos(work) == ["It is about a hub."]


def test_two_clicks_save_once(reading: Page, work: CodingAssignment) -> None:
    reading.locator("#summary").fill("Clicked twice.")
    asked_of_server: list[str] = []
    reading.on("request", lambda request: asked_of_server.append(request.method))
    reading.get_by_role("button", name="Save summary").evaluate("(save) => { save.click(); save.click(); }")
    is_kept(reading, "Clicked twice.")
    assert asked_of_server.count("POST") == 1
    assert memos(work) == ["Clicked twice."]


def test_who_was_signed_out_keeps_the_summary(
    reading: Page, work: CodingAssignment, live_server: Any
) -> None:
    reading.locator("#summary").fill("An hour of thought.")
    Session.objects.all().delete()
    save = reading.get_by_role("button", name="Save summary")
    save.click()
    expect(reading.locator(".toast-error")).to_contain_text("signed out")
    expect(reading.locator("#summary")).to_have_value("An hour of thought.")
    sign_in(reading.context, work, live_server.url)
    save.click()
    is_kept(reading, "An hour of thought.")
    assert memos(work) == ["An hour of thought."]


def test_nobody_sends_what_another_wrote(
    reading: Page, work: CodingAssignment, cast: make.Cast, live_server: Any
) -> None:
    reading.locator("#summary").fill("By Ruth.")
    of_jin = make.assignment(cast.study, cast.jin, version=work.transcript_version)
    sign_in(reading.context, of_jin, live_server.url)
    reading.get_by_role("button", name="Save summary").click()
    expect(reading.locator(".toast-error")).to_contain_text("signed out")
    expect(reading.locator("#summary")).to_have_value("By Ruth.")
