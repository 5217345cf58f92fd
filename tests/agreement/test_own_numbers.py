"""A plan can want another number, or a share, from one group, site or interviewer by name."""

from collections import Counter
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from apps.agreement import actions, queries
from apps.agreement.models import OwnNumber, Round
from apps.audit.models import AuditEvent
from apps.participants.models import Interview
from apps.studies.models import ParticipantGroup
from apps.transcripts.models import TranscriptVersion
from tests import make
from tests.agreement.test_plans import plan, planned

pytestmark = pytest.mark.django_db

NOW = make.NOW


def transcript_in(group: ParticipantGroup, **options: Any) -> TranscriptVersion:
    person = make.participant(group.study, group=group)
    return make.transcript(group.study, interview=make.interview(group.study, participant=person), **options)


def groups(cast: make.Cast, *sizes: int) -> list[ParticipantGroup]:
    """New groups with ready transcripts of so many people."""
    found = [make.group(cast.study) for _ in sizes]
    for group, size in zip(found, sizes, strict=True):
        for _ in range(size):
            transcript_in(group)
    return found


def own(of: Any, number: int | None = None, share: float | None = None, stratum: str = "group") -> OwnNumber:
    return OwnNumber(stratum, str(getattr(of, "id", of)), number, share)


def drawn_by_group(round: Round) -> Counter[str]:
    return Counter(each.stratum[0] for each in queries.preview(round=round).taken)


def test_a_group_has_a_number_of_its_own_and_the_others_that_of_all(cast: make.Cast) -> None:
    first, second = groups(cast, 5, 5)
    round = planned(cast, at_least=0, share=0, per_group=1, own_numbers=[own(first, 4)])
    assert drawn_by_group(round) == {first.name: 4, second.name: 1}
    actions.draw(round=round, by=cast.pi, now=NOW)
    round.refresh_from_db()
    assert (round.transcripts.count(), round.drawn_at) == (5, NOW)


def test_a_share_is_one_of_the_interviews_of_that_group_rounded_up(cast: make.Cast) -> None:
    first, second = groups(cast, 5, 5)
    numbers = [own(first, share=0.5), own(second, 0)]
    round = planned(cast, at_least=0, share=0, per_group=2, own_numbers=numbers)
    assert drawn_by_group(round) == {first.name: 3}


def test_a_site_and_an_interviewer_without_an_account_are_named_too(cast: make.Cast) -> None:
    versions = [make.transcript(cast.study) for _ in range(4)]
    interviews = [each.transcript.interview_id for each in versions]
    Interview.objects.filter(id__in=interviews[:2]).update(interviewer=None, interviewer_name="Ada Finch")
    site = versions[0].transcript.interview.participant.site
    numbers = [own(site, 1, stratum="site"), own("Ada Finch", 2, stratum="interviewer")]
    round = planned(
        cast,
        strata=("site", "interviewer"),
        at_least=0,
        share=0,
        per_site=0,
        per_interviewer=0,
        own_numbers=numbers,
    )
    taken = queries.preview(round=round).taken
    assert [each.version.transcript.interview_id in interviews[:2] for each in taken] == [True, True]
    words = [(line.part.name, line.words) for line in queries.own_numbers(round=round, with_sites=True)]
    assert words == [(site.name, "1 or more"), ("Ada Finch", "2 or more")]
    assert [line.part.name for line in queries.own_numbers(round=round, with_sites=False)] == ["Ada Finch"]


def test_a_late_transcript_is_waited_for_where_its_group_has_a_number(cast: make.Cast) -> None:
    (first,) = groups(cast, 1)
    transcript_in(first, is_ready=False)
    round = planned(cast, at_least=0, share=0, per_group=1, own_numbers=[own(first, 2)])
    shown = queries.preview(round=round)
    assert (shown.open_minima, shown.is_complete, shown.out_of_reach) == ((first.name,), False, ())


def test_what_cannot_be_reached_is_said(cast: make.Cast) -> None:
    first, second = groups(cast, 2, 1)
    empty = make.group(cast.study, "Leaver")
    numbers = [own(first, 5), own(empty, 2)]
    shown = queries.preview(round=planned(cast, per_group=1, own_numbers=numbers))
    short = [(each.name, each.wanted, each.possible) for each in shown.out_of_reach]
    assert short == [(first.name, 5, 2), ("Leavers", 2, 0)]
    assert second.name not in {each.name for each in shown.out_of_reach}


def test_the_trail_says_the_different_numbers(cast: make.Cast) -> None:
    first, second = groups(cast, 1, 1)
    round = planned(cast, own_numbers=[own(first, 4), own(second, share=0.25)])
    event = AuditEvent.objects.get(verb="planned", object_id=round.id)
    assert event.detail["own_numbers"] == [f"{first.name}: 4 or more", f"{second.name}: 25 % or more"]


def test_a_number_for_what_is_not_drawn_from_is_refused(cast: make.Cast) -> None:
    site = make.transcript(cast.study).transcript.interview.participant.site
    with pytest.raises(actions.NotDrawnFrom):
        planned(cast, strata=("group",), own_numbers=[own(site, 2, stratum="site")])


@pytest.mark.parametrize("amount", [{}, {"number": 1, "share": 0.5}, {"share": 1.5}, {"number": -1}])
def test_a_number_is_one_number_or_one_share(cast: make.Cast, amount: dict[str, Any]) -> None:
    (first,) = groups(cast, 1)
    with pytest.raises(actions.NumberUnclear):
        planned(cast, own_numbers=[own(first, **amount)])
    with pytest.raises(actions.NumberUnclear):
        planned(cast, own_numbers=[own(first, 1), own(first, 2)])


def test_the_group_of_another_study_is_no_part_of_this_one(cast: make.Cast) -> None:
    elsewhere = make.group(make.study())
    with pytest.raises(actions.NoSuchPart):
        planned(cast, own_numbers=[own(elsewhere, 2)])


def test_the_numbers_stay_once_the_round_is_drawn(cast: make.Cast) -> None:
    (first,) = groups(cast, 2)
    round = planned(cast, own_numbers=[own(first, 1)])
    actions.change_plan(round=round, plan=plan(cast, own_numbers=[own(first, 2)]), by=cast.pi, now=NOW)
    actions.draw(round=round, by=cast.pi, now=NOW)
    with pytest.raises(DatabaseError, match="round_plan_stays_once_drawn"), transaction.atomic():
        Round.objects.filter(id=round.id).update(own_numbers=[])
    round.refresh_from_db()
    assert round.numbers_by_name == [own(first, 2)]


def test_what_is_wanted_counts_each_transcript_once(cast: make.Cast) -> None:
    first, second = groups(cast, 4, 1)
    picked = [make.transcript(cast.study)]
    round = planned(cast, picked, at_least=1, share=0, per_group=0, own_numbers=[own(first, 3)])
    shown = queries.preview(round=round)
    assert (shown.wanted, len(shown.taken), shown.is_complete) == (4, 4, True)
    by_hand = queries.preview(
        round=planned(cast, picked=[transcript_in(second)], kind=Round.Kind.CALIBRATION)
    )
    assert (by_hand.wanted, by_hand.is_complete) == (1, True)
