"""What is given to whom, begun, handed in and taken back."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.audit.actions import record
from apps.codebooks import actions as codebooks
from apps.codebooks.models import CodebookVersion
from apps.coding.models import Coding, CodingAssignment
from apps.core.compiled import Compiled
from apps.core.refusal import Refusal, gettext_noop
from apps.core.wakes import tell
from apps.participants import actions as participants
from apps.participants.models import Activity
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.transcripts import actions as transcripts
from apps.transcripts.models import TranscriptVersion


class NotYours(Refusal):
    template = gettext_noop("This assignment belongs to another coder.")


class Submitted(Refusal):
    template = gettext_noop("This coding was submitted; take it back if you want to change it.")


class SetAside(Refusal):
    template = gettext_noop("This assignment was set aside with its round; nothing in it can be changed.")


class NotReady(Refusal):
    template = gettext_noop("%(transcript)s is not ready: it has not been checked and de-identified.")


class Replaced(Refusal):
    template = gettext_noop("The text of %(transcript)s was replaced by a newer version.")


class NotACoder(Refusal):
    template = gettext_noop("%(person)s has no role in this study that lets them code.")


class AlreadyAssigned(Refusal):
    template = gettext_noop("%(person)s already has %(transcript)s to code.")


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
    # One at a time in a study: two people assigning the same texts in another order would block each other.
    study = Study.objects.select_for_update().get(id=study.id)
    transcript = transcripts.locked(transcript_version.transcript)
    name = str(transcript)
    if transcript.ready_at is None:
        raise NotReady(transcript=name)
    if transcript.versions.filter(number__gt=transcript_version.number).exists():
        raise Replaced(transcript=name)
    members = study.memberships.current().holding(Permission.CODING_CODE)
    if not members.filter(user=coder).exists():
        raise NotACoder(person=coder.name)
    unfinished = CodingAssignment.objects.filter(
        transcript_version=transcript_version, coder=coder, kind=kind, voided_at=None, released_at=None
    )
    if kind != CodingAssignment.Kind.CONSENSUS and unfinished.exists():
        raise AlreadyAssigned(person=coder.name, transcript=name)
    person = transcript.interview.participant
    tie = participants.must_not_be_barred(participant=person, member=coder, activity=Activity.CODE)
    if not codebook_version.is_frozen:
        codebooks.freeze(version=codebook_version, by=by, now=now)
    assignment = CodingAssignment.objects.create(
        study=study,
        coder=coder,
        transcript_version=transcript_version,
        codebook_version=codebook_version,
        kind=kind,
        is_open=study.is_coding_open and kind == CodingAssignment.Kind.PRIMARY,
        due_on=due_on,
    )
    known = {"tie": f"{tie.get_kind_display()} {tie.to}"} if tie else {}
    _record("assigned", assignment, by=by, now=now, coder=coder.name, kind=kind.value, **known)
    return assignment


@transaction.atomic
def assign_each(
    *,
    study: Study,
    coder: User,
    transcript_versions: Iterable[TranscriptVersion],
    codebook_version: CodebookVersion,
    by: User,
    now: datetime,
    due_on: date | None = None,
) -> list[CodingAssignment]:
    """Gives several transcripts to one coder for primary coding; all of them, or none."""
    return [
        assign(
            study=study,
            coder=coder,
            transcript_version=version,
            codebook_version=codebook_version,
            kind=CodingAssignment.Kind.PRIMARY,
            by=by,
            now=now,
            due_on=due_on,
        )
        for version in transcript_versions
    ]


@transaction.atomic
def start(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Says that the coder has opened the transcript for the first time."""
    must_be_mine(assignment, by)
    begin(assignment, by=by, now=now)
    return assignment


