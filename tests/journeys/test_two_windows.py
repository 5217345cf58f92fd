"""Two windows, or two devices, of one coder: each shows what the other did, and neither overwrites it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


@pytest.fixture
def windows(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[tuple[Page, Page]]:
    with (
        coding_page(browser, live_server.url, work) as one,
        coding_page(browser, live_server.url, work) as other,
    ):
        yield one, other


def saved(page: Page) -> None:
    page.locator("#saves[data-state=saved]").wait_for()
    page.locator("#passage:not([aria-busy=true])").wait_for()


def code_sentence(page: Page, label: str, turn: int = 2) -> None:
    page.locator(f"#turn-{turn}").focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.keyboard.type(label)
    page.keyboard.press("Enter")
    saved(page)


def marks(page: Page) -> list[str]:
    return page.locator(".coding-start").evaluate_all("tags => tags.map(tag => tag.dataset.tag)")


def in_step(page: Page, *labels: str) -> None:
    tags = "[...document.querySelectorAll('.coding-start')].map(tag => tag.dataset.tag)"
    page.wait_for_function(f"wanted => {tags}.join() === wanted", arg=",".join(labels))
    saved(page)


def test_each_window_shows_what_was_done_in_the_other(windows: tuple[Page, Page]) -> None:
    one, other = windows
    code_sentence(one, "a1")
    in_step(other, "a1")
    code_sentence(other, "b1", turn=4)
    in_step(one, "a1", "b1")
    one.keyboard.press("u")
    in_step(one, "a1")
    in_step(other, "a1")
    other.keyboard.press("Shift+U")
    in_step(other, "a1", "b1")
    in_step(one, "a1", "b1")
    assert one.locator("[id^=count-]").all_inner_texts() == other.locator("[id^=count-]").all_inner_texts()


def test_a_window_that_was_cut_off_catches_up(windows: tuple[Page, Page]) -> None:
    one, other = windows
    other.context.set_offline(True)
    code_sentence(one, "a1")
    code_sentence(one, "b1", turn=4)
    assert marks(other) == []
    other.context.set_offline(False)
    in_step(other, "a1", "b1")


def test_a_stale_window_does_not_overwrite(windows: tuple[Page, Page], work: CodingAssignment) -> None:
    one, other = windows
    code_sentence(one, "a1")
    in_step(other, "a1")
    other.locator(".coding-start").locator("xpath=..").click()
    other.locator("#passage [name=influence]").first.wait_for(state="attached")
    other.context.set_offline(True)
    one.locator("#passage label", has_text="Helps").click()
    saved(one)
    other.locator("#passage label", has_text="Hinders").click()
    other.locator("#saves[data-state=stuck]").wait_for()
    other.context.set_offline(False)
    refused = other.locator("#refused li")
    refused.wait_for()
    assert "This was changed elsewhere since you opened it." in refused.inner_text()
    assert influences(work) == ["helps"]
    refused.get_by_role("button", name="Keep and try again").click()
    saved(other)
    assert influences(work) == ["hinders"]


def test_what_comes_after_the_submission_is_shown_with_its_reason(
    windows: tuple[Page, Page], work: CodingAssignment
) -> None:
    one, other = windows
    code_sentence(one, "a1")
    in_step(other, "a1")
    actions.submit(assignment=work, by=work.coder, now=timezone.now())
    other.keyboard.press("u")
    refused = other.locator("#refused li")
    refused.wait_for()
    assert refused.locator("p").inner_text() == (
        "Undo: “Subconstruct a1” coded This coding was submitted; take it back if you want to change it."
    )
    refused.get_by_role("button", name="Drop it").click()
    saved(other)
    assert (refused.count(), marks(other)) == (0, ["a1"])


def influences(work: CodingAssignment) -> list[str]:
    with acting_as(work.coder_id):
        return list(Coding.objects.standing().values_list("influence", flat=True))


def test_of_two_memos_both_texts_are_shown(windows: tuple[Page, Page], work: CodingAssignment) -> None:
    one, other = windows
    for page, words in ((one, "From the train."), (other, "From my desk.")):
        page.keyboard.press("m")
        page.locator("#memo-text:focus").wait_for()
        page.keyboard.type(words)
    one.keyboard.press("Control+Enter")
    saved(one)
    other.wait_for_timeout(2500)
    assert other.locator("#memo-text").input_value() == "From my desk."
    other.keyboard.press("Control+Enter")
    other.locator("#memo-elsewhere").wait_for()
    assert other.locator("#memo-elsewhere").inner_text() == "From the train."
    assert other.locator("#memo-text").input_value() == "From my desk."
    assert texts(work) == ["From the train."]
    other.get_by_role("button", name="Save memo").click()
    other.locator("#memo-elsewhere").wait_for(state="detached")
    saved(other)
    assert texts(work) == ["From my desk."]


def texts(work: CodingAssignment) -> list[str]:
    with acting_as(work.coder_id):
        return list(Memo.objects.values_list("text", flat=True))


def test_a_window_locks_when_all_is_handed_in_elsewhere(
    browser: Browser, live_server: Any, work: CodingAssignment
) -> None:
    with coding_page(browser, live_server.url, work) as page:
        code_sentence(page, "a1")
        with acting_as(work.coder_id):
            actions.submit(assignment=work, by=work.coder, now=timezone.now())
        page.locator("#closed:not([hidden])").wait_for()
        for key in ("s", "Enter", "1", ".", "x", "u"):
            page.keyboard.press(key)
        assert not page.locator("#picker").is_visible()
        assert marks(page) == ["a1"]
        with acting_as(work.coder_id):
            actions.take_back(assignment=work, by=work.coder, now=timezone.now())
        page.locator("#closed a").click()
        page.locator("#transcript[data-writable]").wait_for()
        page.wait_for_load_state("networkidle")
        assert not page.locator("#closed").is_visible()
        code_sentence(page, "b1", turn=4)
        in_step(page, "a1", "b1")
