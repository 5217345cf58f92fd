"""A real browser, and a real Concord with its own servers, as `make run` starts it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from config.embedded.place import open_temporary_directory
from tests.journeys.person import Person
from tests.running import Running, wait_for

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("BROWSER JOURNEYS NOT RUN: there is no Chromium on this machine.")
    # Playwright keeps an event loop in this thread, which Django would take for our own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def concord() -> Iterator[Running]:
    """A Concord of our own with nothing in it, its servers and workers included."""
    var = open_temporary_directory()
    running = Running(var)
    try:
        assert wait_for(running.is_decided, 600)
        assert running.is_complete(), running.output.read_text()
        yield running
    finally:
        running.end()
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where every page is drawn that somebody comes to: the directory that CONCORD_PICTURES names."""
    asked = os.environ.get("CONCORD_PICTURES")
    return Path(asked) if asked else None


@pytest.fixture
def newcomer(browser: Browser, concord: Running, pictures: Path | None) -> Iterator[Callable[[str], Person]]:
    """Makes people, each at a browser of their own."""
    people: list[Person] = []

    def make(name: str) -> Person:
        people.append(Person(browser, concord.address, name, pictures=pictures))
        return people[-1]

    yield make
    for each in people:
        each.context.close()
