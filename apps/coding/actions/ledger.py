"""The ledger of an assignment: each gesture of its coder once, however often its message comes."""

import hashlib
import uuid
from typing import Any
from uuid import UUID

from apps.coding.models import Coding, CodingAssignment, Gesture
from apps.core.compiled import Compiled
from apps.core.refusal import Refusal, gettext_noop
from apps.core.wakes import tell


class ClientIdReused(Refusal):
    template = gettext_noop("This save was sent before with another content; nothing was changed.")


def digest(*asked: Any) -> str:
    """What a message asked for, so that another content under the same client id is seen."""
    return hashlib.sha256(":".join(map(str, asked)).encode()).hexdigest()[:32]


def heard(assignment: CodingAssignment, client_id: UUID | None, asked: str) -> Gesture | None:
    """The gesture of a message that came before."""
    if client_id is None:
        return None
    known = Gesture.objects.filter(assignment=assignment, client_id=client_id).first()
    if known is not None and known.asked_digest != asked:
        raise ClientIdReused
    return known


def begun(
    assignment: CodingAssignment, kind: Gesture.Kind, client_id: UUID | None = None, asked: str = ""
) -> Gesture:
    """The next gesture, which the rows that it changes name; `write_down` stores it at their end."""
    number, before = _newest.first(assignment=assignment.id) or (0, "")
    if kind not in _BACK_AND_FORTH and before in _BACK_AND_FORTH:
        Gesture.objects.filter(assignment=assignment, state=Gesture.State.UNDONE).update(
            state=Gesture.State.DROPPED
        )
    return Gesture(
        assignment=assignment,
        transcript_version_id=assignment.transcript_version_id,
        number=number + 1,
        kind=kind,
        client_id=client_id or uuid.uuid4(),
        asked_digest=asked,
    )


def write_down(gesture: Gesture, coding: Coding | None, *extents: tuple[int, int]) -> Gesture:
    """Stores a gesture, with the stretch of text that may look different since; a memo changes none."""
    gesture.coding = coding
    if extents:
        gesture.start = min(start for start, _ in extents)
        gesture.end = max(end for _, end in extents)
    gesture.save(force_insert=True)
    for topic in gesture.assignment.topics:
        tell(topic)
    return gesture


_BACK_AND_FORTH = (Gesture.Kind.UNDO, Gesture.Kind.REDO)
_newest = Compiled(
    lambda assignment: (
        Gesture.objects.filter(assignment=assignment).order_by("-number").values_list("number", "kind")[:1]
    ),
    assignment=UUID,
)
