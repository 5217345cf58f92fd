"""Full-text search over transcripts: how often and where, and a text with what was looked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from operator import and_
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import Count, F, Func, IntegerField, QuerySet, UUIDField, Value
from django.db.models.functions import Substr

from apps.core.compiled import Compiled
from apps.core.row_keys import any_of
from apps.studies.models import Membership
from apps.transcripts.engine.search import START, STOP, Piece, Term, between, pieces, snippet, terms
from apps.transcripts.models import SearchedTurn, TranscriptVersion, Turn
from apps.transcripts.queries.texts import PERSON, Spoken, newest, spoken

CONFIGURATION = "concord_words"
NAMED = ("id", "transcript", f"{PERSON}__pseudonym", f"{PERSON}__group__name")


class Searched(NamedTuple):
    """A text that was looked into; all of a study are read at once, so this is no row of the models."""

    version: UUID
    transcript: UUID
    pseudonym: str
    group: str


@dataclass(frozen=True)
class Hit:
    """A turn in which everything stands that was looked for."""

    place: Searched
    turn: Turn
    pieces: list[Piece]

    @property
    def number(self) -> int:
        return self.turn.position + 1


class Shape(NamedTuple):
    """What the SQL depends on: which terms are beginnings of words, and whether a role is asked for."""

    beginnings: tuple[bool, ...]
    has_role: bool


@dataclass(frozen=True)
class Found:
    """All hits, in the order of the transcripts and of what was said; read slice by slice."""

    shape: Shape
    asked: Mapping[str, str]
    texts: list[Searched]
    counts: Mapping[UUID, int]

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __getitem__(self, wanted: slice) -> list[Hit]:
        inside, skipped = self._window(wanted.start, wanted.stop)
        if not inside:
            return []
        by_id = {text.version: text for text in inside}
        hits = _hits(self.shape, skipped, skipped + wanted.stop - wanted.start)
        return [
            Hit(by_id[row.version_id], row.turn, snippet(pieces(row.marked)))
            for row in hits(versions=list(by_id), **self.asked)
        ]

    def _window(self, start: int, stop: int) -> tuple[list[Searched], int]:
        """The transcripts that a page lies in, and how many hits of the first are on pages before."""
        inside: list[Searched] = []
        before = at = 0
        for text in self.texts:
            if at < stop and at + self.counts[text.version] > start:
                before = before if inside else at
                inside.append(text)
            at += self.counts[text.version]
        return inside, start - before


def find(
    membership: Membership,
    asked: str,
    *,
    group: UUID | None = None,
    site: UUID | None = None,
    role: str = "",
    name: str = "",
) -> Found | None:
    """Turns of the transcripts that the member may see; None where nothing was asked that could be found."""
    listed = terms(asked)
    if not listed:
        return None
    versions = newest(membership, group=group, name=name)
    if site:
        versions = versions.filter(**{f"{PERSON}__site": site})
    in_order = versions.order_by(f"{PERSON}__group__position", f"{PERSON}__number")
    texts = [Searched(*row) for row in in_order.values_list(*NAMED)]
    shape = Shape(tuple(term.is_beginning for term in listed), bool(role))
    values = dict(zip(_names(shape), [*map(_written, listed), *([role] if role else [])], strict=True))
    # The index is asked once for the counts; of the texts only those of one page are read.
    counts = dict(_counts(shape)(versions=[text.version for text in texts], **values))
    return Found(shape, values, [text for text in texts if text.version in counts], counts)


def marked(version: TranscriptVersion, asked: str) -> list[Spoken]:
    """The whole text turn by turn, with what was looked for in pieces of its own."""
    listed = terms(asked)
    if not listed:
        return spoken(version)
    query = _query([term.is_beginning for term in listed], map(_written, listed))
    rows = SearchedTurn.objects.filter(version=version, words=query).values_list("position", _marked(query))
    found = {position + 1: tuple(pieces(words)) for position, words in rows}
    return [replace(turn, pieces=found.get(turn.number, ())) for turn in spoken(version)]


def marked_between(version: TranscriptVersion, start: int, end: int) -> list[Spoken]:
    """The whole text turn by turn, with the passage [start, end) in pieces of its own."""
    return [
        replace(turn, pieces=tuple(between(turn.words, start - turn.start, end - turn.start)))
        if turn.start < end and start < turn.end
        else turn
        for turn in spoken(version)
    ]


@lru_cache(maxsize=100)
def _counts(shape: Shape) -> Compiled[tuple[UUID, int]]:
    def counted(versions: list[UUID], **asked: Any) -> QuerySet[SearchedTurn, tuple[UUID, int]]:
        rows = _matching(shape, versions, asked).order_by()
        return rows.values_list("version").annotate(number=Count("turn"))

    return Compiled(counted, versions=list, **dict.fromkeys(_names(shape), str))


@lru_cache(maxsize=200)
def _hits(shape: Shape, start: int, stop: int) -> Compiled[Any]:
    def of_a_page(versions: list[UUID], **asked: Any) -> QuerySet[SearchedTurn]:
        rows = _matching(shape, versions, asked).select_related("turn").defer("words")
        rows = rows.annotate(marked=_marked(_query_of(shape, asked)))
        return rows.order_by(_place_in(versions), "position")[start:stop]

    return Compiled(of_a_page, versions=list, **dict.fromkeys(_names(shape), str))


def _names(shape: Shape) -> list[str]:
    """What the values of a question are called: a word for each term, and the role."""
    words = [f"word_{number}" for number in range(len(shape.beginnings))]
    return [*words, *(["role"] if shape.has_role else [])]


def _matching(shape: Shape, versions: list[UUID], asked: Mapping[str, Any]) -> QuerySet[SearchedTurn]:
    rows = SearchedTurn.objects.filter(words=_query_of(shape, asked), version__in=any_of(versions))
    return rows.filter(role=asked["role"]) if shape.has_role else rows


def _query_of(shape: Shape, asked: Mapping[str, Any]) -> SearchQuery:
    return _query(shape.beginnings, (asked[name] for name in _names(shape) if name != "role"))


def _query(beginnings: Iterable[bool], written: Iterable[str]) -> SearchQuery:
    """All of the terms."""
    kinds = ("raw" if is_beginning else "phrase" for is_beginning in beginnings)
    queries = (
        SearchQuery(words, config=CONFIGURATION, search_type=kind)
        for words, kind in zip(written, kinds, strict=True)
    )
    return reduce(and_, queries)


def _written(term: Term) -> str:
    """The beginning of a word is quoted, so that no sign in it means anything."""
    if not term.is_beginning:
        return term.words
    quoted = term.words.replace("\\", " ").replace("'", "''")
    return f"'{quoted}':*"


def _place_in(versions: list[UUID]) -> Func:
    given = Value(versions, output_field=ArrayField(UUIDField()))
    return Func(given, F("version"), function="array_position", output_field=IntegerField())


def _marked(query: SearchQuery) -> SearchHeadline:
    words = Substr("version__text", F("turn__start") + 1, F("turn__end") - F("turn__start"))
    return SearchHeadline(
        words, query, config=CONFIGURATION, start_sel=START, stop_sel=STOP, highlight_all=True
    )
