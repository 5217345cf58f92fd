"""Full-text search over transcripts: how often and where, and a text with what was looked for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from itertools import islice
from operator import and_
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

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

    @property
    def words(self) -> list[str]:
        """What the values of the terms are called."""
        return [f"word_{number}" for number in range(len(self.beginnings))]

    def query(self, values: Mapping[str, Any]) -> SearchQuery:
        return _query(self.beginnings, map(values.__getitem__, self.words))


@dataclass(frozen=True)
class Found:
    """All hits, in the order of the transcripts and of what was said; read slice by slice."""

    shape: Shape
    asked: Mapping[str, str]
    texts: list[Searched]
    positions: Mapping[UUID, list[int]]

    def __len__(self) -> int:
        return sum(map(len, self.positions.values()))

    def __getitem__(self, wanted: slice) -> list[Hit]:
        hits = _turns_at(list(islice(self._places(), wanted.start, wanted.stop)))
        marked = dict(_marked_in(self.shape)(turns=[turn.id for _, turn in hits], **self.asked))
        return [Hit(text, turn, snippet(pieces(marked[turn.id]))) for text, turn in hits]

    def _places(self) -> Iterator[tuple[Searched, int]]:
        for text in self.texts:
            for position in sorted(self.positions[text.version]):
                yield text, position


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
    texts = _texts(membership, group=group, site=site, name=name)
    shape = Shape(tuple(term.is_beginning for term in listed), bool(role))
    words = dict(zip(shape.words, map(_written, listed), strict=True))
    # The index is asked once for the places; of the texts only those of one page are read.
    where = {"versions": [text.version for text in texts], **({"role": role} if role else {})}
    positions = dict(_positions(shape)(**words, **where))
    return Found(shape, words, [text for text in texts if text.version in positions], positions)


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


def _texts(membership: Membership, *, group: UUID | None, site: UUID | None, name: str) -> list[Searched]:
    """The texts to look into; where all of a study are looked into, their SQL stands ready."""
    if group or site or name:
        versions = newest(membership, group=group, name=name)
        versions = versions.filter(**{f"{PERSON}__site": site}) if site else versions
        rows = list(_named(versions))
    else:
        rows = _every(tuple(membership.roles))(study=membership.study_id)
    return [Searched(*row) for row in rows]


@lru_cache(maxsize=100)
def _every(roles: tuple[str, ...]) -> Compiled[tuple[UUID, UUID, str, str]]:
    """All that a member with these roles may see: transcripts are seen by role, whoever it is."""

    def seen(study: UUID) -> QuerySet[TranscriptVersion, tuple[UUID, UUID, str, str]]:
        return _named(newest(Membership(study_id=study, roles=list(roles)), group=None, name=""))

    return Compiled(seen, study=UUID)


def _named(
    versions: QuerySet[TranscriptVersion],
) -> QuerySet[TranscriptVersion, tuple[UUID, UUID, str, str]]:
    in_order = versions.order_by(f"{PERSON}__group__position", f"{PERSON}__number")
    return in_order.values_list(*NAMED)


@lru_cache(maxsize=100)
def _positions(shape: Shape) -> Compiled[tuple[UUID, list[int]]]:
    def found(versions: list[UUID], **asked: Any) -> QuerySet[SearchedTurn, tuple[UUID, list[int]]]:
        rows = SearchedTurn.objects.filter(words=shape.query(asked), version__in=any_of(versions))
        rows = rows.filter(role=asked["role"]) if shape.has_role else rows
        return rows.order_by().values_list("version").annotate(positions=ArrayAgg("position"))

    names = [*shape.words, "role"] if shape.has_role else shape.words
    return Compiled(found, versions=list, **dict.fromkeys(names, str))


@lru_cache(maxsize=100)
def _marked_in(shape: Shape) -> Compiled[tuple[UUID, str]]:
    def of_a_page(turns: list[UUID], **asked: Any) -> QuerySet[SearchedTurn, tuple[UUID, str]]:
        rows = SearchedTurn.objects.filter(turn__in=any_of(turns)).order_by()
        return rows.values_list("turn", _marked(shape.query(asked)))

    return Compiled(of_a_page, turns=list, **dict.fromkeys(shape.words, str))


def _turns_at(places: list[tuple[Searched, int]]) -> list[tuple[Searched, Turn]]:
    """The turn at each place, unless it cannot be seen any more since the places were found."""
    versions, positions = [text.version for text, _ in places], [position for _, position in places]
    turns = {
        (turn.version_id, turn.position): turn for turn in _turns(versions=versions, positions=positions)
    }
    found = ((text, turns.get((text.version, position))) for text, position in places)
    return [(text, turn) for text, turn in found if turn]


# Both lists hold one value for each turn.
_turns = Compiled(
    lambda versions, positions: Turn.objects.filter(
        id__in=RawSQL(
            'SELECT id FROM transcripts_turn WHERE (version_id, "position") IN '
            "(SELECT * FROM unnest(%s::uuid[], %s::integer[]))",
            [versions, positions],
        )
    ).order_by(),
    versions=list,
    positions=list,
)


def _query(beginnings: Iterable[bool], written: Iterable[str]) -> SearchQuery:
    """All of the terms."""
    kinds = ("raw" if is_beginning else "phrase" for is_beginning in beginnings)
    queries = (
        _ReadOnce(words, config=CONFIGURATION, search_type=kind)
        for words, kind in zip(written, kinds, strict=True)
    )
    return reduce(and_, queries)


def _written(term: Term) -> str:
    """The beginning of a word is quoted, so that no sign in it means anything."""
    if not term.is_beginning:
        return term.words
    quoted = term.words.replace("\\", " ").replace("'", "''")
    return f"'{quoted}':*"


def _marked(query: SearchQuery) -> SearchHeadline:
    return SearchHeadline(
        "text", query, config=CONFIGURATION, start_sel=START, stop_sel=STOP, highlight_all=True
    )


class _ReadOnce(SearchQuery):
    """What is looked for; without a question of its own it would be read anew for each row."""

    template = "(SELECT %(function)s(%(expressions)s))"
