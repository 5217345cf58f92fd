"""Runs are finished once, whatever happens to workers and messages."""

import os
import time

import psycopg
import psycopg.conninfo
import pytest
from django.db import connection

from apps.jobs import actions
from apps.jobs.models import Run
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(cast: make.Cast) -> Run:
    return request(cast)


def request(cast: make.Cast) -> Run:
    return actions.request(
        study=cast.study, kind="test", task="jobs.sweep", input_hash="same", by=cast.pi, arguments={}
    )


def test_the_same_input_is_one_run(cast: make.Cast, run: Run) -> None:
    assert request(cast).id == run.id
    run.refresh_from_db()
    assert (Run.objects.count(), run.state, run.woken_count) == (1, "queued", 2)


def test_a_worker_takes_finishes_and_leaves_nothing_for_the_next(run: Run) -> None:
    with actions.attempt(run.id) as taken:
        assert taken is not None
        assert (taken.state, taken.attempt) == ("running", 1)
        actions.progress(taken, done_share=0.5)
        actions.finish(taken)
    run.refresh_from_db()
    assert (run.state, run.done_share, run.finished_at is not None) == ("done", 1, True)
    with actions.attempt(run.id) as again:
        assert again is None


def test_a_run_in_living_hands_is_left_alone(run: Run) -> None:
    with psycopg.connect(_test_database(), autocommit=True) as other_worker:
        other_worker.execute("SELECT pg_advisory_lock(%s)", [run.id.int >> 65])
        with actions.attempt(run.id) as taken:
            assert taken is None
    # The other worker's connection has ended, and its lock with it: not in the same instant, but soon.
    taken = None
    while taken is None:
        with actions.attempt(run.id) as taken:
            time.sleep(0.01)
    assert taken.attempt == 1


def test_a_run_that_a_dead_worker_left_is_taken_again(run: Run) -> None:
    Run.objects.update(state="running", attempt=1)
    with actions.attempt(run.id) as taken:
        assert taken is not None
        assert taken.attempt == 2


def test_a_worker_that_was_overtaken_stores_nothing(run: Run) -> None:
    with actions.attempt(run.id) as taken:
        assert taken is not None
        Run.objects.update(attempt=2)
        actions.finish(taken)
    run.refresh_from_db()
    assert (run.state, run.finished_at) == ("running", None)


def test_five_failures_are_enough_and_a_retry_gives_five_more(run: Run) -> None:
    for _ in range(actions.MOST_ATTEMPTS):
        with actions.attempt(run.id):
            raise ZeroDivisionError("the reason")
    run.refresh_from_db()
    assert (run.state, run.attempt, run.failure) == ("failed", 5, "ZeroDivisionError: the reason")
    with actions.attempt(run.id) as taken:
        assert taken is None
    assert actions.retry(run=run).state == "queued"
    with pytest.raises(actions.NotFailed):
        actions.retry(run=run)


def test_a_worker_that_dies_five_times_without_a_word_fails_the_run(run: Run) -> None:
    Run.objects.update(state="running", attempt=5)
    with actions.attempt(run.id) as taken:
        assert taken is None
    run.refresh_from_db()
    assert (run.state, run.failure) == ("failed", "The worker ended five times without a word.")


def test_the_sweeper_wakes_workers_for_all_that_is_unfinished(cast: make.Cast, run: Run) -> None:
    for number, state in enumerate(("running", "done", "failed")):
        Run.objects.create(
            study=cast.study,
            kind="test",
            task="jobs.sweep",
            input_hash=str(number),
            state=state,
            finished_at=make.NOW if state == "done" else None,
        )
    assert actions.sweep() == 2


def _test_database() -> str:
    return psycopg.conninfo.make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
