"""The coding page on a narrow screen, or at twice its size."""

from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import make
from tests.journeys.coding_page import open_page, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

IS_SEEN = """(words) => {
  const { left, bottom } = words.getBoundingClientRect();
  return words.contains(document.elementFromPoint(left + 8, Math.min(bottom, innerHeight) - 4));
}"""


def test_the_passage_does_not_lie_over_a_definition(
    browser: Browser, live_server: Any, cast: make.Cast
) -> None:
    work = make.assignment(cast.study, cast.ruth)
    make.coding(work, "a1", 42, 52)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 620})
    with closing(context):
        sign_in(context, work, live_server.url)
        page = open_page(context, work)
        page.locator("mark.coding").click()
        page.locator("#passage .quote").wait_for()
        page.locator(".pane-codes > summary").click()
        code = page.locator("#codes [data-code]").nth(1)
        code.scroll_into_view_if_needed()
        code.focus()
        definition = page.locator("#defined")
        definition.wait_for()
        assert definition.evaluate(IS_SEEN)


# Of each control on the page: whether it can be brought before the eyes whole, with nothing over it.
OUT_OF_REACH = """() => {
  const isThere = (control) => ["nearest", "center", "start"].some((block) => {
    control.scrollIntoView({ block, behavior: "instant" });
    const { left, right, top, bottom, width, height } = control.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, Math.min(top + height / 2, innerHeight - 1));
    return left >= 0 && right <= innerWidth && top >= 0 && top < innerHeight && control.contains(hit);
  });
  const above = document.querySelector("dialog[open], :popover-open");
  const controls = "a[href], button, summary, textarea, select, input:not([type=hidden]), [role=option]";
  return [...document.querySelectorAll(controls)]
    .map((control) => control.closest("label") ?? control)
    .filter((control) => control.checkVisibility({ visibilityProperty: true }))
    .filter((control) => !control.matches(".skip-link"))
    .filter((control) => !above || above.contains(control))
    .filter((control) => !isThere(control))
    .map((control) => control.outerHTML.slice(0, 120));
}"""


def test_at_200_percent_every_control_is_within_reach(
    browser: Browser, live_server: Any, cast: make.Cast
) -> None:
    """A screen of 1280 by 800 has half as many CSS pixels each way, and twice as many dots for each."""
    work = make.assignment(cast.study, cast.ruth)
    make.coding(work, "a1", 42, 52)
    screen: Any = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
    context = browser.new_context(base_url=live_server.url, **screen)
    with closing(context):
        sign_in(context, work, live_server.url)
        page = open_page(context, work)
        assert faults(page) == []
        page.locator(".pane-codes > summary").click()
        page.locator("#codes [data-code]").nth(1).click()
        page.locator("#defined").wait_for()
        assert faults(page) == []
        page.locator(".pane-codes > summary").click()
        page.locator("mark.coding").click()
        page.locator("#passage .quote").wait_for()
        assert faults(page) == []
        page.locator(".pane-passage > summary").click()
        page.locator("#turn-4").focus()
        page.keyboard.press("s")
        page.locator("#selection-tools").wait_for()
        assert faults(page) == []
        page.keyboard.press("Enter")
        page.locator("#picker [role=option]").first.wait_for()
        assert faults(page) == []
        page.keyboard.press("Escape")
        page.locator("#find-open").click()
        assert faults(page) == []
        page.keyboard.press("Escape")
        page.locator("[popovertarget=view]").click()
        assert faults(page) == []
        page.keyboard.press("Escape")
        page.locator("#turn-4").focus()
        page.keyboard.press("?")
        page.locator("#keys").wait_for()
        assert faults(page) == []


def faults(page: Page) -> list[str]:
    """What cannot be reached, and what is cut off at the side."""
    found: list[str] = page.evaluate(OUT_OF_REACH)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["scrolls sideways"] if wide else [])]
