"""The codes that a coder reaches with a digit: those pinned, then those applied last."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery

from apps.codebooks.models import Code
from apps.coding.models import CodingAssignment, Gesture, PinnedCode

# As many as there are digits; and how far back one looks for them, where one code is applied again and again.
DIGITS, LOOKED_AT = 9, 100


@dataclass(frozen=True)
class AtHand:
    """Codes of the assignment's codebook version; the one applied last comes first."""

    pinned: list[UUID]
    recent: list[UUID]


def at_hand(assignment: CodingAssignment) -> AtHand:
    """What the coder pinned, in that order, and what they applied last in this assignment."""
    added = Gesture.objects.filter(
        assignment=assignment,
        kind=Gesture.Kind.ADD,
        state=Gesture.State.DONE,
        coding__code__version=assignment.codebook_version_id,
    )
    applied = added.order_by("-number").values_list("coding__code", flat=True)[:LOOKED_AT]
    return AtHand(_pinned(assignment), list(dict.fromkeys(applied))[:DIGITS])


def _pinned(assignment: CodingAssignment) -> list[UUID]:
    """A code that this version does not have is left out, and comes back with a version that has it."""
    here = Code.objects.filter(
        version=assignment.codebook_version_id, lineage=OuterRef("lineage"), is_applicable=True
    )
    pins = PinnedCode.objects.filter(
        coder=assignment.coder_id, codebook__versions=assignment.codebook_version_id
    )
    found = pins.annotate(code=Subquery(here.values("id"))).exclude(code=None)
    return list(found.order_by("created_at").values_list("code", flat=True))
