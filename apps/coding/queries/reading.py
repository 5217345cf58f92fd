"""A coder's own reading: how far they are, how long it may still take, and what they have not looked at."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, Subquery

from apps.accounts.models import User
from apps.coding.engine import reading as engine
from apps.coding.models import CodingAssignment, Reading
from apps.coding.queries.pages import my_work
from apps.core.compiled import Compiled
from apps.studies.models import Study
from apps.transcripts.engine.words import count_words
from apps.transcripts.models import TranscriptVersion, Turn

# A stretch that fills about half a screen; what is shorter was hardly passed over.
LONG = 60


@dataclass(frozen=True)
class TimeLeft:
    """A guess, to five minutes."""

    minutes_in_all: int

    @property
    def hours(self) -> int:
        return self.minutes_in_all // 60

    @property
    def minutes(self) -> int:
        return self.minutes_in_all % 60


@dataclass(frozen=True)
class Work:
    """One of the coder's assignments, and how far they are."""

    assignment: CodingAssignment
    read_share: float
    turn_number: int | None
    time_left: TimeLeft | None

    @property
    def read_percent(self) -> int:
        """Rounded down: 100 says that nothing is left."""
        return int(self.read_share * 100)


@dataclass(frozen=True)
class Queue:
    """What a coder has to do, and what is done."""

    open: list[Work]
    done: list[Work]

    @property
    def time_left(self) -> TimeLeft | None:
        known = [work.time_left.minutes_in_all for work in self.open if work.time_left]
        return TimeLeft(sum(known)) if known else None


def queue(*, study: Study, coder: User, related: Iterable[str] = ()) -> Queue:
    """The coder's own work: what is due first stands first. Times come from this coder's pace alone."""
    here = Turn.objects.filter(
        version=OuterRef("transcript_version"), start__lte=OuterRef("reading__position")
    )
    rows = list(
        my_work(study=study, coder=coder)
        .select_related("reading", *related)
        .annotate(turn_here=Subquery(here.order_by("-position").values("position")[:1]))
    )
    pace = _pace(rows)
    works = [_work(assignment, pace) for assignment in rows]
    waiting = [work for work in works if work.assignment.is_writable]
    waiting.sort(
        key=lambda work: (work.assignment.due_on or date.max, work.assignment.state != "in_progress")
    )
    return Queue(waiting, [work for work in works if not work.assignment.is_writable])


def reading_of(assignment: CodingAssignment) -> Reading | None:
    """What is known of the coder's reading; None before they began."""
    return _known.first(assignment=assignment.id)


_known = Compiled(lambda assignment: Reading.objects.filter(assignment=assignment), assignment=UUID)


def read_percent(reading: Reading | None, length: int) -> int:
    """How much of the text was on the coder's screen, rounded down: 100 says that nothing is left."""
    return engine.covered(reading.seen, length) * 100 // length if reading and length else 0


@dataclass(frozen=True)
class Unread:
    """Turns that follow one another and were never on the screen."""

    first_turn: int
    last_turn: int
    words: int
    begins: str


def long_unread(assignment: CodingAssignment) -> list[Unread]:
    """The long passages that the coder has never scrolled to."""
    reading = reading_of(assignment)
    version = TranscriptVersion.objects.get(id=assignment.transcript_version_id)
    ends = list(version.turns.order_by("position").values_list("end", flat=True))
    found = []
    for start, end in engine.unread(reading.seen if reading else [], version.length):
        words = version.text[start:end]
        number = count_words(words)
        if number >= LONG:
            first, last = bisect_right(ends, start), bisect_right(ends, end - 1)
            # A stretch may begin at the end of a turn, before the line break, or behind it.
            starts_a_turn = start == 0 or start in ends or start - 1 in ends
            whole = words if starts_a_turn else words.partition(" ")[2]
            found.append(Unread(first + 1, last + 1, number, " ".join(whole.split()[:12])))
    return found


def before_and_after(
    assignment: CodingAssignment, *, coder: User
) -> tuple[CodingAssignment | None, CodingAssignment | None]:
    """The coder's assignments before and after this one, in the order of the queue."""
    order = queue(study=assignment.study, coder=coder)
    rows: list[CodingAssignment | None] = [work.assignment for work in [*order.open, *order.done]]
    places: dict[UUID, int] = {row.id: place for place, row in enumerate(rows) if row}
    around = [None, *rows, None]
    place = places.get(assignment.id)
    return (around[place], around[place + 2]) if place is not None else (None, None)


def _urgency(work: Work) -> tuple[date, bool]:
    return work.assignment.due_on or date.max, work.assignment.state != CodingAssignment.State.IN_PROGRESS


def _pace(rows: Iterable[CodingAssignment]) -> float | None:
    """The coder's seconds for a code point, over all that they have read in this study."""
    readings = [(_reading(row), row.transcript_version.length) for row in rows]
    known = [(reading, length) for reading, length in readings if reading]
    read = sum(engine.covered(reading.seen, length) for reading, length in known)
    return engine.pace(read, sum(reading.seconds for reading, _ in known))


def _work(assignment: CodingAssignment, pace: float | None) -> Work:
    reading, length = _reading(assignment), assignment.transcript_version.length
    read = engine.covered(reading.seen, length) if reading else 0
    minutes = engine.minutes_left(length - read, pace) if assignment.is_writable else None
    left = None if minutes is None else TimeLeft(minutes)
    here = getattr(assignment, "turn_here", None) if reading else None
    return Work(assignment, read / length, here + 1 if here is not None else None, left)


def _reading(assignment: CodingAssignment) -> Reading | None:
    return getattr(assignment, "reading", None)
