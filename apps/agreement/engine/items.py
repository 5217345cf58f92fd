"""Codings laid on the participants' own words, with each coder's touching ones merged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from .matching import Item
from .study import NO_INFLUENCE, Ints, Study, Transcript
from .sweep import Ruler
from .units import Pieces, UnitRules, intersect, missing, pieces, speech


class Layout:
    """One transcript's participant characters on a line of their own, and the way back to the text."""

    def __init__(self, transcript: Transcript, rules: UnitRules) -> None:
        starts, ends = speech(transcript, rules.roles)
        self.pieces = _words_within(transcript, starts, ends)
        self._starts: list[int] = self.pieces.starts.tolist()
        self._ends: list[int] = self.pieces.ends.tolist()
        self._turns: list[int] = np.searchsorted(starts, self.pieces.starts, side="right").tolist()
        lengths = self.pieces.ends - self.pieces.starts
        self._before: list[int] = (np.cumsum(lengths) - lengths).tolist()
        self._answer_ends: list[int] = []
        self._answers: list[int] = []
        self._has_answers = missing(transcript, "answer") is None
        if self._has_answers:
            answers = pieces(transcript, "answer", rules)
            self._answer_ends, self._answers = answers.ends.tolist(), answers.unit.tolist()

    def text_ranges(self, stretches: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Map stretches of participant characters to ranges of text, one for each turn they touch."""
        ranges: list[tuple[int, int]] = []
        for low, high in stretches:
            first, last = bisect_right(self._before, low) - 1, bisect_right(self._before, high - 1) - 1
            start = self._starts[first] + low - self._before[first]
            while self._turns[first] != self._turns[last]:
                first = bisect_right(self._turns, self._turns[first])
                ranges.append((start, self._ends[first - 1]))
                start = self._starts[first]
            ranges.append((start, self._starts[last] + high - self._before[last]))
        return tuple(ranges)

    def answer_at(self, offset: int) -> int | None:
        """Give the place (from 0) of the answer at a text offset, None where answers cannot be told."""
        place = bisect_right(self._answer_ends, offset)
        return self._answers[place] if place < len(self._answers) else None


class Texts:
    """The layouts of a study, and the rulers that measure spans on all of them at once."""

    def __init__(self, study: Study, rules: UnitRules) -> None:
        self._layouts = [Layout(transcript, rules) for transcript in study.transcripts]
        lengths = np.array([transcript.length for transcript in study.transcripts], dtype=np.int64)
        self.offsets = np.cumsum(lengths) - lengths
        spoken = [layout.pieces for layout in self._layouts]
        anybody = [_whole(transcript) for transcript in study.transcripts]
        self.everything = Ruler.of(anybody, self.offsets, by_unit=False)
        self.characters = Ruler.of(spoken, self.offsets, by_unit=False)
        self.words = Ruler.of(spoken, self.offsets, by_unit=True)

    def layout(self, transcript: int) -> Layout:
        """Give the layout of one transcript, by its place in the study."""
        return self._layouts[transcript]


def items_of(study: Study, texts: Texts) -> dict[tuple[int, int], list[Item]]:
    """Give the codings of each (transcript, coder), in order of code, influence and text.

    Overlapping and touching spans of one coder, code and influence are one coding (white space between them
    does not count); spans that touch no word of a participant make no difference and are left out.
    """
    spans = study.spans
    offset = texts.offsets[spans.transcript] if len(spans) else spans.start
    raw_start, raw_end = spans.start + offset, spans.end + offset
    start, end = texts.everything.measure(raw_start, raw_end)
    influences = spans.influence - NO_INFLUENCE
    group = (spans.transcript * len(study.coders) + spans.coder) * len(study.codes) + spans.code
    group = group * (int(influences.max(initial=0)) + 1) + influences
    order = np.lexsort((raw_start, start, group))
    if len(order) == 0:
        return {}
    firsts, lasts = _merged(group[order], start[order], end[order])
    merged_start = np.minimum.reduceat(raw_start[order], firsts)
    merged_end = np.maximum.reduceat(raw_end[order], firsts)
    first_rows = order[firsts]
    transcript = spans.transcript[first_rows]
    columns = (
        *_on_own_line(texts.characters, transcript, merged_start, merged_end),
        spans.code[first_rows],
        spans.influence[first_rows],
        merged_start - texts.offsets[transcript],
        merged_end - texts.offsets[transcript],
        *_on_own_line(texts.words, transcript, merged_start, merged_end),
    )
    owners = zip(transcript.tolist(), spans.coder[first_rows].tolist(), strict=True)
    rows = order.tolist()
    extents = zip(firsts.tolist(), lasts.tolist(), strict=True)
    members = [tuple(rows[first : last + 1]) for first, last in extents]
    items = map(Item, *(column.tolist() for column in columns), members)
    found: dict[tuple[int, int], list[Item]] = {}
    for owner, item in zip(owners, items, strict=True):
        if item.low < item.high:
            found.setdefault(owner, []).append(item)
    return found


def joined_across_speech(first: Sequence[Item], second: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Join two codings that only interviewer speech parts, where the other coder's span runs across it.

    Nobody then differs by interviewer speech alone; where the other coder stopped as well, both stay apart.
    """
    return _joined(first, second), _joined(second, first)


def _joined(items: Sequence[Item], others: Sequence[Item]) -> list[Item]:
    found: list[Item] = []
    reach = -1  # where the coding before ends
    for item in items:
        if item.low == reach and _continues(found[-1], item) and _crossed(item.low, item.code, others):
            before = found.pop()
            item = before._replace(
                end=max(before.end, item.end),
                high=item.high,
                after_word=item.after_word,
                rows=before.rows + item.rows,
            )
        found.append(item)
        reach = item.high
    return found


def _continues(before: Item, item: Item) -> bool:
    return (before.code, before.influence) == (item.code, item.influence)


def _crossed(place: int, code: int, others: Sequence[Item]) -> bool:
    return any(other.code == code and other.low < place < other.high for other in others)


def _merged(group: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Give first and last place of each run of overlapping or touching intervals (in order)."""
    rank = np.cumsum(np.diff(group, prepend=group[0]) != 0) * (int(end.max()) + 1)
    furthest = np.maximum.accumulate(rank + end)
    firsts = np.flatnonzero(np.append(True, rank[1:] + start[1:] > furthest[:-1]))
    return firsts, np.append(firsts[1:], len(group)) - 1


def _on_own_line(ruler: Ruler, transcript: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Measure ranges from the beginning of their own transcript."""
    before = np.cumsum(ruler.sizes) - ruler.sizes
    low, high = ruler.measure(start, end)
    empty = low == high
    return np.where(empty, 0, low - before[transcript]), np.where(empty, 0, high - before[transcript])


def _words_within(transcript: Transcript, starts: Ints, ends: Ints) -> Pieces:
    if transcript.words is not None:
        starts, ends, _ = intersect(starts, ends, transcript.words)
    return Pieces(starts, ends, np.arange(len(starts)))


def _whole(transcript: Transcript) -> Pieces:
    if transcript.words is not None:
        return Pieces(transcript.words[:, 0], transcript.words[:, 1], np.arange(len(transcript.words)))
    whole = np.array([0] if transcript.length else [], dtype=np.int64)
    return Pieces(whole, whole + transcript.length, np.zeros(len(whole), dtype=np.int64))
