"""The pictures of docs/coding.md, drawn again: `make run` in one window, `make pictures` in another.

Walks through a coder's first five minutes in the demonstration study, and takes back what it did there.
"""

import shutil
import sys

from playwright.sync_api import Page, sync_playwright

from config.settings.environment import ROOT

EMAIL, PASSWORD = "ruth@demo.example", "invented people only"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
PLACE = ROOT / "docs/images"


def main(address: str) -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        context = browser.new_context(base_url=address, viewport={"width": 1180, "height": 720})
        walk(context.new_page())
        browser.close()


def walk(page: Page) -> None:
    sign_in(page)
    page.goto(f"{page.url}assignments/")
    draw(page, 1)
    page.locator("tr", has_text="independent").get_by_role("link", name="Carry on").first.click()
    page.locator("#turn-4").focus()
    press(page, "s", "s")
    draw(page, 2)
    press(page, "Enter", "c", "o")
    page.locator("#picker [role=option]").first.wait_for()
    draw(page, 3)
    press(page, "Enter")
    settle(page)
    press(page, "v", "ArrowRight")
    settle(page)
    press(page, "m")
    page.wait_for_function("document.activeElement.name === 'text'")
    page.keyboard.type("Who they work with, not what the service does.")
    press(page, "Control+Enter")
    settle(page)
    draw(page, 4)
    press(page, "]", "ArrowLeft", "ArrowLeft")
    draw(page, 5)
    press(page, "Escape")
    page.get_by_role("link", name="Check and submit").click()
    draw(page, 6)
    page.go_back()
    leave_as_it_was(page)


def leave_as_it_was(page: Page) -> None:
    """Takes back memo, influence and coding."""
    page.wait_for_load_state("networkidle")
    page.locator("#turn-4").focus()
    for _ in range(3):
        press(page, "u")
        settle(page)


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.fill("[name=login]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation(url="**/studies/*/"):
        press(page, "Enter")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def settle(page: Page) -> None:
    page.locator("#saves[data-state=saved]").wait_for()
    page.locator("#passage:not([aria-busy=true])").wait_for()


def draw(page: Page, number: int) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(400)  # until what fades in is there
    page.screenshot(path=PLACE / f"coding-{number}.png")


if __name__ == "__main__":
    main(sys.argv[1])
