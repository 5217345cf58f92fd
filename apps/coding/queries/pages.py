"""What the pages of coding show: a person's work, the team's, the text with its marks, and one passage."""

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Substr

from apps.accounts.models import User
from apps.codebooks.models import Code
from apps.codebooks.queries import Node, flat, tree
from apps.coding.engine import marks
from apps.coding.engine.marks import Extent, Segment, Stripe
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.coding.queries.branches import path_to
from apps.core.compiled import Compiled
from apps.core.giving_way import giving_way
from apps.core.row_keys import as_text
from apps.studies.models import Study
from apps.transcripts.models import TranscriptVersion, Turn

# What of a text version is long, and read only where the words are shown.
LONG = ("text", "sentence_starts", "sentence_ends")
# How far around a change codings are read at first, in code points: nearly always that is enough.
MARGIN = 1500


def of_study(study: Study) -> QuerySet[CodingAssignment]:
    """The study's assignments with all that names them, without the text."""
    return (
        CodingAssignment.objects.filter(study=study)
        .select_related(
            "coder",
            "codebook_version__codebook",
            "transcript_version__transcript__interview__participant__group",
        )
        .defer(*(f"transcript_version__{column}" for column in LONG))
    )


def own_work(*, study: Study, coder: User, also: Sequence[str] = ()) -> QuerySet[CodingAssignment]:
    """The coder's assignments with what the head of a page says of them, and `also`; no column more: in a row
    over eight tables each one takes its time."""
    here = [field.attname for field in CodingAssignment._meta.concrete_fields]
    mine = CodingAssignment.objects.filter(study=study, coder=coder)
    named = "transcript_version__transcript__interview__participant"
    related = [name.rpartition("__")[0] for name in also]
    return mine.select_related("codebook_version", named, *related).only(
        *here, f"{named}__pseudonym", "transcript_version__length", "codebook_version__number", *also
    )


def my_work(*, study: Study, coder: User) -> QuerySet[CodingAssignment]:
    """The coder's own assignments, with `codings`, `turns` and `turns_reached` (up to the last coding)."""
    mine = Coding.objects.standing().filter(assignment=OuterRef("id")).order_by()
    counted = mine.values("assignment").annotate(number=Count("id"), furthest=Max("end"))
    turns = Turn.objects.filter(version=OuterRef("transcript_version")).order_by()
    reached = turns.filter(start__lt=OuterRef("furthest"))
    return (
        of_study(study)
        .filter(coder=coder, voided_at=None)
        .exclude(kind=CodingAssignment.Kind.CONSENSUS)
        .annotate(
            codings_made=Coalesce(Subquery(counted.values("number")), 0),
            furthest=Coalesce(Subquery(counted.values("furthest")), 0),
            turns=Coalesce(Subquery(_number(turns)), 0),
        )
        .annotate(turns_reached=Coalesce(Subquery(_number(reached)), 0))
        .order_by("submitted_at", F("started_at").desc(nulls_last=True), "due_on", "created_at")
    )


def _number(turns: QuerySet[Turn]) -> QuerySet[Turn]:
    counted = turns.values("version").annotate(number=Count("id", output_field=IntegerField()))
    return counted.values("number")  # type: ignore[return-value]


def work_of_team(*, study: Study) -> QuerySet[CodingAssignment]:
    """Everybody's assignments by transcript; of these only the state may be shown."""
    return (
        of_study(study)
        .filter(voided_at=None)
        .exclude(kind=CodingAssignment.Kind.CONSENSUS)
        .order_by(
            "transcript_version__transcript__interview__participant__group__position",
            "transcript_version__transcript__interview__participant__number",
            "kind",
            "coder__name",
        )
    )


def assignable(*, study: Study) -> QuerySet[TranscriptVersion]:
    """The newest version of each transcript that is ready."""
    newer = TranscriptVersion.objects.filter(transcript=OuterRef("transcript"), number__gt=OuterRef("number"))
    return (
        TranscriptVersion.objects.filter(transcript__study=study, transcript__ready_at__isnull=False)
        .filter(~Exists(newer))
        .select_related("transcript__interview__participant__group")
        .defer("text")
        .order_by(
            "transcript__interview__participant__group__position",
            "transcript__interview__participant__number",
        )
    )


