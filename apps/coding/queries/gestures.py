"""What a coder's windows must know of what was done in the others."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Min

from apps.coding.models import Coding, CodingAssignment, Gesture
from apps.coding.queries.pages import DrawnTurn, redrawn


@dataclass(frozen=True)
class Ledger:
    """How far the coder's gestures go, and which of them would be undone or done again next."""

    number: int
    to_undo: Gesture | None
    to_redo: Gesture | None


def ledger(assignment: CodingAssignment) -> Ledger:
    """Asked before the codings: what is done meanwhile is then drawn twice rather than never."""
    number = last_number(assignment.id)
    return Ledger(number, Gesture.objects.to_undo(assignment), Gesture.objects.to_redo(assignment))


def last_number(assignment_id: UUID) -> int:
    """How many gestures there are; 0 also for everybody but the coder."""
    newest = Gesture.objects.filter(assignment=assignment_id).order_by("-number")
    return newest.values_list("number", flat=True).first() or 0


@dataclass(frozen=True)
class Since:
    """What looks different since a gesture: turns, and how often the codes concerned are applied."""

    turns: list[DrawnTurn]
    counts: dict[UUID, int]


def since(assignment: CodingAssignment, number: int) -> Since:
    """All that was done after the gesture with this number, in whichever window or on whichever device."""
    later = Gesture.objects.filter(assignment=assignment, number__gt=number).order_by()
    reach = later.aggregate(start=Min("start"), end=Max("end"))
    if reach["end"] is None:
        return Since([], {})
    codes = list(later.exclude(coding=None).values_list("coding__code", flat=True).distinct())
    applied = Coding.objects.standing().filter(assignment=assignment, code__in=codes).order_by()
    counted = dict(applied.values_list("code").annotate(Count("id")))
    return Since(
        redrawn(assignment, reach["start"], reach["end"]), {code: counted.get(code, 0) for code in codes}
    )
