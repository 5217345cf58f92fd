"""What two coders did differently: every coding is either agreed on or in exactly one discrepancy."""

from __future__ import annotations

import gc
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, combinations, pairwise
from operator import attrgetter
from typing import Literal, get_args

from .items import Layout, Ranges, items_of, joined_across_speech
from .matching import (
    CROSS_SHARE,
    Item,
    Side,
    Tolerance,
    agrees,
    other_code_pairs,
    same_code,
    shares,
)
from .study import INFLUENCES, Influence, InputError, Study
from .units import UnitRules

Kind = Literal["missed", "extra", "sibling", "construct", "level", "boundary", "influence", "split"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Match:
    """Codings of both coders that agree; [start, end) is their union, the consensus span."""

    transcript: str
    coders: tuple[str, str]
    code: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    start: int
    end: int
    influences: tuple[Influence | None, Influence | None]
    agrees_on_influence: bool


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference between two coders of one transcript.

    `first` and `second` are the span ids of each coder that differ (one side may be empty); `beside` are
    those of the other coder on the same passage where one only added a code. [start, end) covers what
    differs, and `differs` are the ranges of participant speech by which it does. `answer` is the place (from
    0) of the answer where the difference begins, None where answers cannot be told.
    """

    kind: Kind
    transcript: str
    coders: tuple[str, str]
    first: tuple[str, ...]
    second: tuple[str, ...]
    beside: tuple[str, ...]
    first_codes: tuple[str, ...]
    second_codes: tuple[str, ...]
    start: int
    end: int
    differs: tuple[tuple[int, int], ...]
    answer: int | None


@dataclass(frozen=True, slots=True)
class Alignment:
    """All matches and all discrepancies of a study, in order of transcript, coders and text."""

    matches: tuple[Match, ...]
    discrepancies: tuple[Discrepancy, ...]


def find(
    study: Study, *, tolerance: Tolerance | None = None, rules: UnitRules | None = None
) -> tuple[Discrepancy, ...]:
    """Give the discrepancies of a study, for every two coders of every transcript."""
    with collector_paused():
        return tuple(found for pair in _compared(study, tolerance, rules) for found in pair.in_order())


def align(study: Study, *, tolerance: Tolerance | None = None, rules: UnitRules | None = None) -> Alignment:
    """Match the codings of every two coders of every transcript, and type what differs."""
    with collector_paused():
        pairs = list(_compared(study, tolerance, rules))
        return Alignment(
            tuple(match for pair in pairs for match in pair.matches()),
            tuple(found for pair in pairs for found in pair.in_order()),
        )


def _compared(study: Study, tolerance: Tolerance | None, rules: UnitRules | None) -> Iterator[Pair]:
    """Compare every two coders of every transcript, in the order of their names."""
    tolerance = tolerance or Tolerance()
    if tolerance.unit == "words":
        _needs_words(study)
    layout = Layout(study, rules or UnitRules())
    tree = Tree(study)
    items = items_of(study, layout)
    by_name = sorted(range(len(study.coders)), key=lambda coder: study.coders[coder])
    for place in sorted(range(len(study.transcripts)), key=lambda row: study.transcripts[row].id):
        coders = [coder for coder in by_name if study.assigned[place, coder]]
        for first, second in combinations(coders, 2):
            pair = Pair(study, layout, tree, place, (first, second))
            pair.compare(items.get((place, first), []), items.get((place, second), []), tolerance)
            yield pair


@contextmanager
def collector_paused() -> Iterator[None]:
    """Do without the search for cycles: what is made inside has none, and is much, and is all kept."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Tree:
    """Relations between codes, by their places in the codebook."""

    def __init__(self, study: Study) -> None:
        places = {code.id: place for place, code in enumerate(study.codes)}
        parents = [None if code.parent is None else places[code.parent] for code in study.codes]
        self._lines: list[tuple[int, ...]] = []
        for place in range(len(parents)):
            line, above = [place], parents[place]
            while above is not None:
                line.append(above)
                above = parents[above]
            self._lines.append(tuple(line))

    def kind(self, one: int, other: int) -> Kind:
        """Say how two different codes differ: by level, within one construct, or across constructs."""
        if other in self._lines[one] or one in self._lines[other]:
            return "level"
        return "sibling" if self._lines[one][-1] == self._lines[other][-1] else "construct"

    def closeness(self, one: int, other: int) -> int:
        """Rank relations, for choosing what to compare with what."""
        return {"level": 2, "sibling": 1}.get(self.kind(one, other), 0)


class Pair:
    """The comparison of two coders on one transcript."""

    def __init__(
        self,
        study: Study,
        layout: Layout,
        tree: Tree,
        transcript: int,
        coders: tuple[int, int],
    ) -> None:
        self.study = study
        self.layout = layout
        self.tree = tree
        self.place = transcript
        self.transcript = study.transcripts[transcript].id
        self.coders = study.coders[coders[0]], study.coders[coders[1]]
        self.matched: list[tuple[Item, Item]] = []
        self.discrepancies: list[Discrepancy] = []

    def compare(self, first: Sequence[Item], second: Sequence[Item], tolerance: Tolerance) -> None:
        first, second = joined_across_speech(first, second)
        found = same_code(first, second, tolerance)
        for mine, theirs in found.pairs:
            self._same_code(mine, theirs, tolerance)
        for several in found.splits:
            self._differ_by("split", *several)
        self._other_codes(found.alone, first, second)

    def in_order(self) -> list[Discrepancy]:
        """Give what differs in order of text."""
        return sorted(self.discrepancies, key=_order)

    def matches(self) -> list[Match]:
        """Give what agrees (in all but, perhaps, influence) in order of text."""
        found = [self._match(mine, theirs) for mine, theirs in self.matched]
        return sorted(found, key=lambda match: (match.start, match.end, match.code, match.first))

    def _match(self, mine: Item, theirs: Item) -> Match:
        return Match(
            transcript=self.transcript,
            coders=self.coders,
            code=self.study.codes[mine.code].id,
            first=mine.ids,
            second=theirs.ids,
            start=min(mine.start, theirs.start),
            end=max(mine.end, theirs.end),
            influences=(_influence(mine), _influence(theirs)),
            agrees_on_influence=mine.influence == theirs.influence,
        )

    def _same_code(self, mine: Item, theirs: Item, tolerance: Tolerance) -> None:
        if not agrees(mine, theirs, tolerance):
            self._differ_by("boundary", (mine,), (theirs,))
            return
        self.matched.append((mine, theirs))
        if mine.influence != theirs.influence:
            self._differ("influence", (mine,), (theirs,))

    def _other_codes(
        self, lonely: tuple[list[Item], list[Item]], first: Sequence[Item], second: Sequence[Item]
    ) -> None:
        paired: tuple[set[tuple[str, ...]], set[tuple[str, ...]]] = (set(), set())
        for mine, theirs in other_code_pairs(lonely[0], lonely[1], self.tree.closeness):
            paired[0].add(mine.ids)
            paired[1].add(theirs.ids)
            self._differ(self.tree.kind(mine.code, theirs.code), (mine,), (theirs,))
        for side, others in ((0, second), (1, first)):
            left = [item for item in lonely[side] if item.ids not in paired[side]]
            for item, beside in _beside(left, others):
                sides = ((item,), ()) if side == 0 else ((), (item,))
                self._differ("extra" if beside else "missed", *sides, beside=beside)

    def _differ_by(self, kind: Kind, first: Side, second: Side) -> None:
        """Note codings of one code that part of the text tells apart."""
        stretches = _difference(first, second) or _union(first, second)
        items = first + second
        extent = min(item.start for item in items), max(item.end for item in items)
        self._note(kind, first, second, (), extent, self.layout.text_ranges(self.place, stretches))

    def _differ(self, kind: Kind, first: Side, second: Side, *, beside: Sequence[Item] = ()) -> None:
        """Note that codings differ as a whole: one, or two that overlap."""
        items = first + second
        one, other = items[0], items[-1]
        stretch = min(one.low, other.low), max(one.high, other.high)
        words = min(one.first_word, other.first_word), max(one.after_word, other.after_word) - 1
        extent = min(one.start, other.start), max(one.end, other.end)
        differs = self.layout.range_of_words(self.place, *stretch, *words)
        self._note(kind, first, second, beside, extent, differs)

    def _note(
        self,
        kind: Kind,
        first: Side,
        second: Side,
        beside: Sequence[Item],
        extent: tuple[int, int],
        differs: Ranges,
    ) -> None:
        self.discrepancies.append(
            Discrepancy(
                kind=kind,
                transcript=self.transcript,
                coders=self.coders,
                first=_ids(first),
                second=_ids(second),
                beside=_ids(beside),
                first_codes=self._codes(first),
                second_codes=self._codes(second),
                start=extent[0],
                end=extent[1],
                differs=differs,
                answer=self.layout.answer_at(self.place, differs[0][0]),
            )
        )

    def _codes(self, items: Sequence[Item]) -> tuple[str, ...]:
        if not items:
            return ()
        if len(items) == 1:
            return (self.study.codes[items[0].code].id,)
        return tuple(sorted({self.study.codes[item.code].id for item in items}))


def _ids(items: Sequence[Item]) -> tuple[str, ...]:
    """Name the spans of codings, in order of text."""
    if not items:
        return ()
    if len(items) == 1:
        return items[0].ids
    return tuple(id for item in sorted(items, key=attrgetter("start", "end", "ids")) for id in item.ids)


def _needs_words(study: Study) -> None:
    for transcript in study.transcripts:
        if transcript.words is None:
            raise InputError(f"transcript {transcript.id!r}: a tolerance in words needs its words")


def _beside(items: Sequence[Item], others: Sequence[Item]) -> Iterator[tuple[Item, list[Item]]]:
    """With each coding, give those of the other coder that lie on at least half of the shorter of the two."""
    by_start = sorted(others, key=attrgetter("low"))
    starts = [other.low for other in by_start]
    reach = list(accumulate((other.high for other in by_start), max))
    for item in items:
        beside: list[Item] = []
        place = bisect_left(starts, item.high) - 1
        while place >= 0 and reach[place] > item.low:
            if shares(item, by_start[place], CROSS_SHARE):
                beside.append(by_start[place])
            place -= 1
        yield item, beside


def _union(first: Sequence[Item], second: Sequence[Item]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in sorted((item.low, item.high) for item in (*first, *second)):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _difference(first: Sequence[Item], second: Sequence[Item]) -> list[tuple[int, int]]:
    """Give the stretches that exactly one side covers."""
    mine, theirs = _union(first, ()), _union(second, ())
    cuts = sorted({end for stretch in (*mine, *theirs) for end in stretch})
    return [(low, high) for low, high in pairwise(cuts) if _covers(mine, low) != _covers(theirs, low)]


def _covers(stretches: Sequence[tuple[int, int]], place: int) -> bool:
    return any(low <= place < high for low, high in stretches)


def _influence(item: Item) -> Influence | None:
    return None if item.influence < 0 else INFLUENCES[item.influence]


def _order(
    found: Discrepancy,
) -> tuple[int, int, int, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    kind = KINDS.index(found.kind)
    return found.start, found.end, kind, found.first_codes, found.second_codes, found.first, found.second
