"""Speed of the coding page: `python -m benchmarks.workspace`; first of its server, then in the browser.

The processor time is that of Python and of PostgreSQL together, with audit, history, row policies and
idempotency as they always are; medians of requests, one after the other, through all of the middleware,
as the machine is and while it is kept awake (benchmarks/awake.py).
How quick the machine was shows in the time of a plain loop, taken between the requests of each row: a table
is compared with another row by row, where these times are alike.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.afresh import run_afresh, vacuum
from benchmarks.awake import awake
from benchmarks.pace import million_additions
from benchmarks.workspace import browser

REPEATS = 25
TARGETS = {"open 400": 30, "open 2000": 60, "add 400": 10, "add 2000": 10}
# How the page sends what is saved (static/js/coding/server.js).
AS_THE_PAGE = "application/x-www-form-urlencoded"
# A word that stands in most turns, one that is rarer, several at once, the beginning of a word, a phrase.
SEARCHES = ("ka", "kalome", "ka lo meni", "parmon*", '"ka lo"')


def main() -> None:
    if "DATABASE_URL" in os.environ:
        measure()
        return
    run_afresh("benchmarks.workspace")
    browser.main()


def measure() -> None:
    from config import asgi  # sets up as the server does

    assert asgi.application
    from django.test import Client

    from benchmarks.workspace.data import seed

    data = seed()
    vacuum()
    gc.collect()
    client = Client(headers={"host": "localhost"})
    client.force_login(data.coder)
    print(f"load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    _head()
    for size in (400, 2000, 10_000):
        page = f"/studies/{data.study.id}/assignments/{data.by_size[size].id}/"
        _print(f"open {size}", lambda page=page: client.get(page))
        _print(f"add {size}", _adding(client, page, data.by_size[size]))
    for asked in SEARCHES:
        path = f"/studies/{data.study.id}/find/"
        _print(f"find {asked}", lambda asked=asked, path=path: client.get(path, {"find": asked}), target=30)

    _crowd(data)


def _crowd(data: Any) -> None:
    from benchmarks.workspace.crowd import CODERS, code_together

    crowd = code_together(data)
    print(
        f"\n{CODERS} coders, one coding per 5 s each, while the 10,000 transcript is opened: "
        f"{len(crowd.walls)} saves, median {crowd.share(50):.0f} ms, p95 {crowd.share(95):.0f} ms "
        f"(target 30), p99 {crowd.share(99):.0f} ms; coders by worker {crowd.workers}; "
        f"refused {len(crowd.refused)}, lost {crowd.lost} (target 0); the page meanwhile "
        f"{statistics.median(crowd.opened):.0f} ms"
    )


def _adding(client: Any, page: str, assignment: Any) -> Callable[[], Any]:
    """Saves a new coding each time: short, in the middle of a crowded text, touching no other of its code."""
    from apps.codebooks.models import Code

    codes = list(Code.objects.filter(version=assignment.codebook_version_id, is_applicable=True))
    made = iter(range(10**6))

    def add() -> Any:
        number = next(made)
        start = assignment.transcript_version.length // 3 + number * 37
        given = {
            "client_id": str(uuid4()),
            "code": str(codes[number % len(codes)].id),
            "start": start,
            "end": start + 30,
        }
        return client.post(
            f"{page}codings/", urlencode(given), content_type=AS_THE_PAGE, headers={"hx-request": "true"}
        )

    return add


def _head() -> None:
    head = (
        "",
        "processor, ms",
        "kept awake",
        "of that PostgreSQL",
        "wall, ms",
        "queries",
        "kB",
        "target, ms",
    )
    _row(*head, "a million additions, ms")
    _row(*["---"] * (len(head) + 1))


def _print(name: str, ask: Callable[[], Any], *, target: int | None = None) -> None:
    paces: list[float] = []
    whole, _, wall, answer = _measured(ask, paces)
    with awake():
        kept_awake, database, _, _ = _measured(ask, paces)
    _row(
        name,
        f"{whole:.1f}",
        f"{kept_awake:.1f}",
        f"{database:.1f}",
        f"{wall:.1f}",
        _queries(ask),
        f"{len(answer.content) / 1000:.0f}",
        target or TARGETS.get(name, ""),
        f"{statistics.median(paces):.0f}",
    )


def _measured(ask: Callable[[], Any], paces: list[float]) -> tuple[float, float, float, Any]:
    """Medians in ms: processor time, PostgreSQL's part of it, and wall time; and the last answer.

    `paces` are told how quick the machine was meanwhile.
    """
    rows, answer = [], None
    for number in range(REPEATS + 3):
        before = time.process_time(), _backend_seconds(), time.perf_counter()
        answer = ask()
        after = time.process_time(), _backend_seconds(), time.perf_counter()
        assert answer.status_code == 200, (answer.status_code, answer.content[:300])
        python, database, wall = ((end - start) * 1000 for start, end in zip(before, after, strict=True))
        if number >= 3:
            rows.append((python + database, database, wall))
            paces.append(million_additions())
    whole, database, wall = (statistics.median(column) for column in zip(*rows, strict=True))
    return whole, database, wall, answer


def _queries(ask: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def _backend_seconds() -> float:
    """Processor time of our own connection's server process."""
    from django.db import connection

    connection.ensure_connection()
    place = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(place.read_text().split()[0]) / 1e9


def _row(*cells: object) -> None:
    print("|", " | ".join(str(cell) for cell in cells), "|", flush=True)


if __name__ == "__main__":
    main()
