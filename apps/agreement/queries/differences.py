"""Discrepancies of a round: to be walked through, each with both codings in their context."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from apps.accounts.models import User
from apps.agreement.models import Discrepancy, Resolution, Round, RoundTranscript
from apps.agreement.queries.report import latest_run
from apps.codebooks.models import Code
from apps.coding.engine import marks
from apps.coding.models import Coding, CodingAssignment
from apps.transcripts.models import Turn

SETTLED = Q(resolutions__isnull=False, resolutions__undone_at=None)


class Sliced(Protocol):
    """A text, or a piece of one that is addressed by the offsets of the whole."""

    def __getitem__(self, asked: slice, /) -> str: ...


@dataclass(frozen=True)
class Tally:
    """How many discrepancies there are, and how many are settled."""

    total: int
    settled: int

    @property
    def open(self) -> int:
        return self.total - self.settled


@dataclass(frozen=True)
class Stretch:
    """Text under the same codings; `is_disputed` where one of them is what the coders differ about."""

    text: str
    codes: tuple[Code, ...]
    starting: tuple[Code, ...]
    is_disputed: bool


@dataclass(frozen=True)
class ContextTurn:
    speaker: str
    role: str
    stretches: list[Stretch]


def discrepancies(*, round: Round, user: User) -> QuerySet[Discrepancy]:
    """Those of the newest computation in reading order, with `outcome` and `decider` of what stands.

    Who is coding one of the transcripts blind once more (a re-test) does not get those of that transcript.
    """
    standing = Resolution.objects.filter(discrepancy=OuterRef("id"), undone_at=None)
    return (
        Discrepancy.objects.filter(
            agreement_run=latest_run(round=round),
            first_assignment__in=CodingAssignment.objects.open_to(user).values("id"),
        )
        .select_related(
            "round_transcript__transcript_version__transcript__interview__participant",
            "first_assignment__coder",
            "second_assignment__coder",
            "first_code__parent",
            "second_code__parent",
        )
        .defer(
            "round_transcript__transcript_version__text",
            "round_transcript__transcript_version__sentence_starts",
            "round_transcript__transcript_version__sentence_ends",
        )
        .annotate(
            outcome=Subquery(standing.values("outcome")[:1]),
            decider=Subquery(standing.values("decided_by__name")[:1]),
        )
        .order_by("round_transcript__position", "position")
    )


def still_open(rows: QuerySet[Discrepancy]) -> QuerySet[Discrepancy]:
    """Those on which no decision stands, and one can still be made."""
    standing = Resolution.objects.filter(discrepancy=OuterRef("id"), undone_at=None)
    return rows.filter(~Exists(standing), round_transcript__withdrawn_at=None)


def to_walk(rows: QuerySet[Discrepancy]) -> QuerySet[Discrepancy]:
    """All but the open ones of transcripts that were taken out: nobody decides these any more."""
    standing = Resolution.objects.filter(discrepancy=OuterRef("id"), undone_at=None)
    return rows.filter(Q(round_transcript__withdrawn_at=None) | Exists(standing))


def tally(*, round: Round) -> Tally:
    """Counts over the newest computation, without the transcripts that were taken out since."""
    counts = Discrepancy.objects.filter(
        agreement_run=latest_run(round=round), round_transcript__withdrawn_at=None
    ).aggregate(total=Count("id", distinct=True), settled=Count("id", distinct=True, filter=SETTLED))
    return Tally(**counts)


@dataclass(frozen=True)
class TranscriptTally:
    round_transcript: RoundTranscript
    total: int
    settled: int


def tallies(*, round: Round) -> list[TranscriptTally]:
    """For each transcript of the round its number of discrepancies, and of settled ones."""
    mine = Q(discrepancies__agreement_run=latest_run(round=round))
    settled = Q(discrepancies__resolutions__isnull=False, discrepancies__resolutions__undone_at=None)
    members = round.transcripts.standing().select_related(
        "transcript_version__transcript__interview__participant"
    )
    counted = members.annotate(
        total=Count("discrepancies", filter=mine, distinct=True),
        done=Count("discrepancies", filter=mine & settled, distinct=True),
    ).values_list("id", "total", "done")
    tallied = {key: (total, done) for key, total, done in counted}
    return [TranscriptTally(each, *tallied[each.id]) for each in members]


def turns_around(discrepancy: Discrepancy) -> list[Turn]:
    """The turns that the passage touches, and the one before them: most often the question."""
    version = discrepancy.round_transcript.transcript_version_id
    turns = Turn.objects.filter(version=version, end__gt=discrepancy.start, start__lt=discrepancy.end)
    touched = list(turns.order_by("position"))
    before = Turn.objects.filter(version=version, position=touched[0].position - 1)
    return [*before, *touched]


def context(turn: Turn, text: Sliced, codings: Iterable[Coding], disputed: set[UUID]) -> ContextTurn:
    by_key = {str(each.id): each for each in codings}
    extents = marks.in_reading_order(marks.Extent(key, each.start, each.end) for key, each in by_key.items())
    return ContextTurn(
        speaker=turn.speaker,
        role=turn.role,
        stretches=[
            Stretch(
                text=text[segment.start : segment.end],
                codes=tuple(by_key[each.key].code for each in segment.under),
                starting=tuple(by_key[each.key].code for each in segment.starting),
                is_disputed=any(by_key[each.key].id in disputed for each in segment.under),
            )
            for segment in marks.cut(turn.start, turn.end, extents)
        ],
    )
