"""What is computed of a round that is released in batches, and what becomes of what was decided."""

from datetime import timedelta

import pytest

from apps.agreement import actions, queries
from apps.agreement.models import (
    AgreementRun,
    Batch,
    Discrepancy,
    Escalation,
    Round,
)
from apps.core.identity import acting_as
from tests import make
from tests.agreement import stage
from tests.conftest import as_worker

NOW = make.NOW

pytestmark = pytest.mark.django_db(transaction=True)


def found_in(batch: Batch) -> list[Discrepancy]:
    rows = Discrepancy.objects.filter(agreement_run=queries.latest_run(round=batch.round))
    return list(rows.filter(round_transcript__batch=batch))


def test_figures_are_of_the_released_batches_and_say_what_is_to_come(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    for batch in (first, second):
        stage.differ_in(batch, cast)
    stage.release_and_compute(first, cast)
    run = AgreementRun.objects.get()
    assert (run.batches, queries.to_come(run=run)) == ([first.id], ["Second week"])
    assert (len(found_in(first)), len(found_in(second))) == (2, 0)
    assert first.round.state == Round.State.CONFERRING
    table = queries.report(run=run)
    assert (table.transcripts, table.discrepancies) == (2, 2)
    said = queries.methods_sentences(table)
    assert said.startswith("Before the release of Second week:")
    assert queries.methods_of_run(run=run, level="answer") == said
    stage.release_and_compute(second, cast)
    run = queries.latest_run(round=first.round)
    table = queries.report(run=run)
    assert (run.batches, queries.to_come(run=run)) == ([first.id, second.id], [])
    assert (table.transcripts, table.discrepancies) == (3, 3)
    assert not queries.methods_sentences(table).startswith("Before")
    with acting_as(cast.pi.id):
        membership = cast.study.memberships.get(user=cast.pi)
        trail = queries.trail(round=first.round, membership=membership)
    assert [line.discrepancies for line in trail.runs] == [2, 3]


def test_what_was_decided_on_a_batch_stays_when_the_next_one_is_computed(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    for batch in (first, second):
        stage.differ_in(batch, cast)
    stage.release_and_compute(first, cast)
    row = found_in(first)[0]
    first_side = stage.side_of(row, cast.ruth)
    actions.settle(discrepancy=row, outcome=first_side, by=cast.adjudicator, now=NOW)
    stage.release_and_compute(second, cast)
    assert row in found_in(first)
    assert (queries.tally(round=first.round).settled, queries.tally(round=first.round).total) == (1, 3)
    for each in (*found_in(first), *found_in(second)):
        if each != row:
            side = stage.side_of(each, cast.ruth)
            actions.settle(discrepancy=each, outcome=side, by=cast.adjudicator, now=NOW)
    with acting_as(cast.pi.id):
        actions.close(round=first.round, by=cast.pi, now=NOW)
        assert queries.consensus(round=Round.objects.get(), user=cast.pi).count() == 3


def test_what_was_left_to_the_adjudicator_stays_there_when_the_pair_confers_on_the_next_batch(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    for batch in (first, second):
        stage.differ_in(batch, cast)
    stage.release_and_compute(first, cast)
    actions.end_conferring(round=first.round, by=cast.ruth, now=NOW)
    first.round.refresh_from_db()
    assert first.round.state == Round.State.ADJUDICATING
    stage.release_and_compute(second, cast)
    assert second.round.state == Round.State.CONFERRING
    with acting_as(cast.adjudicator.id):
        waiting = queries.left_open(round=second.round, reader=cast.adjudicator)
        assert {each.round_transcript.batch_id for each in waiting} == {first.id}
    assert Escalation.objects.count() == 2


def test_a_round_is_closed_once_every_batch_is_released_and_computed(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    stage.release_and_compute(first, cast)
    with pytest.raises(actions.StillBlind, match="Second week"):
        actions.close(round=first.round, by=cast.pi, now=NOW)
    stage.submit_in(second, cast.ruth, cast.jin)
    actions.release_now(round=first.round, by=cast.pi, now=NOW)
    with pytest.raises(actions.NotComputed):
        actions.close(round=first.round, by=cast.pi, now=NOW)
    stage.compute(first.round)
    assert actions.close(round=first.round, by=cast.pi, now=NOW).state == Round.State.CLOSED


def test_a_computation_that_was_overtaken_is_not_kept(cast: make.Cast, first: Batch, second: Batch) -> None:
    """The worker of the first batch comes late: what it found is in the newer figures already."""
    stage.differ_in(first, cast)
    stage.submit_in(first, cast.ruth, cast.jin)
    actions.release_now(round=first.round, batch=first, by=cast.pi, now=NOW)
    late = first.round.study.runs.get(kind="agreement")
    stage.release_and_compute(second, cast)
    with as_worker():
        actions.compute(run_id=late.id, now=NOW + timedelta(hours=1))
    assert AgreementRun.objects.get().batches == [first.id, second.id]
    assert (len(found_in(first)), Discrepancy.objects.count()) == (2, 2)


def test_a_batch_of_which_nothing_counts_leaves_the_figures_as_they_were(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    stage.differ_in(first, cast)
    stage.release_and_compute(first, cast)
    actions.unblind(member=second.transcripts.get(), reason="Danger.", by=cast.pi, now=NOW)
    stage.release_and_compute(second, cast)
    assert AgreementRun.objects.get().batches == [first.id, second.id]
    assert len(found_in(first)) == 2
    with acting_as(cast.pi.id):
        assert actions.close(round=first.round, by=cast.pi, now=NOW).state == Round.State.CLOSED


def test_a_transcript_taken_out_of_a_released_batch_is_in_no_later_figure(
    cast: make.Cast, first: Batch, second: Batch
) -> None:
    for batch in (first, second):
        stage.differ_in(batch, cast)
    stage.release_and_compute(first, cast)
    gone = first.transcripts.all()[0]
    actions.withdraw_transcript(member=gone, reason="Withdrew.", by=cast.pi, now=NOW)
    stage.release_and_compute(second, cast)
    assert [each.round_transcript.batch.name for each in (*found_in(first), *found_in(second))] == [
        "First week",
        "Second week",
    ]
