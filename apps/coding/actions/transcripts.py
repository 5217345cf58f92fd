"""What may happen to a transcript only while it is not given to anybody to code."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.models import Interview
from apps.transcripts import actions as transcripts
from apps.transcripts.actions import Roles
from apps.transcripts.models import Transcript, TranscriptVersion, Upload


class NotWished(Refusal):
    template = gettext_noop("The words of %(transcript)s stay: erasing them was not asked for.")


class GivenToCoders(Refusal):
    template = gettext_noop("%(transcript)s was given to somebody to code, so its text and its state stay.")


@transaction.atomic
def withdraw_ready(*, transcript: Transcript, by: User, now: datetime) -> Transcript:
    """Says that a transcript is not fit to be coded after all."""
    _must_not_be_given(transcript)
    return transcripts.withdraw_ready(transcript=transcript, by=by, now=now)


@transaction.atomic
def correct(
    *,
    transcript: Transcript,
    upload: Upload,
    roles: Roles,
    speakers: Mapping[str, str] | None = None,
    is_excerpt: bool = False,
    by: User,
    now: datetime,
) -> TranscriptVersion:
    """Replaces the text of a transcript by a new version."""
    _must_not_be_given(transcript)
    return transcripts.add_version(
        transcript=transcript,
        upload=upload,
        roles=roles,
        speakers=speakers,
        is_excerpt=is_excerpt,
        by=by,
        now=now,
    )


@transaction.atomic
def move(*, transcript: Transcript, interview: Interview, by: User, now: datetime) -> Transcript:
    """Says that a transcript is of another interview than was thought."""
    _must_not_be_given(transcript)
    return transcripts.move(transcript=transcript, interview=interview, by=by, now=now)


@transaction.atomic
def stop_use(*, transcript: Transcript, by: User, now: datetime) -> list[CodingAssignment]:
    """Gives the text of somebody who has withdrawn to nobody any more; returns the work that ends unfinished.

    What was submitted stays. Work in an open round is the round's own to end.
    """
    transcript = transcripts.locked(transcript)
    unfinished = CodingAssignment.objects.select_for_update(no_key=True, of=("self",)).filter(
        transcript_version__transcript=transcript,
        kind=CodingAssignment.Kind.PRIMARY,
        submitted_at=None,
        voided_at=None,
    )
    ended = list(unfinished)
    unfinished.update(voided_at=now)
    if transcript.ready_at is not None:
        transcripts.withdraw_ready(transcript=transcript, by=by, now=now)
    record(
        "stopped the use of",
        "transcript",
        by=by,
        now=now,
        study_id=transcript.study_id,
        object_id=transcript.id,
        object_name=str(transcript),
        unfinished_work=len(ended),
    )
    return ended


@transaction.atomic
def erase_words(*, transcript: Transcript, by: User, now: datetime) -> None:
    """Blacks out every word of somebody who wished it: text, file, and the coders' memos with their history.

    Lengths and offsets stay, so that what was counted can still be followed; files of codings that were made
    before go. It cannot be undone.
    """
    stop_use(transcript=transcript, by=by, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_black_out(%s)", [transcript.id])
        if not cursor.fetchone()[0]:
            raise NotWished(transcript=str(transcript))
    transcripts.forget_checks(transcript=transcript)
    record(
        "erased the words of",
        "transcript",
        by=by,
        now=now,
        study_id=transcript.study_id,
        object_id=transcript.id,
        object_name=str(transcript),
        files_with_these_words="taken away",
    )


def _must_not_be_given(transcript: Transcript) -> None:
    transcript = transcripts.locked(transcript)
    given = CodingAssignment.objects.filter(transcript_version__transcript=transcript, voided_at=None)
    if given.exists():
        raise GivenToCoders(transcript=str(transcript))
