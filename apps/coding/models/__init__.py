from apps.coding.models.assignments import CodingAssignment, CodingAssignmentQuerySet
from apps.coding.models.codings import (
    Coding,
    CodingQuerySet,
    Extent,
    Gesture,
    Memo,
    Presence,
    Reading,
)
from apps.coding.models.pins import PinnedCode
from apps.coding.models.second_looks import SecondLook

__all__ = [
    "Coding",
    "CodingAssignment",
    "CodingAssignmentQuerySet",
    "CodingQuerySet",
    "Extent",
    "Gesture",
    "Memo",
    "PinnedCode",
    "Presence",
    "Reading",
    "SecondLook",
]
