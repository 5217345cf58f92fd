"""Codes below codes: found by what they lie under, lit up together, and shown with their place."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from apps.coding.models import CodingAssignment
from tests import make
from tests.journeys.coding_page import coding_page, codings_of
from tests.journeys.person import describe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SPEECH = (("I", "How did it begin?"), ("P", "Slowly, to be honest. Nobody had told us. We met on Fridays."))


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    version = make.transcript(cast.study, speech=SPEECH)
    work = make.assignment(cast.study, cast.ruth, version=version, codebook=make.deep_codebook(cast.study))
    for label, words in (("a1a", "Slowly"), ("a2", "Nobody"), ("b3a", "Fridays")):
        start = version.text.index(words)
        make.coding(work, label, start, start + len(words))
    return work


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


def faults(page: Page) -> list[str]:
    return [describe(fault) for fault in Axe().run(page).response["violations"]]


def test_the_list_of_codes_finds_what_lies_under_a_name(page: Page, work: CodingAssignment) -> None:
    for key in ("j", "s", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("shared waiting")
    options = page.locator("#picker [role=option]")
    expect(options).to_have_count(1)
    expect(options.first).to_contain_text("Construct b › Shared work")
    expect(page.locator("#picker [data-definition]")).to_contain_text("Construct b › Shared work")
    page.keyboard.press("Enter")
    page.locator("#saves[data-state=saved]").wait_for()
    assert ("b3a", "Slowly, to be honest.") in codings_of(work)
    expect(page.locator("#passage .coding-path")).to_have_text("Construct b › Shared work")
    expect(page.locator("#codes [data-label=b3a] .code-count")).to_have_text("2")


def test_a_level_lights_up_what_lies_under_it(page: Page) -> None:
    dimmed = page.locator("mark.is-dimmed")
    lamps = {
        "Construct a": ["Fridays"],
        "Subconstruct a1": ["Nobody", "Fridays"],
        "Shared work": ["Slowly", "Nobody"],
    }
    for name, others in lamps.items():
        lamp = page.get_by_role("button", name=f"Show only {name}")
        lamp.click()
        assert dimmed.all_inner_texts() == others
        expect(lamp).to_have_attribute("aria-pressed", "true")
        lamp.click()
        assert dimmed.count() == 0


def test_the_filter_keeps_the_names_above_what_it_finds(page: Page) -> None:
    page.get_by_label("Filter codes").fill("hoping")
    expect(page.locator("#codes [data-code]:visible")).to_have_count(1)
    expect(page.locator("#codes h3:visible")).to_have_text(["Construct a"])
    expect(page.locator("#codes .code-above:visible")).to_have_text("Subconstruct a1")
    assert faults(page) == []
    page.get_by_label("Filter codes").fill("subconstruct a1")
    labels = page.locator("#codes [data-code]:visible .code-tag").all_inner_texts()
    assert labels == ["a1", "a1a", "a1b"]
    expect(page.locator("#codes .code-above:visible")).to_have_count(0)
    # What it is called for whoever hears the page.
    page.get_by_label("Filter codes").fill("")
    inner = page.get_by_role("list", name="Subconstruct a1").get_by_role("listitem")
    expect(inner).to_have_count(2)
    expect(page.get_by_role("heading", name="Shared work", level=4)).to_be_visible()
    assert faults(page) == []
