"""Submit, take back and release at the same moment, two hundred times: one release, and no lost state."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from apps.agreement import actions
from apps.agreement.models import Batch, Round
from apps.audit.models import AuditEvent
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.jobs.models import Run
from tests import make
from tests.agreement import stage
from tests.security.test_races import Act, as_person, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

AFTER_THE_HOLD = make.NOW + timedelta(minutes=20)
COLLISIONS = 200


def test_two_hundred_collisions_end_in_one_release_each(cast: make.Cast) -> None:
    random, ends = Random(20260302), Counter[str]()
    codebook = make.codebook(cast.study)
    for _ in range(COLLISIONS):
        round = a_round(cast, codebook)
        stage.submit(round, *random.choice([[cast.ruth], [cast.jin], [cast.ruth, cast.jin]]))
        acts = [
            submitting(round, cast.ruth),
            submitting(round, cast.jin),
            taking_back(round, random.choice([cast.ruth, cast.jin])),
            releasing_when_due,
            releasing_at_once(round, cast),
        ]
        ends += at_once(*random.sample(acts, k=random.choice([3, 4, 5])))
        must_be_consistent(round)
        finish(round, cast)
        must_be_released_once(round)
    assert ends["done"] > COLLISIONS
    assert set(ends) <= {"done", "Submitted", "NotSubmitted", "NotHeld", "AlreadyReleased"}


def a_round(cast: make.Cast, codebook: Any) -> Round:
    return actions.open_round(
        study=cast.study,
        transcript_versions=[make.transcript(cast.study)],
        coders=[cast.ruth, cast.jin],
        adjudicator=cast.adjudicator,
        codebook_version=codebook,
        by=cast.pi,
        now=make.NOW,
    )


def submitting(round: Round, coder: Any) -> Act:
    work = stage.work_of(round, coder)
    return as_person(coder, lambda: actions.submit(assignment=work, by=coder, now=make.NOW))


def taking_back(round: Round, coder: Any) -> Act:
    work = stage.work_of(round, coder)
    return as_person(coder, lambda: actions.take_back(assignment=work, by=coder, now=AFTER_THE_HOLD))


def releasing_when_due() -> None:
    actions.release_due(now=AFTER_THE_HOLD)


def releasing_at_once(round: Round, cast: make.Cast) -> Act:
    return as_person(cast.pi, lambda: actions.release_now(round=round, by=cast.pi, now=AFTER_THE_HOLD))


def must_be_consistent(round: Round) -> None:
    """Released as a whole or not at all, and held exactly when all of it is submitted."""
    round.refresh_from_db()
    work = list(CodingAssignment.objects.filter(in_round__round_transcript__round=round))
    is_released = round.state == Round.State.RELEASED
    assert {each.released_at is not None for each in work} == {is_released}
    if not is_released:
        all_in = all(each.state == CodingAssignment.State.SUBMITTED for each in work)
        assert (round.state == Round.State.HELD) == all_in
        assert (round.batches.get().held_since is not None) == all_in


def finish(round: Round, cast: make.Cast) -> None:
    """Whatever the collision left, the round can be brought to its release."""
    if round.state == Round.State.CODING:
        open_work = CodingAssignment.objects.filter(in_round__round_transcript__round=round)
        for work in open_work.exclude(state=CodingAssignment.State.SUBMITTED):
            with acting_as(work.coder_id):
                actions.submit(assignment=work, by=work.coder, now=make.NOW)
    releasing_when_due()


def must_be_released_once(round: Round) -> None:
    round.refresh_from_db()
    assert round.state == Round.State.RELEASED
    assert AuditEvent.objects.filter(verb="released", object_id=round.id).count() == 1
    assert Run.objects.filter(kind="agreement", arguments__round=str(round.id)).count() == 1


def test_two_batches_that_meet_are_each_released_once(cast: make.Cast) -> None:
    """Submission, take-back and release of two batches at once: neither takes the other along."""
    random = Random(20260309)
    for _ in range(COLLISIONS // 4):
        first, second = stage.in_batches(cast)
        round = first.round
        for batch in (first, second):
            stage.submit_in(batch, *random.choice([[cast.ruth], [cast.jin], [cast.ruth, cast.jin]]))
        work = [each for batch in (first, second) for each in stage.work_in(batch, cast.ruth)]
        acts: list[Act] = [releasing_when_due, releasing_at_once(round, cast)]
        acts += [taking_one_back(each) for each in work] + [submitting_one(each) for each in work]
        ends = at_once(*random.sample(acts, k=5))
        assert set(ends) <= {"done", "Submitted", "NotSubmitted", "NotHeld", "AlreadyReleased"}
        for batch in (first, second):
            must_hold_together(batch)
            stage_the_rest(batch, cast)
        releasing_when_due()
        must_be_released_batch_by_batch(round)


def submitting_one(work: CodingAssignment) -> Act:
    return as_person(work.coder, lambda: actions.submit(assignment=work, by=work.coder, now=make.NOW))


def taking_one_back(work: CodingAssignment) -> Act:
    return as_person(work.coder, lambda: actions.take_back(assignment=work, by=work.coder, now=make.NOW))


def must_hold_together(batch: Batch) -> None:
    batch.refresh_from_db()
    work = CodingAssignment.objects.filter(in_round__round_transcript__batch=batch)
    assert {each.released_at is not None for each in work} == {batch.released_at is not None}
    if batch.released_at is None:
        all_in = all(each.state == CodingAssignment.State.SUBMITTED for each in work)
        assert (batch.held_since is not None) == all_in


def stage_the_rest(batch: Batch, cast: make.Cast) -> None:
    for coder in (cast.ruth, cast.jin):
        for work in stage.work_in(batch, coder):
            if work.state != CodingAssignment.State.SUBMITTED:
                with acting_as(coder.id):
                    actions.submit(assignment=work, by=coder, now=make.NOW)


def must_be_released_batch_by_batch(round: Round) -> None:
    round.refresh_from_db()
    assert round.released_at is not None
    told = AuditEvent.objects.filter(verb="released", object_id=round.id)
    assert sorted(event.detail["batch"] for event in told) == ["First week", "Second week"]
    newest = Run.objects.filter(kind="agreement", arguments__round=str(round.id)).first()
    assert newest is not None
    assert len(newest.arguments["batches"]) == 2
