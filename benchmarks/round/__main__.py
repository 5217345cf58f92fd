"""Speed of a large double-coding round: `python -m benchmarks.round`.

First the worker, from the message to the stored result; then the report page for several choices, all of
them answered from what is stored; then the page of the round, and those on which a pair confers, another
discrepancy each time.
Processor time is that of Python and of PostgreSQL together; medians.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from uuid import UUID

from benchmarks.afresh import run_afresh, vacuum
from benchmarks.workspace.__main__ import _head as print_head
from benchmarks.workspace.__main__ import _print as print_times

if TYPE_CHECKING:
    from django.test import Client

    from apps.agreement.models import Round

WORKER_TARGET = 10
PAGE_TARGET, CHOICE_TARGET = 300, 200
CASE_TARGET, NEXT_TARGET = 150, 50


def main() -> None:
    if len(sys.argv) == 3 and sys.argv[1] == "--compute":
        compute(UUID(sys.argv[2]))
        return
    if "DATABASE_URL" in os.environ:
        measure()
        return
    run_afresh("benchmarks.round")


def compute(run_id: UUID) -> None:
    """In a process of its own, as the worker's role and set up as one that waits; says its seconds."""
    import django

    django.setup()
    from apps.agreement import tasks

    wall, processor = time.perf_counter(), time.process_time()
    tasks.compute(str(run_id))
    print(time.perf_counter() - wall, time.process_time() - processor)


def measure() -> None:
    from config import asgi  # sets up as the server does

    assert asgi.application
    from django.test import Client

    from apps.agreement.models import Discrepancy
    from apps.core.identity import acting_as
    from apps.jobs.models import Run
    from benchmarks.round.data import seed

    began = time.perf_counter()
    round, pi = seed()
    print(f"written in {time.perf_counter() - began:.0f} s\n")
    vacuum()
    print(f"load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    run = Run.objects.get(kind="agreement")
    worker = {**os.environ, "DATABASE_URL": os.environ["DATABASE_WORKER_URL"]}
    command = [sys.executable, "-m", "benchmarks.round", "--compute", str(run.id)]
    process = time.perf_counter()
    said = subprocess.run(command, env=worker, check=True, stdout=subprocess.PIPE, text=True).stdout
    process = time.perf_counter() - process
    wall, processor = map(float, said.split()[-2:])
    run.refresh_from_db()
    if run.state != Run.State.DONE:
        sys.exit(f"The run is {run.state}: {run.failure}")
    with acting_as(pi.id):
        found = Discrepancy.objects.count()
    print(
        f"computed and stored in {wall:.1f} s (target {WORKER_TARGET} s), {processor:.1f} s of the worker "
        f"processor; with the start of a process {process:.1f} s; {found:,} discrepancies\n"
    )
    vacuum()
    gc.collect()
    client = Client(headers={"host": "localhost"})
    client.force_login(pi)
    address = f"/studies/{round.study_id}/rounds/{round.id}/agreement/"
    coders = sorted(str(each) for each in round.coders.values_list("coder", flat=True))
    group = next(iter(round.study.groups.values_list("id", flat=True)))
    choices = {
        "report": {},
        "level sentence": {"level": "sentence"},
        "one group": {"group": str(group)},
        "one pair": {"pair": " ".join(coders[:2])},
        "without own interviews": {"interviewed_by_coder": "no"},
        "speech of everybody": {"speakers": "tables_of_everybody"},
    }
    print_head()
    for name, asked in choices.items():
        target = PAGE_TARGET if name == "report" else CHOICE_TARGET
        print_times(name, lambda asked=asked: client.get(address, asked), target=target)
    print_times("page of the round", lambda: client.get(address.rsplit("/", 2)[0] + "/"))
    part = {"hx-request": "true"}
    for name, asked in choices.items():
        print_times(f"{name}, below", lambda asked=asked: client.get(f"{address}more/", asked, headers=part))
    confer(round, Client(headers={"host": "localhost"}))


def confer(round: Round, client: Client) -> None:
    """As one of the pair, over all transcripts: no page is asked for twice."""
    from django.db.models import Q

    from apps.accounts.models import User
    from apps.agreement.models import Discrepancy
    from apps.core.identity import acting_as

    coder = User.objects.get(name="Ruth")
    client.force_login(coder)
    with acting_as(coder.id):
        # Which of a pair is the first depends on random keys.
        mine = Q(first_assignment__coder=coder) | Q(second_assignment__coder=coder)
        rows = Discrepancy.objects.filter(mine).order_by("position", "id")
        addresses = [
            f"/studies/{round.study_id}/rounds/{round.id}/discrepancies/{each}/"
            for each in rows.values_list("id", flat=True)
        ]
    pages = iter(addresses)
    print_times("discrepancy page", lambda: client.get(next(pages)), target=CASE_TARGET)
    print_times(
        "next discrepancy",
        lambda: client.get(next(pages), headers={"hx-request": "true"}),
        target=NEXT_TARGET,
    )
    print_times("list of discrepancies", lambda: client.get(addresses[0].rsplit("/", 2)[0] + "/"))


if __name__ == "__main__":
    main()