@transaction.atomic
def submit(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Hands the coding in. A primary coding is open to the team at once, an independent one on release."""
    assignment = locked_for_writing(assignment, by)
    assignment.state, assignment.submitted_at = CodingAssignment.State.SUBMITTED, now
    assignment.started_at = assignment.started_at or now
    if assignment.kind != CodingAssignment.Kind.INDEPENDENT:
        assignment.released_at = now
    assignment.save(update_fields=["state", "submitted_at", "started_at", "released_at"])
    _record("submitted", assignment, by=by, now=now)
    tell(assignment.topic)
    return assignment


@transaction.atomic
def take_back(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Undoes a submission: a primary one at any time, an independent one until release, a consensus never."""
    assignment = locked(assignment, by)
    if assignment.voided_at is not None or not assignment.can_be_taken_back:
        raise NotSubmitted
    assignment.state, assignment.submitted_at = CodingAssignment.State.IN_PROGRESS, None
    assignment.released_at = None
    assignment.save(update_fields=["state", "submitted_at", "released_at"])
    _record("taken back", assignment, by=by, now=now)
    tell(assignment.topic)
    return assignment


@transaction.atomic
def release(*, assignments: Iterable[CodingAssignment], now: datetime) -> int:
    """Opens submitted independent codings to those who may read codings; they are frozen from then on."""
    ids = [assignment.id for assignment in assignments]
    return CodingAssignment.objects.filter(
        id__in=ids, state=CodingAssignment.State.SUBMITTED, released_at=None
    ).update(released_at=now)


@transaction.atomic
def set_aside(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Voids an assignment that was not released: it stays on record, and nothing in it counts or changes."""
    assignment = CodingAssignment.objects.select_for_update().get(id=assignment.id)
    if assignment.released_at is not None or assignment.voided_at is not None:
        raise SetAside
    assignment.voided_at = now
    assignment.save(update_fields=["voided_at"])
    _record("set aside", assignment, by=by, now=now, coder=assignment.coder.name)
    tell(assignment.topic)
    return assignment


@transaction.atomic
def unblind(*, assignments: Iterable[CodingAssignment], now: datetime) -> int:
    """Opens independent codings before their release, in an emergency that its caller has on record."""
    ids = [assignment.id for assignment in assignments]
    return CodingAssignment.objects.filter(id__in=ids, unblinded_at=None).update(unblinded_at=now)


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


def locked_for_writing(assignment: CodingAssignment, by: User) -> CodingAssignment:
    assignment = locked(assignment, by)
    must_be_writable(assignment)
    return assignment


def hold(*, study: Study, coder: User, assignment: UUID) -> CodingAssignment | None:
    """The coder's own row, locked until the transaction ends: what is done to it there locks it no more.

    Not inside a savepoint: with that the lock would go, and the row not know it.
    """
    row = _lock(assignment, coder)
    if row is None or row.study_id != study.id:
        return None
    row.is_held = True
    return row


def locked(assignment: CodingAssignment, by: User) -> CodingAssignment:
    """The row, locked: a submission and a save that meet are told apart here."""
    must_be_mine(assignment, by)
    row = assignment if assignment.is_held else _lock(assignment.id, by)
    if row is None:
        raise CodingAssignment.DoesNotExist
    return row


def _lock(assignment: UUID, coder: User) -> CodingAssignment | None:
    assert connection.in_atomic_block, "a lock ends with its transaction"
    wanted = {"assignment": assignment, "coder": coder.id}
    # Moved to a corrected text while this waited: the row no longer fits the version that was joined to it.
    return _locked.first(**wanted) or _locked.first(**wanted)


def _to_lock(assignment: UUID, coder: UUID) -> QuerySet[CodingAssignment]:
    rows = CodingAssignment.objects.select_for_update(of=("self",)).select_related("transcript_version")
    version = [f"transcript_version__{name}" for name in ("transcript_id", "number", "length", "created_at")]
    here = [field.attname for field in CodingAssignment._meta.concrete_fields]
    return rows.only(*here, *version).filter(id=assignment, coder=coder).order_by()


_locked = Compiled(_to_lock, assignment=UUID, coder=UUID)


def must_be_writable(assignment: CodingAssignment) -> None:
    if assignment.voided_at is not None:
        raise SetAside
    if not assignment.is_writable:
        raise Submitted


def must_be_mine(assignment: CodingAssignment, by: User) -> None:
    if assignment.coder_id != by.id:
        raise NotYours


def begin(assignment: CodingAssignment, *, by: User, now: datetime) -> None:
    if assignment.state != CodingAssignment.State.ASSIGNED:
        return
    begun = {"state": CodingAssignment.State.IN_PROGRESS, "started_at": now}
    # The condition is asked of the database: another tab may have started or submitted meanwhile.
    rows = CodingAssignment.objects.filter(id=assignment.id, state=CodingAssignment.State.ASSIGNED)
    if rows.update(**begun):
        assignment.state, assignment.started_at = CodingAssignment.State.IN_PROGRESS, now
        _record("started", assignment, by=by, now=now)


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
