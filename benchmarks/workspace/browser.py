"""Speed of the coding page in the browser: `python -m benchmarks.workspace.browser`.

Ready is the time from the click to a page that is painted and takes keys: all modules have run, two frames
later. Key to paint is the time from the key that codes a sentence to the end of the next frame: once with the
key that selects the sentence a moment before, as a fast hand presses them, and once both in the same
instant, so that the second also waits for what the first painted. Medians; the server answers meanwhile on
the same machine.
"""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.afresh import run_afresh, vacuum
from benchmarks.pace import million_additions
from benchmarks.workspace.server import HOST, free_port, serving

OPENINGS = 7
KEYS = 25
MOMENT = 60  # milliseconds between two keys of a fast hand
READY = {400: 500, 2000: 700, 10_000: 1200}
KEY = 16
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]

PAINTED = """() => new Promise((resolve) => {
  const done = () => requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  if (document.readyState === "complete") done(); else addEventListener("load", done);
})"""

WATCH = """() => {
  addEventListener("keydown", ({ key, timeStamp }) => {
    if (key !== ".") return;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.keyTimes.push(performance.now() - timeStamp);
      port2.postMessage(0);
    });
  }, true);
}"""


def main() -> None:
    if "DATABASE_URL" in os.environ:
        measure()
        return
    if not _program():
        print("\nNot measured in a browser: there is no Chromium on this machine.")
        return
    run_afresh("benchmarks.workspace.browser")


def measure() -> None:
    from config import asgi  # sets up as the server does

    assert asgi.application
    from benchmarks.workspace.data import seed

    data = seed()
    vacuum()
    port = free_port()
    with serving(port), _page(f"http://{HOST}:{port}", data.session) as page:
        print(
            "\n| codings | ready, ms | target | key to paint, ms | target | two keys at once | "
            "a million additions, ms |"
        )
        print("|---|---|---|---|---|---|---|", flush=True)
        for size, target in READY.items():
            path = f"/studies/{data.study.id}/assignments/{data.by_size[size].id}/"
            paces = [million_additions()]
            ready = statistics.median(_open(page, path) for _ in range(OPENINGS))
            paces.append(million_additions())
            page.evaluate(WATCH)
            keys = [f"{_key(page, turn, pause):.1f}" for turn, pause in ((20, MOMENT), (60, 0))]
            paces.append(million_additions())
            pace = f"{statistics.median(paces):.0f}"
            row = (size, f"{ready:.0f}", target, keys[0], KEY, keys[1], pace)
            print("|", " | ".join(map(str, row)), "|", flush=True)


def _program() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def _page(address: str, session: str) -> Iterator[Any]:
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_program(), args=ARGUMENTS)
        context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
        page = context.new_page()
        page.set_default_timeout(120_000)
        yield page
        browser.close()


def _open(page: Any, path: str) -> float:
    page.goto(path, wait_until="commit")
    return float(page.evaluate(PAINTED))


def _key(page: Any, turn: int, pause: int) -> float:
    """The first coding makes a code the last one; then sentence after sentence is coded with it."""
    page.locator(".turn").nth(turn).focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.evaluate("window.keyTimes = []")
    for _ in range(KEYS):
        page.keyboard.press("s")
        page.wait_for_timeout(pause)
        page.keyboard.press(".")
        page.wait_for_timeout(MOMENT)
    page.locator("#saves[data-state=saved]").wait_for()
    return float(statistics.median(page.evaluate("window.keyTimes")))


if __name__ == "__main__":
    main()
