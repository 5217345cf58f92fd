"""Undo and redo: from the history of the rows that a gesture changed, wherever and whenever it was made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Min, OuterRef, Subquery

from apps.accounts.models import User
from apps.coding.actions.assignments import locked, must_be_writable
from apps.coding.actions.codings import Changed
from apps.coding.actions.ledger import begun, digest, entry, write_down
from apps.coding.models import Coding, CodingAssignment, Gesture, Memo
from apps.core.refusal import Refusal, gettext_noop

# What a gesture can change of a row; its code and its place in the study stay.
OF_A_CODING = (
    "start",
    "end",
    "influence",
    "is_to_discuss",
    "removed_at",
    "absorbed_into_id",
    "gesture_id",
)
OF_A_MEMO = ("text", "gesture_id")


class NothingToUndo(Refusal):
    template = gettext_noop("There is nothing to undo.")


class NothingToRedo(Refusal):
    template = gettext_noop("There is nothing to do again.")


class NotAsLeft(Refusal):
    template = gettext_noop("This was changed in another way since then, and cannot be undone or done again.")


@transaction.atomic
def undo(
    *,
    assignment: CodingAssignment,
    by: User,
    now: datetime,
    of: UUID | None = None,
    client_id: UUID | None = None,
) -> Gesture:
    """Takes the last gesture back, with all its parts; `of` is the one that the page takes for the last."""
    assignment = locked(assignment, by)
    message = entry(assignment, client_id, digest(Gesture.Kind.UNDO))
    if message.is_known:
        return message.gesture()
    must_be_writable(assignment)
    last = Gesture.objects.to_undo(assignment)
    if last is None:
        raise NothingToUndo
    if of is not None and of != last.id:
        raise Changed
    undoing = begun(message, Gesture.Kind.UNDO)
    for model, fields in ((Coding, OF_A_CODING), (Memo, OF_A_MEMO)):
        _set_back(model, fields, last, now=now)
    return _turned(undoing, last, Gesture.State.UNDONE)


@transaction.atomic
def redo(
    *,
    assignment: CodingAssignment,
    by: User,
    now: datetime,
    of: UUID | None = None,
    client_id: UUID | None = None,
) -> Gesture:
    """Does the gesture again that was undone last; `of` is the one that the page takes for it."""
    assignment = locked(assignment, by)
    message = entry(assignment, client_id, digest(Gesture.Kind.REDO))
    if message.is_known:
        return message.gesture()
    must_be_writable(assignment)
    undone = Gesture.objects.to_redo(assignment)
    if undone is None:
        raise NothingToRedo
    if of is not None and of != undone.id:
        raise Changed
    redoing = begun(message, Gesture.Kind.REDO)
    for model, fields in ((Coding, OF_A_CODING), (Memo, OF_A_MEMO)):
        _set_forth(model, fields, undone)
    return _turned(redoing, undone, Gesture.State.DONE)


def _turned(turning: Gesture, of: Gesture, state: Gesture.State) -> Gesture:
    of.state, turning.of = state, of
    of.save(update_fields=["state"])
    extents = [(of.start, of.end)] if of.start is not None and of.end is not None else []
    if of.coding is not None:
        of.coding.refresh_from_db()
    return write_down(turning, of.coding, *extents)


def _set_back(model: type[models.Model], fields: tuple[str, ...], gesture: Gesture, *, now: datetime) -> None:
    rows = _rows(model, _after(model, gesture))
    if any(row.gesture_id != gesture.id for row in rows):
        raise NotAsLeft
    before = _before(model, gesture)
    never: dict[str, Any] = {"removed_at": now, "absorbed_into_id": None, "text": "", "gesture_id": None}
    wanted = {
        row.pk: {name: getattr(before[row.pk], name) for name in fields}
        if row.pk in before
        else {name: never[name] for name in fields if name in never}
        for row in rows
    }
    _write(rows, wanted)


def _set_forth(model: type[models.Model], fields: tuple[str, ...], gesture: Gesture) -> None:
    before, after = _before(model, gesture), _after(model, gesture)
    rows = _rows(model, after)
    if any(row.gesture_id != (before[row.pk].gesture_id if row.pk in before else None) for row in rows):
        raise NotAsLeft
    _write(rows, {row.pk: {name: getattr(after[row.pk], name) for name in fields} for row in rows})


def _write(rows: list[Any], wanted: dict[UUID, dict[str, Any]]) -> None:
    """Those that go away first, those that come back last: so none meets another of its code on the way."""
    for row in sorted(rows, key=lambda row: _comes_back(row, wanted[row.pk])):
        for name, value in wanted[row.pk].items():
            setattr(row, name, value)
        row.version += 1
        row.save(update_fields=[*wanted[row.pk], "version"])


def _comes_back(row: Any, wanted: dict[str, Any]) -> tuple[bool, bool]:
    stands, will_stand = getattr(row, "removed_at", None) is None, wanted.get("removed_at") is None
    return will_stand, not stands


def _rows(model: type[models.Model], states: dict[UUID, Any]) -> list[Any]:
    return list(model._default_manager.filter(pk__in=states))


def _after(model: type[models.Model], gesture: Gesture) -> dict[UUID, Any]:
    """Each row as the gesture left it."""
    named = _history(model).filter(gesture_id=gesture.id)
    return {each.pgh_obj_id: each for each in named.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")}


def _before(model: type[models.Model], gesture: Gesture) -> dict[UUID, Any]:
    """Each row as it was when the gesture began; rows that it made are not among them."""
    named = _history(model).filter(gesture_id=gesture.id)
    first = named.filter(pgh_obj_id=OuterRef("pgh_obj_id")).order_by().values("pgh_obj_id")
    earlier = (
        _history(model)
        .filter(pgh_obj_id__in=named.values("pgh_obj_id"))
        .annotate(first=Subquery(first.annotate(first=Min("pgh_id")).values("first")))
        .filter(pgh_id__lt=F("first"))
    )
    return {
        each.pgh_obj_id: each for each in earlier.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    }


def _history(model: type[models.Model]) -> models.QuerySet[Any]:
    """The history is made by a library; nothing but the row's own triggers writes it."""
    history: models.QuerySet[Any] = apps.get_model("coding", f"{model.__name__}Event")._default_manager.all()
    return history
