"""A round from its opening to its close, computed as the worker role over real transactions."""

from datetime import timedelta

import pytest

from apps.agreement import actions
from apps.agreement.models import AgreementResult, Discrepancy, Resolution, Round, RoundAssignment
from apps.audit.models import AuditEvent
from apps.coding import actions as coding
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.jobs.models import Run
from apps.notices.models import Notice
from tests import make
from tests.agreement import stage

NOW = make.NOW


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


def test_a_round_is_open_blind_and_freezes_the_codebook(cast: make.Cast, round: Round) -> None:
    assert (round.number, round.state) == (1, Round.State.CODING)
    round.codebook_version.refresh_from_db()
    assert round.codebook_version.is_frozen
    works = RoundAssignment.objects.values_list("assignment__coder__name", "assignment__kind", "position")
    assert sorted(works) == [("Jin Park", "independent", 1), ("Ruth Hale", "independent", 0)]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"transcript_versions": []}, actions.NothingPicked),
        ({"coders": ["ruth"]}, actions.TooFewCoders),
        ({"adjudicator": "ruth"}, actions.AdjudicatorCodes),
        ({"adjudicator": "observer"}, actions.NotADecider),
        ({"adjudicator": "outsider"}, actions.NotADecider),
        ({"coders": ["ruth", "observer"]}, coding.NotACoder),
    ],
)
def test_a_round_that_cannot_work_is_refused_whole(
    cast: make.Cast, change: dict[str, object], refusal: type[Exception]
) -> None:
    plan: dict[str, object] = {
        "transcript_versions": [make.transcript(cast.study)],
        "coders": ["ruth", "jin"],
        "adjudicator": "adjudicator",
        **change,
    }
    with pytest.raises(refusal):
        actions.open_round(
            study=cast.study,
            transcript_versions=plan["transcript_versions"],
            coders=[getattr(cast, name) for name in plan["coders"]],
            adjudicator=getattr(cast, plan["adjudicator"]),
            codebook_version=make.codebook(cast.study),
            by=cast.pi,
            now=NOW,
        )
    assert (Round.objects.count(), CodingAssignment.objects.count()) == (0, 0)


def test_a_transcript_is_in_one_open_round_only(cast: make.Cast, round: Round) -> None:
    with pytest.raises(actions.InAnotherRound):
        actions.open_round(
            study=cast.study,
            transcript_versions=[round.transcripts.get().transcript_version],
            coders=[cast.ruth, cast.jin],
            adjudicator=cast.adjudicator,
            codebook_version=round.codebook_version,
            by=cast.pi,
            now=NOW,
        )


def test_the_last_submission_starts_the_hold_and_a_take_back_ends_it(cast: make.Cast, round: Round) -> None:
    stage.submit(round, cast.ruth)
    assert round.state == Round.State.CODING
    stage.submit(round, cast.jin)
    assert (round.state, round.batches.get().held_since) == (Round.State.HELD, NOW)
    with acting_as(cast.jin.id):
        actions.take_back(assignment=stage.work_of(round, cast.jin), by=cast.jin, now=NOW)
    round.refresh_from_db()
    assert (round.state, round.batches.get().held_since) == (Round.State.CODING, None)


def test_the_hold_passes_before_the_release_and_the_release_comes_once(cast: make.Cast, round: Round) -> None:
    stage.submit(round, cast.ruth, cast.jin)
    assert actions.release_due(now=NOW + timedelta(minutes=14)) == 0
    assert actions.release_due(now=NOW + timedelta(minutes=15)) == 1
    assert actions.release_due(now=NOW + timedelta(minutes=16)) == 0
    assert Run.objects.count() == 1
    released = CodingAssignment.objects.values_list("released_at", flat=True)
    assert set(released) == {NOW + timedelta(minutes=15)}
    with pytest.raises(coding.NotSubmitted), acting_as(cast.ruth.id):
        actions.take_back(assignment=stage.work_of(round, cast.ruth), by=cast.ruth, now=NOW)


def test_those_concerned_are_told_of_the_opening_and_of_the_release(cast: make.Cast, round: Round) -> None:
    assert told("round opened") == ["Jin Park", "Ruth Hale"]
    stage.submit(round, cast.ruth, cast.jin)
    assert told("round released") == []
    actions.release_now(round=round, by=cast.pi, now=NOW)
    assert told("round released") == ["Jin Park", "Ruth Hale", "Tomas Reyes"]


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def test_the_pi_may_release_at_once_but_not_before_all_have_submitted(cast: make.Cast, round: Round) -> None:
    stage.submit(round, cast.ruth)
    with pytest.raises(actions.NotHeld):
        actions.release_now(round=round, by=cast.pi, now=NOW)
    stage.submit(round, cast.jin)
    assert actions.release_now(round=round, by=cast.pi, now=NOW).state == Round.State.RELEASED
    with pytest.raises(actions.AlreadyReleased):
        actions.release_now(round=round, by=cast.pi, now=NOW)
    event = AuditEvent.objects.get(verb="released")
    assert (event.actor_name, event.detail) == ("Amara Osei", {"at_once": True})


