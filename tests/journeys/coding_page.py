"""The coding page of one person, opened in a browser without walking there."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as


def sign_in(context: BrowserContext, work: CodingAssignment, address: str) -> None:
    """Gives the coder of an assignment a session."""
    client = Client()
    client.force_login(work.coder)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


def open_page(context: BrowserContext, work: CodingAssignment) -> Page:
    page = context.new_page()
    page.goto(f"/studies/{work.study_id}/assignments/{work.id}/")
    page.wait_for_load_state("networkidle")
    return page


def codings_of(work: CodingAssignment) -> list[tuple[str, str]]:
    """The codings that stand, as label and words, in the order of the text."""
    text = work.transcript_version.text
    with acting_as(work.coder_id):
        rows = Coding.objects.standing().filter(assignment=work).order_by("start", "code__label")
        return [(row.code.label, text[row.start : row.end]) for row in rows.select_related("code")]


@contextmanager
def coding_page(browser: Browser, address: str, work: CodingAssignment) -> Iterator[Page]:
    """The page of the assignment's coder; an error of a script fails the test."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    sign_in(context, work, address)
    try:
        opened = open_page(context, work)
        yield opened
        if not opened.is_closed():
            opened.locator("#passage:not([aria-busy=true])").wait_for(state="attached")
    finally:
        context.close()
    assert errors == []
