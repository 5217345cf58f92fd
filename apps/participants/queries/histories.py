"""What happened to people, told by the database: those to whom the same happened are one line.

Of 5,000 people some hundred lines are left, and what a line means is said in Python (participants.engine).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from apps.participants.engine.board import INTERVIEWED, WITHDREW, standing
from apps.participants.models import (
    Interview,
    Participant,
    ParticipantQuerySet,
    RecruitmentEvent,
    RecruitmentRound,
    Withdrawal,
)
from apps.studies.models import Membership, ParticipantGroup

_STEPS = [str(step) for step in RecruitmentEvent.Step]
_STATES = [str(state) for state in Interview.Status]

# `seen` is the queryset of those whom the member may see; steps and states come as sets of bits.
_TOLD = """
WITH seen (id, group_id, site_id) AS ({seen}),
steps AS (
    SELECT participant_id, bit_or(1 << array_position(%s::varchar[], step)) AS bits
    FROM participants_recruitmentevent WHERE study_id = %s AND participant_id IS NOT NULL
    GROUP BY participant_id
),
newest AS (
    SELECT DISTINCT ON (participant_id) participant_id, step, reason
    FROM participants_recruitmentevent
    WHERE study_id = %s AND participant_id IS NOT NULL AND step NOT IN ('reminded', 'other')
    ORDER BY participant_id, happened_on DESC, recorded_at DESC, id DESC
),
routed AS (
    SELECT DISTINCT ON (participant_id) participant_id, route_id
    FROM participants_recruitmentevent
    WHERE study_id = %s AND participant_id IS NOT NULL AND route_id IS NOT NULL
    ORDER BY participant_id, happened_on, recorded_at, id
),
interviews AS (
    SELECT participant_id, bit_or(1 << array_position(%s::varchar[], status)) AS bits
    FROM participants_interview WHERE study_id = %s GROUP BY participant_id
),
told AS (
    SELECT seen.id, seen.group_id, seen.site_id, coalesce(steps.bits, 0) AS steps,
        coalesce(newest.step, '') AS last, coalesce(newest.reason, '') AS reason,
        coalesce(routed.route_id::text, '') AS route, coalesce(interviews.bits, 0) AS interviews,
        coalesce(withdrawal.codings, '') AS withdrawal
    FROM seen
    LEFT JOIN steps ON steps.participant_id = seen.id
    LEFT JOIN newest ON newest.participant_id = seen.id
    LEFT JOIN routed ON routed.participant_id = seen.id
    LEFT JOIN interviews ON interviews.participant_id = seen.id
    LEFT JOIN participants_withdrawal withdrawal ON withdrawal.participant_id = seen.id
)
"""
_ALIKE = """
SELECT group_id::text, site_id::text, steps, last, reason, route, interviews, withdrawal, count(*)
FROM told GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_EACH = """
SELECT id::text, group_id::text, site_id::text, last, interviews, withdrawal
FROM told
"""
# Whoever may stand at "interviewed": of thousands on a list the tables ask about these only.
_INTERVIEWED = _EACH + f"WHERE last = 'interviewed' OR (interviews >> {_STATES.index('held') + 1}) & 1 = 1"
_VALUES = """
SELECT value.characteristic_id::text, value.value, last, interviews, withdrawal, count(*)
FROM told JOIN participants_characteristicvalue value ON value.participant_id = told.id
WHERE value.state = 'given' GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class History:
    """What happened to some people of a group at a site, and by which route they came."""

    group: str
    site: str
    steps: frozenset[str]
    last: str
    reason: str
    route: str
    interviews: frozenset[str]
    withdrawal: str
    people: int

    @property
    def standing(self) -> str:
        return stands(self.last, self.interviews, self.withdrawal)


def stands(last: str, interviews: frozenset[str], withdrawal: str) -> str:
    """Whoever withdrew stays counted as interviewed if their completed analysis was kept."""
    if not withdrawal:
        return standing(last, interviews)
    is_kept = "held" in interviews and withdrawal == Withdrawal.Codings.KEEP
    return INTERVIEWED if is_kept else WITHDREW


def histories(membership: Membership, *, round: RecruitmentRound | None = None) -> list[History]:
    """Of everybody whom the member may see, or of those who were approached in a round; one query."""
    people = Participant.objects.visible_to(membership)
    if round:
        people = people.filter(recruitment_events__round=round).distinct()
    return [
        History(group, site, _steps(steps), last, reason, route, _states(states), withdrawal, number)
        for group, site, steps, last, reason, route, states, withdrawal, number in _told(
            membership.study_id, people, _ALIKE
        )
    ]


def standing_of_each(
    membership: Membership, people: ParticipantQuerySet
) -> Iterator[tuple[str, str, str, str]]:
    """The key of each of these people, of their group, of their site, and where they stand; one query."""
    known: dict[tuple[str, int, str], str] = {}
    for key, group, site, last, states, withdrawal in _told(membership.study_id, people, _EACH):
        how = (last, states, withdrawal)
        if how not in known:
            known[how] = stands(last, _states(states), withdrawal)
        yield key, group, site, known[how]


def interviewed(membership: Membership) -> set[UUID]:
    """Everybody of whom an interview counts; one query, which looks only at those who may have had one."""
    held = Interview.objects.filter(participant=OuterRef("id"), status=Interview.Status.HELD)
    told = RecruitmentEvent.objects.filter(participant=OuterRef("id"), step=RecruitmentEvent.Step.INTERVIEWED)
    people = Participant.objects.visible_to(membership).filter(Exists(held) | Exists(told))
    return {
        UUID(key)
        for key, _, _, last, states, withdrawal in _told(membership.study_id, people, _INTERVIEWED)
        if stands(last, _states(states), withdrawal) == INTERVIEWED
    }


def values_said(membership: Membership, group: ParticipantGroup) -> Iterator[tuple[UUID, str, str, int]]:
    """Characteristic, value, where they stand, and how many of a group these are; one query."""
    people = Participant.objects.visible_to(membership).filter(group=group)
    for key, value, last, states, withdrawal, number in _told(membership.study_id, people, _VALUES):
        yield UUID(key), value, stands(last, _states(states), withdrawal), number


def _told(study: UUID, people: ParticipantQuerySet, what: str) -> list[tuple[Any, ...]]:
    """The rows of one of the questions above, about these people of a study."""
    seen, parameters = people.order_by().values_list("id", "group_id", "site_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _TOLD.format(seen=seen) + what, [*parameters, _STEPS, study, study, study, _STATES, study]
        )
        return list(cursor.fetchall())


def _steps(bits: int) -> frozenset[str]:
    return frozenset(step for place, step in enumerate(_STEPS, start=1) if bits >> place & 1)


def _states(bits: int) -> frozenset[str]:
    return frozenset(state for place, state in enumerate(_STATES, start=1) if bits >> place & 1)
