"""Proposals, meetings and bulk decisions, over real transactions and as the app role."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import AgreementRun, Decision, Discrepancy, Proposal, Resolution, Round
from apps.agreement.queries import Wish
from apps.audit.models import AuditEvent
from apps.core.identity import acting_as
from apps.jobs.models import Run
from apps.notices.models import Notice
from apps.studies.models import Membership
from apps.studies.permissions import Role
from tests import make
from tests.agreement import stage
from tests.conftest import as_worker
from tests.security.test_races import as_person, at_once

NOW = make.NOW
Outcome = Decision.Outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def options() -> dict[str, bool]:
    """Those of the round's plan; a test that needs others names them."""
    return {}


@pytest.fixture
def round(cast: make.Cast, options: dict[str, bool]) -> Round:
    return stage.open_round(cast, **options)


@pytest.fixture
def found(cast: make.Cast, round: Round) -> dict[str, Discrepancy]:
    return stage.conferring(cast, round)


def neither(reason: str = "Small talk.") -> Wish:
    return Wish(outcome=Outcome.NEITHER, reason=reason)


def standing() -> list[str]:
    return list(Resolution.objects.filter(undone_at=None).values_list("outcome", flat=True))


def test_unequal_proposals_settle_nothing_and_wait_for_the_adjudicator(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    actions.propose(discrepancy=missed, by=cast.ruth, now=NOW, outcome=stage.side_of(missed, cast.ruth))
    actions.propose(discrepancy=missed, by=cast.jin, now=NOW, **neither())
    assert standing() == []
    with acting_as(cast.adjudicator.id):
        rows = queries.left_open(round=round, reader=cast.adjudicator)
        assert list(rows) == [missed]
    # Jin comes round: what stands would be the same, though it is said in another way.
    actions.propose(
        discrepancy=missed, by=cast.jin, now=NOW, outcome=stage.side_of(missed, cast.ruth), extent="union"
    )
    made = Resolution.objects.get()
    assert (made.decided_by, made.confirmed_by) == (cast.jin, cast.ruth)


def test_after_an_undo_the_pair_begins_anew(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    for by in (cast.ruth, cast.jin):
        actions.propose(discrepancy=missed, by=by, now=NOW, **neither())
    actions.undo(discrepancy=missed, by=cast.ruth, now=NOW)
    assert standing() == []
    actions.propose(discrepancy=missed, by=cast.jin, now=NOW, **neither())
    assert standing() == []
    with pytest.raises(actions.NotOfThePair):
        actions.propose(discrepancy=missed, by=cast.pi, now=NOW, **neither())


def test_the_pair_does_not_undo_what_somebody_else_decided(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    actions.settle(discrepancy=found["b1"], by=cast.adjudicator, now=NOW, **neither())
    with pytest.raises(actions.DecidedByOthers, match="Tomas Reyes"):
        actions.undo(discrepancy=found["b1"], by=cast.ruth, now=NOW)
    with pytest.raises(actions.AlreadySettled, match="Tomas Reyes settled this already, on 2 March 2026"):
        actions.propose(discrepancy=found["b1"], by=cast.jin, now=NOW, **neither())


def test_whoever_has_coded_the_transcript_does_not_settle_alone(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    Membership.objects.filter(user=cast.ruth).update(roles=[Role.PI, Role.CODER])
    with pytest.raises(actions.OwnDiscrepancy):
        actions.settle(discrepancy=found["b1"], by=cast.ruth, now=NOW, **neither())
    round.refresh_from_db()
    asked = [
        queries.deciding(
            round=round,
            round_transcript=found["b1"].round_transcript,
            reader=person,
            membership=cast.study.memberships.get(user=person),
        ).may
        for person in (cast.ruth, cast.adjudicator, cast.administrator)
    ]
    assert asked == [False, True, False]


@pytest.mark.parametrize("options", [{"has_sealed_proposals": True}])
def test_a_sealed_proposal_is_sealed_in_the_database(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    with pytest.raises(actions.ProposeFirst):
        actions.escalate(discrepancy=missed, by=cast.jin, now=NOW)
    actions.propose(discrepancy=missed, by=cast.ruth, now=NOW, **neither())
    everybody = (cast.jin, cast.pi, cast.adjudicator, cast.administrator, cast.outsider)
    assert {each.name: seen_by(each) for each in everybody} == {each.name: 0 for each in everybody}
    assert seen_by(cast.ruth) == 1
    assert not AuditEvent.objects.filter(verb="proposed").exists()
    with acting_as(cast.jin.id), connection.cursor() as cursor:
        cursor.execute("SELECT concord_open_proposals(%s, %s)", [missed.id, NOW])
        assert cursor.fetchone() == (0,)
    actions.propose(discrepancy=missed, by=cast.jin, now=NOW, outcome=stage.side_of(missed, cast.ruth))
    assert [seen_by(each) for each in (cast.ruth, cast.jin, cast.pi, cast.outsider)] == [2, 2, 2, 0]


def seen_by(person: User) -> int:
    with acting_as(person.id):
        return Proposal.objects.count()


def test_when_all_that_is_open_is_left_to_the_adjudicator_conferring_is_over(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    actions.escalate(discrepancy=found["b1"], by=cast.ruth, now=NOW)
    actions.escalate(discrepancy=found["a2"], by=cast.jin, now=NOW)
    round.refresh_from_db()
    assert round.state == Round.State.CONFERRING
    actions.settle(discrepancy=found["b2"], by=cast.pi, now=NOW, outcome=Outcome.FIRST)
    round.refresh_from_db()
    assert round.state == Round.State.ADJUDICATING
    assert Notice.objects.filter(recipient=cast.adjudicator, kind="left to adjudicator").count() == 2
    with pytest.raises(actions.ConferringIsOver):
        actions.end_conferring(round=round, by=cast.pi, now=NOW)
    actions.take_up(discrepancy=found["b1"], by=cast.jin, now=NOW)
    round.refresh_from_db()
    assert round.state == Round.State.CONFERRING


def test_a_meeting_needs_both_and_confirms_only_what_stands(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    meeting = actions.begin_meeting(round=round, by=cast.ruth, now=NOW)
    with pytest.raises(actions.NotBothPresent):
        actions.record_outcome(meeting=meeting, discrepancy=missed, by=cast.ruth, now=NOW, **neither())
    for person in (cast.jin, cast.adjudicator):
        actions.join_meeting(meeting=meeting, by=person, now=NOW)
    with pytest.raises(actions.InAMeeting):
        actions.begin_meeting(round=round, by=cast.jin, now=NOW)
    first = actions.record_outcome(meeting=meeting, discrepancy=missed, by=cast.ruth, now=NOW, **neither())
    actions.record_outcome(
        meeting=meeting, discrepancy=missed, by=cast.ruth, now=NOW, outcome=stage.side_of(missed, cast.ruth)
    )
    with pytest.raises(actions.RecordedAnew):
        actions.confirm(proposal=first, by=cast.jin, now=NOW)
    with acting_as(cast.jin.id):
        recorded = Proposal.objects.get(withdrawn_at=None)
    with pytest.raises(actions.NotYoursToConfirm):
        actions.confirm(proposal=recorded, by=cast.ruth, now=NOW)
    actions.confirm(proposal=recorded, by=cast.jin, now=NOW)
    made = Resolution.objects.get()
    assert (made.decided_by, made.confirmed_by, made.meeting) == (cast.ruth, cast.jin, meeting)
    actions.leave_meeting(meeting=meeting, by=cast.ruth, now=NOW)
    meeting.refresh_from_db()
    assert (meeting.driver, meeting.ended_at) == (cast.jin, None)
    actions.end_meeting(meeting=meeting, by=cast.jin, now=NOW)
    ended = AuditEvent.objects.get(verb="meeting ended")
    assert ended.detail == {"present": ["Jin Park", "Ruth Hale", "Tomas Reyes"], "settled": 1}


@pytest.mark.parametrize("end", ["close", "void"])
def test_a_meeting_ends_with_its_round_and_keeps_nobody_from_the_next(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy], end: str
) -> None:
    meeting = actions.begin_meeting(round=round, by=cast.ruth, now=NOW)
    actions.join_meeting(meeting=meeting, by=cast.jin, now=NOW)
    with acting_as(cast.pi.id):
        if end == "close":
            actions.close(round=round, by=cast.pi, now=NOW)
        else:
            actions.void(round=round, reason="Split b1.", by=cast.pi, now=NOW)
    meeting.refresh_from_db()
    assert (meeting.ended_at, meeting.ended_by) == (NOW, cast.pi)
    assert AuditEvent.objects.get(verb="meeting ended").detail["present"] == ["Jin Park", "Ruth Hale"]
    another = stage.open_round(cast)
    stage.code(another, cast.ruth, "a1", 41, 80)
    stage.submit(another, cast.ruth, cast.jin)
    actions.release_now(round=another, by=cast.pi, now=NOW)
    stage.compute(another)
    assert actions.begin_meeting(round=another, by=cast.ruth, now=NOW).driver == cast.ruth


def test_what_was_taken_out_after_the_release_is_asked_about_nowhere(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    actions.settle(
        discrepancy=found["b1"], by=cast.pi, now=NOW, outcome=stage.side_of(found["b1"], cast.ruth)
    )
    actions.escalate(discrepancy=found["a2"], by=cast.ruth, now=NOW)
    actions.withdraw_transcript(member=round.transcripts.get(), reason="Recorded twice.", by=cast.pi, now=NOW)
    with acting_as(cast.pi.id):
        rows = queries.discrepancies(round=round, user=cast.pi)
        assert list(queries.to_walk(rows)) == [found["b1"]]
        assert not queries.still_open(rows).exists()
        assert queries.queue(study=cast.study, reader=cast.pi, is_for_all=True) == []
        assert queries.tally(round=round) == queries.Tally(total=0, settled=0)
    with pytest.raises(actions.TakenOut):
        actions.propose(discrepancy=found["a2"], by=cast.ruth, now=NOW, **neither())
    with acting_as(cast.pi.id):
        assert actions.close(round=round, by=cast.pi, now=NOW).state == Round.State.CLOSED


# --- many at once


@pytest.fixture
def boundary(cast: make.Cast, round: Round) -> Discrepancy:
    """The same code by both, with two words in common."""
    text = round.transcripts.get().transcript_version.text
    start = text.index("I nearly deleted it, to be honest.")
    stage.code(round, cast.ruth, "a1", start, start + len("I nearly deleted it"))
    shared = text.index("deleted it", start)
    stage.code(
        round, cast.jin, "a1", text.index("it, to", start), start + len("I nearly deleted it, to be honest.")
    )
    stage.submit(round, cast.ruth, cast.jin)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    stage.compute(round)
    assert shared
    return Discrepancy.objects.get()


def test_small_boundary_differences_are_united_and_parted_together(
    cast: make.Cast, round: Round, boundary: Discrepancy
) -> None:
    assert boundary.kind == "boundary"
    assert actions.unite_boundaries(round=round, words=3, by=cast.pi, now=NOW).settled == 0
    done = actions.unite_boundaries(round=round, words=20, by=cast.pi, now=NOW)
    assert (done.settled, done.proposed) == (1, 0)
    made = Resolution.objects.get()
    assert [(each.start, each.end) for each in made.passages.all()] == [(boundary.start, boundary.end)]
    assert actions.undo_bulk(round=round, bulk=done.id, by=cast.pi, now=NOW) == 1
    assert standing() == []


def test_of_a_pair_each_proposes_the_union(cast: make.Cast, round: Round, boundary: Discrepancy) -> None:
    first = actions.unite_boundaries(round=round, words=20, by=cast.ruth, now=NOW)
    second = actions.unite_boundaries(round=round, words=20, by=cast.jin, now=NOW)
    assert [(each.settled, each.proposed) for each in (first, second)] == [(0, 1), (1, 0)]
    assert actions.undo_bulk(round=round, bulk=second.id, by=cast.jin, now=NOW) == 1
    with pytest.raises(actions.NotOfThePair):
        actions.unite_boundaries(round=round, words=20, by=cast.observer, now=NOW)


def test_what_cannot_be_united_does_not_keep_the_rest_back(
    cast: make.Cast, round: Round, boundary: Discrepancy
) -> None:
    actions.unite_boundaries(round=round, words=20, by=cast.jin, now=NOW)
    actions.escalate(discrepancy=boundary, by=cast.jin, now=NOW)
    for person, may in ((cast.ruth, False), (cast.jin, False), (cast.pi, True)):
        with acting_as(person.id):
            rows = queries.small_boundaries(round=round, words=20, user=person)
        assert [each.is_open_to_reader for each in rows] == [may]
    done = actions.unite_boundaries(round=round, words=20, by=cast.ruth, now=NOW)
    assert (done.settled, done.proposed) == (0, 0)
    assert actions.unite_boundaries(round=round, words=20, by=cast.pi, now=NOW).settled == 1


def test_proposals_that_are_undone_together_are_on_record(
    cast: make.Cast, round: Round, boundary: Discrepancy
) -> None:
    done = actions.unite_boundaries(round=round, words=20, by=cast.ruth, now=NOW)
    assert actions.undo_bulk(round=round, bulk=done.id, by=cast.ruth, now=NOW) == 1
    assert AuditEvent.objects.get(noun="discrepancy", verb="withdrawn").actor_name == "Ruth Hale"


def test_what_was_met_before_is_counted_once_and_not_in_a_void_round(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    earlier, row = AgreementRun.objects.get(round=round), found["b1"]
    work = Run.objects.get(id=earlier.run_id)
    work.id, work._state.adding = uuid4(), True
    work.input_hash = earlier.input_hash = "0" * 64
    work.save()
    earlier.run = work
    with as_worker():
        earlier.id, earlier._state.adding = uuid4(), True
        earlier.computed_at = NOW - timedelta(days=1)
        earlier.save()
        again = Discrepancy.objects.get(id=row.id)
        again.id, again._state.adding, again.agreement_run = uuid4(), True, earlier
        again.save()
    assert queries.past(discrepancy=row).met == 0
    assert queries.past(discrepancy=again).met == 1
    with acting_as(cast.pi.id):
        actions.void(round=round, reason="b1 had to be split.", by=cast.pi, now=NOW)
    assert queries.past(discrepancy=again).met == 0


# --- at the same moment


def test_two_equal_proposals_at_once_settle_once(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    def proposing(person: User) -> object:
        return lambda: actions.propose(discrepancy=found["b1"], by=person, now=NOW, **neither())

    assert at_once(*(as_person(each, proposing(each)) for each in (cast.ruth, cast.jin))) == {"done": 2}  # type: ignore[arg-type]
    assert standing() == ["neither"]


def test_a_decision_and_a_proposal_at_once_leave_one_decision(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    actions.propose(discrepancy=missed, by=cast.ruth, now=NOW, **neither())
    ends = at_once(
        lambda: actions.propose(discrepancy=missed, by=cast.jin, now=NOW, **neither()),
        lambda: actions.settle(
            discrepancy=missed, by=cast.adjudicator, now=NOW, outcome=stage.side_of(missed, cast.ruth)
        ),
    )
    assert ends == {"done": 1, "AlreadySettled": 1}
    assert len(standing()) == 1


# --- what the database itself refuses


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"outcome": "neither"}, "resolution_of_nothing_has_a_reason"),
        ({"outcome": "codebook"}, "resolution_of_nothing_has_a_reason"),
        ({"outcome": "another"}, "resolution_another_code_is_named"),
        ({"outcome": "first", "extent": "new"}, "resolution_new_boundaries_are_given"),
        ({"outcome": "first", "extent": "new", "start": 9, "end": 9}, "resolution_new_boundaries_are_given"),
        ({"outcome": "neither", "reason": "x", "extent": "union"}, "resolution_of_nothing_has_no_extent"),
    ],
)
def test_a_decision_that_makes_no_sense_is_not_stored(
    cast: make.Cast, found: dict[str, Discrepancy], fields: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Resolution.objects.create(discrepancy=found["b1"], decided_by=cast.pi, decided_at=NOW, **fields)
