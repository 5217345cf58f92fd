"""What a coder does with passages. Nothing here deletes: a coding is taken away."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.codebooks.models import Code
from apps.coding.actions.assignments import begin, locked, must_be_writable
from apps.coding.actions.corrections import WhichText, placed
from apps.coding.actions.ledger import begun, digest, entry, write_down
from apps.coding.models import Coding, CodingAssignment, Gesture, Memo
from apps.core.compiled import Compiled, insert
from apps.core.refusal import Refusal, gettext_noop
from apps.core.row_keys import any_of


class OutsideText(Refusal):
    template = gettext_noop("The passage %(start)s to %(end)s is not in a text of %(length)s characters.")


class NotApplicable(Refusal):
    template = gettext_noop("“%(name)s” cannot be applied in this assignment.")


class Changed(Refusal):
    template = gettext_noop("This was changed elsewhere since you opened it.")


class TakenAway(Refusal):
    template = gettext_noop("This coding was taken away; bring it back before you change it.")


@transaction.atomic(savepoint=False)
def add(
    *,
    assignment: CodingAssignment,
    code: Code,
    start: int,
    end: int,
    by: User,
    now: datetime,
    influence: str = "",
    client_id: UUID | None = None,
    transcript_version: UUID | None = None,
) -> tuple[Coding, bool]:
    """Codes [start, end) with a code, once per `client_id`; the same code nearby is extended, not doubled.

    The places are those of `transcript_version`, which may have been corrected meanwhile.
    Returns the coding, and whether it is new: a repeated message gets the coding of its first time.
    Nothing in it is kept apart from the transaction around it: a refusal takes that back as a whole.
    """
    assignment = locked(assignment, by)
    message = entry(assignment, client_id, digest(code.id, start, end, influence))
    if message.is_known:
        return Coding.objects.get(assignment=assignment, client_id=message.client_id), False
    must_be_writable(assignment)
    start, end = placed(assignment, start, end, transcript_version)
    _must_be_inside(assignment, start, end)
    if code.version_id != assignment.codebook_version_id or not code.is_applicable:
        raise NotApplicable(name=code.name)
    coding = Coding(
        assignment=assignment,
        code=code,
        start=start,
        end=end,
        influence=influence,
        client_id=message.client_id,
    )
    gesture = begun(message, Gesture.Kind.ADD)
    save_joined(coding, gesture, now=now)
    write_down(gesture, coding, (coding.start, coding.end))
    begin(assignment, by=by, now=now)
    return coding, True


@transaction.atomic
def change(
    *,
    coding: Coding,
    by: User,
    now: datetime,
    influence: str | None = None,
    is_to_discuss: bool | None = None,
    start: int | None = None,
    end: int | None = None,
    version: int | None = None,
    client_id: UUID | None = None,
    transcript_version: UUID | None = None,
) -> Coding:
    """Sets what is given of edges, influence and the "discuss" mark; `version` is what the page had read.

    What it meets of the same code and influence is joined with it.
    """
    assignment = locked(coding.assignment, by)
    message = entry(assignment, client_id, digest(coding.id, influence, is_to_discuss, start, end))
    coding = Coding.objects.select_related("code").get(id=coding.id)
    if message.is_known:
        return coding
    must_be_writable(assignment)
    if version is not None and version != coding.version:
        raise Changed
    if coding.removed_at is not None:
        raise TakenAway
    before = coding.start, coding.end
    if start is not None and end is not None:
        start, end = placed(assignment, start, end, transcript_version)
    elif transcript_version not in (None, assignment.transcript_version_id):
        raise WhichText
    wanted = {"influence": influence, "is_to_discuss": is_to_discuss, "start": start, "end": end}
    for name, value in wanted.items():
        if value is not None:
            setattr(coding, name, value)
    _must_be_inside(assignment, coding.start, coding.end)
    is_moved = (coding.start, coding.end) != before
    kind = Gesture.Kind.MOVE if is_moved else Gesture.Kind.CHANGE
    gesture = begun(message, kind)
    coding.version += 1
    save_joined(coding, gesture, now=now)
    write_down(gesture, coding, before, (coding.start, coding.end))
    return coding


@transaction.atomic
def remove(*, coding: Coding, by: User, now: datetime, client_id: UUID | None = None) -> Coding:
    """Takes a coding away; `restore` brings it back."""
    assignment = locked(coding.assignment, by)
    message = entry(assignment, client_id, digest("remove", coding.id))
    coding = Coding.objects.get(id=coding.id)
    if message.is_known:
        return coding
    must_be_writable(assignment)
    if coding.removed_at is not None:
        return coding
    coding.gesture = begun(message, Gesture.Kind.REMOVE)
    coding.removed_at, coding.version = now, coding.version + 1
    coding.save(update_fields=["removed_at", "version", "gesture"])
    write_down(coding.gesture, coding, (coding.start, coding.end))
    return coding


@transaction.atomic
def restore(*, coding: Coding, by: User, now: datetime, client_id: UUID | None = None) -> Coding:
    """Brings a coding back that was taken away; what has taken its place meanwhile is joined with it."""
    assignment = locked(coding.assignment, by)
    message = entry(assignment, client_id, digest("restore", coding.id))
    coding = Coding.objects.get(id=coding.id)
    if message.is_known:
        return coding
    must_be_writable(assignment)
    if coding.removed_at is None:
        return coding
    gesture = begun(message, Gesture.Kind.RESTORE)
    coding.removed_at, coding.absorbed_into, coding.lost_words_at = None, None, None
    coding.version += 1
    save_joined(coding, gesture, now=now)
    write_down(gesture, coding, (coding.start, coding.end))
    return coding


@transaction.atomic
def write_memo(
    *,
    assignment: CodingAssignment,
    text: str,
    by: User,
    coding: Coding | None = None,
    version: int | None = None,
    client_id: UUID | None = None,
) -> Memo:
    """Writes the memo of a coding, or of the transcript; `version` is what the page had read (0: none)."""
    assignment = locked(assignment, by)
    message = entry(assignment, client_id, digest("memo", coding.id if coding else "", text))
    memo = Memo.objects.filter(assignment=assignment, coding=coding).first()
    if message.is_known and memo is not None:
        return memo
    must_be_writable(assignment)
    if coding is not None and not Coding.objects.standing().filter(id=coding.id).exists():
        raise TakenAway
    if version is not None and version != (memo.version if memo else 0):
        raise Changed
    gesture = begun(message, Gesture.Kind.MEMO)
    memo = _save_memo(memo or Memo(assignment=assignment, coding=coding, version=0), text, gesture)
    write_down(gesture, coding)
    return memo


def _save_memo(memo: Memo, text: str, gesture: Gesture) -> Memo:
    memo.text, memo.gesture, memo.version = text, gesture, memo.version + 1
    memo.save()
    return memo


def _must_be_inside(assignment: CodingAssignment, start: int, end: int) -> None:
    length = assignment.transcript_version.length
    if not 0 <= start < end <= length:
        raise OutsideText(start=start, end=end, length=length)


def save_joined(coding: Coding, gesture: Gesture, *, now: datetime) -> None:
    """Saves a coding that takes in all standing ones of its code and influence which it meets or overlaps."""
    coding.gesture = gesture
    absorbed: list[Coding] = []
    while neighbours := _neighbours(coding):
        extent = coding.start, coding.end
        coding.start = min(coding.start, *(each.start for each in neighbours))
        coding.end = max(coding.end, *(each.end for each in neighbours))
        coding.is_to_discuss |= any(each.is_to_discuss for each in neighbours)
        Coding.objects.filter(id__in=[each.id for each in neighbours]).update(
            removed_at=now, absorbed_into=coding, gesture=gesture, version=F("version") + 1
        )
        absorbed += neighbours
        if (coding.start, coding.end) == extent:
            break
    if coding._state.adding:
        insert(coding)
    else:
        coding.save()
    if absorbed:
        _join_memos(coding, absorbed, gesture)


def _neighbours(coding: Coding) -> list[Coding]:
    return _touching(
        coding=coding.id,
        assignment=coding.assignment_id,
        code=coding.code_id,
        influence=coding.influence,
        start=coding.start,
        end=coding.end,
    )


def _join_memos(coding: Coding, absorbed: list[Coding], gesture: Gesture) -> None:
    """A memo must not vanish because its coding was extended; joined a second time it is not doubled."""
    memos = _memos_of(codings=[coding.id, *(each.id for each in absorbed)])
    own = next((memo for memo in memos if memo.coding_id == coding.id), None)
    joined = own.text if own else ""
    for memo in memos:
        if memo.text not in joined:
            joined = f"{joined}\n\n{memo.text}".strip()
    if joined != (own.text if own else ""):
        _save_memo(own or Memo(assignment=coding.assignment, coding=coding, version=0), joined, gesture)


_touching = Compiled(
    lambda coding, assignment, code, influence, start, end: (
        Coding.objects.standing()
        .filter(assignment=assignment, code=code, influence=influence, start__lte=end, end__gte=start)
        .exclude(id=coding)
        .order_by()
        .only("start", "end", "is_to_discuss")
    ),
    coding=UUID,
    assignment=UUID,
    code=UUID,
    influence=str,
    start=int,
    end=int,
)
_memos_of = Compiled(
    lambda codings: Memo.objects.filter(coding__in=any_of(codings)).order_by("created_at"), codings=list
)
