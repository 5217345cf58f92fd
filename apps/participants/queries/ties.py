"""Who of the team knows whom, and what that does to an assignment."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q

from apps.accounts.models import User
from apps.participants.models import Activity, Participant, Rule, Tie
from apps.studies.models import Study

Pair = tuple[UUID, UUID]
"""Participant and member."""


def ties(*, study: Study) -> list[Tie]:
    """The register of the study, by member: what the reflexivity statement lists."""
    return list(study.ties.select_related("member", "site", "group", "participant"))


def tie_between(*, participant: Participant, member: User, activity: Activity) -> Tie | None:
    """The tie of a member to a person, their group or their site that weighs most, if one warns or blocks."""
    to = Q(participant=participant) | Q(group=participant.group_id) | Q(site=participant.site_id)
    found = Tie.objects.filter(to, member=member, study=participant.study_id)
    return _heaviest(found.select_related("member", "site", "group", "participant"), activity)


def ties_between(
    *, study: Study, participants: Iterable[Participant], members: Iterable[User], activity: Activity
) -> Mapping[Pair, Tie]:
    """For each person and member the tie that weighs most, where one warns or blocks."""
    known = Tie.objects.filter(study=study, member__in=list(members))
    rows = list(known.select_related("member", "site", "group", "participant"))
    people = list(participants)
    found: dict[Pair, Tie] = {}
    for person in people:
        for member in {row.member_id for row in rows}:
            touching = [row for row in rows if row.member_id == member and _touches(row, person)]
            heaviest = _heaviest(touching, activity)
            if heaviest is not None:
                found[person.id, member] = heaviest
    return found


def _touches(tie: Tie, person: Participant) -> bool:
    return person.id == tie.participant_id or person.group_id == tie.group_id or person.site_id == tie.site_id


def _heaviest(found: Iterable[Tie], activity: Activity) -> Tie | None:
    weights = {Rule.BLOCK.value: 2, Rule.WARN.value: 1, Rule.ALLOW.value: 0}
    weighing = [tie for tie in found if weights[tie.rule_for(activity)]]
    return max(weighing, key=lambda tie: weights[tie.rule_for(activity)], default=None)
