"""Runs: made in the request's transaction, taken by one worker at a time, finished once.

A worker holds a session-level advisory lock while it is at a run. The lock dies with the worker's connection,
so a run whose lock is free and whose state is "running" was left by a dead worker and may be taken again.
The attempt number guards the result: a worker that was overtaken cannot store anything.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from apps.accounts.models import User
from apps.core.refusal import Refusal, gettext_noop
from apps.jobs.models import Run
from apps.studies.models import Study

MOST_ATTEMPTS = 5

log = logging.getLogger(__name__)


class OvertakenError(Exception):
    """Another worker has taken the run meanwhile; what this one found must not be stored."""


class NotFailed(Refusal):
    template = gettext_noop("This computation has not failed; there is nothing to retry.")


def request(
    *, study: Study, kind: str, task: str, input_hash: str, by: User | None, arguments: dict[str, Any]
) -> Run:
    """The run for this input, made once however often it is asked for; a worker is woken after the commit."""
    run, _ = Run.objects.get_or_create(
        kind=kind,
        input_hash=input_hash,
        defaults={"study": study, "task": task, "requested_by": by, "arguments": arguments},
    )
    if not run.is_over:
        transaction.on_commit(lambda: wake(run))
    return run


def wake(run: Run) -> bool:
    """Sends a message that names the run. A broker that is away costs nothing: the sweeper sends again."""
    try:
        current_app.send_task(run.task, args=[str(run.id)], retry=False)
    except (OperationalError, ConnectionError, OSError) as failure:
        log.warning("Run %s was not announced: %s", run.id, failure)
        return False
    Run.objects.filter(id=run.id).update(woken_count=F("woken_count") + 1)
    return True


def sweep() -> int:
    """Wakes workers for every unfinished run; a message too many changes nothing. Returns how many."""
    return sum(wake(run) for run in Run.objects.unfinished())


@contextmanager
def attempt(run_id: UUID) -> Iterator[Run | None]:
    """The run, taken by this worker alone; None where it is over or in other hands.

    An exception inside is written down: the run is tried again, and fails for good after five attempts.
    """
    if not _lock(run_id):
        yield None
        return
    try:
        run = _begin(run_id)
        try:
            yield run
        except OvertakenError:
            log.warning("Run %s was overtaken", run_id)
        except Exception as failure:
            if run is None:
                raise
            log.exception("Run %s failed in attempt %s", run_id, run.attempt)
            _put_back(run, failure)
    finally:
        _unlock(run_id)


def progress(run: Run, *, done_share: float) -> None:
    """Tells how far the worker is (0 to 1), by the database's clock."""
    Run.objects.filter(id=run.id, attempt=run.attempt).update(done_share=done_share, seen_at=Now())


def finish(run: Run, *, refusal: str = "") -> None:
    """Marks the run as done. Call it in the transaction that stores the result.

    With a refusal it is over as well: what was asked cannot be done, and that is why.
    """
    mine = Run.objects.filter(id=run.id, attempt=run.attempt, state=Run.State.RUNNING)
    if not mine.update(state=Run.State.DONE, done_share=1, failure=refusal, finished_at=Now()):
        raise OvertakenError


@transaction.atomic
def retry(*, run: Run) -> Run:
    """Gives a failed run five new attempts."""
    failed = Run.objects.filter(id=run.id, state=Run.State.FAILED)
    if not failed.update(state=Run.State.QUEUED, attempt=0, finished_at=None):
        raise NotFailed
    run.refresh_from_db()
    transaction.on_commit(lambda: wake(run))
    return run


def _begin(run_id: UUID) -> Run | None:
    with transaction.atomic():
        run = Run.objects.select_for_update().unfinished().filter(id=run_id).first()
        if run is None:
            return None
        if run.attempt >= MOST_ATTEMPTS:
            run.state, run.finished_at = Run.State.FAILED, Now()
            run.failure = run.failure or "The worker ended five times without a word."
            run.save(update_fields=["state", "finished_at", "failure"])
            return None
        run.state, run.attempt = Run.State.RUNNING, run.attempt + 1
        run.started_at = run.seen_at = Now()
        run.save(update_fields=["state", "attempt", "started_at", "seen_at"])
        return run


def _put_back(run: Run, failure: Exception) -> None:
    is_last = run.attempt >= MOST_ATTEMPTS
    Run.objects.filter(id=run.id, attempt=run.attempt, state=Run.State.RUNNING).update(
        state=Run.State.FAILED if is_last else Run.State.QUEUED,
        failure=f"{type(failure).__name__}: {failure}"[:500],
        finished_at=Now() if is_last else None,
    )


def _lock(run_id: UUID) -> bool:
    return _ask("SELECT pg_try_advisory_lock(%s)", run_id)


def _unlock(run_id: UUID) -> None:
    if connection.is_usable():
        _ask("SELECT pg_advisory_unlock(%s)", run_id)


def _ask(question: str, run_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [run_id.int >> 65])
        row = cursor.fetchone()
    return bool(row and row[0])
