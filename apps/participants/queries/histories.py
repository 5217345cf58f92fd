"""What happened to people, told by the database: those to whom the same happened are one line.

Of 5,000 people some hundred lines are left, and what a line means is said in Python (participants.engine).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

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

_EVERYBODY, _THESE = "IS NOT NULL", "IN (SELECT id FROM seen)"
_WORDS = {
    "newest_first": "ORDER BY happened_on DESC, recorded_at DESC, id DESC",
    "counts": "step NOT IN ('reminded', 'other')",
    # Whoever may stand at "interviewed": of thousands on a list the tables ask about these only.
    "may_count": f"WHERE last = 'interviewed' OR (interviews >> {_STATES.index('held') + 1}) & 1 = 1",
}

# One pass over the steps, sorted once: three took twice as long.
# `seen` is the queryset of those whom the member may see; steps and states come as sets of bits.
_TOLD = """
WITH seen (id, group_id, site_id) AS ({seen}),
way AS (
    SELECT participant_id, bit_or(1 << array_position(%s::varchar[], step)) AS bits,
        array_agg(step {newest_first}) FILTER (WHERE {counts}) AS last,
        array_agg(reason {newest_first}) FILTER (WHERE {counts}) AS reasons,
        array_agg(route_id {newest_first}) FILTER (WHERE route_id IS NOT NULL) AS routes
    FROM participants_recruitmentevent
    WHERE study_id = %s AND participant_id {whose} GROUP BY participant_id
),
interviews AS (
    SELECT participant_id, bit_or(1 << array_position(%s::varchar[], status)) AS bits
    FROM participants_interview WHERE study_id = %s GROUP BY participant_id
),
told AS (
    SELECT seen.id, seen.group_id, seen.site_id, coalesce(way.bits, 0) AS steps,
        coalesce(way.last[1], '') AS last, coalesce(way.reasons[1], '') AS reason,
        coalesce(way.routes[cardinality(way.routes)]::text, '') AS route,
        coalesce(interviews.bits, 0) AS interviews, coalesce(withdrawal.codings, '') AS withdrawal
    FROM seen
    LEFT JOIN way ON way.participant_id = seen.id
    LEFT JOIN interviews ON interviews.participant_id = seen.id
    LEFT JOIN participants_withdrawal withdrawal ON withdrawal.participant_id = seen.id
)
"""
_ALIKE = """
SELECT group_id::text, site_id::text, steps, last, reason, route, interviews, withdrawal, count(*),
    coalesce(array_agg(id::text) FILTER ({may_count}), '{{}}')
FROM told GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_EACH = """
SELECT id::text, group_id::text, site_id::text, last, interviews, withdrawal
FROM told
"""
_VALUES = """
SELECT value.characteristic_id::text, value.value, last, interviews, withdrawal, count(*)
FROM told JOIN participants_characteristicvalue value ON value.participant_id = told.id
WHERE value.state = 'given' GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class History:
    """What happened to some people of a group at a site, and by which route they came.

    `keys` are theirs, if they may have been interviewed.
    """

    group: str
    site: str
    steps: frozenset[str]
    last: str
    reason: str
    route: str
    interviews: frozenset[str]
    withdrawal: str
    people: int
    keys: list[str]

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
        History(group, site, _steps(steps), last, reason, route, _states(states), withdrawal, number, keys)
        for group, site, steps, last, reason, route, states, withdrawal, number, keys in _told(
            membership.study_id, people, _ALIKE
        )
    ]


def standing_of_each(
    membership: Membership, people: ParticipantQuerySet, *, are_few: bool = False
) -> Iterator[tuple[str, str, str, str]]:
    """The key of each of these people, of their group, of their site, and where they stand; one query."""
    known: dict[tuple[str, int, str], str] = {}
    whose = _THESE if are_few else _EVERYBODY
    for key, group, site, last, states, withdrawal in _told(membership.study_id, people, _EACH, whose):
        how = (last, states, withdrawal)
        if how not in known:
            known[how] = stands(last, _states(states), withdrawal)
        yield key, group, site, known[how]


def interviewed(told: list[History]) -> list[str]:
    """The keys of everybody of whom an interview counts."""
    return [key for each in told if each.standing == INTERVIEWED for key in each.keys]


def values_said(membership: Membership, group: ParticipantGroup) -> Iterator[tuple[UUID, str, str, int]]:
    """Characteristic, value, where they stand, and how many of a group these are; one query."""
    people = Participant.objects.visible_to(membership).filter(group=group)
    for key, value, last, states, withdrawal, number in _told(membership.study_id, people, _VALUES, _THESE):
        yield UUID(key), value, stands(last, _states(states), withdrawal), number


def _told(
    study: UUID, people: ParticipantQuerySet, what: str, whose: str = _EVERYBODY
) -> list[tuple[Any, ...]]:
    """The rows of one of the questions above, about these people of a study.

    Of few people only their own steps are read; of most, asking whose a step is costs more than it spares.
    """
    seen, parameters = people.order_by().values_list("id", "group_id", "site_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            (_TOLD + what).format(seen=seen, whose=whose, **_WORDS),
            [*parameters, _STEPS, study, _STATES, study],
        )
        return list(cursor.fetchall())


def _steps(bits: int) -> frozenset[str]:
    return frozenset(step for place, step in enumerate(_STEPS, start=1) if bits >> place & 1)


def _states(bits: int) -> frozenset[str]:
    return frozenset(state for place, state in enumerate(_STATES, start=1) if bits >> place & 1)
