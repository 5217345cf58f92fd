"""Two coders of one text who code openly: each sees the other's codings come and go, and who is reading."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from apps.coding import actions
from apps.coding.models import CodingAssignment
from tests import make
from tests.journeys.coding_page import coding_page
from tests.journeys.person import AXE, describe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def pages(browser: Browser, live_server: Any, cast: make.Cast) -> Iterator[tuple[Page, Page]]:
    """Ruth's page and Jin's."""
    primary = CodingAssignment.Kind.PRIMARY
    ruth = make.assignment(cast.study, cast.ruth, kind=primary)
    text, book = ruth.transcript_version, ruth.codebook_version
    jin = make.assignment(cast.study, cast.jin, version=text, codebook=book, kind=primary)
    actions.choose_open_coding(study=cast.study, is_open=True, by=cast.pi, now=make.NOW)
    with (
        coding_page(browser, live_server.url, ruth) as ruths,
        coding_page(browser, live_server.url, jin) as jins,
    ):
        yield ruths, jins


def code_sentence(page: Page, label: str) -> None:
    page.locator("#turn-2").focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.keyboard.type(label)
    page.keyboard.press("Enter")
    page.locator("#saves[data-state=saved]").wait_for()


def test_colleagues_see_one_another_code(pages: tuple[Page, Page], pictures: Path | None) -> None:
    ruth, jin = pages
    jin.get_by_text("Colleagues on this text").click()
    listed = jin.locator("#team li")
    assert listed.count() == 0
    jin.locator("#team h3", has_text="is reading now").wait_for()
    code_sentence(ruth, "a1")
    listed.first.wait_for()
    assert "a1" in listed.inner_text()
    assert jin.evaluate("CSS.highlights.get('team').size") == 1
    assert jin.locator("#transcript mark").count() == 0
    code_sentence(jin, "b1")
    assert jin.evaluate("CSS.highlights.get('team').size") == 1
    faults = [describe(fault) for fault in AXE.run(jin).response["violations"]]
    assert faults == []
    if pictures:
        jin.screenshot(path=pictures / "open-coding.png")
        jin.emulate_media(color_scheme="dark")
        jin.set_viewport_size({"width": 390, "height": 844})
        jin.screenshot(path=pictures / "open-coding-390-dark.png", full_page=True)
    ruth.keyboard.press("u")
    listed.first.wait_for(state="detached")
    jin.wait_for_function("!CSS.highlights.has('team')")
