"""What may happen to a transcript only while it is not given to anybody to code."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.models import Interview
from apps.transcripts import actions as transcripts
from apps.transcripts.actions import Roles
from apps.transcripts.models import Transcript, TranscriptVersion, Upload


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


def _must_not_be_given(transcript: Transcript) -> None:
    transcript = transcripts.locked(transcript)
    given = CodingAssignment.objects.filter(transcript_version__transcript=transcript, voided_at=None)
    if given.exists():
        raise GivenToCoders(transcript=str(transcript))
