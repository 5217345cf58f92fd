"""Boundary differences of a few words, which a round can settle together."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from apps.accounts.models import User
from apps.agreement.engine.consensus import Passage, intersection, union
from apps.agreement.models import Discrepancy, Escalation, Round
from apps.agreement.queries.deciding import may_decide
from apps.agreement.queries.differences import discrepancies, still_open, with_codings
from apps.coding.models import Coding
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion

WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True)
class BoundaryDifference:
    """An open boundary difference, by how many words the two differ, and what the union would hold.

    The reader may not act on all: one is left to the adjudicator, the reader or a tie stands in the way.
    """

    discrepancy: Discrepancy
    words: int
    union: str
    is_open_to_reader: bool


def small_boundaries(*, round: Round, words: int, user: User) -> list[BoundaryDifference]:
    """The open ones that differ by fewer than so many words, in reading order."""
    open_ones = still_open(discrepancies(round=round, user=user))
    rows = list(with_codings(open_ones.filter(kind=Discrepancy.Kind.BOUNDARY)))
    versions = TranscriptVersion.objects.filter(id__in={_version(row) for row in rows})
    texts = dict(versions.values_list("id", "text"))
    ids = [id for row in rows for id in (*row.first_codings, *row.second_codings)]
    spans = {
        id: Passage("", start, end, "")
        for id, start, end in Coding.objects.filter(id__in=ids).values_list("id", "start", "end")
    }
    found = []
    is_open = _open_to(user, round, rows)
    for row in rows:
        text = texts[_version(row)]
        first, second = ([spans[id] for id in side] for side in (row.first_codings, row.second_codings))
        shared = sum(_words(text, *each) for each in intersection(first, second))
        whole = union(first, second)
        differing = sum(_words(text, *each) for each in whole) - shared
        if differing < words:
            quoted = " … ".join(text[start:end] for start, end in whole)
            found.append(BoundaryDifference(row, differing, quoted, is_open(row)))
    return found


def _version(row: Discrepancy) -> UUID:
    return row.round_transcript.transcript_version_id


def _open_to(user: User, round: Round, rows: Sequence[Discrepancy]) -> Callable[[Discrepancy], bool]:
    """One of a pair proposes until it was left to the adjudicator; others need the role, and no tie."""
    left = Escalation.objects.filter(discrepancy__in=[row.id for row in rows], withdrawn_at=None)
    escalated = set(left.values_list("discrepancy_id", flat=True))
    holders = round.study.memberships.current().holding(Permission.DISCREPANCIES_SETTLE)
    decides = holders.filter(user=user).exists()
    decides_on = cache(lambda member: may_decide(round_transcript=member, user=user))

    def is_open(row: Discrepancy) -> bool:
        if user.id in (row.first_assignment.coder_id, row.second_assignment.coder_id):
            return round.state == Round.State.CONFERRING and row.id not in escalated
        return decides and decides_on(row.round_transcript)

    return is_open


def codes_in(round: Round, user: User) -> bool:
    """Whether somebody is one of the coders of a round."""
    return round.transcripts.filter(assignments__assignment__coder=user).exists()


def _words(text: str, start: int, end: int) -> int:
    return len(WORD.findall(text, start, end))
