"""A round whose plan names batches: each is held and released alone; of those to come nothing is known."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from apps.agreement import actions, queries
from apps.agreement.models import (
    AgreementRun,
    Batch,
    Resolution,
    Round,
    RoundTranscript,
)
from apps.audit.models import AuditEvent
from apps.coding import actions as coding
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.notices.models import Notice
from apps.studies.permissions import Role
from tests import make
from tests.agreement import stage

NOW = make.NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("batches", "refusal"),
    [
        ([("Alone", None)], actions.BatchesUnclear),
        ([("Week", 2), (" Week ", None)], actions.BatchesUnclear),
        ([("Week", 2), ("", None)], actions.BatchesUnclear),
        ([("One", 1), ("Rest", None)], actions.BatchTooSmall),
        ([("One", None), ("Rest", None)], actions.BatchTooSmall),
    ],
)
def test_batches_that_make_no_sense_are_refused(
    cast: make.Cast, batches: list[tuple[str, int | None]], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        stage.open_round(cast, transcripts=3, batches=batches)
    assert Round.objects.count() == 0


def test_single_transcripts_are_released_in_a_calibration_only(cast: make.Cast) -> None:
    batches = (("One", 1), ("Rest", None))
    round = stage.open_round(cast, transcripts=3, kind=Round.Kind.CALIBRATION, batches=batches)
    assert [line.transcripts for line in queries.batches(round=round)] == [1, 2]


def test_a_round_without_batches_is_a_single_one_without_a_name(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    (line,) = queries.batches(round=round)
    assert (line.batch.name, str(line.batch), line.transcripts) == ("", "Round 1", 1)


def test_transcripts_fall_into_the_batches_in_the_order_of_the_draw(first: Batch, second: Batch) -> None:
    places = first.round.transcripts.values_list("position", "batch__name")
    assert list(places) == [(0, "First week"), (1, "First week"), (2, "Second week")]


def test_a_rolling_draw_fills_one_batch_after_the_other(cast: make.Cast) -> None:
    """A batch waits until it is full, although all that it holds so far was submitted."""
    plan = actions.Plan(
        coders=[cast.ruth, cast.jin],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study),
        strata=(),
        at_least=3,
        share=0,
        batches=(("First week", 2), ("Second week", None)),
    )
    waiting = [make.transcript(cast.study, is_ready=False) for _ in range(2)]
    make.transcript(cast.study)
    round = actions.plan_round(study=cast.study, plan=plan, by=cast.pi, now=NOW)
    actions.draw(round=round, by=cast.pi, now=NOW)
    first, _second = round.batches.all()
    stage.submit_in(first, cast.ruth, cast.jin)
    assert (first.held_since, round.transcripts.count()) == (None, 1)
    for version in waiting:
        version.transcript.ready_at, version.transcript.ready_by = NOW, cast.pi
        version.transcript.save()
    round.refresh_from_db()
    assert [each.batch for each in queries.preview(round=round).taken] == ["First week", "Second week"]
    actions.draw(round=round, by=cast.pi, now=NOW)
    assert [line.transcripts for line in queries.batches(round=round)] == [2, 1]
    rest = [work for work in stage.work_in(first, cast.ruth) if work.state != "submitted"]
    assert len(rest) == 1


def test_the_last_submission_of_a_batch_holds_it_and_a_take_back_ends_its_hold_alone(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    stage.submit_in(second, cast.ruth, cast.jin)
    stage.submit_in(first, cast.ruth)
    assert (first.held_since, second.held_since, first.round.state) == (None, NOW, Round.State.CODING)
    stage.submit_in(first, cast.jin)
    assert (first.held_since, first.round.state) == (NOW, Round.State.HELD)
    with acting_as(cast.jin.id):
        actions.take_back(assignment=stage.work_in(first, cast.jin)[0], by=cast.jin, now=NOW)
    first.refresh_from_db()
    second.refresh_from_db()
    first.round.refresh_from_db()
    assert (first.held_since, second.held_since, first.round.state) == (None, NOW, Round.State.CODING)


def test_a_batch_is_released_when_its_own_hold_has_passed_and_the_other_stays_blind(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    stage.submit_in(first, cast.ruth, cast.jin)
    stage.submit_in(second, cast.ruth)
    assert actions.release_due(now=NOW + timedelta(minutes=14)) == 0
    assert actions.release_due(now=NOW + timedelta(minutes=15)) == 1
    assert actions.release_due(now=NOW + timedelta(minutes=16)) == 0
    round = Round.objects.get()
    assert (round.state, round.released_at, round.is_being_coded) == (Round.State.RELEASED, None, True)
    released = CodingAssignment.objects.filter(released_at__isnull=False)
    assert set(released.values_list("in_round__round_transcript__batch__name", flat=True)) == {"First week"}
    (event,) = AuditEvent.objects.filter(verb="released")
    assert event.detail == {"at_once": False, "batch": "First week"}
    told = Notice.objects.filter(kind="round released").values_list("text", flat=True)
    assert set(told) == {"First week of Round 1 is released: its codings are open to all who coded it."}
    with pytest.raises(coding.NotSubmitted), acting_as(cast.ruth.id):
        actions.take_back(assignment=stage.work_in(first, cast.ruth)[0], by=cast.ruth, now=NOW)
    with acting_as(cast.ruth.id):
        actions.take_back(assignment=stage.work_in(second, cast.ruth)[0], by=cast.ruth, now=NOW)


def test_the_pi_releases_a_held_batch_at_once_and_no_other(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    stage.submit_in(first, cast.ruth, cast.jin)
    with pytest.raises(actions.NotHeld, match="Second week"):
        actions.release_now(round=first.round, batch=second, by=cast.pi, now=NOW)
    actions.release_now(round=first.round, batch=first, by=cast.pi, now=NOW)
    with pytest.raises(actions.AlreadyReleased, match="First week"):
        actions.release_now(round=first.round, batch=first, by=cast.pi, now=NOW)
    assert AuditEvent.objects.get(verb="released").actor_name == cast.pi.name


def test_the_database_releases_no_batch_with_another(cast: make.Cast, first: Batch, second: Batch) -> None:
    stage.submit_in(first, cast.ruth, cast.jin)
    stage.submit_in(second, cast.ruth)
    (work,) = stage.work_in(second, cast.ruth)
    with pytest.raises(DatabaseError, match="waits_for_its_batch"), transaction.atomic():
        CodingAssignment.objects.filter(id=work.id).update(released_at=NOW + timedelta(days=1))
    (mine, _other) = stage.work_in(first, cast.ruth)
    with pytest.raises(DatabaseError, match="waits_for_the_hold"), transaction.atomic():
        CodingAssignment.objects.filter(id=mine.id).update(released_at=NOW)
    assert CodingAssignment.objects.filter(id=mine.id).update(released_at=NOW + timedelta(minutes=15)) == 1


def test_a_transcript_stays_in_its_batch_and_a_batch_as_planned(first: Batch, second: Batch) -> None:
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        second.transcripts.update(batch=first)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Batch.objects.filter(id=first.id).update(size=1)
    with pytest.raises(DatabaseError, match="stays_once_drawn"), transaction.atomic():
        actions.plans._erase(Batch.objects.filter(id=second.id))
    rows = Batch.objects.filter(id=first.id)
    for change, name in (
        ({"released_at": NOW}, "batch_released_was_held"),
        ({"size": None, "position": 1}, "Cannot update"),
    ):
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            rows.update(**change)


def test_a_released_batch_does_not_change_any_more(cast: make.Cast, first: Batch) -> None:
    stage.release_and_compute(first, cast)
    with pytest.raises(DatabaseError, match="batch_is_released_once"), transaction.atomic():
        Batch.objects.filter(id=first.id).update(released_at=None)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"position": 0, "name": "Third week"}, "batch_position_is_unique"),
        ({"position": 2, "name": "First week"}, "batch_name_is_unique_in_round"),
        ({"position": 2, "name": "Third week", "size": 0}, "batch_size_is_a_number"),
    ],
)
def test_the_constraints_of_a_batch_bite(first: Batch, fields: dict[str, object], name: str) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        Batch.objects.create(round=first.round, **fields)


def test_an_emptied_batch_does_not_stand_in_the_way(cast: make.Cast, first: Batch, second: Batch) -> None:
    stage.release_and_compute(first, cast)
    member = second.transcripts.get()
    actions.withdraw_transcript(member=member, reason="Withdrew.", by=cast.pi, now=NOW)
    round = Round.objects.get()
    assert (round.released_at, round.state) == (NOW, Round.State.CONFERRING)
    assert queries.to_come(run=queries.latest_run(round=round)) == []
    assert actions.close(round=round, by=cast.pi, now=NOW).state == Round.State.CLOSED


def test_a_released_transcript_is_not_unblinded_and_a_blind_one_not_opened_again(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    stage.release_and_compute(first, cast)
    with pytest.raises(actions.ReleasedAlready):
        actions.unblind(member=first.transcripts.all()[0], reason="Danger.", by=cast.pi, now=NOW)
    with pytest.raises(actions.NotReleasedYet, match="Second week"):
        actions.reopen(member=second.transcripts.get(), coder=cast.ruth, reason="Why.", by=cast.pi, now=NOW)


def test_a_coder_who_leaves_keeps_what_is_released_and_hands_over_the_rest(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    third = make.member(cast.study, Role.CODER, name="Ada Third")
    stage.release_and_compute(first, cast)
    (given,) = actions.replace_coder(round=first.round, leaving=cast.jin, instead=third, by=cast.pi, now=NOW)
    assert given.in_round.round_transcript.batch_id == second.id
    assert (len(stage.work_in(first, cast.jin)), len(stage.work_in(second, cast.jin))) == (2, 0)


def test_a_void_round_keeps_its_released_batch_readable_and_sets_the_blind_one_aside(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    stage.release_and_compute(first, cast)
    actions.void(round=first.round, reason="Changed.", by=cast.pi, now=NOW)
    assert actions.release_due(now=NOW + timedelta(days=1)) == 0
    for batch, is_voided in ((first, False), (second, True)):
        work = CodingAssignment.objects.filter(in_round__round_transcript__batch=batch)
        assert {each.voided_at is not None for each in work} == {is_voided}


def test_in_a_round_with_a_released_batch_another_coder_reads_that_batch_and_no_more(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    for batch in (first, second):
        stage.differ_in(batch, cast)
    stage.release_and_compute(first, cast)
    with acting_as(cast.jin.id):
        seen = Coding.objects.filter(assignment__coder=cast.ruth)
        assert {each.assignment.in_round.round_transcript.batch_id for each in seen} == {first.id}
        assert set(Coding.objects.visible_to(cast.jin).filter(assignment__coder=cast.ruth)) == set(seen)
        # Her own blind batch does not hide what was computed on the other.
        assert AgreementRun.objects.exists()
        assert queries.discrepancies(round=first.round, user=cast.jin).count() == 2


def test_happenings_of_a_blind_batch_are_told_after_its_release(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    stage.submit_in(second, cast.ruth, cast.jin)
    stage.release_and_compute(first, cast)
    said = [each.words for each in queries.happenings(round=first.round, with_ties=False)]
    assert "First week was released, and its codings frozen." in said
    assert any(words.startswith("All of First week was submitted") for words in said)
    assert not any("Second week" in words for words in said)
    assert sum(words.endswith("was submitted.") for words in said) == 4


def test_a_correction_leaves_the_released_batch_with_its_text(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    stage.release_and_compute(first, cast)
    released, blind = first.transcripts.all()[0], second.transcripts.get()
    assert queries.rounds_that_stay(released.transcript_version) == [first.round]
    assert queries.rounds_that_stay(blind.transcript_version) == []


def test_the_draw_is_not_made_again_for_what_was_released(cast: make.Cast, first: Batch) -> None:
    stage.release_and_compute(first, cast)
    make.transcript(cast.study)
    member = first.transcripts.all()[0]
    actions.withdraw_transcript(member=member, reason="Withdrew.", by=cast.pi, now=NOW)
    assert RoundTranscript.objects.standing().count() == 2
    assert Round.objects.get().drawn_at is not None
    assert Resolution.objects.count() == 0
