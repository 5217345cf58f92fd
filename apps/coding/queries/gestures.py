"""What a coder's windows must know of what was done in the others."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from apps.coding.models import Coding, CodingAssignment, Gesture
from apps.coding.queries.pages import DrawnTurn, redrawn
from apps.core.compiled import Compiled


@dataclass(frozen=True)
class Ledger:
    """How far the coder's gestures go, and which of them would be undone or done again next."""

    number: int
    to_undo: Gesture | None
    to_redo: Gesture | None


def ledger(assignment: CodingAssignment, *, written: Gesture | None = None) -> Ledger:
    """Asked before the codings: what is done meanwhile is then drawn twice rather than never.

    `written` is what this transaction wrote down: it holds the assignment, so that none can be newer.
    """
    newest = written or _newest.first(assignment=assignment.id)
    if newest is None:
        return Ledger(0, None, None)
    if newest.of_id is None and newest.state == Gesture.State.DONE:
        # The usual case: whatever is done anew ends what could have been done again.
        return Ledger(newest.number, newest, None)
    return Ledger(newest.number, Gesture.objects.to_undo(assignment), Gesture.objects.to_redo(assignment))


def last_number(assignment_id: UUID) -> int:
    """How many gestures there are; 0 also for everybody but the coder."""
    newest = Gesture.objects.filter(assignment=assignment_id).order_by("-number")
    return newest.values_list("number", flat=True).first() or 0


_newest = Compiled(
    lambda assignment: Gesture.objects.filter(assignment=assignment).with_code().order_by("-number")[:1],
    assignment=UUID,
)


@dataclass(frozen=True)
class Since:
    """What looks different since a gesture: turns, and how often the codes concerned are applied."""

    turns: list[DrawnTurn]
    counts: dict[UUID, int]


def since(assignment: CodingAssignment, number: int, ledger: Ledger) -> Since:
    """All that was done after the gesture with this number, in whichever window or on whichever device."""
    rows = _later(assignment, number, ledger)
    extents = [(start, end) for start, end, _ in rows if start is not None and end is not None]
    if not extents:
        return Since([], {})
    codes = {code for _, _, code in rows if code is not None}
    counts = {code: _applied.first(assignment=assignment.id, code=code) or 0 for code in codes}
    start, end = min(start for start, _ in extents), max(end for _, end in extents)
    return Since(redrawn(assignment, start, end), counts)


def _later(
    assignment: CodingAssignment, number: int, ledger: Ledger
) -> list[tuple[int | None, int | None, UUID | None]]:
    """Extent and code of each gesture after `number`: most often of one, which the ledger holds."""
    newest = ledger.to_undo
    if newest is not None and newest.number == ledger.number == number + 1:
        return [(newest.start, newest.end, newest.coding.code_id if newest.coding else None)]
    later = Gesture.objects.filter(assignment=assignment, number__gt=number).order_by()
    return list(later.values_list("start", "end", "coding__code"))


_applied = Compiled(
    lambda assignment, code: (
        Coding.objects.standing()
        .filter(assignment=assignment, code=code)
        .order_by()
        .values("code")
        .annotate(number=Count("*"))
        .values_list("number", flat=True)
    ),
    assignment=UUID,
    code=UUID,
)
