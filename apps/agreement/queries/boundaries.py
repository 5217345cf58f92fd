"""Boundary differences of a few words, which a round can settle together."""

import re
from dataclasses import dataclass

from apps.accounts.models import User
from apps.agreement.engine.consensus import Passage, intersection, union
from apps.agreement.models import Discrepancy, Round
from apps.agreement.queries.differences import discrepancies, still_open
from apps.coding.models import Coding

WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True)
class BoundaryDifference:
    """An open boundary difference, by how many words the two differ, and what the union would hold."""

    discrepancy: Discrepancy
    words: int
    union: str


def small_boundaries(*, round: Round, words: int, user: User) -> list[BoundaryDifference]:
    """The open ones that differ by fewer than so many words, in reading order."""
    rows = list(
        still_open(discrepancies(round=round, user=user)).filter(kind=Discrepancy.Kind.BOUNDARY).defer(None)
    )
    ids = [id for row in rows for id in (*row.first_codings, *row.second_codings)]
    spans = {
        id: Passage("", start, end, "")
        for id, start, end in Coding.objects.filter(id__in=ids).values_list("id", "start", "end")
    }
    found = []
    for row in rows:
        text = row.round_transcript.transcript_version.text
        first, second = ([spans[id] for id in side] for side in (row.first_codings, row.second_codings))
        shared = sum(_words(text, *each) for each in intersection(first, second))
        whole = union(first, second)
        differing = sum(_words(text, *each) for each in whole) - shared
        if differing < words:
            quoted = " … ".join(text[start:end] for start, end in whole)
            found.append(BoundaryDifference(row, differing, quoted))
    return found


def codes_in(round: Round, user: User) -> bool:
    """Whether somebody is one of the coders of a round."""
    return round.transcripts.filter(assignments__assignment__coder=user).exists()


def _words(text: str, start: int, end: int) -> int:
    return len(WORD.findall(text, start, end))
