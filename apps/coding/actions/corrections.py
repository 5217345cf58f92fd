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
from apps.transcripts.engine.correcting import Change, moved_through
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
    steps = changes_since(assignment, version_id) if version_id is not None else []
    span = moved_through(steps, start, end)
    if span is None:
        raise WordsGone
    return span


def changes_since(assignment: CodingAssignment, version_id: UUID) -> list[list[Change]]:
    """What each correction changed, from a version of the text to the present one of the assignment."""
    present, found = assignment.transcript_version, list[list[Change]]()
    if version_id == present.id:
        return found
    carried = Correction.objects.filter(before__transcript=present.transcript_id).exclude(after=None)
    steps = {each.before_id: each for each in carried.only("before", "after", "changes")}
    while version_id != present.id:
        step = steps.get(version_id)
        if step is None or step.after_id is None:
            raise WhichText
        found.append(changes_of(step))
        version_id = step.after_id
    return found


@transaction.atomic
def let_go(*, coding: Coding, by: User, now: datetime) -> Coding:
    """The coder agrees that a coding went with its words; bringing it back is `restore`."""
    locked_for_writing(coding.assignment, by)
    Coding.objects.to_decide().filter(id=coding.id).update(lost_words_at=None)
    coding.refresh_from_db()
    return coding
