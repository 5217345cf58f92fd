"""A long list is written by a worker, so that nobody waits before a silent page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.core.identity import acting_as
from apps.core.refusal import Refused
from apps.exports.actions.imports import write_people, write_steps
from apps.exports.models import Import
from apps.exports.queries.people import people_plan
from apps.exports.queries.steps import steps_plan
from apps.exports.queries.under_way import LIST_RUN, run_of
from apps.jobs import actions as jobs
from apps.jobs.models import Run

# From so many rows on, writing takes longer than one would wait for a page.
LONG = 1000
# Checking the rows is about this part of the work; writing them is one step after it.
_CHECKING = 0.6
_WRITE: dict[str, Callable[..., Import]] = {
    Import.Kind.PARTICIPANTS: write_people,
    Import.Kind.STEPS: write_steps,
}


def is_long(started: Import) -> bool:
    """Whether a worker should write the list."""
    return started.kind in _WRITE and len(started.table.get("rows", ())) > LONG


def request_write(*, started: Import, by: User, now: datetime) -> Run:
    """Asks a worker to write the list; whoever asks again before it is over gets the same run."""
    run = run_of(started)
    if run and not run.is_over:
        return run
    return jobs.request(
        study=started.study,
        kind=LIST_RUN,
        task="exports.write_list",
        input_hash=f"{started.id.hex}{now:%Y%m%d%H%M%S}",
        by=by,
        arguments={"import": str(started.id)},
    )


def write_in_worker(*, run_id: UUID, now: datetime) -> None:
    """Checks the rows, telling how far it is, then writes all of them or none.

    A list that is refused is left as it is: its page says what stands in the way.
    """
    with jobs.attempt(run_id) as run:
        if run is None or run.requested_by is None:
            return
        started = Import.objects.select_related("study").get(id=run.arguments["import"])
        if started.done_at is None:
            # Told outside a transaction, else nobody would see it before the end.
            read = _check(started, now, tell=lambda share: jobs.progress(run, done_share=share * _CHECKING))
            jobs.progress(run, done_share=_CHECKING)
        with acting_as(run.requested_by.id):
            try:
                if started.done_at is None:
                    _WRITE[started.kind](started=started, by=run.requested_by, now=now, **read)
            except Refused:
                pass
            jobs.finish(run)


def _check(started: Import, now: datetime, **told: Any) -> dict[str, Any]:
    """Goes through the rows; what was read of them need not be read again when they are written."""
    if started.kind == Import.Kind.STEPS:
        steps_plan(started, now=now, **told)
        return {}
    return {"read": people_plan(started, today=localdate(now), **told).reading}
