"""Undo and redo: from the history of the rows that a gesture changed, wherever and whenever it was made."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Min, OuterRef, Subquery

from apps.accounts.models import User
from apps.coding.actions.assignments import locked, must_be_writable
from apps.coding.actions.codings import Changed
from apps.coding.actions.corrections import changes_since
from apps.coding.actions.ledger import begun, digest, entry, write_down
from apps.coding.models import Coding, CodingAssignment, Gesture, Memo
from apps.core.refusal import Refusal, gettext_noop
from apps.transcripts.engine.correcting import Change, Span, moved_through

# What a gesture can change of a row; its code and its place in the study stay.
OF_A_CODING = (
    "start",
    "end",
    "influence",
    "is_to_discuss",
    "removed_at",
    "lost_words_at",
    "absorbed_into_id",
    "gesture_id",
)
OF_A_MEMO = ("text", "gesture_id")
PARTS: tuple[tuple[type[Coding | Memo], tuple[str, ...]], ...] = ((Coding, OF_A_CODING), (Memo, OF_A_MEMO))

# What a correction did to the text, one after another.
Steps = Sequence[Sequence[Change]]
State = dict[str, Any]


class NothingToUndo(Refusal):
    template = gettext_noop("There is nothing to undo.")


class NothingToRedo(Refusal):
    template = gettext_noop("There is nothing to do again.")


class NotAsLeft(Refusal):
    template = gettext_noop("This was changed in another way since then, and cannot be undone or done again.")


class NoWordsLeft(Refusal):
    template = gettext_noop(
        "A correction took out the words that this was about, so neither it nor what lies beyond it can be "
        "undone or done again."
    )


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
    steps = changes_since(assignment, last.transcript_version_id)
    extents = [each for part in PARTS for each in _set_back(*part, last, steps, now=now)]
    return _turned(undoing, last, Gesture.State.UNDONE, extents)


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
    undoings = Gesture.objects.filter(of=undone, kind=Gesture.Kind.UNDO).order_by("number")
    steps = changes_since(assignment, undoings.values_list("transcript_version", flat=True).latest("number"))
    extents = [each for part in PARTS for each in _set_forth(*part, undone, steps)]
    return _turned(redoing, undone, Gesture.State.DONE, extents)


def _turned(turning: Gesture, of: Gesture, state: Gesture.State, extents: list[Span]) -> Gesture:
    of.state, turning.of = state, of
    of.save(update_fields=["state"])
    if of.coding is not None:
        of.coding.refresh_from_db()
    return write_down(turning, of.coding, *extents)


def _set_back(
    model: type[Coding | Memo], fields: tuple[str, ...], gesture: Gesture, steps: Steps, *, now: datetime
) -> list[Span]:
    """The rows as they were before a gesture; `steps` lead from its text to the present one."""
    left, before = _as_left(model, gesture), _before(model, gesture)
    rows = _rows(model, left)
    if any(row.gesture_id != gesture.id for row in rows):
        raise NotAsLeft
    never: State = {
        "removed_at": now,
        "lost_words_at": None,
        "absorbed_into_id": None,
        "text": "",
        "gesture_id": None,
    }
    whole = {row.pk: row for row in rows}
    wanted = {
        # What was joined shares the fate of the whole.
        row.pk: _carried(
            _state(before[row.pk], fields),
            row,
            whole.get(getattr(row, "absorbed_into_id", None), row),
            left,
            steps,
        )
        if row.pk in before
        else {name: never[name] for name in fields if name in never}
        for row in rows
    }
    return _write(rows, wanted)


def _set_forth(
    model: type[Coding | Memo], fields: tuple[str, ...], gesture: Gesture, steps: Steps
) -> list[Span]:
    """The rows as they were before a gesture was undone; `steps` lead from the text of then."""
    before, after = _before(model, gesture), _after(model, gesture)
    rows = _rows(model, after)
    if any(row.gesture_id != (before[row.pk].gesture_id if row.pk in before else None) for row in rows):
        raise NotAsLeft
    wanted = {row.pk: _carried(_state(after[row.pk], fields), row, row, before, steps) for row in rows}
    return _write(rows, wanted)


def _state(event: Any, fields: tuple[str, ...]) -> State:
    return {name: getattr(event, name) for name in fields}


def _carried(wanted: State, row: Any, whole: Any, left: Mapping[UUID, Any], steps: Steps) -> State:
    """What the corrections would have made of the state that is wanted.

    `left` is how the last turn left the rows, `whole` the row into which it joined this one, or this one.
    """
    if not steps or "start" not in wanted:
        return wanted
    span = moved_through(steps, wanted["start"], wanted["end"])
    if span is not None:
        return wanted | {"start": span[0], "end": span[1]}
    wanted = wanted | {"start": row.start, "end": row.end}
    if wanted["removed_at"] is not None:
        return wanted
    was_standing = whole.pk in left and left[whole.pk].removed_at is None
    if whole.removed_at is None or not was_standing:
        raise NoWordsLeft
    # A correction took it away, and its coder decides about it, or has done so.
    return wanted | {"removed_at": whole.removed_at, "lost_words_at": whole.lost_words_at}


def _write(rows: list[Any], wanted: dict[UUID, State]) -> list[Span]:
    """Those that go away first, those that come back last: so none meets another of its code on the way.

    Returns where they were and are: what looks different since.
    """
    extents = _extents(rows)
    for row in sorted(rows, key=lambda row: _comes_back(row, wanted[row.pk])):
        for name, value in wanted[row.pk].items():
            setattr(row, name, value)
        row.version += 1
        row.save(update_fields=[*wanted[row.pk], "version"])
    return extents + _extents(rows)


def _extents(rows: list[Any]) -> list[Span]:
    return [(row.start, row.end) for row in rows if isinstance(row, Coding)]


def _comes_back(row: Any, wanted: State) -> tuple[bool, bool]:
    stands, will_stand = getattr(row, "removed_at", None) is None, wanted.get("removed_at") is None
    return will_stand, not stands


def _rows(model: type[models.Model], states: dict[UUID, Any]) -> list[Any]:
    return list(model._default_manager.filter(pk__in=states))


def _as_left(model: type[models.Model], gesture: Gesture) -> dict[UUID, Any]:
    """Each row as the gesture left it, whatever a correction made of it since."""
    named = _history(model).filter(gesture_id=gesture.id)
    return {each.pgh_obj_id: each for each in named.order_by("pgh_obj_id", "pgh_id").distinct("pgh_obj_id")}


def _after(model: type[models.Model], gesture: Gesture) -> dict[UUID, Any]:
    """Each row as it was last while the gesture counted."""
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
