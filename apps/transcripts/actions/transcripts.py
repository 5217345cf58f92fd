"""From a confirmed upload to a text that stays, and the two statements that make it fit to be coded."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.actions import change_interview, record_interview
from apps.participants.models import Interview, Participant
from apps.participants.queries.withdrawal import withdrawal_of
from apps.transcripts.actions.uploads import taken
from apps.transcripts.engine.assembling import Document, assemble
from apps.transcripts.engine.drafts import Draft, Role
from apps.transcripts.models import Transcript, TranscriptVersion, Turn, Upload

# The label of a draft, or None for text under no label -> who speaks there.
Roles = Mapping[str | None, Role]


class OfAnotherStudy(Refusal):
    template = gettext_noop("This belongs to another study.")


class InterviewHasTranscript(Refusal):
    template = gettext_noop("This interview of %(participant)s has a transcript already.")


class NotHeld(Refusal):
    template = gettext_noop("This interview of %(participant)s was not held, so it cannot have a transcript.")


class RoleMissing(Refusal):
    template = gettext_noop("Say who speaks under “%(label)s”.")


class NoParticipant(Refusal):
    template = gettext_noop("Nobody is marked as participant, so there would be nothing to code.")


class StatementMissing(Refusal):
    template = gettext_noop(
        "A transcript is ready once it was checked against the recording and de-identified; say both."
    )


class PersonHasWithdrawn(Refusal):
    template = gettext_noop("%(transcript)s has withdrawn, so the transcript is given to nobody to code.")


class NotReady(Refusal):
    template = gettext_noop("%(transcript)s is not marked as ready.")


@transaction.atomic
def confirm(
    *,
    upload: Upload,
    interview: Interview,
    roles: Roles,
    speakers: Mapping[str, str] | None = None,
    is_excerpt: bool = False,
    by: User,
    now: datetime,
) -> Transcript:
    """Makes the upload the transcript of an interview; `speakers` may rename labels. Once only."""
    upload = taken(upload)
    interview = _free(interview, upload.study_id)
    transcript = Transcript.objects.create(study=upload.study, interview=interview, is_excerpt=is_excerpt)
    version = _write(transcript, upload, roles, speakers or {}, number=1, by=by)
    _record("confirmed", transcript, by=by, now=now, words=version.word_count)
    return transcript


@transaction.atomic
def confirm_for_person(
    *,
    upload: Upload,
    participant: Participant,
    held_on: date,
    mode: str,
    roles: Roles,
    speakers: Mapping[str, str] | None = None,
    is_excerpt: bool = False,
    by: User,
    now: datetime,
) -> Transcript:
    """As `confirm`, for somebody whose interview nobody has recorded: it is recorded as held."""
    booked = participant.interviews.filter(status=Interview.Status.BOOKED).first()
    if booked is None:
        interview = record_interview(participant=participant, held_on=held_on, mode=mode, by=by, now=now)
    else:
        interview = _held(booked, held_on, mode, by=by, now=now)
    return confirm(
        upload=upload,
        interview=interview,
        roles=roles,
        speakers=speakers,
        is_excerpt=is_excerpt,
        by=by,
        now=now,
    )


@transaction.atomic
def add_version(
    *,
    transcript: Transcript,
    upload: Upload,
    roles: Roles,
    speakers: Mapping[str, str] | None = None,
    is_excerpt: bool = False,
    by: User,
    now: datetime,
) -> TranscriptVersion:
    """A corrected text under the next number; it has to be checked anew.

    `coding.actions.correct` asks first whether somebody codes the present one.
    """
    upload, transcript = taken(upload), locked(transcript)
    if upload.study_id != transcript.study_id:
        raise OfAnotherStudy
    last = transcript.versions.aggregate(number=Max("number"))["number"] or 0
    transcript.is_excerpt, transcript.ready_at, transcript.ready_by = is_excerpt, None, None
    transcript.save(update_fields=["is_excerpt", "ready_at", "ready_by"])
    version = _write(transcript, upload, roles, speakers or {}, number=last + 1, by=by)
    _record("corrected", transcript, by=by, now=now, version=version.number, words=version.word_count)
    return version


@transaction.atomic
def mark_ready(
    *, transcript: Transcript, is_checked: bool, is_deidentified: bool, by: User, now: datetime
) -> Transcript:
    """Fit to be coded, because somebody says that it was checked against the recording and de-identified."""
    if not (is_checked and is_deidentified):
        raise StatementMissing
    transcript = locked(transcript)
    withdrawal = withdrawal_of(transcript.interview.participant)
    if withdrawal and withdrawal.is_text_stopped:
        raise PersonHasWithdrawn(transcript=str(transcript))
    if transcript.ready_at is None:
        transcript.ready_at, transcript.ready_by = now, by
        transcript.save(update_fields=["ready_at", "ready_by"])
        said = ["checked against the recording", "de-identified"]
        _record("marked ready", transcript, by=by, now=now, said=said)
    return transcript


@transaction.atomic
def withdraw_ready(*, transcript: Transcript, by: User, now: datetime) -> Transcript:
    """Takes both statements back. `coding.actions.withdraw_ready` asks first whether somebody codes it."""
    transcript = locked(transcript)
    if transcript.ready_at is None:
        raise NotReady(transcript=str(transcript))
    transcript.ready_at, transcript.ready_by = None, None
    transcript.save(update_fields=["ready_at", "ready_by"])
    _record("marked not ready", transcript, by=by, now=now)
    return transcript


@transaction.atomic
def move(*, transcript: Transcript, interview: Interview, by: User, now: datetime) -> Transcript:
    """Puts a transcript under the interview that it is really of. `coding.actions.move` asks first whether
    somebody codes it: a coder must not find another person under a text."""
    transcript = locked(transcript)
    interview = _free(interview, transcript.study_id)
    before = str(transcript)
    transcript.interview = interview
    transcript.save(update_fields=["interview"])
    _record("moved", transcript, by=by, now=now, before=before)
    return transcript


def locked(transcript: Transcript) -> Transcript:
    """The row, locked: giving it to a coder and taking its readiness back wait for each other here."""
    rows = Transcript.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("interview__participant").get(id=transcript.id)


def _free(interview: Interview, study_id: UUID) -> Interview:
    """The interview, locked: of two transcripts for it that come at once, the second is refused."""
    rows = Interview.objects.select_for_update(no_key=True, of=("self",)).select_related("participant")
    interview = rows.get(id=interview.id)
    if interview.study_id != study_id:
        raise OfAnotherStudy
    if interview.status != Interview.Status.HELD:
        raise NotHeld(participant=interview.participant.pseudonym)
    if Transcript.objects.filter(interview=interview).exists():
        raise InterviewHasTranscript(participant=interview.participant.pseudonym)
    return interview


def _held(interview: Interview, held_on: date, mode: str, *, by: User, now: datetime) -> Interview:
    return change_interview(
        interview=interview,
        status=Interview.Status.HELD,
        held_on=held_on,
        mode=mode,
        minutes=None,
        interviewer=interview.interviewer,
        interviewer_name=interview.interviewer_name,
        by=by,
        now=now,
    )


def _write(
    transcript: Transcript,
    upload: Upload,
    roles: Roles,
    speakers: Mapping[str, str],
    *,
    number: int,
    by: User,
) -> TranscriptVersion:
    document = _document(Draft.from_json(upload.draft), roles, speakers)
    version = TranscriptVersion.objects.create(
        transcript=transcript,
        number=number,
        text=document.text,
        length=len(document.text),
        word_count=sum(turn.words for turn in document.turns),
        sha256=hashlib.sha256(document.text.encode()).hexdigest(),
        sentence_starts=[start for start, _ in document.sentences],
        sentence_ends=[end for _, end in document.sentences],
        source_file_id=upload.source_file_id,
        made_by=by,
    )
    Turn.objects.bulk_create(_turns(version, document), batch_size=2000)
    return version


def _document(draft: Draft, roles: Roles, speakers: Mapping[str, str]) -> Document:
    missing = next((label.name for label in draft.labels if label.name not in roles), None)
    if missing is not None:
        raise RoleMissing(label=missing)
    document = assemble(draft, roles, speakers=speakers)
    if all(turn.role != "participant" for turn in document.turns):
        raise NoParticipant
    return document


def _turns(version: TranscriptVersion, document: Document) -> list[Turn]:
    return [
        Turn(
            version=version,
            position=position,
            start=turn.start,
            end=turn.end,
            speaker=turn.speaker,
            role=turn.role,
            starts_at_ms=turn.timestamp_ms,
        )
        for position, turn in enumerate(document.turns)
    ]


def _record(verb: str, transcript: Transcript, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "transcript",
        by=by,
        now=now,
        study_id=transcript.study_id,
        object_id=transcript.id,
        object_name=str(transcript),
        **detail,
    )
