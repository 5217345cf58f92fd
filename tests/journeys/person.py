"""Somebody at a browser of their own, who looks closely at every page."""

import re
from itertools import count
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

PASSWORD = "seven lanterns over the harbour"
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

AXE = Axe()

_numbers = count(1)


class Person:
    """One person. Verbs wait for the page that follows and look at it: a fault in it fails the test.

    Who is `in_a_hurry` does not look: for tests that are about something else.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        name: str,
        *,
        pictures: Path | None = None,
        in_a_hurry: bool = False,
    ) -> None:
        self.name = name
        self.email = f"{name.split()[0].lower()}.{next(_numbers)}@example.org"
        self.address = address
        self.pictures = pictures
        self.in_a_hurry = in_a_hurry
        self.complaints: list[str] = []
        self.context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self._hear("error", str(error)))

    # --- moving about

    def visit(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def follow(self, name: str, *, within: str = "main") -> None:
        """Clicks a link."""
        self.page.locator(within).get_by_role("link", name=name, exact=True).first.click()
        self.look()

    def go_to(self, room: str) -> None:
        """Chooses a room of the study in the header."""
        self.follow(room, within="#navigation")

    def press(self, name: str, *, within: str = "main") -> None:
        """Presses a button and waits for the page that follows."""
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("button", name=name, exact=True).click()
        self.look()

    def fill(self, **given: str) -> None:
        """Fills fields by their names."""
        for name, value in given.items():
            self.page.locator(f"main [name='{name}']").fill(value)

    def tick(self, *labels: str | re.Pattern[str]) -> None:
        for label in labels:
            self.page.locator("main").get_by_label(label).check()

    # --- looking

    def look(self) -> None:
        """The page is complete, free of errors, and nothing that axe knows is wrong with it."""
        self.page.wait_for_load_state("load")
        if self.in_a_hurry:
            return
        self.draw()
        faults = [describe(fault) for fault in AXE.run(self.page).response["violations"]]
        assert (self.page.url, faults, self.complaints) == (self.page.url, [], [])

    def draw(self) -> None:
        """A picture of the page, where somebody wants them."""
        if self.pictures is None:
            return
        place = re.sub(rf"/studies/{UUID}", "/study", self.page.url.removeprefix(self.address))
        name = re.sub(r"[^a-z]+", "-", re.sub(UUID, "one", place)).strip("-") or "today"
        self.page.screenshot(path=self.pictures / f"{self.name.split()[0]}-{name}.png", full_page=True)

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    # --- without the page

    def get(self, address: str) -> tuple[int, str]:
        """Status and body of an address, asked for with this person's session."""
        response = self.context.request.get(address, max_redirects=0)
        return response.status, response.text()

    def post(self, address: str, **form: Any) -> tuple[int, str]:
        """Status and body of what a form of this person's page sends."""
        token = self.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        response = self.context.request.post(
            address,
            form=form,
            headers={"X-CSRFToken": token, "Referer": self.address, "HX-Request": "true"},
            max_redirects=0,
        )
        return response.status, response.text()

    def _hear(self, kind: str, words: str) -> None:
        """A request that the next one replaced is no fault; one that failed also says `htmx:sendError`."""
        is_replaced = words.startswith(("htmx:sendAbort", "htmx:afterRequest"))
        if kind in {"error", "warning"} and not is_replaced:
            self.complaints.append(words)


def describe(fault: dict[str, Any]) -> str:
    """What axe found, and where."""
    places = [" ".join(map(str, node["target"])) for node in fault["nodes"][:3]]
    return f"{fault['id']}: {fault['help']} ({', '.join(places)})"
