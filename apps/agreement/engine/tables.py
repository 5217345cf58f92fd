"""The counts of every transcript, code and coder at every level: all that the figures are computed from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

import numpy as np

from .blocks import Block, blocks
from .confusion import NO_ROWS, Rows, confusions, side_by_side
from .hashing import input_hash
from .results import Confusion, LeftOut, Row
from .study import Bools, Code, Floats, Ints, Study, Transcript
from .sweep import (
    MASK_CODERS,
    Ruler,
    Runs,
    cover,
    measured,
    merged,
    ordered,
    pairs_by_sweep,
    pairs_of,
    sums,
)
from .units import LEVELS, Level, Line, UnitRules, has_speech, missing, pieces

NO_MATCHES: Rows = np.zeros((0, 7), dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class LevelTable:
    """Counts of one level, in units (characters at character level); t = transcript, r = row, s = slot.

    `units[t]`; `alone[t, r, s]` coded by the coder in the slot; `both[t, r, pair]` coded by both of a pair;
    `any[t, r]` coded by at least one; `sets[t, r, mask]` coded by exactly this set (None above 8 coders);
    `runs[t, r, s]` merged codings; `squares[t, r, s]` sum of their squared lengths.
    """

    units: Floats
    alone: Floats
    both: Floats
    any: Floats
    sets: Floats | None
    runs: Floats
    squares: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """What was counted. `panel[t, s]` is the coder (a place in `coders`) in slot s of transcript t, or -1.

    `matched` are rows of transcript, two coders, code, their influences, matched codings; `differing` of
    transcript, two coders, kind, their codes (-1: none), discrepancies.
    """

    transcripts: tuple[str, ...]
    strata: tuple[str, ...]
    groups: tuple[Mapping[str, str], ...]
    coders: tuple[str, ...]
    panel: Ints
    rows: tuple[Row, ...]
    levels: Mapping[Level, LevelTable]
    unavailable: Mapping[Level, str]
    left_out: tuple[LeftOut, ...]
    side_by_side: Rows
    side_by_side_level: Level | None
    input_hash: str
    rules: UnitRules
    matched: Rows = field(default_factory=lambda: NO_MATCHES)
    differing: Rows = field(default_factory=lambda: NO_MATCHES)

    @property
    def slots(self) -> int:
        return int(self.panel.shape[1])

    @property
    def confusions(self) -> tuple[Confusion, ...]:
        """Who used which code where, for each pair; nothing where no level of units was counted."""
        if self.side_by_side_level is None:
            return ()
        codes = [row.code for row in self.rows]
        return confusions(self.side_by_side, self.panel, self.coders, codes, self.side_by_side_level)

    def slot_of(self, coder: int) -> Ints:
        """Give the slot of a coder in each transcript, or -1."""
        found = self.panel == coder
        return np.where(found.any(axis=1), found.argmax(axis=1), -1)


THREADS = 2
"""Blocks are counted side by side: nearly all of it is numpy's, which lets others run meanwhile."""

CONFUSION_LEVELS: tuple[Level, ...] = ("answer", "sentence", "turn")
"""Codes are set side by side at the first of these levels that is counted."""


