"""Two people, or two tabs, at the same moment: real connections, real locks."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from apps.agreement import actions
from apps.agreement.models import AgreementRun, Batch, Discrepancy, Resolution, Round
from apps.audit.models import AuditEvent
from apps.coding import actions as coding
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.jobs.models import Run
from apps.studies import actions as studies
from apps.studies.models import Membership
from apps.studies.permissions import Role
from tests import make
from tests.agreement import stage

pytestmark = pytest.mark.django_db(transaction=True)

NOW = make.NOW
AFTER_THE_HOLD = NOW + timedelta(minutes=20)

Act = Callable[[], Any]


def at_once(*acts: Act) -> Counter[str]:
    """Runs each in a thread and connection of its own; counts the ends: "done", or the name of a refusal."""
    barrier, ends = Barrier(len(acts)), []

    def run(act: Act) -> None:
        try:
            barrier.wait(timeout=10)
            act()
            ends.append("done")
        except Exception as refusal:
            ends.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return Counter(ends)


def as_person(person: Any, act: Act) -> Act:
    def acted() -> None:
        with acting_as(person.id):
            act()

    return acted


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


def submitting(round: Round, coder: Any) -> Act:
    work = stage.work_of(round, coder)
    return as_person(coder, lambda: actions.submit(assignment=work, by=coder, now=NOW))


def taking_back(round: Round, coder: Any) -> Act:
    work = stage.work_of(round, coder)
    return as_person(coder, lambda: actions.take_back(assignment=work, by=coder, now=AFTER_THE_HOLD))


def test_two_last_submissions_start_one_hold(cast: make.Cast, round: Round) -> None:
    assert at_once(submitting(round, cast.ruth), submitting(round, cast.jin)) == {"done": 2}
    round.refresh_from_db()
    assert (round.state, AuditEvent.objects.filter(verb="held").count()) == (Round.State.HELD, 1)


def test_one_submission_sent_twice_is_one(cast: make.Cast, round: Round) -> None:
    assert at_once(*[submitting(round, cast.ruth)] * 3) == {"done": 1, "Submitted": 2}
    assert AuditEvent.objects.filter(verb="submitted").count() == 1


@pytest.mark.parametrize("attempt", range(4))
def test_a_take_back_and_the_release_never_both_succeed(cast: make.Cast, round: Round, attempt: int) -> None:
    stage.submit(round, cast.ruth, cast.jin)
    ends = at_once(taking_back(round, cast.ruth), *[lambda: actions.release_due(now=AFTER_THE_HOLD)] * 2)
    round.refresh_from_db()
    released = CodingAssignment.objects.exclude(released_at=None).count()
    if ends["NotSubmitted"]:
        assert (round.state, released, Run.objects.count()) == (Round.State.RELEASED, 2, 1)
    else:
        assert (round.state, released, Run.objects.count()) == (Round.State.CODING, 0, 0)


@pytest.mark.parametrize("attempt", range(5))
def test_a_draw_is_taken_up_again_or_released_and_never_both(cast: make.Cast, attempt: int) -> None:
    round = stage.rolling_round(cast)
    stage.submit(round, cast.ruth, cast.jin)
    actions.end_draw(round=round, by=cast.pi, now=NOW)

    def take_up() -> None:
        actions.take_up_draw(round=round, by=cast.pi, now=AFTER_THE_HOLD)

    ends = at_once(as_person(cast.pi, take_up), lambda: actions.release_due(now=AFTER_THE_HOLD))
    round.refresh_from_db()
    is_released = round.released_at is not None
    assert is_released == (ends["DrawStays"] == 1)
    assert is_released == (round.drawn_at is not None)
    assert round.state == (Round.State.RELEASED if is_released else Round.State.CODING)


def test_two_releases_are_one(cast: make.Cast, round: Round) -> None:
    stage.submit(round, cast.ruth, cast.jin)
    ends = at_once(
        *[as_person(cast.pi, lambda: actions.release_now(round=round, by=cast.pi, now=NOW))] * 2,
        lambda: actions.release_due(now=AFTER_THE_HOLD),
    )
    assert ends["done"] + ends["NotHeld"] + ends["AlreadyReleased"] == 3
    assert (Run.objects.count(), AuditEvent.objects.filter(verb="released").count()) == (1, 1)


def test_of_two_deciders_one_wins(cast: make.Cast, round: Round) -> None:
    missed = stage.conferring(cast, round)["b1"]
    outcome = stage.side_of(missed, cast.ruth)

    def deciding(person: Any) -> Act:
        return as_person(
            person, lambda: actions.settle(discrepancy=missed, outcome=outcome, by=person, now=NOW)
        )

    assert at_once(deciding(cast.pi), deciding(cast.adjudicator)) == {"done": 1, "AlreadySettled": 1}
    assert Resolution.objects.count() == 1


def test_a_decision_and_the_close_agree_on_the_consensus(cast: make.Cast, round: Round) -> None:
    """Either the decision came first and is in the consensus, or it was refused."""
    missed = stage.conferring(cast, round)["b1"]
    outcome = stage.side_of(missed, cast.ruth)
    settle = as_person(
        cast.adjudicator,
        lambda: actions.settle(discrepancy=missed, outcome=outcome, by=cast.adjudicator, now=NOW),
    )
    close = as_person(cast.pi, lambda: actions.close(round=round, by=cast.pi, now=NOW))
    ends = at_once(settle, close, close)
    assert (ends["AlreadyClosed"], CodingAssignment.objects.filter(kind="consensus").count()) == (1, 1)
    with acting_as(cast.pi.id):
        upheld = Coding.objects.filter(assignment__kind="consensus", code__label="b1").count()
    assert upheld == Resolution.objects.count() == 1 - ends["NotOpenForDecisions"]


def test_two_workers_store_one_result(cast: make.Cast, round: Round) -> None:
    stage.submit(round, cast.ruth, cast.jin)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    run = Run.objects.get()
    with stage.as_worker():
        ends = at_once(*[lambda: actions.compute(run_id=run.id, now=NOW)] * 3)
    assert ends == {"done": 3}
    run.refresh_from_db()
    assert (run.state, AgreementRun.objects.count()) == (Run.State.DONE, 1)


def test_a_decision_settles_the_question_for_all_pairs_while_the_next_batch_is_stored(
    cast: make.Cast,
) -> None:
    """The decision waits for its turn behind the worker, who takes all discrepancies over to a later run."""
    first, second = in_batches_for_three(cast)
    stage.release_and_compute(first, cast)
    asked = Discrepancy.objects.select_related("first_assignment", "round_transcript__round")[0]
    stage.submit_in(second, cast.ruth, cast.jin)
    actions.release_now(round=second.round, batch=second, by=cast.pi, now=NOW)
    computation, outcome = Run.objects.latest("created_at").id, stage.side_of(asked, cast.ruth)
    settle = as_person(
        cast.pi, lambda: actions.settle(discrepancy=asked, outcome=outcome, by=cast.pi, now=NOW)
    )
    with round_in_use(second.round):
        with stage.as_worker():
            storing = begun(lambda: actions.compute(run_id=computation, now=NOW))
            wait_for_waiting(1)
        deciding = begun(settle)
        wait_for_waiting(2)
    for each in (storing, deciding):
        each.join(timeout=30)
    asked.refresh_from_db()
    assert (asked.agreement_run.run_id, len(asked.agreement_run.batches)) == (computation, 2)
    # Ruth alone has coded the passage: the same question for her and Jin, and for her and Mei.
    settled = Discrepancy.objects.filter(resolutions__undone_at=None, resolutions__isnull=False)
    assert {each.round_transcript_id for each in settled} == {asked.round_transcript_id}
    assert settled.count() == 2


def in_batches_for_three(cast: make.Cast) -> tuple[Batch, Batch]:
    """Ruth, Jin and Mei code all of both batches; on each transcript Ruth alone has coded a passage."""
    mei = make.member(cast.study, Role.CODER, name="Mei Lin")
    plan = actions.Plan(
        coders=[cast.ruth, cast.jin, mei],
        coders_per_transcript=3,
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study, is_frozen=False),
        strata=(),
        at_least=3,
        share=0,
        per_group=0,
        per_site=0,
        per_interviewer=0,
        batches=(("First week", 2), ("Second week", None)),
    )
    picked = [make.transcript(cast.study) for _ in range(3)]
    round = actions.plan_round(study=cast.study, plan=plan, picked=picked, by=cast.pi, now=NOW)
    actions.draw(round=round, by=cast.pi, now=NOW)
    first, second = round.batches.all()
    for batch in (first, second):
        stage.differ_in(batch, cast)
        stage.submit_in(batch, mei)
    return first, second


@contextmanager
def round_in_use(round: Round) -> Iterator[None]:
    """Somebody else holds the round's lock meanwhile, over a connection of their own."""
    held, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Round.objects.select_for_update().get(id=round.id)
            held.set()
            done.wait(timeout=30)

    holding = begun(hold)
    assert held.wait(timeout=10)
    try:
        yield
    finally:
        done.set()
        holding.join(timeout=30)


