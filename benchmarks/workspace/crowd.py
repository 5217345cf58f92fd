"""Fifty coders, one coding per five seconds each, while somebody opens the text of 10,000 codings.

Each opens their own page first, as people do: what a worker loads with its first request counts for nothing.
"""

from __future__ import annotations

import http.client
import random
import statistics
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.workspace.server import HOST, free_port, held_by_workers, serving

CODERS = 50
EVERY = 5.0
SECONDS = 30.0
TOKEN = "t" * 32


@dataclass
class Crowd:
    """What the coders were answered: milliseconds of each save that was taken, and what was not."""

    walls: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)
    stored: int = 0

    @property
    def lost(self) -> int:
        return len(self.walls) - self.stored

    def share(self, percent: int) -> float:
        return statistics.quantiles(self.walls, n=100)[percent - 1]


def code_together(data: Any) -> Crowd:
    """Runs the real server with two workers; the clients run in this process, and so cost it some time."""
    from benchmarks.workspace.data import seat

    seats = seat(data, CODERS)
    before = _stored(seats)
    crowd, port, stop = Crowd(), free_port(), threading.Event()
    all_here = threading.Barrier(CODERS + 1)
    with serving(port) as server:
        reader = threading.Thread(target=_open_again_and_again, args=(port, data, crowd, stop))
        coders = [threading.Thread(target=_code, args=(port, each, crowd, all_here)) for each in seats]
        for thread in coders:
            thread.start()
        all_here.wait()
        crowd.workers = held_by_workers(server, port)
        assert all(crowd.workers), crowd.workers
        reader.start()
        for thread in coders:
            thread.join()
        stop.set()
        reader.join()
    crowd.stored = _stored(seats) - before
    return crowd


def _code(port: int, seat: Any, crowd: Crowd, all_here: threading.Barrier) -> None:
    """One coder, who opens the page; when all have, each begins at another moment."""
    chance = random.Random(str(seat.assignment.id))
    length, number = seat.assignment.transcript_version.length, 0
    headers = _headers(seat.session) | {
        "HX-Request": "true",
        "X-CSRFToken": TOKEN,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    with closing(http.client.HTTPConnection(HOST, port, timeout=60)) as connection:
        _open(connection, seat.page, seat.session)
        all_here.wait()
        time.sleep(chance.random() * EVERY)
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            start = length // 3 + number * 97
            given = {
                "client_id": uuid4(),
                "code": seat.codes[number % len(seat.codes)],
                "start": start,
                "end": start + 30,
            }
            began = time.perf_counter()
            connection.request("POST", f"{seat.page}codings/", urlencode(given), headers)
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                crowd.walls.append((time.perf_counter() - began) * 1000)
            else:
                crowd.refused.append(response.status)
            number += 1
            time.sleep(EVERY)


def _open_again_and_again(port: int, data: Any, crowd: Crowd, stop: threading.Event) -> None:
    page = f"/studies/{data.study.id}/assignments/{data.by_size[10_000].id}/"
    with closing(http.client.HTTPConnection(HOST, port, timeout=60)) as connection:
        while not stop.wait(1):
            began = time.perf_counter()
            _open(connection, page, data.session)
            crowd.opened.append((time.perf_counter() - began) * 1000)


def _open(connection: http.client.HTTPConnection, page: str, session: str) -> None:
    connection.request("GET", page, headers=_headers(session))
    response = connection.getresponse()
    response.read()
    assert response.status == 200, response.status


def _headers(session: str) -> dict[str, str]:
    return {"Cookie": f"sessionid={session}; csrftoken={TOKEN}"}


def _stored(seats: list[Any]) -> int:
    from apps.coding.models import Coding
    from apps.core.identity import acting_as

    stored = 0
    for seat in seats:
        with acting_as(seat.assignment.coder_id):
            stored += Coding.objects.filter(assignment=seat.assignment).count()
    return stored
