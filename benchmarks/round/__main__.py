"""Speed of the pages of conferring: `python -m benchmarks.round`.

A round of 63 transcripts, three coders and 400 codings each. The processor time is that of Python and of
PostgreSQL together; medians of requests, one after the other, through all of the middleware.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from typing import Any

from benchmarks.workspace import __main__ as workspace
from config.embedded import throw_away

TARGETS = {"report": 300, "discrepancy page": 150, "next discrepancy": 50, "close": ""}


def main() -> None:
    step = sys.argv[1] if len(sys.argv) > 1 else ""
    if step == "seed":
        _seed()
    elif "DATABASE_URL" in os.environ:
        measure()
    else:
        _in_a_database_of_its_own()


def _in_a_database_of_its_own() -> None:
    with throw_away() as services:
        environment = {
            **os.environ,
            **services.environment(),
            "SECRET_KEY": "only for one benchmark",
            "CONCORD_STUDY_KEY": base64.b64encode(bytes(32)).decode(),
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--no-input", "-v0"], env=environment, check=True
        )
        as_owner = {**environment, "DATABASE_URL": environment["DATABASE_OWNER_URL"]}
        subprocess.run([sys.executable, "-m", "benchmarks.round", "seed"], env=as_owner, check=True)
        subprocess.run([sys.executable, "-m", "benchmarks.round"], env=environment, check=True)


def _seed() -> None:
    import django

    django.setup()
    from apps.agreement.models import Discrepancy
    from benchmarks.round.data import seed

    before = time.process_time()
    seed(transcripts=int(os.environ.get("TRANSCRIPTS", "63")))
    print(f"seeded in {time.process_time() - before:.0f} s; discrepancies: {Discrepancy.objects.count()}\n")


def measure() -> None:
    from config import asgi  # sets up as the server does

    assert asgi.application
    from django.test import Client

    from apps.accounts.models import User
    from apps.agreement.models import Discrepancy, Round

    workspace._analyse()
    round = Round.objects.get()
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(name="Ruth Hale"))
    print(
        f"load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; "
        f"a million additions: {workspace._loop():.0f} ms\n"
    )
    workspace._row("", "processor, ms", "of it PostgreSQL", "wall, ms", "queries", "kB", "target, ms")
    workspace._row(*["---"] * 7)
    base = f"/studies/{round.study_id}/rounds/{round.id}/"
    ids = list(
        Discrepancy.objects.filter(first_assignment__coder__name="Ruth Hale").values_list("id", flat=True)[
            :40
        ]
    )
    pages = iter(ids * 10)
    _print("report", TARGETS["report"], lambda: client.get(f"{base}agreement/"))
    _print(
        "discrepancy page",
        TARGETS["discrepancy page"],
        lambda: client.get(f"{base}discrepancies/{next(pages)}/"),
    )
    _print(
        "next discrepancy",
        TARGETS["next discrepancy"],
        lambda: client.get(f"{base}discrepancies/{next(pages)}/", headers={"hx-request": "true"}),
    )
    _print("list of the round", "", lambda: client.get(f"{base}discrepancies/"))


def _print(name: str, target: object, ask: Any) -> None:
    workspace.TARGETS[name] = target  # type: ignore[assignment]
    workspace._print(name, ask)


if __name__ == "__main__":
    main()
