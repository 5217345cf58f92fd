"""The ledger of an assignment: each gesture of its coder once, however often its message comes."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery

from apps.coding.models import Coding, CodingAssignment, Gesture
from apps.core.compiled import Compiled, insert
from apps.core.refusal import Refusal, gettext_noop
from apps.core.wakes import tell


class ClientIdReused(Refusal):
    template = gettext_noop("This save was sent before with another content; nothing was changed.")


def digest(*asked: Any) -> str:
    """What a message asked for, so that another content under the same client id is seen."""
    return hashlib.sha256(":".join(map(str, asked)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Entry:
    """A message of an assignment's coder, and where the ledger stands that it would be written to."""

    assignment: CodingAssignment
    client_id: UUID
    asked: str
    number: int
    last: str
    is_known: bool

    def gesture(self) -> Gesture:
        """Of a message that came before."""
        return Gesture.objects.get(assignment=self.assignment, client_id=self.client_id)


def entry(assignment: CodingAssignment, client_id: UUID | None = None, asked: str = "") -> Entry:
    """Asked once the assignment is locked: nobody can write between this and `write_down`."""
    client_id = client_id or uuid.uuid4()
    number, last, known = _newest.first(assignment=assignment.id, client_id=client_id) or (0, "", None)
    if known not in (None, asked):
        raise ClientIdReused
    return Entry(assignment, client_id, asked, number, last, is_known=known is not None)


def begun(message: Entry, kind: Gesture.Kind) -> Gesture:
    """The next gesture, which the rows that it changes name; `write_down` stores it at their end."""
    if kind not in _BACK_AND_FORTH and message.last in _BACK_AND_FORTH:
        Gesture.objects.filter(assignment=message.assignment, state=Gesture.State.UNDONE).update(
            state=Gesture.State.DROPPED
        )
    return Gesture(
        assignment=message.assignment,
        transcript_version_id=message.assignment.transcript_version_id,
        number=message.number + 1,
        kind=kind,
        client_id=message.client_id,
        asked_digest=message.asked,
    )


def write_down(gesture: Gesture, coding: Coding | None, *extents: tuple[int, int]) -> Gesture:
    """Stores a gesture, with the stretch of text that may look different since; a memo changes none.

    The database tells the coder's own windows of it.
    """
    gesture.coding = coding
    if extents:
        gesture.start = min(start for start, _ in extents)
        gesture.end = max(end for _, end in extents)
    insert(gesture)
    if gesture.assignment.is_open:
        tell(gesture.assignment.topic_of_team)
    return gesture


_BACK_AND_FORTH = (Gesture.Kind.UNDO, Gesture.Kind.REDO)


def _last_and_known(assignment: UUID, client_id: UUID) -> QuerySet[Gesture, tuple[int, str, str | None]]:
    gestures = Gesture.objects.filter(assignment=assignment)
    known = gestures.filter(client_id=client_id).order_by().values("asked_digest")
    return gestures.order_by("-number").values_list("number", "kind", Subquery(known))[:1]


_newest = Compiled(_last_and_known, assignment=UUID, client_id=UUID)
