"""What was said of a discrepancy, as far as one may see it: asked first, for most often it is nothing yet."""

import hashlib
from dataclasses import dataclass

from django.db.models import Value

from apps.agreement.models import (
    Attendance,
    Comment,
    Discrepancy,
    Escalation,
    Meeting,
    Proposal,
    Resolution,
)


@dataclass(frozen=True)
class Said:
    """The kinds of things that stand, and a mark that changes whenever any of them does."""

    kinds: frozenset[str]
    mark: str


def said(*, discrepancy: Discrepancy) -> Said:
    """Of one discrepancy, and of the meetings of its round. What is sealed the database leaves out."""
    here = {"discrepancy": discrepancy}
    meetings = Meeting.objects.filter(round=discrepancy.round_transcript.round_id, ended_at=None)
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
    rows = sorted((kind, str(row), str(person)) for kind, row, person in first.union(*others, all=True))
    mark = hashlib.sha256(str(rows).encode()).hexdigest()[:12]
    return Said(frozenset(kind for kind, *_ in rows), mark)
