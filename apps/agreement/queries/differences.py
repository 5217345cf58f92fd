"""Discrepancies of a round: to be walked through, each with both codings in their context."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Least, Substr

from apps.accounts.models import User
from apps.agreement.models import Discrepancy, Resolution, Round, RoundTranscript
from apps.agreement.queries.report import latest_run
from apps.codebooks.models import Code
from apps.coding.engine import marks
from apps.coding.models import Coding, CodingAssignment
from apps.core.compiled import Compiled
from apps.transcripts.models import Turn

# What makes a version of a transcript heavy.
TEXT = ("text", "sentence_starts", "sentence_ends")
# What the page of a discrepancy says of the transcript, the coders and the codes.
NAMED = (
    "round_transcript__transcript_version__transcript__interview__participant__pseudonym",
    *(f"{side}_assignment__coder__name" for side in ("first", "second")),
    *(f"{side}_code__{name}" for side in ("first", "second") for name in ("label", "name", "hue")),
)
# So many characters of a passage stand in a list.
WORDS = 160


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
    """Those of the newest computation in reading order.

    Who is coding one of the transcripts blind once more (a re-test) does not get those of that transcript.
    """
    return Discrepancy.objects.filter(
        agreement_run=latest_run(round=round),
        first_assignment__in=CodingAssignment.objects.open_to(user).values("id"),
    ).order_by("round_transcript__position", "position")


def discrepancy(id: UUID, *, round: Round, user: User) -> Discrepancy | None:
    """One of them, with what its page says of it."""
    run = latest_run(round=round)
    return _one.first(discrepancy=id, run=run.id, user=user.id) if run else None


def with_codings(rows: QuerySet[Discrepancy]) -> QuerySet[Discrepancy]:
    """With the transcript, the coders and the codes of each."""
    return rows.select_related(
        "round_transcript__transcript_version__transcript__interview__participant",
        "first_assignment__coder",
        "second_assignment__coder",
        "first_code",
        "second_code",
    ).defer(
        *(f"round_transcript__transcript_version__{name}" for name in TEXT),
        "first_code__definition",
        "second_code__definition",
    )


def _to_show(discrepancy: UUID, run: UUID, user: UUID) -> QuerySet[Discrepancy]:
    """With no column more than its page names: over ten tables each takes its time."""
    rows = Discrepancy.objects.filter(
        id=discrepancy,
        agreement_run=run,
        first_assignment__in=CodingAssignment.objects.open_to(user).values("id"),
    )
    here = [field.attname for field in Discrepancy._meta.concrete_fields]
    member = [f"round_transcript__{field.attname}" for field in RoundTranscript._meta.concrete_fields]
    return with_codings(rows).defer(None).only(*here, *member, *NAMED)


_one = Compiled(_to_show, discrepancy=UUID, run=UUID, user=UUID)


def listed(rows: QuerySet[Discrepancy]) -> QuerySet[Discrepancy]:
    """For a list: also the beginning of the passage, and `outcome` and `decider` of what stands."""
    standing = Resolution.objects.filter(discrepancy=OuterRef("id"), undone_at=None)
    length = Least(F("end") - F("start"), Value(WORDS))
    return with_codings(rows).annotate(
        words=Substr("round_transcript__transcript_version__text", F("start") + 1, length),
        outcome=Subquery(standing.values("outcome")[:1]),
        decider=Subquery(standing.values("decided_by__name")[:1]),
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
    run = latest_run(round=round)
    taken_out = Discrepancy.objects.filter(agreement_run=run, round_transcript__withdrawn_at__isnull=False)
    # Of the decisions on a discrepancy at most one stands.
    standing = Resolution.objects.filter(
        undone_at=None,
        discrepancy__agreement_run=run,
        discrepancy__round_transcript__withdrawn_at=None,
    )
    total = 0 if run is None else run.discrepancy_count - taken_out.count()
    return Tally(total, standing.count())


def tally_of(found: Iterable["TranscriptTally"]) -> Tally:
    rows = list(found)
    return Tally(sum(each.total for each in rows), sum(each.settled for each in rows))


@dataclass(frozen=True)
class TranscriptTally:
    round_transcript: RoundTranscript
    total: int
    settled: int


def tallies(*, round: Round) -> list[TranscriptTally]:
    """For each released transcript of the round its number of discrepancies, and of settled ones."""
    run = latest_run(round=round)
    found = Discrepancy.objects.filter(agreement_run=run).order_by()
    standing = Resolution.objects.filter(undone_at=None, discrepancy__agreement_run=run).order_by()
    total = dict(found.values_list("round_transcript").annotate(Count("id")))
    settled = dict(standing.values_list("discrepancy__round_transcript").annotate(Count("id")))
    members = round.transcripts.standing().filter(batch__released_at__isnull=False)
    members = members.select_related("transcript_version__transcript__interview__participant")
    return [
        TranscriptTally(each, total.get(each.id, 0), settled.get(each.id, 0))
        for each in members.defer(*(f"transcript_version__{name}" for name in TEXT)).order_by("position")
    ]


def turns_around(discrepancy: Discrepancy) -> list[Turn]:
    """The turns that the passage touches, and the one before them: most often the question."""
    version = discrepancy.round_transcript.transcript_version_id
    return _turns_around(version=version, start=discrepancy.start, end=discrepancy.end)


def _touching(version: UUID, start: int, end: int) -> QuerySet[Turn]:
    turns = Turn.objects.filter(version=version, start__lt=end)
    first = turns.filter(end__gt=start).order_by("position").values("position")[:1]
    return turns.filter(position__gte=Subquery(first) - 1).order_by("position")


_turns_around = Compiled(_touching, version=UUID, start=int, end=int)


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
