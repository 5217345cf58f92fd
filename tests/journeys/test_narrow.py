"""The coding page on a narrow screen, or at twice its size."""

from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser

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