def tabulate(study: Study, *, levels: Sequence[Level] = LEVELS, rules: UnitRules | None = None) -> Tables:
    """Count a study at each level; transcripts coded by fewer than two people are left out and named."""
    rules = rules or UnitRules()
    kept, left_out = _comparable(study, rules)
    panel = _panel(study.assigned[kept])
    unavailable = _unavailable([study.transcripts[row] for row in kept], levels)
    counted_levels = [level for level in levels if level not in unavailable]
    compared_at = next((level for level in CONFUSION_LEVELS if level in counted_levels), None)
    count = partial(_counted, codes=study.codes, levels=counted_levels, compared_at=compared_at, rules=rules)
    with ThreadPoolExecutor(THREADS) as threads:
        parts = list(threads.map(count, blocks(study, kept, panel)))
    transcripts = [study.transcripts[row] for row in kept]
    return Tables(
        transcripts=tuple(transcript.id for transcript in transcripts),
        strata=tuple(transcript.stratum for transcript in transcripts),
        groups=tuple(dict(transcript.groups) for transcript in transcripts),
        coders=study.coders,
        panel=panel,
        rows=_rows(study.codes),
        levels={level: _joined([part.levels[level] for part in parts]) for level in counted_levels if parts},
        unavailable=unavailable,
        left_out=left_out,
        side_by_side=np.concatenate([NO_ROWS, *(part.side_by_side for part in parts)]),
        side_by_side_level=compared_at,
        input_hash=input_hash(study),
        rules=rules,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What was counted of one block."""

    levels: Mapping[Level, LevelTable]
    side_by_side: Rows


def _counted(
    block: Block,
    *,
    codes: Sequence[Code],
    levels: Sequence[Level],
    compared_at: Level | None,
    rules: UnitRules,
) -> _Part:
    runs = block.rolled_up(codes)
    shape = (len(block.transcripts), len(codes), block.panel.shape[1])
    line = Line.of(block.transcripts)
    rulers = {
        level: Ruler.of(pieces(line, level, rules), line, by_unit=level != "character") for level in levels
    }
    places = measured(rulers.values(), runs.start, runs.end)
    tables = {
        level: _count(replace(runs, start=start, end=end), ruler.sizes, shape)
        for (level, ruler), (start, end) in zip(rulers.items(), places, strict=True)
    }
    if compared_at is None:
        return _Part(tables, NO_ROWS)
    return _Part(tables, side_by_side(block, rulers[compared_at], len(codes)))


def restricted(tables: Tables, transcripts: Collection[str]) -> Tables:
    """Keep only some transcripts: whatever is asked of them is answered without counting again."""
    kept = [place for place, id in enumerate(tables.transcripts) if id in transcripts]
    place_of = np.full(len(tables.transcripts), -1)
    place_of[kept] = np.arange(len(kept))
    return replace(
        tables,
        transcripts=tuple(tables.transcripts[place] for place in kept),
        strata=tuple(tables.strata[place] for place in kept),
        groups=tuple(tables.groups[place] for place in kept),
        panel=tables.panel[kept],
        levels={level: _of_places(table, kept) for level, table in tables.levels.items()},
        side_by_side=_rows_of(tables.side_by_side, place_of),
        matched=_rows_of(tables.matched, place_of),
        differing=_rows_of(tables.differing, place_of),
    )


def _rows_of(rows: Rows, place_of: Ints) -> Rows:
    """Keep the rows of transcripts that have a new place, and put them there."""
    kept = rows[place_of[rows[:, 0]] >= 0]
    kept[:, 0] = place_of[kept[:, 0]]
    return kept


def _of_places(table: LevelTable, kept: list[int]) -> LevelTable:
    columns: dict[str, Any] = {}
    for column in fields(LevelTable):
        values = getattr(table, column.name)
        columns[column.name] = None if values is None else values[kept]
    return LevelTable(**columns)


def children_of(codes: Sequence[Code]) -> dict[str, list[str]]:
    """Give the codes directly under each construct."""
    below: dict[str, list[str]] = {}
    for code in codes:
        if code.parent is not None:
            below.setdefault(code.parent, []).append(code.id)
    return below


def _comparable(study: Study, rules: UnitRules) -> tuple[list[int], tuple[LeftOut, ...]]:
    """Split transcripts into those that can be compared (in order of id, as draws depend on it) and not."""
    kept: list[int] = []
    left_out: list[LeftOut] = []
    for row in sorted(range(len(study.transcripts)), key=lambda row: study.transcripts[row].id):
        transcript, coders = study.transcripts[row], int(study.assigned[row].sum())
        if coders < 2:
            left_out.append(LeftOut(transcript.id, "one_coder" if coders else "no_coder"))
        elif not has_speech(transcript, rules.roles):
            left_out.append(LeftOut(transcript.id, "no_speech"))
        else:
            kept.append(row)
    return kept, tuple(left_out)


def _panel(assigned: Bools) -> Ints:
    slots = max(2, int(assigned.sum(axis=1).max(initial=0)))
    panel = np.full((len(assigned), slots), -1, dtype=np.int64)
    for row, coders in enumerate(assigned):
        present = np.flatnonzero(coders)
        panel[row, : len(present)] = present
    return panel


def _rows(codes: Sequence[Code]) -> tuple[Row, ...]:
    constructs = children_of(codes)
    return tuple(
        Row(code.id, code.name, code.parent, "construct" if code.id in constructs else "code")
        for code in codes
    )


def _unavailable(transcripts: Sequence[Transcript], levels: Sequence[Level]) -> dict[Level, str]:
    """Say for each level that cannot be counted what is missing, in any of the transcripts."""
    found: dict[Level, str] = {}
    for level in levels:
        lacking = {reason for transcript in transcripts if (reason := missing(transcript, level))}
        if lacking:
            found[level] = min(lacking)
    return found


def _count(runs: Runs, sizes: Ints, shape: tuple[int, int, int]) -> LevelTable:
    """Count runs in the coordinates of a level; `sizes[t]` says how many units there are."""
    transcripts, rows, slots = shape
    laid = merged(runs)
    cell = (laid.transcript * rows + laid.row) * slots + laid.slot
    cells = transcripts * rows * slots
    length = laid.end - laid.start
    number = sums(cell, np.ones_like(length), cells).reshape(shape)
    squares = sums(cell, length * length, cells).reshape(shape)
    sets: Floats | None = None
    if slots <= MASK_CODERS:
        sets = cover(laid, transcripts=transcripts, rows=rows, slots=slots)
        alone, both = pairs_of(sets, slots)
        either = sets.sum(axis=2)
    else:
        alone, both = pairs_by_sweep(laid, transcripts=transcripts, rows=rows, slots=slots)
        one = merged(ordered(Runs(laid.transcript, laid.row, np.zeros_like(laid.slot), laid.start, laid.end)))
        either = cover(one, transcripts=transcripts, rows=rows, slots=1).sum(axis=2)
    return LevelTable(sizes.astype(np.float64), alone, both, either, sets, number, squares)


def _joined(parts: Sequence[LevelTable]) -> LevelTable:
    """Put the tables of all blocks one after the other."""
    sets = [part.sets for part in parts if part.sets is not None]
    return LevelTable(
        units=np.concatenate([part.units for part in parts]),
        alone=np.concatenate([part.alone for part in parts]),
        both=np.concatenate([part.both for part in parts]),
        any=np.concatenate([part.any for part in parts]),
        sets=np.concatenate(sets) if sets else None,
        runs=np.concatenate([part.runs for part in parts]),
        squares=np.concatenate([part.squares for part in parts]),
    )