class Spoken(NamedTuple):
    """What is drawn of a turn; a row of the model would take longer to make than to draw."""

    position: int
    start: int
    end: int
    speaker: str
    role: str
    starts_at_ms: int | None


class DrawnTurn(NamedTuple):
    """A turn with its words cut at the borders of the codings."""

    turn: Spoken
    words: str
    segments: list[Segment]
    stripes: list[Stripe]
    sentences: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Surface:
    """All that the coding page shows of the text and of the codebook; the turns are cut one by one, once."""

    turns: Iterator[DrawnTurn]
    turn_count: int
    codes: tuple[Node, ...]
    counts: Mapping[UUID, int]


def surface(assignment: CodingAssignment) -> Surface:
    """The whole text with its marks; the number of queries does not grow with the codings."""
    [version] = _texts(version=assignment.transcript_version_id)
    codes = tree(assignment.codebook_version)
    extents, counts = _placed(assignment, flat(codes))
    turns = [Spoken(*row) for row in _turns(version=version.id)]
    words = [version.text[turn.start : turn.end] for turn in turns]
    in_order = marks.in_reading_order(extents)
    lane_of = marks.lanes(giving_way(in_order))
    drawn = draw(giving_way(turns), words, in_order, lane_of, version.sentences)
    return Surface(drawn, len(turns), tuple(codes), counts)


def draw(
    turns: Iterable[Spoken],
    words: Sequence[str],
    in_order: Iterable[Extent],
    lane_of: Mapping[str, int],
    sentences: Sequence[tuple[int, int]] = (),
) -> Iterator[DrawnTurn]:
    """Each turn with its segments and stripes; the codings come in reading order, each with its lane."""
    starts = [start for start, _ in sentences]
    waiting = deque(in_order)
    inside: list[Extent] = []
    for turn, text in zip(turns, words, strict=True):
        inside = [each for each in inside if each.end > turn.start]
        while waiting and waiting[0].start < turn.end:
            inside.append(waiting.popleft())
        segments = marks.cut(turn.start, turn.end, inside)
        spoken = sentences[bisect_left(starts, turn.start) : bisect_left(starts, turn.end)]
        yield DrawnTurn(turn, text, segments, marks.stripes(segments, lane_of), spoken)


def redrawn(assignment: CodingAssignment, start: int, end: int) -> list[DrawnTurn]:
    """The turns that look different after a change in [start, end)."""
    margin = MARGIN
    while True:
        low, high = start - margin, end + margin
        codings = _overlapping(assignment=assignment.id, start=low, end=high)
        in_order = marks.in_reading_order(Extent(*row) for row in codings)
        stretches = marks.covered(in_order)
        first, last = marks.reach(start, end, stretches)
        is_known = low <= first and last <= high
        rows = _spoken(version=assignment.transcript_version_id, start=first, end=last) if is_known else []
        turns = [Spoken(*row[:-1]) for row in rows]
        first, last = marks.reach(*_around(turns, first, last), stretches)
        if low <= first and last <= high:
            # Whole groups of codings that overlap, as lanes need them.
            groups = [each for each in in_order if each.start < last and first < each.end]
            return list(draw(turns, [row[-1] for row in rows], groups, marks.lanes(groups)))
        margin = max(3 * margin, start - first, last - end)


def _around(turns: Sequence[Spoken], start: int, end: int) -> tuple[int, int]:
    """[start, end) widened to whole turns."""
    return min([start, *(turn.start for turn in turns)]), max([end, *(turn.end for turn in turns)])


def _placed(assignment: CodingAssignment, codes: Iterable[Node]) -> tuple[list[Extent], dict[UUID, int]]:
    """The standing codings, and how often each code is applied."""
    drawn = {str(code.id): (code.hue, code.label, code.name) for code in codes}
    rows = _standing(assignment=assignment.id)
    extents = [Extent(key, start, end, *drawn[code]) for key, code, start, end in giving_way(rows)]
    applied = Counter([code for _, code, _, _ in rows])
    return extents, {UUID(code): number for code, number in applied.items()}


