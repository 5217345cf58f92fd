"""The codes that a coder reaches with a digit: those pinned, then those applied last."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from apps.codebooks.models import Code
from apps.coding.models import CodingAssignment, Gesture, PinnedCode
from apps.core.compiled import Compiled

# As many as there are digits; and how far back one looks for them, where one code is applied again and again.
DIGITS, LOOKED_AT = 9, 100


@dataclass(frozen=True)
class AtHand:
    """Codes of the assignment's codebook version; the one applied last comes first."""

    pinned: list[UUID]
    recent: list[UUID]


def at_hand(assignment: CodingAssignment) -> AtHand:
    """What the coder pinned, in that order, and what they applied last in this assignment.

    A pinned code that this version does not have is left out, and comes back with a version that has it.
    """
    version = assignment.codebook_version_id
    applied = _applied(assignment=assignment.id, version=version)
    pinned = _pinned(coder=assignment.coder_id, version=version)
    return AtHand(pinned, list(dict.fromkeys(applied))[:DIGITS])


def _last(assignment: UUID, version: UUID) -> QuerySet[Gesture, UUID]:
    """The codes of the last gestures, which are found first: PostgreSQL would read all codings otherwise."""
    added = Gesture.objects.filter(assignment=assignment, kind=Gesture.Kind.ADD, state=Gesture.State.DONE)
    newest = added.order_by("-number").values("id")[:LOOKED_AT]
    found = Gesture.objects.filter(assignment=assignment, id__in=newest, coding__code__version=version)
    return found.order_by("-number").values_list("coding__code", flat=True)


_applied = Compiled(_last, assignment=UUID, version=UUID)


def _pins(coder: UUID, version: UUID) -> QuerySet[PinnedCode, UUID]:
    here = Code.objects.filter(version=version, lineage=OuterRef("lineage"), is_applicable=True)
    pins = PinnedCode.objects.filter(coder=coder, codebook__versions=version)
    found = pins.annotate(code=Subquery(here.values("id"))).exclude(code=None)
    return found.order_by("created_at").values_list("code", flat=True)


_pinned = Compiled(_pins, coder=UUID, version=UUID)
