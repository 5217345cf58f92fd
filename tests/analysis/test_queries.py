from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.agreement import actions as agreement
from apps.agreement.models import Resolution
from apps.analysis import queries
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.participants.models import Interview
from apps.studies import actions as studies
from apps.studies.models import Membership
from apps.studies.permissions import Role
from tests import make
from tests.agreement import stage


def of(cast: make.Cast, user: User) -> Membership:
    return cast.study.memberships.get(user=user)


def waiting(cast: make.Cast, user: User, now: datetime = make.NOW) -> dict[str, int]:
    return {thing.kind: thing.count for thing in things(cast, user, now)}


def things(cast: make.Cast, user: User, now: datetime = make.NOW) -> list[queries.Waiting]:
    mine = of(cast, user)
    with acting_as(user.id):
        return queries.waiting_for(cast.study, mine, queries.round_standings(cast.study, mine), now=now)


def submitted(cast: make.Cast, kind: CodingAssignment.Kind) -> CodingAssignment:
    work = make.assignment(cast.study, cast.ruth, kind=kind)
    work.state, work.submitted_at = CodingAssignment.State.SUBMITTED, make.NOW
    work.save()
    return work


def test_an_empty_study_stands_at_nothing(cast: make.Cast) -> None:
    assert queries.study_progress(cast.study) == queries.StudyProgress(0, 0, 0, 0, 0, 0)


def test_each_count_counts_its_own_thing(cast: make.Cast) -> None:
    cast.group.target = 19
    cast.group.save()
    make.interview(cast.study)
    make.interview(cast.study, status=Interview.Status.BOOKED, held_on=None, minutes=None)
    make.transcript(cast.study, is_ready=False)
    submitted(cast, CodingAssignment.Kind.PRIMARY)
    make.assignment(cast.study, cast.jin, kind=CodingAssignment.Kind.PRIMARY)
    assert queries.study_progress(cast.study) == queries.StudyProgress(
        interviews_planned=19,
        interviews_held=4,
        transcripts=3,
        transcripts_ready=2,
        transcripts_coded=1,
        transcripts_double_coded=0,
    )


def test_blind_coding_counts_nowhere_even_when_it_is_submitted(cast: make.Cast) -> None:
    submitted(cast, CodingAssignment.Kind.INDEPENDENT)
    assert queries.study_progress(cast.study).transcripts_coded == 0


def test_the_counts_of_another_study_stay_there(cast: make.Cast) -> None:
    make.transcript(cast.outsider.memberships.get().study)
    assert queries.study_progress(cast.study) == queries.StudyProgress(0, 0, 0, 0, 0, 0)


def test_the_first_steps_are_done_one_by_one(db: None, now: datetime) -> None:
    pi = make.person(may_open_studies=True)
    study = studies.open_study(name="Rural outreach", by=pi, now=now)
    assert queries.first_steps(study, now=now) == queries.FirstSteps(False, False, False, False)
    studies.add_site(study, name="Northmoor", by=pi, now=now)
    studies.add_group(study, name="Clients", stem="Client", by=pi, now=now)
    assert queries.first_steps(study, now=now).has_groups
    make.codebook(study)
    assert queries.first_steps(study, now=now).has_codebook
    invited = {"email": "ruth@example.org", "name": "Ruth", "links_begin": "/", "by": pi, "now": now}
    studies.invite(study, roles=[Role.CODER], **invited)
    assert queries.first_steps(study, now=now).has_team
    make.transcript(study)
    assert queries.first_steps(study, now=now).are_done


def test_an_administrator_is_told_what_is_missing(cast: make.Cast, now: datetime) -> None:
    make.interview(cast.study)
    make.transcript(cast.study, is_ready=False)
    make.transcript(cast.study)
    studies.invite(
        cast.study,
        email="nina@example.org",
        name="Nina",
        roles=["coder"],
        links_begin="/",
        by=cast.pi,
        now=make.NOW.replace(year=2025),
    )
    assert waiting(cast, cast.administrator) == {
        "not_ready": 1,
        "without_transcript": 1,
        "not_assigned": 1,
        "invitations_over": 1,
    }
    assert waiting(cast, cast.ruth) == {}


