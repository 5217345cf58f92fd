"""What a coder does with passages. Nothing here deletes: a coding is taken away."""

import hashlib
import uuid
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.codebooks.models import Code
from apps.coding.actions.assignments import begin, locked, locked_for_writing, must_be_writable
from apps.coding.models import Coding, CodingAssignment, CodingQuerySet, Memo
from apps.core.refusal import Refusal, gettext_noop


class OutsideText(Refusal):
    template = gettext_noop("The passage %(start)s to %(end)s is not in a text of %(length)s characters.")


class NotApplicable(Refusal):
    template = gettext_noop("“%(name)s” cannot be applied in this assignment.")


class ClientIdReused(Refusal):
    template = gettext_noop("This save was sent before with another content; nothing was changed.")


class Changed(Refusal):
    template = gettext_noop("This was changed elsewhere since you opened it.")


class TakenAway(Refusal):
    template = gettext_noop("This coding was taken away; bring it back before you change it.")


@transaction.atomic
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
) -> tuple[Coding, bool]:
    """Codes [start, end) with a code, once per `client_id`; the same code nearby is extended, not doubled.

    Returns the coding, and whether it is new: a repeated message gets the coding of its first time.
    """
    assignment = locked(assignment, by)
    client_id = client_id or uuid.uuid4()
    digest = _digest(code.id, start, end, influence)
    known = Coding.objects.filter(assignment=assignment, client_id=client_id).first()
    if known is not None:
        if known.asked_digest != digest:
            raise ClientIdReused
        return known, False
    must_be_writable(assignment)
    if not 0 <= start < end <= assignment.transcript_version.length:
        raise OutsideText(start=start, end=end, length=assignment.transcript_version.length)
    if code.version_id != assignment.codebook_version_id or not code.is_applicable:
        raise NotApplicable(name=code.name)
    coding = Coding(
        assignment=assignment,
        code=code,
        start=start,
        end=end,
        influence=influence,
        client_id=client_id,
        asked_digest=digest,
    )
    _save_joined(coding, now=now)
    begin(assignment, by=by, now=now)
    return coding, True


@transaction.atomic
def change(
    *,
    coding: Coding,
    influence: str,
    is_to_discuss: bool,
    by: User,
    now: datetime,
    version: int | None = None,
) -> Coding:
    """Sets influence and the "discuss" mark; `version` is what the page had read."""
    locked_for_writing(coding.assignment, by)
    coding = Coding.objects.get(id=coding.id)
    if version is not None and version != coding.version:
        raise Changed
    if coding.removed_at is not None:
        raise TakenAway
    coding.influence, coding.is_to_discuss, coding.version = influence, is_to_discuss, coding.version + 1
    _save_joined(coding, now=now)
    return coding


@transaction.atomic
def remove(*, coding: Coding, by: User, now: datetime) -> Coding:
    """Takes a coding away; `restore` brings it back."""
    locked_for_writing(coding.assignment, by)
    Coding.objects.filter(id=coding.id, removed_at=None).update(removed_at=now, version=F("version") + 1)
    coding.refresh_from_db()
    return coding


@transaction.atomic
def restore(*, coding: Coding, by: User, now: datetime) -> Coding:
    """Brings a coding back that was taken away; what has taken its place meanwhile is joined with it."""
    locked_for_writing(coding.assignment, by)
    coding.refresh_from_db()
    if coding.removed_at is None:
        return coding
    coding.removed_at, coding.absorbed_into, coding.version = None, None, coding.version + 1
    _save_joined(coding, now=now)
    return coding


@transaction.atomic
def undo_add(*, coding: Coding, by: User, now: datetime) -> list[Coding]:
    """Takes a coding away and brings back those that it had absorbed; returns these.

    One that was taken away or absorbed meanwhile has nothing left to undo.
    """
    locked_for_writing(coding.assignment, by)
    coding.refresh_from_db()
    if coding.removed_at is not None:
        return []
    remove(coding=coding, by=by, now=now)
    absorbed = list(Coding.objects.filter(absorbed_into=coding))
    return [restore(coding=each, by=by, now=now) for each in absorbed]


@transaction.atomic
def write_memo(
    *,
    assignment: CodingAssignment,
    text: str,
    by: User,
    coding: Coding | None = None,
    version: int | None = None,
) -> Memo:
    """Writes the memo of a coding, or of the transcript; `version` is what the page had read (0: none)."""
    assignment = locked_for_writing(assignment, by)
    if coding is not None and not Coding.objects.standing().filter(id=coding.id).exists():
        raise TakenAway
    memo = Memo.objects.filter(assignment=assignment, coding=coding).first()
    if version is not None and version != (memo.version if memo else 0):
        raise Changed
    if memo is None:
        return Memo.objects.create(assignment=assignment, coding=coding, text=text)
    memo.text, memo.version = text, memo.version + 1
    memo.save(update_fields=["text", "version"])
    return memo


def _digest(code_id: UUID, start: int, end: int, influence: str) -> str:
    return hashlib.sha256(f"{code_id}:{start}:{end}:{influence}".encode()).hexdigest()[:32]


def _save_joined(coding: Coding, *, now: datetime) -> None:
    """Saves a coding that takes in all standing ones of its code and influence which it meets or overlaps."""
    absorbed: list[Coding] = []
    while neighbours := list(_neighbours(coding)):
        coding.start = min(coding.start, *(each.start for each in neighbours))
        coding.end = max(coding.end, *(each.end for each in neighbours))
        coding.is_to_discuss |= any(each.is_to_discuss for each in neighbours)
        Coding.objects.filter(id__in=[each.id for each in neighbours]).update(
            removed_at=now, version=F("version") + 1
        )
        absorbed += neighbours
    coding.save()
    if absorbed:
        Coding.objects.filter(id__in=[each.id for each in absorbed]).update(absorbed_into=coding)
        _join_memos(coding, absorbed)


def _neighbours(coding: Coding) -> CodingQuerySet:
    same = Coding.objects.standing().filter(
        assignment=coding.assignment_id, code=coding.code_id, influence=coding.influence
    )
    return same.filter(start__lte=coding.end, end__gte=coding.start).exclude(id=coding.id)


def _join_memos(coding: Coding, absorbed: list[Coding]) -> None:
    """A memo must not vanish because its coding was extended; joined a second time it is not doubled."""
    own = Memo.objects.filter(coding=coding).first()
    joined = own.text if own else ""
    for memo in Memo.objects.filter(coding__in=absorbed).exclude(text="").order_by("created_at"):
        if memo.text not in joined:
            joined = f"{joined}\n\n{memo.text}".strip()
    if own is None and joined:
        Memo.objects.create(assignment=coding.assignment, coding=coding, text=joined)
    elif own is not None and joined != own.text:
        own.text, own.version = joined, own.version + 1
        own.save(update_fields=["text", "version"])
