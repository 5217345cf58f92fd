"""Speed of the sampling board, the tables and an import: `python -m benchmarks.sampling`.

5,000 people with eight characteristics and their steps. The processor time is that of Python and of
PostgreSQL together, medians of requests through all of the middleware; the import is 10,000 new rows, from
the bytes of the file to the last row written.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.afresh import run_afresh, vacuum

REPEATS = 9
TARGET_MS, TARGET_IMPORT = 300, 10
ROWS = 10_000


def main() -> None:
    if "DATABASE_URL" in os.environ:
        measure()
        return
    run_afresh("benchmarks.sampling")


def measure() -> None:
    from config import asgi  # sets up as the server does

    assert asgi.application
    from django.test import Client

    from benchmarks.sampling.data import PEOPLE, seed

    data = seed()
    vacuum()
    client = Client(headers={"host": "localhost"})
    client.force_login(data.administrator)
    print(f"load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {PEOPLE} people\n")
    _row("", "processor, ms", "of it PostgreSQL", "wall, ms", "kB", "target, ms")
    _row(*["---"] * 6)
    for name, page in (
        ("board", "sampling/"),
        ("from contact to interview", "recruitment/funnel/"),
        ("day list", "recruitment/"),
        ("tables", "tables/"),
        ("list of people", "participants/"),
        ("people of a group", f"sampling/groups/{data.group.id}/"),
    ):
        address = f"/studies/{data.study.id}/{page}"
        _print(name, lambda address=address: client.get(address))
    _import(data)


def _print(name: str, ask: Callable[[], Any]) -> None:
    python, database, walls, answer = [], [], [], None
    for number in range(REPEATS + 2):
        before = time.process_time(), _backend_seconds(), time.perf_counter()
        answer = ask()
        after = time.process_time(), _backend_seconds(), time.perf_counter()
        assert answer.status_code == 200, (answer.status_code, answer.content[:300])
        if number >= 2:
            for kept, start, end in zip((python, database, walls), before, after, strict=True):
                kept.append((end - start) * 1000)
    whole = statistics.median(map(sum, zip(python, database, strict=True)))
    _row(
        name,
        f"{whole:.0f}",
        f"{statistics.median(database):.0f}",
        f"{statistics.median(walls):.0f}",
        f"{len(answer.content) / 1000:.0f}" if answer else "",
        TARGET_MS,
    )


def _import(data: Any) -> None:
    from django.utils import timezone

    from apps.exports import actions
    from apps.exports.models import Import
    from benchmarks.sampling.data import list_of

    content = list_of(ROWS)
    before = time.perf_counter(), time.process_time()
    started = actions.start(
        study=data.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="people.csv",
        content=content,
        by=data.administrator,
    )
    read = time.perf_counter()
    done = actions.write_people(started=started, by=data.administrator, now=timezone.now())
    assert done.created_count == ROWS
    end = time.perf_counter(), time.process_time()
    print(
        f"\nimport of {ROWS} rows: read {read - before[0]:.1f} s, written {end[0] - read:.1f} s, "
        f"processor of Python {end[1] - before[1]:.1f} s (target {TARGET_IMPORT} s)"
    )


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