def begun(act: Act) -> Thread:
    """Runs in a thread and connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def wait_for_waiting(number: int) -> None:
    """Until so many connections wait for a lock: who came first gets it first."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.02)
    raise AssertionError(f"Fewer than {number} connections wait.")


@pytest.mark.parametrize("is_held", [False, True])
def test_a_saving_and_the_submission_do_not_cross(cast: make.Cast, round: Round, is_held: bool) -> None:
    """What is saved is in what was submitted, or it was refused; the row is locked by it or before."""
    work, code = stage.work_of(round, cast.ruth), round.codebook_version.codes.get(label="a1")

    def add() -> None:
        held = coding.hold(study=work.study, coder=cast.ruth, assignment=work.id) if is_held else work
        assert held
        coding.add(assignment=held, code=code, start=45, end=70, by=cast.ruth, now=NOW)

    ends = at_once(as_person(cast.ruth, add), submitting(round, cast.ruth))
    with acting_as(cast.ruth.id):
        assert Coding.objects.count() == 1 - ends["Submitted"]
    assert ends["done"] + ends["Submitted"] == 2


def test_one_link_lets_one_person_in(cast: make.Cast) -> None:
    people = [make.person(), make.person(), make.person()]
    invited = studies.invite(
        cast.study,
        email="new@example.org",
        name="New",
        roles=[Role.CODER],
        links_begin="",
        by=cast.pi,
        now=NOW,
    )

    def accepting(person: Any) -> Act:
        return lambda: studies.accept_invitation(secret=invited.secret, by=person, now=NOW)

    assert at_once(*(accepting(person) for person in people)) == {"done": 1, "InvitationIsUsed": 2}
    assert Membership.objects.filter(user__in=people).count() == 1


def test_two_rounds_do_not_hold_one_transcript(cast: make.Cast) -> None:
    version, codebook = make.transcript(cast.study), make.codebook(cast.study)

    def opening() -> None:
        actions.open_round(
            study=cast.study,
            transcript_versions=[version],
            coders=[cast.ruth, cast.jin],
            adjudicator=cast.adjudicator,
            codebook_version=codebook,
            by=cast.pi,
            now=NOW,
        )

    assert at_once(opening, opening) == {"done": 1, "InAnotherRound": 1}
    assert (Round.objects.count(), CodingAssignment.objects.count()) == (1, 2)
