"""Exact counts by an interval sweep: never an array of characters, only sorted starts and ends.

Each span is mapped to the coordinates of a level (characters of speech, or unit numbers), where it is again
an interval; sorting all starts and ends then tells, between any two of them, which coders cover the stretch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from .study import Floats, Ints
from .units import Line, Pieces

MASK_CODERS = 8
"""Up to so many coders of one transcript are counted by set; above, pair by pair (there are 2^m sets)."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Intervals ordered by (transcript, row, slot, start); a slot is a coder's place in the transcript."""

    transcript: Ints
    row: Ints
    slot: Ints
    start: Ints
    end: Ints

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True, eq=False)
class Ruler:
    """The pieces of a line, to turn its offsets into coordinates of a level."""

    starts: Ints
    ends: Ints
    before: Ints
    by_unit: bool
    sizes: Ints

    @classmethod
    def of(cls, pieces: Pieces, line: Line, *, by_unit: bool) -> Ruler:
        """Measure in units, or in characters of the pieces; `sizes` are those of each text of the line."""
        lengths = pieces.ends - pieces.starts
        text = line.text_at(pieces.starts)
        texts = len(line.offsets) - 1
        if by_unit:
            opens = np.diff(pieces.unit, prepend=-1) != 0
            sizes = np.bincount(text[opens], minlength=texts)
            return cls(pieces.starts, pieces.ends, pieces.unit, True, sizes)
        sizes = np.bincount(text, weights=lengths, minlength=texts).astype(np.int64)
        return cls(pieces.starts, pieces.ends, np.cumsum(lengths) - lengths, False, sizes)

    def measure(self, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
        """Map half-open text ranges to half-open coordinate ranges; one that touches nothing is empty."""
        if len(self.starts) == 0:
            return np.zeros_like(starts), np.zeros_like(starts)
        first = np.searchsorted(self.ends, starts, side="right")
        after = np.searchsorted(self.starts, ends, side="left")
        return self._coordinates(starts, ends, first, after - 1)

    def _coordinates(self, starts: Ints, ends: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
        """Map ranges of which the first and the last piece that they touch are known."""
        empty = first > last
        place = np.append(self.before, self.sizes.sum())[first]
        first = np.minimum(first, len(self.starts) - 1)
        last = np.maximum(last, 0)
        low, high = self.before[first], self.before[last]
        if self.by_unit:
            high = high + 1
        else:
            low = low + np.maximum(starts - self.starts[first], 0)
            high = high + np.minimum(ends, self.ends[last]) - self.starts[last]
        return np.where(empty, place, low), np.where(empty, place, high)


def measured(rulers: Iterable[Ruler], starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield what `measure` of each ruler gives, after one search among the borders of all of them.

    An offset has as many borders of a ruler before it as the last border of any ruler before it has.
    """
    rulers = list(rulers)
    borders = _joined([column for ruler in rulers for column in (ruler.starts, ruler.ends)])
    borders.sort()
    up_to_start = np.searchsorted(borders, starts, side="right")
    before_end = np.searchsorted(borders, ends, side="left")
    for ruler in rulers:
        if len(ruler.starts) == 0:
            yield ruler.measure(starts, ends)
            continue
        closed = np.append(0, np.searchsorted(ruler.ends, borders, side="right"))
        opened = np.append(0, np.searchsorted(ruler.starts, borders, side="right"))
        yield ruler._coordinates(starts, ends, closed[up_to_start], opened[before_end] - 1)


def ordered(runs: Runs) -> Runs:
    """Sort by transcript, row, slot and start."""
    key = _group(runs.transcript, runs.row, runs.slot)
    order = np.argsort(key * (int(runs.start.max(initial=0)) + 1) + runs.start)
    columns = (runs.transcript, runs.row, runs.slot, runs.start, runs.end)
    return Runs(*(column[order] for column in columns))


def merged(runs: Runs) -> Runs:
    """Join overlapping and touching intervals of one slot (runs must be ordered); empty ones disappear."""
    kept = runs.start < runs.end
    if not kept.all():
        runs = Runs(runs.transcript[kept], runs.row[kept], runs.slot[kept], runs.start[kept], runs.end[kept])
    if len(runs) == 0:
        return runs
    reach = int(runs.end.max()) + 1
    group = _group(runs.transcript, runs.row, runs.slot) * reach
    furthest = np.maximum.accumulate(group + runs.end)
    opens = np.append(True, group[1:] + runs.start[1:] > furthest[:-1])
    firsts = np.flatnonzero(opens)
    lasts = np.append(firsts[1:], len(runs)) - 1
    end = furthest[lasts] - group[lasts]
    return Runs(runs.transcript[firsts], runs.row[firsts], runs.slot[firsts], runs.start[firsts], end)


def cover(runs: Runs, *, transcripts: int, rows: int, slots: int) -> Floats:
    """Sweep merged runs into [transcript, row, set of coders]: how much exactly this set of coders covers.

    The set is a bit mask over slots; mask 0 (covered by none) is left at 0, because only the caller knows
    how much there is. Values are whole numbers held exactly in float64.
    """
    cells = 1 << slots
    if len(runs) == 0:
        return np.zeros((transcripts, rows, cells))
    reach = int(runs.end.max()) + 1
    group = (runs.transcript * rows + runs.row) * reach
    bits = max(1, (slots - 1).bit_length())
    low = (runs.slot << 1) | 1
    opening = ((group + runs.start) << (bits + 1)) | low
    closing = ((group + runs.end) << (bits + 1)) | (runs.slot << 1)
    events = np.concatenate([opening, closing])
    events.sort()
    step = np.where(events & 1, 1, -1) << ((events >> 1) & ((1 << bits) - 1))
    mask = np.cumsum(step)[:-1]
    place = events >> (bits + 1)
    lengths = np.diff(place)
    covered = (mask != 0) & (lengths > 0)
    cell = (place[:-1][covered] // reach) * cells + mask[covered]
    table = sums(cell, lengths[covered], transcripts * rows * cells)
    return table.reshape(transcripts, rows, cells)


def pairs_of(masks: Floats, slots: int) -> tuple[Floats, Floats]:
    """From tables by set: what each slot covers [.., slot], and what each two cover both [.., pair]."""
    sets = np.arange(1 << slots)
    inside = ((sets[:, None] >> np.arange(slots)) & 1).astype(np.float64)
    both = np.stack([inside[:, i] * inside[:, j] for i, j in slot_pairs(slots)], axis=1)
    return masks @ inside, masks @ both


def pairs_by_sweep(runs: Runs, *, transcripts: int, rows: int, slots: int) -> tuple[Floats, Floats]:
    """The same as `pairs_of`, for more coders than sets can be kept of: one sweep for each two slots."""
    cell = (runs.transcript * rows + runs.row) * slots + runs.slot
    alone = sums(cell, runs.end - runs.start, transcripts * rows * slots).reshape(transcripts, rows, slots)
    both = np.zeros((transcripts, rows, slots * (slots - 1) // 2))
    for place, (i, j) in enumerate(slot_pairs(slots)):
        kept = (runs.slot == i) | (runs.slot == j)
        slot = (runs.slot[kept] == j).astype(np.int64)
        two = Runs(runs.transcript[kept], runs.row[kept], slot, runs.start[kept], runs.end[kept])
        both[:, :, place] = cover(two, transcripts=transcripts, rows=rows, slots=2)[:, :, 3]
    return alone, both


def sums(cell: Ints, values: Ints, cells: int) -> Floats:
    """Sum values by cell number; whole numbers are exact up to 2^53."""
    return np.bincount(cell, weights=values, minlength=cells).astype(np.float64, copy=False)


def slot_pairs(slots: int) -> list[tuple[int, int]]:
    """List every two slots, in order."""
    return [(i, j) for i in range(slots) for j in range(i + 1, slots)]


def _group(transcript: Ints, row: Ints, slot: Ints) -> Ints:
    rows = int(row.max(initial=0)) + 1
    slots = int(slot.max(initial=0)) + 1
    return (transcript * rows + row) * slots + slot


def _joined(arrays: list[Ints]) -> Ints:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int64)
