"""What was said of a discrepancy, as far as one may see it: asked first, for most often it is nothing yet."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Value

from apps.agreement.models import (
    Attendance,
    Comment,
    Discrepancy,
    Escalation,
    Meeting,
    Proposal,
    Resolution,
)
from apps.core.compiled import Compiled


@dataclass(frozen=True)
class Said:
    """The kinds of things that stand, and a mark that changes whenever any of them does."""

    kinds: frozenset[str]
    mark: str


def said(*, discrepancy: Discrepancy) -> Said:
    """Of one discrepancy, and of the meetings of its round. What is sealed the database leaves out."""
    found = _standing(discrepancy=discrepancy.id, round=discrepancy.round_transcript.round_id)
    rows = sorted((kind, str(row), str(person)) for kind, row, person in found)
    mark = hashlib.sha256(str(rows).encode()).hexdigest()[:12]
    return Said(frozenset(kind for kind, *_ in rows), mark)


def _all_that_stands(discrepancy: UUID, round: UUID) -> QuerySet[Any, tuple[Any, ...]]:
    here = {"discrepancy": discrepancy}
    meetings = Meeting.objects.filter(round=round, ended_at=None)
    there = Attendance.objects.filter(meeting__in=meetings, left_at=None)
    first, *others = (
        rows.order_by().values_list(Value(kind), *fields)
        for kind, rows, *fields in (
            ("proposal", Proposal.objects.filter(**here, withdrawn_at=None), "id", "proposed_by"),
            ("resolution", Resolution.objects.filter(**here, undone_at=None), "id", "decided_by"),
            ("escalation", Escalation.objects.filter(**here, withdrawn_at=None), "id", "escalated_by"),
            ("comment", Comment.objects.filter(**here, removed_at=None), "id", "author"),
            ("meeting", meetings, "id", "driver"),
            ("attendance", there, "meeting", "person"),
        )
    )
    return first.union(*others, all=True)


_standing = Compiled(_all_that_stands, discrepancy=UUID, round=UUID)
