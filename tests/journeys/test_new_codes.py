"""A code is made from a passage without touching the mouse, and stands on it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.codebooks import actions as codebooks
from apps.coding.models import CodingAssignment
from tests import make
from tests.journeys.coding_page import coding_page, codings_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SPEECH = (("I", "How did it begin?"), ("P", "Slowly, to be honest. Nobody had told us."))


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    version = make.transcript(cast.study, speech=SPEECH)
    work = make.assignment(cast.study, cast.ruth, version=version, kind=CodingAssignment.Kind.PRIMARY)
    codebook = work.codebook_version.codebook
    codebooks.take_new_codes(codebook=codebook, may_grow=True, by=cast.pi, now=make.NOW)
    return work


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


def test_a_code_in_the_words_of_the_person(page: Page, work: CodingAssignment) -> None:
    for key in ("j", "s", "Enter"):
        page.keyboard.press(key)
    page.locator("#picker [role=combobox]").wait_for()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Name")).to_have_value("Slowly, to be honest.")
    page.get_by_label("Under").select_option(label="a Construct a")
    page.get_by_label("Name").press("Enter")
    page.locator("#transcript").wait_for()
    assert codings_of(work) == [("a3", "Slowly, to be honest.")]
    assert page.locator("#passage").get_by_text("Slowly, to be honest.").count()
    # From now on it is a code like any other.
    for key in ("j", "s", "a", "3"):
        page.keyboard.press(key)
    page.locator("#saves[data-state=saved]").wait_for()
    expect(page.locator("#codes [data-label=a3] .code-count")).not_to_be_empty()


def test_what_was_typed_becomes_the_name(page: Page, work: CodingAssignment) -> None:
    for key in ("j", "s", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("Being honest")
    page.get_by_role("button", name="New code").click()
    expect(page.get_by_label("Name")).to_have_value("Being honest")
    page.get_by_role("link", name="Leave").click()
    page.locator("#transcript").wait_for()
    assert codings_of(work) == []
