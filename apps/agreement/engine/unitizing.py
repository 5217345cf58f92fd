"""The u-alpha family for continua that coders cut into units of several values themselves.

Krippendorff, Mathet, Bouvry & Widlöcher 2016 (with the erratum in Quality & Quantity 50(6), 2365). The
units of one coder must not overlap, so with several codes to a passage use it per code, as the report does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .study import Floats, InputError

Unit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class UAlpha:
    """The family for one continuum; None where undefined, and the last two for two coders only.

    `u` on everything, `bar_u` on marked against unmarked, `coverage` the share of pairable length that both
    marked, `cu` on the values where both marked, `ku` the same for each value.
    """

    u: float | None
    bar_u: float | None
    coverage: float
    cu: float | None
    ku: Mapping[str, float | None]


def u_alpha(coders: Sequence[Sequence[Unit]], *, begin: int, length: int) -> UAlpha:
    """Compute the family from each coder's units (start, end, value) on [begin, begin + length)."""
    if len(coders) < 2 or length < 1:
        raise InputError("u-alpha: needs at least two coders and a continuum")
    values = sorted({value for units in coders for _, _, value in units})
    ordered = [_checked(units, coder, begin, begin + length) for coder, units in enumerate(coders)]
    observed = _observed(ordered, values, begin, length)
    rows = observed.sum(axis=1)
    squares = np.array([rows[0], *(_squares(ordered, value) for value in values)])
    expected = _expected(rows, squares)
    marked = observed[1:, 1:]
    cu, ku = _on_values(ordered, marked, values) if len(coders) == 2 else (None, {})
    return UAlpha(
        u=_alpha(observed.sum() - np.trace(observed), expected.sum() - np.trace(expected)),
        bar_u=_alpha(rows[0] - observed[0, 0], expected[0].sum() - expected[0, 0]),
        coverage=float(marked.sum() / observed.sum()),
        cu=cu,
        ku=ku,
    )


def _checked(units: Sequence[Unit], coder: int, first: int, last: int) -> list[Unit]:
    ordered = sorted(units)
    before = first
    for start, end, value in ordered:
        if start >= end or start < before or end > last:
            raise InputError(f"coder {coder}: unit [{start}, {end}) {value!r} is empty, outside, or overlaps")
        before = end
    return ordered


def _observed(coders: Sequence[Sequence[Unit]], values: Sequence[str], begin: int, length: int) -> Floats:
    """Give the coincidences l_ck (value 0: the gap): lengths in common over ordered pairs / (coders - 1)."""
    places = {value: place + 1 for place, value in enumerate(values)}
    cuts = sorted({begin, begin + length, *(end for units in coders for unit in units for end in unit[:2])})
    table = np.zeros((len(values) + 1, len(values) + 1))
    for left, right in pairwise(cuts):
        here = [_value_at(units, left, places) for units in coders]
        for i, one in enumerate(here):
            for j, other in enumerate(here):
                if i != j:
                    table[one, other] += right - left
    return table / (len(coders) - 1)


def _value_at(units: Sequence[Unit], place: int, places: Mapping[str, int]) -> int:
    return next((places[value] for start, end, value in units if start <= place < end), 0)


def _squares(coders: Sequence[Sequence[Unit]], value: str) -> float:
    return float(sum((end - start) ** 2 for units in coders for start, end, other in units if other == value))


def _expected(rows: Floats, squares: Floats) -> Floats:
    total = rows.sum()
    spread = total * total - squares.sum()
    if spread == 0:
        return np.zeros((len(rows), len(rows)))
    expected: Floats = total * (np.outer(rows, rows) - np.diag(squares)) / spread
    return expected


def _on_values(
    coders: Sequence[Sequence[Unit]], marked: Floats, values: Sequence[str]
) -> tuple[float | None, dict[str, float | None]]:
    """Compute cu-alpha and (k)u-alpha of two coders; a unit counts by its overlap with the other's units."""
    squares = np.zeros(len(values))
    for units, others in ((coders[0], coders[1]), (coders[1], coders[0])):
        for start, end, value in units:
            shared = sum(max(0, min(end, stop) - max(start, begin)) for begin, stop, _ in others)
            squares[values.index(value)] += shared**2
    rows = marked.sum(axis=1)
    expected = _expected(rows, squares)
    whole = _alpha(marked.sum() - np.trace(marked), expected.sum() - np.trace(expected))
    each = {
        value: _alpha(rows[place] - marked[place, place], _expected_elsewhere(rows, squares, place))
        for place, value in enumerate(values)
    }
    return whole, each


def _expected_elsewhere(rows: Floats, squares: Floats, place: int) -> float:
    """Give the length of one value that chance lays elsewhere: l_k (l_k l.. - l_k^2) / (l_k l.. - S_k)."""
    own, total = float(rows[place]), float(rows.sum())
    free = own * total - float(squares[place])
    return own * own * (total - own) / free if free else 0.0


def _alpha(observed: float, expected: float) -> float | None:
    return None if expected == 0 else float(1.0 - observed / expected)