def test_the_worker_stores_figures_and_discrepancies_exactly_once(cast: make.Cast, round: Round) -> None:
    stage.code(round, cast.ruth, "a1", 41, 80)
    stage.code(round, cast.jin, "a1", 41, 90)
    stage.code(round, cast.ruth, "b1", 150, 200)
    stage.submit(round, cast.ruth, cast.jin)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    stage.compute(round)
    stage.compute(round)
    assert round.state == Round.State.CONFERRING
    assert Run.objects.get().state == Run.State.DONE
    kinds = Discrepancy.objects.values_list("kind", "first_code__label", "second_code__label")
    assert [set(kind) for kind in kinds] == [{"missed", "b1", None}]
    figures = AgreementResult.objects.filter(level="answer").values_list(
        "code__label", "both", "only_first", "only_second"
    )
    rows = {label: (both, first + second) for label, both, first, second in figures}
    assert rows == {
        "a": (1, 0),
        "a1": (1, 0),
        "a2": (0, 0),
        "b": (0, 1),
        "b1": (0, 1),
        "b2": (0, 0),
        None: (1, 1),
    }


def test_the_app_role_refuses_to_compute_what_it_cannot_see(cast: make.Cast, round: Round) -> None:
    stage.submit(round, cast.ruth, cast.jin)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    run = Run.objects.get()
    actions.compute(run_id=run.id, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.attempt) == (Run.State.QUEUED, 1)
    assert run.failure == "BlindRoleError: Agreement is computed as concord_worker, not as concord_app."


def test_a_decision_stands_alone_and_can_be_undone(cast: make.Cast, round: Round) -> None:
    missed = stage.conferring(cast, round)["b1"]
    outcome = stage.side_of(missed, cast.ruth)
    actions.settle(discrepancy=missed, outcome=outcome, cause="slip", by=cast.pi, now=NOW)
    with pytest.raises(actions.AlreadySettled, match="Amara Osei settled this already"):
        actions.settle(discrepancy=missed, outcome=outcome, by=cast.adjudicator, now=NOW)
    actions.undo(discrepancy=missed, by=cast.adjudicator, now=NOW)
    with pytest.raises(actions.NotSettled):
        actions.undo(discrepancy=missed, by=cast.pi, now=NOW)
    with pytest.raises(actions.ReasonMissing):
        actions.settle(
            discrepancy=missed, outcome=Resolution.Outcome.NEITHER, reason=" ", by=cast.pi, now=NOW
        )
    with pytest.raises(actions.NoSuchSide):
        actions.settle(discrepancy=missed, outcome=stage.side_of(missed, cast.jin), by=cast.pi, now=NOW)
    assert Resolution.objects.count() == 1
    assert [each.verb for each in AuditEvent.objects.filter(noun="discrepancy")] == ["undone", "settled"]


def test_closing_writes_the_consensus_and_freezes_the_round(cast: make.Cast, round: Round) -> None:
    found = stage.conferring(cast, round)
    settle = {"by": cast.pi, "now": NOW}
    actions.settle(discrepancy=found["b1"], outcome=stage.side_of(found["b1"], cast.ruth), **settle)
    actions.settle(discrepancy=found["b2"], outcome=stage.side_of(found["b2"], cast.jin), **settle)
    with acting_as(cast.pi.id):
        closed = actions.close(round=round, by=cast.pi, now=NOW)
        consensus = Coding.objects.filter(assignment__kind="consensus")
        passages = list(consensus.values_list("code__label", "start", "end", "influence"))
    # a1: the union of an agreed passage; b1 and b2 as decided; a2 was left open and is not there.
    assert passages == [("a1", 41, 90, "helps"), ("b1", 150, 200, ""), ("b2", 307, 340, "hinders")]
    assert closed.state == Round.State.CLOSED
    with pytest.raises(actions.NotOpenForDecisions):
        actions.undo(discrepancy=found["b1"], by=cast.pi, now=NOW)
    with pytest.raises(actions.AlreadyClosed, match="by Amara Osei on"), acting_as(cast.pi.id):
        actions.close(round=round, by=cast.pi, now=NOW)
    event = AuditEvent.objects.get(noun="round", verb="closed")
    assert event.detail == {"discrepancies": 3, "left_open": 1}


def test_a_round_is_not_closed_before_it_was_computed(cast: make.Cast, round: Round) -> None:
    stage.submit(round, cast.ruth, cast.jin)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    with pytest.raises(actions.NotComputed), acting_as(cast.pi.id):
        actions.close(round=round, by=cast.pi, now=NOW)
