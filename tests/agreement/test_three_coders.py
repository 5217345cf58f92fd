"""Three coders on one transcript: what they all ask is decided once, and nothing else is."""

import pytest

from apps.accounts.models import User
from apps.agreement import actions
from apps.agreement.models import Decision, Discrepancy, Resolution, Round
from apps.coding.models import Coding
from apps.core.identity import acting_as
from apps.studies.permissions import Role
from tests import make
from tests.agreement import stage

NOW = make.NOW
Outcome = Decision.Outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blind(cast: make.Cast) -> Round:
    """A round in which each transcript is coded by three."""
    cast.mei = make.member(cast.study, Role.CODER, name="Mei Lin")
    return actions.open_round(
        study=cast.study,
        transcript_versions=[make.transcript(cast.study)],
        coders=[cast.ruth, cast.jin, cast.mei],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study, is_frozen=False),
        by=cast.pi,
        now=NOW,
    )


@pytest.fixture
def of_three(cast: make.Cast) -> Round:
    return stage.of_three(cast)


def release(cast: make.Cast, round: Round) -> Round:
    stage.submit(round, cast.ruth, cast.jin, cast.mei)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    stage.compute(round)
    return round


def between(one: User, other: User, label: str) -> Discrepancy:
    rows = Discrepancy.objects.select_related(
        "first_code", "second_code", "first_assignment", "second_assignment"
    )
    return next(
        each
        for each in rows
        if (each.first_code or each.second_code).label == label
        and {each.first_assignment.coder_id, each.second_assignment.coder_id} == {one.id, other.id}
    )


def test_one_question_is_decided_once_for_all_pairs(cast: make.Cast, of_three: Round) -> None:
    asked = between(cast.ruth, cast.mei, "a1")
    actions.settle(discrepancy=asked, outcome=stage.side_of(asked, cast.ruth), by=cast.pi, now=NOW)
    assert Resolution.objects.filter(undone_at=None).count() == 2
    with acting_as(cast.pi.id):
        actions.close(round=of_three, by=cast.pi, now=NOW)
        agreed = Coding.objects.filter(assignment__kind="consensus")
        # The union of those who agree; what only Ruth has coded was left open.
        assert list(agreed.values_list("code__label", "start", "end")) == [("a1", 41, 90)]


def test_undoing_one_undoes_it_for_all_pairs(cast: make.Cast, of_three: Round) -> None:
    asked, same = between(cast.ruth, cast.mei, "a1"), between(cast.jin, cast.mei, "a1")
    actions.settle(discrepancy=asked, by=cast.pi, now=NOW, outcome=Outcome.NEITHER, reason="Small talk.")
    actions.undo(discrepancy=same, by=cast.adjudicator, now=NOW)
    assert not Resolution.objects.filter(undone_at=None).exists()


def test_a_round_with_contradictory_decisions_is_not_closed(cast: make.Cast, of_three: Round) -> None:
    asked, same = between(cast.ruth, cast.jin, "b1"), between(cast.ruth, cast.mei, "b1")
    actions.settle(discrepancy=asked, outcome=stage.side_of(asked, cast.ruth), by=cast.pi, now=NOW)
    Resolution.objects.filter(discrepancy=same).update(undone_at=NOW, undone_by=cast.pi)
    Resolution.objects.create(
        discrepancy=same, outcome="neither", reason="No.", decided_by=cast.pi, decided_at=NOW
    )
    with pytest.raises(actions.Contradictory), acting_as(cast.pi.id):
        actions.close(round=of_three, by=cast.pi, now=NOW)
    of_three.refresh_from_db()
    assert of_three.state == Round.State.CONFERRING


@pytest.mark.parametrize("extent", ["union", "intersection"])
def test_what_would_not_say_what_stands_between_two_others_is_left_to_them(
    cast: make.Cast, blind: Round, extent: str
) -> None:
    """Ruth and Mei agree on the influence, Jin does not; and Jin shares no words with Mei."""
    stage.code(blind, cast.ruth, "a1", 41, 80, "helps")
    stage.code(blind, cast.jin, "a1", 41, 78, "hinders")
    stage.code(blind, cast.mei, "a1", 77, 150, "helps")
    release(cast, blind)
    asked = between(cast.ruth, cast.mei, "a1")
    actions.settle(discrepancy=asked, outcome=Outcome.BOTH, extent=extent, by=cast.pi, now=NOW)
    assert [each.discrepancy_id for each in Resolution.objects.all()] == [asked.id]
