"""Who used which code where: codes of two coders side by side in the same unit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .blocks import Block
from .results import Confusion
from .study import Bools, Floats, Ints
from .sweep import Ruler, Runs, sums
from .units import Level

Rows = NDArray[np.int32]
"""One row for each transcript, pair and two codes: transcript, coders, codes, units (the last code: none)."""

NO_ROWS: Rows = np.zeros((0, 6), dtype=np.int32)


def side_by_side(block: Block, ruler: Ruler, codes: int) -> Rows:
    """Set the codes of every two coders side by side, transcript by transcript of a block.

    Codes as they were applied: a construct only by its own spans. Of the table only what is not 0 is kept.
    """
    used = _incidence(block.applied, ruler, block.panel.shape[1], codes)
    after = np.cumsum(ruler.sizes)
    found = [NO_ROWS]
    for place, (begin, end) in enumerate(zip(after - ruler.sizes, after, strict=True)):
        coders = block.panel[place].tolist()
        for i, j in combinations([slot for slot, coder in enumerate(coders) if coder >= 0], 2):
            cells = _cells(used[begin:end, i], used[begin:end, j])
            first, second = np.nonzero(cells)
            rows = np.empty((len(first), 6), dtype=np.int32)
            rows[:, :3] = block.first + place, coders[i], coders[j]
            rows[:, 3], rows[:, 4], rows[:, 5] = first, second, cells[first, second]
            found.append(rows)
    return np.concatenate(found)


def confusions(
    rows: Rows, panel: Ints, coders: Sequence[str], codes: Sequence[str], level: Level
) -> tuple[Confusion, ...]:
    """Sum the rows over transcripts, for each pair of coders that shares one."""
    size = len(codes) + 1
    found = []
    for pair in _pairs_in(panel):
        of_pair = rows[(rows[:, 1] == pair[0]) & (rows[:, 2] == pair[1])]
        cell = of_pair[:, 3].astype(np.int64) * size + of_pair[:, 4]
        table = sums(cell, of_pair[:, 5], size * size).reshape(size, size)
        found.append(_confusion(table, pair, coders, codes, level))
    return tuple(found)


def _incidence(runs: Runs, ruler: Ruler, slots: int, codes: int) -> Bools:
    """Say which codes each slot used in each unit [unit, slot, code]."""
    low, high = ruler.measure(runs.start, runs.end)
    touching = low < high
    column = (runs.slot * codes + runs.row)[touching]
    units = int(ruler.sizes.sum())
    cells = (units + 1) * slots * codes
    opened = np.bincount(low[touching] * slots * codes + column, minlength=cells)
    closed = np.bincount(high[touching] * slots * codes + column, minlength=cells)
    depth = np.cumsum((opened - closed).reshape(units + 1, slots * codes), axis=0)[:units]
    return (depth > 0).reshape(units, slots, codes)


def _pairs_in(panel: Ints) -> list[tuple[int, int]]:
    """List the pairs of coders that share a transcript."""
    panels = {tuple(coders) for coders in panel.tolist()}
    return sorted({pair for coders in panels for pair in combinations([c for c in coders if c >= 0], 2)})


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
