"""Somebody who codes without a pause, while the servers are killed under them."""

import threading
import time
import urllib.error
import urllib.request
from itertools import cycle
from urllib.parse import urlencode
from uuid import uuid4

from tests.journeys.person import Person
from tests.running import wait_for

PAUSE = 0.02


class Saver:
    """Codes one sentence after the other of an assignment, and remembers what the server has confirmed.

    What was not answered is sent again with the same client id, as the page does it.
    """

    def __init__(self, coder: Person, assignment: str) -> None:
        coder.page.goto(assignment)
        page = coder.page
        answers = page.locator("li.turn:not(.turn-interviewer)").evaluate_all(
            "turns => turns.map(turn => turn.dataset.sentences.split(' ').map(Number))"
        )
        codes = page.locator("[data-code]").evaluate_all("lines => lines.map(line => line.dataset.code)")
        cookies = {cookie["name"]: cookie["value"] for cookie in coder.context.cookies()}
        self.url = f"{assignment.split('?')[0]}codings/"
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
            "HX-Request": "true",
        }
        self.confirmed: set[str] = set()
        self.was_refused = 0
        self._extents = [pair for each in answers for pair in zip(each[::2], each[1::2], strict=True)]
        self._codes = cycle(codes)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._save_all, daemon=True)

    def __enter__(self) -> "Saver":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(timeout=60)

    def confirm_more(self, number: int) -> None:
        """Returns when so many more codings have been confirmed."""
        wanted = len(self.confirmed) + number
        assert wait_for(lambda: len(self.confirmed) >= wanted), (len(self.confirmed), wanted)

    def _save_all(self) -> None:
        for (start, end), code in zip(self._extents, self._codes, strict=False):
            coding = {"client_id": str(uuid4()), "code": code, "start": start, "end": end}
            while not self._stopped.is_set() and not self._save(coding):
                self.was_refused += 1
                time.sleep(PAUSE)
            if self._stopped.is_set():
                return
            time.sleep(PAUSE)

    def _save(self, coding: dict[str, object]) -> bool:
        request = urllib.request.Request(self.url, urlencode(coding).encode(), self.headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                response.read()
        except OSError:
            return False
        self.confirmed.add(str(coding["client_id"]))
        return True
