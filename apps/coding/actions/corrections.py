"""What a correction of the text does to codings, and what happens to places in a text that was corrected."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from apps.accounts.models import User
from apps.coding.actions.assignments import locked_for_writing
from apps.coding.models import Coding, CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.core.wakes import tell
from apps.transcripts.actions import changes_of
from apps.transcripts.engine.correcting import moved
from apps.transcripts.models import Correction, TranscriptVersion


class WordsGone(Refusal):
    template = gettext_noop("These words were taken out of the text by a correction.")


class WhichText(Refusal):
    template = gettext_noop(
        "The text was corrected after it was given to you. Say which version the places belong to."
    )


def carry(*, correction: Correction, corrected: TranscriptVersion, now: datetime) -> None:
    """Moves everybody's unreleased and primary work to the corrected text, without showing any of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_carry(%s, %s, %s)", [correction.id, corrected.id, now])
    for assignment in CodingAssignment.objects.filter(transcript_version=corrected).only("id"):
        tell(assignment.topic)


def placed(assignment: CodingAssignment, start: int, end: int, version_id: UUID | None) -> tuple[int, int]:
    """[start, end) of the version that the sender was looking at, in the present text of the assignment."""
    present = assignment.transcript_version
    if version_id is None and present.number > 1 and assignment.created_at < present.created_at:
        raise WhichText
    while version_id not in (None, present.id):
        correction = Correction.objects.filter(before=version_id, before__transcript=present.transcript_id)
        step = correction.exclude(after=None).first()
        if step is None:
            raise WhichText
        span = moved(changes_of(step), start, end)
        if span is None:
            raise WordsGone
        (start, end), version_id = span, step.after_id
    return start, end


@transaction.atomic
def let_go(*, coding: Coding, by: User, now: datetime) -> Coding:
    """The coder agrees that a coding went with its words; bringing it back is `restore`."""
    locked_for_writing(coding.assignment, by)
    Coding.objects.to_decide().filter(id=coding.id).update(lost_words_at=None)
    coding.refresh_from_db()
    return coding
