"""What a coder and a PI do with assignments and codings. Nothing here deletes: a coding is taken away."""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.codebooks import actions as codebooks
from apps.codebooks.models import Code, CodebookVersion
from apps.coding.models import Coding, CodingAssignment, CodingQuerySet, Memo
from apps.core.refusal import Refusal, gettext_noop
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion


class NotYours(Refusal):
    template = gettext_noop("This assignment belongs to another coder.")


class Submitted(Refusal):
    template = gettext_noop("This coding was submitted; take it back if you want to change it.")


class NotReady(Refusal):
    template = gettext_noop("%(transcript)s is not ready: it has not been checked and de-identified.")


class NotACoder(Refusal):
    template = gettext_noop("%(person)s has no role in this study that lets them code.")


class AlreadyAssigned(Refusal):
    template = gettext_noop("%(person)s already has %(transcript)s to code.")


class OutsideText(Refusal):
    template = gettext_noop("The passage %(start)s to %(end)s is not in a text of %(length)s characters.")


class NotApplicable(Refusal):
    template = gettext_noop("“%(name)s” cannot be applied in this assignment.")


class ClientIdReused(Refusal):
    template = gettext_noop("This save was sent before with another content; nothing was changed.")


class Changed(Refusal):
    template = gettext_noop("This was changed elsewhere since you opened it.")


class NotSubmitted(Refusal):
    template = gettext_noop("This coding cannot be taken back: it is not submitted, or was released.")


@transaction.atomic
def assign(
    *,
    study: Study,
    coder: User,
    transcript_version: TranscriptVersion,
    codebook_version: CodebookVersion,
    kind: CodingAssignment.Kind,
    by: User,
    now: datetime,
    due_on: date | None = None,
) -> CodingAssignment:
    """Gives a ready transcript to a coder; the codebook version is frozen from then on."""
    name = str(transcript_version.transcript)
    if transcript_version.transcript.ready_at is None:
        raise NotReady(transcript=name)
    members = study.memberships.current().holding(Permission.CODING_CODE)
    if not members.filter(user=coder).exists():
        raise NotACoder(person=coder.name)
    unfinished = CodingAssignment.objects.filter(
        transcript_version=transcript_version, coder=coder, kind=kind, voided_at=None, released_at=None
    )
    if kind != CodingAssignment.Kind.CONSENSUS and unfinished.exists():
        raise AlreadyAssigned(person=coder.name, transcript=name)
    if not codebook_version.is_frozen:
        codebooks.freeze(version=codebook_version, by=by, now=now)
    assignment = CodingAssignment.objects.create(
        study=study,
        coder=coder,
        transcript_version=transcript_version,
        codebook_version=codebook_version,
        kind=kind,
        due_on=due_on,
    )
    _record("assigned", assignment, by=by, now=now, coder=coder.name, kind=kind.value)
    return assignment


