"""Where a coder stands in a text, so that they go on there on any device."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.coding.actions.assignments import must_be_mine
from apps.coding.engine.reading import merged
from apps.coding.models import CodingAssignment, Reading

# A longer silence between two reports was a break, not reading.
LONGEST_PAUSE = timedelta(minutes=5)


@transaction.atomic
def keep_place(
    *,
    assignment: CodingAssignment,
    position: int,
    start: int,
    end: int,
    transcript_version: UUID | None = None,
    by: User,
    now: datetime,
) -> Reading | None:
    """Notes that [start, end) was on the screen and the caret at `position`; no event, it comes every few
    seconds. None where the assignment is handed in, or the text that was read has been corrected since."""
    must_be_mine(assignment, by)
    is_outdated = transcript_version not in (None, assignment.transcript_version_id)
    if is_outdated or not assignment.is_writable:
        return None
    length = assignment.transcript_version.length
    Reading.objects.get_or_create(assignment=assignment, defaults={"reported_at": now})
    # Two devices may report at the same moment.
    reading = Reading.objects.select_for_update().get(assignment=assignment)
    pause = now - reading.reported_at
    if timedelta(0) < pause <= LONGEST_PAUSE:
        reading.seconds += round(pause.total_seconds())
    seen = merged([*reading.seen, *([(start, min(end, length))] if start < min(end, length) else [])])
    reading.seen_starts, reading.seen_ends = [each[0] for each in seen], [each[1] for each in seen]
    reading.position, reading.reported_at = min(position, length), now
    reading.save()
    return reading
