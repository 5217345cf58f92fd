"""How many discrepancies there are, between whom, of which kind and of which codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from .confusion import Rows
from .discrepancies import KINDS, Discrepancy, Kind
from .study import Floats
from .tables import Tables

NO_CODE = -1


@dataclass(frozen=True, slots=True)
class Differences:
    """The number of discrepancies, of each kind that there is, and of each code or those below it.

    One that names two codes of a construct counts once there.
    """

    total: int
    by_kind: Mapping[Kind, int]
    by_code: Mapping[str, int]


def with_differences(tables: Tables, found: Iterable[Discrepancy]) -> Tables:
    """Count discrepancies in the transcripts of the tables."""
    transcripts = {id: place for place, id in enumerate(tables.transcripts)}
    coders = {id: place for place, id in enumerate(tables.coders)}
    codes: dict[tuple[str, ...], int] = {(row.code,): place for place, row in enumerate(tables.rows)}
    codes[()] = NO_CODE
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    counts: Counter[tuple[int, ...]] = Counter()
    for each in found:
        if each.transcript in transcripts:
            pair = coders[each.coders[0]], coders[each.coders[1]]
            sides = codes[each.first_codes[:1]], codes[each.second_codes[:1]]
            counts[transcripts[each.transcript], *pair, kinds[each.kind], *sides] += 1
    rows = [(*cell, number) for cell, number in sorted(counts.items())]
    return replace(tables, differing=np.array(rows, dtype=np.int32).reshape(-1, 7))


def differences(
    tables: Tables, *, coders: tuple[str, str] | None = None, code: str | None = None
) -> Differences:
    """Sum up what `with_differences` counted: of all coders or of two, of all codes or those of one."""
    rows, above = tables.differing, _above(tables)
    if coders is not None:
        pair = [tables.coders.index(coder) for coder in coders]
        rows = rows[np.isin(rows[:, 1], pair) & np.isin(rows[:, 2], pair)]
    if code is not None:
        is_about = above[:, [row.code == code for row in tables.rows]].sum(axis=1) > 0
        rows = rows[is_about[rows[:, 4]] | is_about[rows[:, 5]]]
    kinds = np.bincount(rows[:, 3], weights=rows[:, 6], minlength=len(KINDS))
    return Differences(
        total=int(rows[:, 6].sum()),
        by_kind={kind: int(number) for kind, number in zip(KINDS, kinds, strict=True) if number},
        by_code={
            row.code: int(number) for row, number in zip(tables.rows, _by_code(rows, above), strict=True)
        },
    )


def _by_code(rows: Rows, above: Floats) -> Floats:
    codes = len(above)
    met = np.zeros((codes, codes))
    np.add.at(met, (rows[:, 4], rows[:, 5]), rows[:, 6])
    either: Floats = (met.sum(axis=1) + met.sum(axis=0)) @ above
    both: Floats = ((met @ above) * above).sum(axis=0)
    return either - both


def _above(tables: Tables) -> Floats:
    """Give 1 at [code, row] where the row is the code or above it; nothing is above no code, the last."""
    place_of = {row.code: place for place, row in enumerate(tables.rows)}
    above = np.zeros((len(tables.rows) + 1, len(tables.rows)))
    for place, row in enumerate(tables.rows):
        code: str | None = row.code
        while code is not None:
            above[place, place_of[code]] = 1
            code = tables.rows[place_of[code]].parent
    return above
