"""Who used which code where, as a map of one pair: rows are the first coder's codes, columns the second's."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from apps.accounts.models import User
from apps.agreement import engine
from apps.codebooks.models import Code

SHADES = 4


class HeatCell(NamedTuple):
    """Units in which the first used one code where the second used the other (None: nothing instead)."""

    first: Code | None
    second: Code | None
    units: int
    shade: int

    @property
    def is_same(self) -> bool:
        return self.first is not None and self.first is self.second


@dataclass(frozen=True)
class HeatRow:
    code: Code | None
    cells: list[HeatCell]


@dataclass(frozen=True)
class Mixture:
    """Two codes that stood against each other, whoever used which."""

    codes: tuple[Code, Code]
    units: int


@dataclass(frozen=True)
class HeatMap:
    """Of the codes that one of the two used; `mixtures` are the pairs that met most often."""

    level: str
    coders: tuple[User, User]
    codes: list[Code]
    rows: list[HeatRow]
    mixtures: list[Mixture]


def heat_map(
    *, confusion: engine.Confusion, coders: tuple[User, User], codes: Iterable[Code], most: int = 3
) -> HeatMap:
    """The engine's counts with their codes; the deepest shade is the most frequent mixture."""
    place = {code: row for row, code in enumerate(confusion.codes)}
    used = [code for code in codes if str(code.id) in place and _is_used(confusion, place[str(code.id)])]
    highest = max((units for units, same in _units(confusion) if not same), default=0)
    here = [(code, place[str(code.id)]) for code in used]
    rows = [
        HeatRow(
            first,
            [
                *(_cell(first, second, confusion.cells[i][j], highest) for second, j in here),
                HeatCell(first, None, confusion.first_alone[i], 0),
            ],
        )
        for first, i in here
    ]
    rows.append(HeatRow(None, [HeatCell(None, second, confusion.second_alone[j], 0) for second, j in here]))
    mixed = [
        Mixture((first, second), confusion.cells[i][j] + confusion.cells[j][i])
        for (first, i), (second, j) in combinations(here, 2)
    ]
    return HeatMap(
        level=confusion.level,
        coders=coders,
        codes=used,
        rows=rows,
        mixtures=sorted((each for each in mixed if each.units), key=lambda each: -each.units)[:most],
    )


def _cell(first: Code, second: Code, units: int, highest: int) -> HeatCell:
    return HeatCell(first, second, units, _shade(units, highest))


def _is_used(confusion: engine.Confusion, row: int) -> bool:
    alone = confusion.first_alone[row] or confusion.second_alone[row]
    return bool(alone) or any(confusion.cells[row]) or any(cells[row] for cells in confusion.cells)


def _units(confusion: engine.Confusion) -> Iterable[tuple[int, bool]]:
    return (
        (units, i == j) for i, cells in enumerate(confusion.cells) for j, units in enumerate(cells) if units
    )


def _shade(units: int, highest: int) -> int:
    """From 0 (never) to 4 (as often as any)."""
    return 0 if not units or not highest else max(1, min(SHADES, -(-SHADES * units // highest)))
