"""A long list is written by a worker, so that nobody waits before a silent page."""

from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.core.identity import acting_as
from apps.core.refusal import Refused
from apps.exports.actions.imports import write_people
from apps.exports.models import Import
from apps.exports.queries.people import people_plan
from apps.jobs import actions as jobs
from apps.jobs.models import Run

KIND = "people import"
# From so many rows on, writing takes longer than one would wait for a page.
LONG = 1000
# Checking the rows is about this part of the work; writing them is one step after it.
_CHECKING = 0.6


def is_long(started: Import) -> bool:
    """Whether a worker should write the list."""
    return len(started.table.get("rows", ())) > LONG


def request_write(*, started: Import, by: User, now: datetime) -> Run:
    """Asks a worker to write the list; asking twice for the same list at the same moment is asking once."""
    return jobs.request(
        study=started.study,
        kind=KIND,
        task="exports.write_people",
        input_hash=f"{started.id.hex}{now:%Y%m%d%H%M%S}",
        by=by,
        arguments={"import": str(started.id)},
    )


def run_of(started: Import) -> Run | None:
    """The newest run for the list."""
    runs = started.study.runs.filter(kind=KIND, arguments={"import": str(started.id)})
    return runs.order_by("-created_at").first()


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
            people_plan(
                started,
                today=localdate(now),
                tell=lambda share: jobs.progress(run, done_share=share * _CHECKING),
            )
        with acting_as(run.requested_by.id):
            try:
                if started.done_at is None:
                    write_people(started=started, by=run.requested_by, now=now)
            except Refused:
                pass
            jobs.finish(run)