_overlapping = Compiled(
    lambda assignment, start, end: (
        Coding.objects.standing()
        .filter(assignment=assignment, start__lt=end, end__gt=start)
        .order_by()
        .values_list(as_text("id"), "start", "end", "code__hue", "code__label", "code__name")
    ),
    assignment=UUID,
    start=int,
    end=int,
)
_spoken = Compiled(
    lambda version, start, end: (
        Turn.objects.filter(version=version, start__lt=end, end__gt=start)
        .order_by("position")
        .values_list(*Spoken._fields, "searched__text")
    ),
    version=UUID,
    start=int,
    end=int,
)


def lost_words(assignment: CodingAssignment) -> int:
    """How many codings lost their words by a correction and wait for their coder."""
    return _lost.first(assignment=assignment.id) or 0


def memo_of_text(assignment: CodingAssignment) -> Memo | None:
    """The coder's note on the whole transcript."""
    return _memo.first(assignment=assignment.id)


@dataclass(frozen=True)
class Passage:
    """One coding with what stands around it; all of it is the coder's own."""

    coding: Coding
    code: Code
    path: str
    memo: Memo | None
    words: str
    turn_number: int
    also_here: list[Coding]
    before: Coding | None
    after: Coding | None

    @property
    def word_count(self) -> int:
        return len(self.words.split())

    @property
    def excerpt(self) -> str:
        """The words, shortened in the middle where they are many."""
        words = self.words.split(" ")
        return self.words if len(words) <= 30 else " ".join([*words[:16], "…", *words[-10:]])


def passage(coding: Coding) -> Passage:
    """A coding, its memo, the codings that overlap it, and its neighbours in the text."""
    standing = Coding.objects.standing().filter(assignment=coding.assignment_id).select_related("code")
    start, end = coding.start, coding.end
    others = standing.exclude(id=coding.id)
    code = Code.objects.select_related("parent__parent").get(id=coding.code_id)
    overlapping = list(others.filter(start__lt=end, end__gt=start))
    version = TranscriptVersion.objects.filter(id=coding.assignment.transcript_version_id)
    first = Turn.objects.filter(version=coding.assignment.transcript_version_id, end__gt=start)
    return Passage(
        coding=coding,
        code=code,
        path=path_to(code),
        memo=Memo.objects.filter(coding=coding).first(),
        words=version.values_list(Substr("text", start + 1, end - start), flat=True).get(),
        turn_number=first.order_by("position").values_list("position", flat=True)[0] + 1,
        also_here=overlapping,
        before=others.filter(end__lte=start).order_by("-end", "-start").first(),
        after=others.filter(start__gte=end).order_by("start", "-end").first(),
    )


def to_explain(assignment: CodingAssignment) -> QuerySet[Coding]:
    """Codings marked "discuss" that have no memo yet."""
    written = Memo.objects.filter(coding=OuterRef("id")).exclude(text="")
    marked = Coding.objects.standing().filter(assignment=assignment, is_to_discuss=True)
    return marked.filter(~Exists(written)).select_related("code").order_by("start")


_texts = Compiled(
    lambda version: TranscriptVersion.objects.filter(id=version).only(
        "text", "sentence_starts", "sentence_ends"
    ),
    version=UUID,
)
_turns = Compiled(
    lambda version: Turn.objects.filter(version=version).order_by("position").values_list(*Spoken._fields),
    version=UUID,
)
_standing = Compiled(
    lambda assignment: (
        Coding.objects.standing()
        .filter(assignment=assignment)
        .order_by()
        .values_list(as_text("id"), as_text("code"), "start", "end")
    ),
    assignment=UUID,
)
_lost = Compiled(
    lambda assignment: (
        Coding.objects.to_decide()
        .filter(assignment=assignment)
        .order_by()
        .values("assignment")
        .annotate(number=Count("id"))
        .values_list("number", flat=True)
    ),
    assignment=UUID,
)
_memo = Compiled(lambda assignment: Memo.objects.filter(assignment=assignment, coding=None), assignment=UUID)