def test_an_assigned_transcript_no_longer_waits(cast: make.Cast) -> None:
    make.assignment(cast.study, cast.ruth)
    assert waiting(cast, cast.pi) == {}
    CodingAssignment.objects.update(voided_at=make.NOW)
    assert waiting(cast, cast.pi) == {"not_assigned": 1}


def test_ones_own_work_comes_with_what_is_begun_first_and_what_is_submitted_last(cast: make.Cast) -> None:
    done = submitted(cast, CodingAssignment.Kind.PRIMARY)
    new = make.assignment(cast.study, cast.ruth)
    begun = make.assignment(cast.study, cast.ruth)
    begun.state, begun.started_at = CodingAssignment.State.IN_PROGRESS, make.NOW
    begun.save()
    make.assignment(cast.study, cast.jin)
    assert list(queries.my_assignments(cast.study, of(cast, cast.ruth))) == [begun, new, done]
    assert list(queries.my_assignments(cast.study, of(cast, cast.pi))) == []


@pytest.mark.django_db(transaction=True)
def test_a_round_waits_for_each_of_its_people_and_only_after_release(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    stage.code(round, cast.ruth, "a1", 41, 70)
    assert waiting(cast, cast.pi) == waiting(cast, cast.ruth) == {}
    assert queries.round_standings(cast.study, of(cast, cast.pi)) == [
        queries.RoundStanding(round, transcripts=1, discrepancies=0, open=0, is_mine=False)
    ]
    found = stage.conferring(cast, round)
    total = len(found)
    assert waiting(cast, cast.pi) == {"open_discrepancies": total}
    assert waiting(cast, cast.ruth) == waiting(cast, cast.jin) == {"to_confer": total}
    assert waiting(cast, cast.adjudicator) == {}
    assert waiting(cast, cast.administrator) == waiting(cast, cast.observer) == {}
    with acting_as(cast.ruth.id):
        agreement.escalate(discrepancy=found["a2"], by=cast.ruth, now=make.NOW)
    assert waiting(cast, cast.ruth) == waiting(cast, cast.jin) == {"to_confer": total - 1}
    assert waiting(cast, cast.adjudicator) == {"to_decide": 1}
    with acting_as(cast.ruth.id):
        agreement.end_conferring(round=round, by=cast.ruth, now=make.NOW)
    assert waiting(cast, cast.ruth) == waiting(cast, cast.jin) == {}
    assert waiting(cast, cast.adjudicator) == {"to_decide": total}
    assert waiting(cast, cast.pi) == {"open_discrepancies": total}


@pytest.mark.django_db(transaction=True)
def test_proposals_that_differ_wait_for_the_adjudicator_and_still_for_the_pair(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    found = stage.conferring(cast, round)
    for coder in (cast.ruth, cast.jin):
        with acting_as(coder.id):
            own = stage.side_of(found["b2"], coder)
            agreement.propose(discrepancy=found["b2"], outcome=own, by=coder, now=make.NOW)
    assert waiting(cast, cast.adjudicator) == {"to_decide": 1}
    assert waiting(cast, cast.ruth) == {"to_confer": len(found)}


@pytest.mark.django_db(transaction=True)
def test_a_coder_confers_on_what_they_differ_in_and_not_on_what_other_pairs_do(cast: make.Cast) -> None:
    stage.of_three(cast)
    assert waiting(cast, cast.pi) == {"open_discrepancies": 4}
    # With Jin: b1. With Mei: a1 and b1. Jin and Mei differ in a1.
    assert waiting(cast, cast.ruth) == {"to_confer": 3}
    assert waiting(cast, cast.jin) == {"to_confer": 2}


@pytest.mark.django_db(transaction=True)
def test_each_round_counts_its_own_and_the_number_of_queries_stays(cast: make.Cast) -> None:
    one = stage.of_three(cast)
    with CaptureQueriesContext(connection) as with_one:
        waiting(cast, cast.jin)
    two = stage.of_three(cast)
    stage.of_three(cast)
    with acting_as(cast.ruth.id):
        agreement.end_conferring(round=two, by=cast.ruth, now=make.NOW)
    with CaptureQueriesContext(connection) as with_three:
        waiting(cast, cast.jin)
    assert len(with_three) == len(with_one)
    found = [(each.round_number, each.count) for each in things(cast, cast.jin)]
    assert found == [(3, 2), (one.number, 2)]
    assert waiting(cast, cast.adjudicator) == {"to_decide": 4}


@pytest.mark.django_db(transaction=True)
def test_a_settled_round_waits_to_be_closed_and_then_counts(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    for discrepancy in stage.conferring(cast, round).values():
        with acting_as(cast.pi.id):
            side = Resolution.Outcome.FIRST if discrepancy.first_codings else Resolution.Outcome.SECOND
            agreement.settle(discrepancy=discrepancy, outcome=side, by=cast.pi, now=make.NOW)
    assert waiting(cast, cast.pi) == {"round_to_close": 1}
    assert waiting(cast, cast.adjudicator) == waiting(cast, cast.ruth) == {}
    assert queries.study_progress(cast.study).transcripts_double_coded == 0
    with acting_as(cast.adjudicator.id):
        agreement.close(round=round, by=cast.pi, now=make.NOW)
    progress = queries.study_progress(cast.study)
    assert (progress.transcripts_coded, progress.transcripts_double_coded) == (1, 1)
    assert waiting(cast, cast.pi) == {}


def of_draws(cast: make.Cast, user: User) -> list[tuple[str, int | None, int]]:
    kinds = {"to_draw", "draw_waits"}
    return [(each.kind, each.round_number, each.count) for each in things(cast, user) if each.kind in kinds]


def test_who_plans_is_told_when_a_draw_can_go_on(cast: make.Cast) -> None:
    stage.rolling_round(cast)
    assert of_draws(cast, cast.pi) == []
    make.transcript(cast.study)
    make.transcript(cast.study)
    assert of_draws(cast, cast.pi) == [("to_draw", 1, 1)]
    assert of_draws(cast, cast.ruth) == of_draws(cast, cast.adjudicator) == []


def test_who_plans_is_told_when_a_round_stands_still_until_its_draw_goes_on(cast: make.Cast) -> None:
    round = stage.rolling_round(cast)
    stage.submit(round, cast.ruth)
    assert of_draws(cast, cast.pi) == []
    stage.submit(round, cast.jin)
    assert of_draws(cast, cast.pi) == [("draw_waits", 1, 1)]
    make.transcript(cast.study)
    assert of_draws(cast, cast.pi) == [("to_draw", 1, 1)]
    agreement.end_draw(round=round, by=cast.pi, now=make.NOW)
    assert of_draws(cast, cast.pi) == []


def test_the_number_of_queries_does_not_grow_with_the_rounds_that_are_drawn_on(cast: make.Cast) -> None:
    counts = []
    for rounds in (1, 2):
        for _ in range(rounds):
            stage.rolling_round(cast)
        with CaptureQueriesContext(connection) as captured:
            things(cast, cast.pi)
        counts.append(len(captured))
    make.transcript(cast.study)
    assert of_draws(cast, cast.pi) == [("to_draw", number, 1) for number in (3, 2, 1)]
    assert counts[0] == counts[1]


def test_the_number_of_queries_does_not_grow_with_the_study(cast: make.Cast) -> None:
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            make.assignment(cast.study, cast.ruth)
        with CaptureQueriesContext(connection) as captured:
            waiting(cast, cast.pi)
            queries.study_progress(cast.study)
            assert len(queries.my_assignments(cast.study, of(cast, cast.ruth))) == 2 * rows - 1
        counts.append(len(captured))
    assert counts[0] == counts[1]
