"""Codings laid on the participants' own words, with each coder's touching ones merged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

import numpy as np

from .matching import Item
from .study import NO_INFLUENCE, Ints, Study
from .sweep import Ruler
from .units import Line, Pieces, UnitRules, intersect, missing, pieces, speech

Ranges = tuple[tuple[int, int], ...]


class Layout:
    """The participants' characters of all transcripts on a line of their own, and the way back."""

    def __init__(self, study: Study, rules: UnitRules) -> None:
        line = Line.of(study.transcripts)
        starts, ends = speech(line, rules.roles)
        spoken = _numbered(*intersect(starts, ends, line.words)[:2])
        self.offsets = line.offsets
        self.everything = Ruler.of(_numbered(line.words[:, 0], line.words[:, 1]), line, by_unit=False)
        self.characters = Ruler.of(spoken, line, by_unit=False)
        self.words = Ruler.of(spoken, line, by_unit=True)
        self._offsets: list[int] = line.offsets.tolist()
        self._starts: list[int] = spoken.starts.tolist()
        self._ends: list[int] = spoken.ends.tolist()
        self._turns: list[int] = np.searchsorted(starts, spoken.starts, side="right").tolist()
        self._before: list[int] = self.characters.before.tolist()
        answers = pieces(line, "answer", rules)
        self._has_answers = [missing(transcript, "answer") is None for transcript in study.transcripts]
        self._answer_ends: list[int] = answers.ends.tolist()
        self._answers: list[int] = answers.unit.tolist()
        self._first_piece: list[int] = np.searchsorted(answers.starts, line.offsets).tolist()

    def text_ranges(self, transcript: int, stretches: Iterable[tuple[int, int]]) -> Ranges:
        """Map stretches of participant characters to ranges of a text, one for each turn they touch."""
        ranges: list[tuple[int, int]] = []
        for low, high in stretches:
            first, last = bisect_right(self._before, low) - 1, bisect_right(self._before, high - 1) - 1
            ranges += self.range_of_words(transcript, low, high, first, last)
        return tuple(ranges)

    def range_of_words(self, transcript: int, low: int, high: int, first: int, last: int) -> Ranges:
        """The same for one stretch, of which the first and the last word are known."""
        offset = self._offsets[transcript]
        start = self._starts[first] + low - self._before[first] - offset
        end = self._starts[last] + high - self._before[last] - offset
        if self._turns[first] == self._turns[last]:
            return ((start, end),)
        ranges: list[tuple[int, int]] = []
        while self._turns[first] != self._turns[last]:
            first = bisect_right(self._turns, self._turns[first])
            ranges.append((start, self._ends[first - 1] - offset))
            start = self._starts[first] - offset
        return (*ranges, (start, end))

    def answer_at(self, transcript: int, place: int) -> int | None:
        """Give the number (from 0) of the answer at a place of a text, None where answers cannot be told."""
        if not self._has_answers[transcript]:
            return None
        piece = bisect_right(self._answer_ends, place + self._offsets[transcript])
        first, after = self._first_piece[transcript : transcript + 2]
        return self._answers[piece] - self._answers[first] if piece < after else None


def items_of(study: Study, layout: Layout) -> dict[tuple[int, int], list[Item]]:
    """Give the codings of each (transcript, coder), in order of code, influence and text.

    Overlapping and touching spans of one coder, code and influence are one coding (white space between them
    does not count); spans that touch no word of a participant make no difference and are left out.
    """
    spans = study.spans
    offset = layout.offsets[spans.transcript]
    raw_start, raw_end = spans.start + offset, spans.end + offset
    start, end = layout.everything.measure(raw_start, raw_end)
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
        *layout.characters.measure(merged_start, merged_end),
        spans.code[first_rows],
        spans.influence[first_rows],
        merged_start - layout.offsets[transcript],
        merged_end - layout.offsets[transcript],
        *layout.words.measure(merged_start, merged_end),
    )
    owners = zip(transcript.tolist(), spans.coder[first_rows].tolist(), strict=True)
    ids = [spans.id(row) for row in order.tolist()]
    extents = zip(firsts.tolist(), lasts.tolist(), strict=True)
    members = [tuple(ids[first : last + 1]) for first, last in extents]
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
                ids=before.ids + item.ids,
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


def _numbered(starts: Ints, ends: Ints) -> Pieces:
    return Pieces(starts, ends, np.arange(len(starts)))
