"""Who used which code where: codes of two coders side by side in the same unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from .results import Confusion
from .study import Bools, Floats, Ints
from .sweep import Ruler, Runs
from .units import Level

CELLS = 1_500_000
"""So many (unit, coder, code) cells are held at a time."""


def confusions(
    runs: Runs, ruler: Ruler, panel: Ints, coders: Sequence[str], codes: Sequence[str], level: Level
) -> tuple[Confusion, ...]:
    """Compare codes as they were applied (a construct only by its own spans), for every two coders."""
    size, width = len(codes), len(codes) + 1
    totals: dict[tuple[int, int], Floats] = {}
    for used, members in _incidence(runs, ruler, panel.shape[1], size):
        slots = panel[members]
        for pair in _pairs_in(slots):
            units = np.flatnonzero((slots == pair[0]).any(axis=1) & (slots == pair[1]).any(axis=1))
            first, second = (used[units, (slots[units] == coder).argmax(axis=1)] for coder in pair)
            totals[pair] = totals.get(pair, np.zeros((width, width))) + _cells(first, second)
    return tuple(_confusion(totals[pair], pair, coders, codes, level) for pair in sorted(totals))


def _incidence(runs: Runs, ruler: Ruler, slots: int, codes: int) -> Iterator[tuple[Bools, Ints]]:
    """Yield, some transcripts at a time, which codes each slot used in each unit, and whose unit it is."""
    low, high = ruler.measure(runs.start, runs.end)
    touching = low < high
    transcript, low, high = runs.transcript[touching], low[touching], high[touching]
    column = (runs.slot * codes + runs.row)[touching]
    ends = np.cumsum(ruler.sizes)
    step = max(1, CELLS // max(1, slots * codes))
    first = 0
    while first < len(ends):
        begin = int(ends[first] - ruler.sizes[first])
        after = max(first + 1, int(np.searchsorted(ends, begin + step, side="right")))
        units = int(ends[after - 1]) - begin
        here = (transcript >= first) & (transcript < after)
        cells = (units + 1) * slots * codes
        opened = np.bincount((low[here] - begin) * slots * codes + column[here], minlength=cells)
        closed = np.bincount((high[here] - begin) * slots * codes + column[here], minlength=cells)
        depth = np.cumsum((opened - closed).reshape(units + 1, slots * codes), axis=0)[:units]
        members = np.repeat(np.arange(first, after), ruler.sizes[first:after])
        yield (depth > 0).reshape(units, slots, codes), members
        first = after


def _pairs_in(slots: Ints) -> list[tuple[int, int]]:
    """List the pairs of coders that share a unit."""
    panels = {tuple(panel) for panel in np.unique(slots, axis=0).tolist()}
    return sorted({pair for panel in panels for pair in combinations([c for c in panel if c >= 0], 2)})


def _cells(first: Bools, second: Bools) -> Floats:
    """Count the units of each pair of codes; the last row and column are "nothing instead"."""
    mine, theirs = first & ~second, second & ~first
    codes = first.shape[1]
    table = np.zeros((codes + 1, codes + 1))
    table[:codes, :codes] = mine.astype(np.float32).T @ theirs.astype(np.float32)
    table[np.arange(codes), np.arange(codes)] = (first & second).sum(axis=0)
    table[:codes, codes] = mine[~theirs.any(axis=1)].sum(axis=0)
    table[codes, :codes] = theirs[~mine.any(axis=1)].sum(axis=0)
    return table


def _confusion(
    table: Floats, pair: tuple[int, int], coders: Sequence[str], codes: Sequence[str], level: Level
) -> Confusion:
    numbers = table.astype(np.int64)
    return Confusion(
        level=level,
        coders=(coders[pair[0]], coders[pair[1]]),
        codes=tuple(codes),
        cells=tuple(tuple(row) for row in numbers[:-1, :-1].tolist()),
        first_alone=tuple(numbers[:-1, -1].tolist()),
        second_alone=tuple(numbers[-1, :-1].tolist()),
    )