@transaction.atomic
def start(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Says that the coder has opened the transcript for the first time."""
    _must_be_mine(assignment, by)
    if assignment.state == CodingAssignment.State.ASSIGNED:
        assignment.state, assignment.started_at = CodingAssignment.State.IN_PROGRESS, now
        assignment.save(update_fields=["state", "started_at"])
        _record("started", assignment, by=by, now=now)
    return assignment


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
    assignment = _locked_for_writing(assignment, by)
    client_id = client_id or uuid.uuid4()
    digest = _digest(code.id, start, end, influence)
    known = Coding.objects.filter(assignment=assignment, client_id=client_id).first()
    if known is not None:
        if known.asked_digest != digest:
            raise ClientIdReused
        return known, False
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
    _begin(assignment, now=now)
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
    _locked_for_writing(coding.assignment, by)
    coding = Coding.objects.select_for_update().get(id=coding.id)
    if version is not None and version != coding.version:
        raise Changed
    coding.influence, coding.is_to_discuss, coding.version = influence, is_to_discuss, coding.version + 1
    _save_joined(coding, now=now)
    return coding


@transaction.atomic
def remove(*, coding: Coding, by: User, now: datetime) -> Coding:
    """Takes a coding away; `restore` brings it back."""
    _locked_for_writing(coding.assignment, by)
    Coding.objects.filter(id=coding.id, removed_at=None).update(removed_at=now, version=coding.version + 1)
    coding.refresh_from_db()
    return coding


@transaction.atomic
def restore(*, coding: Coding, by: User, now: datetime) -> Coding:
    """Brings a coding back that was taken away; what has taken its place meanwhile is joined with it."""
    _locked_for_writing(coding.assignment, by)
    coding.refresh_from_db()
    if coding.removed_at is None:
        return coding
    coding.removed_at, coding.absorbed_into, coding.version = None, None, coding.version + 1
    _save_joined(coding, now=now)
    return coding


@transaction.atomic
def undo_add(*, coding: Coding, by: User, now: datetime) -> list[Coding]:
    """Takes a coding away and brings back those that it had absorbed; returns these."""
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
    assignment = _locked_for_writing(assignment, by)
    memo = Memo.objects.filter(assignment=assignment, coding=coding).first()
    if version is not None and version != (memo.version if memo else 0):
        raise Changed
    if memo is None:
        return Memo.objects.create(assignment=assignment, coding=coding, text=text)
    memo.text, memo.version = text, memo.version + 1
    memo.save(update_fields=["text", "version"])
    return memo


@transaction.atomic
def submit(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Hands the coding in. A primary coding is open to the team at once, an independent one on release."""
    assignment = _locked_for_writing(assignment, by)
    assignment.state, assignment.submitted_at = CodingAssignment.State.SUBMITTED, now
    assignment.started_at = assignment.started_at or now
    if assignment.kind != CodingAssignment.Kind.INDEPENDENT:
        assignment.released_at = now
    assignment.save(update_fields=["state", "submitted_at", "started_at", "released_at"])
    _record("submitted", assignment, by=by, now=now)
    return assignment


@transaction.atomic
def take_back(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Undoes a submission as long as nobody else could have read it."""
    _must_be_mine(assignment, by)
    assignment = CodingAssignment.objects.select_for_update().get(id=assignment.id)
    was_read = assignment.kind == CodingAssignment.Kind.INDEPENDENT and assignment.released_at is not None
    if assignment.state != CodingAssignment.State.SUBMITTED or was_read or assignment.voided_at is not None:
        raise NotSubmitted
    assignment.state, assignment.submitted_at = CodingAssignment.State.IN_PROGRESS, None
    assignment.released_at = None
    assignment.save(update_fields=["state", "submitted_at", "released_at"])
    _record("taken back", assignment, by=by, now=now)
    return assignment


@transaction.atomic
def release(*, assignments: Iterable[CodingAssignment], now: datetime) -> int:
    """Opens submitted independent codings to those who may read codings; they are frozen from then on."""
    ids = [assignment.id for assignment in assignments]
    return CodingAssignment.objects.filter(
        id__in=ids, state=CodingAssignment.State.SUBMITTED, released_at=None
    ).update(released_at=now)


@transaction.atomic
def write_consensus(
    *,
    study: Study,
    transcript_version: TranscriptVersion,
    codebook_version: CodebookVersion,
    adjudicator: User,
    passages: Iterable[tuple[UUID, int, int, str]],
    by: User,
    now: datetime,
) -> CodingAssignment:
    """Stores agreed codings (code id, start, end, influence) as the consensus of a transcript, submitted."""
    assignment = CodingAssignment.objects.create(
        study=study,
        coder=adjudicator,
        transcript_version=transcript_version,
        codebook_version=codebook_version,
        kind=CodingAssignment.Kind.CONSENSUS,
        state=CodingAssignment.State.IN_PROGRESS,
        started_at=now,
    )
    Coding.objects.bulk_create(
        Coding(assignment=assignment, code_id=code, start=start, end=end, influence=influence)
        for code, start, end, influence in passages
    )
    assignment.state = CodingAssignment.State.SUBMITTED
    assignment.submitted_at = assignment.released_at = now
    assignment.save(update_fields=["state", "submitted_at", "released_at"])
    _record("written", assignment, by=by, now=now, kind="consensus")
    return assignment


def _locked_for_writing(assignment: CodingAssignment, by: User) -> CodingAssignment:
    """The row, locked: a submission and a save that meet are told apart here."""
    _must_be_mine(assignment, by)
    locked = CodingAssignment.objects.select_for_update(of=("self",)).select_related("transcript_version")
    assignment = locked.get(id=assignment.id)
    if not assignment.is_writable:
        raise Submitted
    return assignment


def _must_be_mine(assignment: CodingAssignment, by: User) -> None:
    if assignment.coder_id != by.id:
        raise NotYours


def _begin(assignment: CodingAssignment, *, now: datetime) -> None:
    if assignment.state == CodingAssignment.State.ASSIGNED:
        assignment.state, assignment.started_at = CodingAssignment.State.IN_PROGRESS, now
        assignment.save(update_fields=["state", "started_at"])


def _digest(code_id: UUID, start: int, end: int, influence: str) -> str:
    return hashlib.sha256(f"{code_id}:{start}:{end}:{influence}".encode()).hexdigest()[:32]


def _save_joined(coding: Coding, *, now: datetime) -> None:
    """Saves a coding that takes in all standing ones of its code and influence that it overlaps or touches."""
    absorbed: list[Coding] = []
    while neighbours := list(_neighbours(coding)):
        coding.start = min(coding.start, *(each.start for each in neighbours))
        coding.end = max(coding.end, *(each.end for each in neighbours))
        coding.is_to_discuss |= any(each.is_to_discuss for each in neighbours)
        Coding.objects.filter(id__in=[each.id for each in neighbours]).update(removed_at=now)
        absorbed += neighbours
    coding.save()
    Coding.objects.filter(id__in=[each.id for each in absorbed]).update(absorbed_into=coding)
    _join_memos(coding, absorbed)


def _neighbours(coding: Coding) -> CodingQuerySet:
    same = Coding.objects.standing().filter(
        assignment=coding.assignment_id, code=coding.code_id, influence=coding.influence
    )
    return same.filter(start__lte=coding.end, end__gte=coding.start).exclude(id=coding.id)


def _join_memos(coding: Coding, absorbed: list[Coding]) -> None:
    """A memo must not vanish because its coding was extended."""
    memos = Memo.objects.filter(coding__in=[coding, *absorbed]).exclude(text="").order_by("created_at")
    texts = [memo.text for memo in memos]
    if absorbed and texts:
        Memo.objects.update_or_create(
            assignment=coding.assignment, coding=coding, defaults={"text": "\n\n".join(texts)}
        )


def _record(verb: str, assignment: CodingAssignment, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "coding assignment",
        by=by,
        now=now,
        study_id=assignment.study_id,
        object_id=assignment.id,
        object_name=str(assignment.transcript_version.transcript),
        **detail,
    )
