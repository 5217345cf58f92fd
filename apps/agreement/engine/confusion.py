"""Who used which code where: codes of two coders side by side in the same unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from .results import Confusion
from .study import Bools, Floats, Ints
from .sweep import Ruler, Runs
from .units import Level


@dataclass(frozen=True, slots=True)
class Together:
    """Codes as they were applied (a construct only by its own spans), side by side for every two coders."""

    codes: Sequence[str]
    totals: dict[tuple[int, int], Floats] = field(default_factory=dict)

    def add(self, applied: Runs, ruler: Ruler, panel: Ints) -> None:
        """Count the units of some transcripts; `panel` says who sits in which slot of each."""
        used = _incidence(applied, ruler, panel.shape[1], len(self.codes))
        slots = np.repeat(panel, ruler.sizes, axis=0)
        for pair in _pairs_in(panel):
            units = np.flatnonzero((slots == pair[0]).any(axis=1) & (slots == pair[1]).any(axis=1))
            first, second = (used[units, (slots[units] == coder).argmax(axis=1)] for coder in pair)
            cells = _cells(first, second)
            self.totals[pair] = self.totals[pair] + cells if pair in self.totals else cells

    def confusions(self, coders: Sequence[str], level: Level) -> tuple[Confusion, ...]:
        """Give what was counted, pair by pair."""
        return tuple(
            _confusion(self.totals[pair], pair, coders, self.codes, level) for pair in sorted(self.totals)
        )


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
