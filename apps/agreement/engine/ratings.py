"""Units that were fixed first and then labelled, each coder giving one category per unit or none.

The general form of the coefficients for any number of categories, with analytic standard errors, which hold
for units that are independent of one another (never for characters or sentences of the same interviews).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from . import coefficients as c
from .study import Floats, InputError, Ints

RatingReason = Literal["no_units", "one_category", "no_variation", "pair_undefined", "not_two_coders"]
MISSING = -1


@dataclass(frozen=True, slots=True)
class Rated:
    """A coefficient of a table of ratings, with its standard error, or the reason why there is none."""

    value: float | None
    reason: RatingReason | None = None
    standard_error: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """`labels[unit, coder]`: place in `categories`, or -1 where the coder did not rate the unit."""

    labels: Ints
    categories: tuple[Hashable, ...]

    @classmethod
    def of(
        cls, rows: Sequence[Sequence[Hashable]], *, categories: Sequence[Hashable] | None = None
    ) -> Ratings:
        """Read rows of labels (None: not rated); without `categories`, those seen are all there are."""
        width = len(rows[0]) if rows else 0
        if categories is None:
            seen = {label for row in rows for label in row if label is not None and label == label}
            categories = sorted(seen, key=lambda label: (str(type(label)), str(label)))
        places = {label: place for place, label in enumerate(categories)}
        labels = np.full((len(rows), width), MISSING, dtype=np.int64)
        for unit, row in enumerate(rows):
            if len(row) != width:
                raise InputError(f"row {unit}: {len(row)} ratings where the first row has {width}")
            for coder, label in enumerate(row):
                if label is None:
                    continue
                if label != label:
                    raise InputError(f"row {unit}: NaN is no category; say None where nobody rated")
                if label not in places:
                    raise InputError(f"row {unit}: unknown category {label!r}")
                labels[unit, coder] = places[label]
        return cls(labels, tuple(categories))

    def against_rest(self, category: Hashable) -> Ratings:
        """Keep one category and call all others the rest."""
        place = self.categories.index(category)
        labels = np.where(self.labels == MISSING, MISSING, (self.labels == place).astype(np.int64))
        return Ratings(labels, (f"not {category}", category))

    def pair(self, first: int, second: int) -> Ratings:
        """Keep two coders."""
        return Ratings(self.labels[:, [first, second]], self.categories)


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """What the formulas need; units that nobody rated are gone. `each[unit, category]` counts ratings."""

    labels: Ints
    each: Floats
    raters: Floats
    several: Floats
    agreed: Floats

    @property
    def units(self) -> int:
        return len(self.each)

    @property
    def shares(self) -> Floats:
        """Mean over units of the share of each category (Gwet's form with missing ratings)."""
        mean: Floats = np.mean(self.each / self.raters[:, None], axis=0)
        return mean

    @property
    def observed(self) -> float:
        return float(self.agreed.sum() / self.several.sum())

    def deviations(self, observed: float, expected: float) -> Floats:
        """Each unit's own value of a chance-corrected coefficient (Gwet 2014)."""
        scale = self.units / self.several.sum()
        own: Floats = scale * (self.agreed - expected * self.several) / (1.0 - expected)
        return own


def agreement(ratings: Ratings) -> dict[str, Rated]:
    """Compute all coefficients of a table; Cohen's, Scott's and Holsti's only for two coders."""
    counts = _count(ratings)
    if counts is None:
        return {name: Rated(None, "no_units") for name in _ALL}
    found = {
        "percent": _percent(counts),
        "krippendorff_alpha": _alpha(counts),
        "fleiss_kappa": _fleiss(counts),
        "gwet_ac1": _ac1(counts),
        "brennan_prediger": _brennan_prediger(counts),
        "conger_kappa": _conger(counts),
        "light_kappa": _light(ratings),
    }
    two = ratings.labels.shape[1] == 2
    of_two = (_cohen(ratings), found["fleiss_kappa"], _holsti(counts)) if two else (_NOT_TWO,) * 3
    return {**found, **dict(zip(("cohen_kappa", "scott_pi", "holsti"), of_two, strict=True))}


def specific_agreement(ratings: Ratings) -> Mapping[Hashable, float | None]:
    """Give the agreement on each category (for two coders 2 both / (n1 + n2))."""
    counts = _count(ratings)
    if counts is None:
        return dict.fromkeys(ratings.categories)
    values = c.specific_agreement(*_pairs(counts))
    return {name: _plain(value) for name, value in zip(ratings.categories, values, strict=True)}


_ALL = (
    "percent",
    "krippendorff_alpha",
    "fleiss_kappa",
    "gwet_ac1",
    "brennan_prediger",
    "conger_kappa",
    "light_kappa",
    "cohen_kappa",
    "scott_pi",
    "holsti",
)
_NOT_TWO = Rated(None, "not_two_coders")


def _count(ratings: Ratings) -> _Counts | None:
    labels = ratings.labels[(ratings.labels != MISSING).any(axis=1)]
    if len(labels) == 0:
        return None
    each = np.stack([(labels == place).sum(axis=1) for place in range(len(ratings.categories))], axis=-1)
    each = each.astype(np.float64)
    raters = each.sum(axis=1)
    several = (raters >= 2).astype(np.float64)
    if not several.any():
        return None
    agreed = (each * (each - 1.0)).sum(axis=1) / np.maximum(raters * (raters - 1.0), 1.0)
    return _Counts(labels, each, raters, several, agreed)


def _percent(counts: _Counts) -> Rated:
    own = counts.agreed * counts.units / counts.several.sum()
    return Rated(counts.observed, None, _error(own, counts.observed))


def _holsti(counts: _Counts) -> Rated:
    """Unlike percent it counts what only one of the two rated among the decisions."""
    return Rated(_plain(c.holsti(counts.agreed.sum(), counts.raters.sum())))


def _fleiss(counts: _Counts) -> Rated:
    shares = counts.shares
    value = _plain(c.scott_pi(np.array(counts.observed), shares))
    if value is None:
        return Rated(None, "no_variation")
    expected = float(shares @ shares)
    chance = counts.each @ shares / counts.raters
    return Rated(value, None, _chance_error(counts, value, expected, chance))


def _ac1(counts: _Counts) -> Rated:
    shares = counts.shares
    categories = len(shares)
    value = _plain(c.gwet_ac1(np.array(counts.observed), shares))
    if value is None:
        return Rated(None, "one_category")
    expected = float(shares @ (1.0 - shares)) / (categories - 1)
    chance = counts.each @ (1.0 - shares) / (categories - 1) / counts.raters
    return Rated(value, None, _chance_error(counts, value, expected, chance))


def _brennan_prediger(counts: _Counts) -> Rated:
    categories = counts.each.shape[1]
    value = _plain(c.brennan_prediger(np.array(counts.observed), categories))
    if value is None:
        return Rated(None, "one_category")
    return Rated(value, None, _error(counts.deviations(counts.observed, 1.0 / categories), value))


def _alpha(counts: _Counts) -> Rated:
    value = _plain(c.krippendorff_alpha(*_pairs(counts)))
    if value is None:
        return Rated(None, "no_variation")
    kept = counts.several > 0
    each, raters = counts.each[kept], counts.raters[kept]
    mean = float(raters.mean())
    shares = each.mean(axis=0) / mean
    expected = float(shares @ shares)
    agreed = (each * (each - 1.0)).sum(axis=1) / (mean * (raters - 1.0))
    observed = float(agreed.mean())
    drift = (raters - mean) / mean
    uncorrected = (observed - expected) / (1.0 - expected)
    own = (agreed - observed * drift - expected) / (1.0 - expected)
    chance = each @ shares / mean - expected * drift
    own = own - 2.0 * (1.0 - uncorrected) * (chance - expected) / (1.0 - expected)
    return Rated(value, None, _error(own, uncorrected))


def _conger(counts: _Counts) -> Rated:
    rated = (counts.labels != MISSING).astype(np.float64)
    present = rated.sum(axis=0) > 0
    labels, rated = counts.labels[:, present], rated[:, present]
    given = np.stack([labels == place for place in range(counts.each.shape[1])]).astype(np.float64)
    number, coders = rated.sum(axis=0), labels.shape[1]
    shares = given.sum(axis=1) / number
    value = _plain(c.conger_kappa(np.array(counts.observed), shares))
    if value is None:
        return Rated(None, "no_variation")
    expected = float(np.sum(shares.sum(axis=1) ** 2 - (shares**2).sum(axis=1))) / (coders * (coders - 1))
    others = shares.sum(axis=1, keepdims=True) - shares
    own_share = given - (rated - number / counts.units) * shares[:, None, :]
    weighted = own_share * others[:, None, :] * (counts.units / number)
    chance = weighted.sum(axis=(0, 2)) / (coders * (coders - 1))
    return Rated(value, None, _chance_error(counts, value, expected, chance))


def _cohen(ratings: Ratings) -> Rated:
    """Cohen's kappa over the units that both rated; standard error of Fleiss, Cohen & Everitt 1969."""
    both = ratings.labels[(ratings.labels != MISSING).all(axis=1)]
    units, categories = len(both), len(ratings.categories)
    if units == 0:
        return Rated(None, "no_units")
    table = np.zeros((categories, categories))
    np.add.at(table, (both[:, 0], both[:, 1]), 1.0 / units)
    first, second = table.sum(axis=1), table.sum(axis=0)
    observed = float(np.mean(both[:, 0] == both[:, 1]))
    value = _plain(c.conger_kappa(np.array(observed), np.stack([first, second], axis=1)))
    if value is None:
        return Rated(None, "no_variation")
    expected = float(first @ second)
    weight = -(second[:, None] + first[None, :]) * (1.0 - observed)
    weight[np.diag_indices(categories)] += 1.0 - expected
    spread = float((table * weight**2).sum()) - (observed * expected - 2.0 * expected + observed) ** 2
    return Rated(value, None, float(np.sqrt(max(spread, 0.0) / units)) / (1.0 - expected) ** 2)


def _light(ratings: Ratings) -> Rated:
    pairs = [_cohen(ratings.pair(i, j)) for i, j in combinations(range(ratings.labels.shape[1]), 2)]
    values = [pair.value for pair in pairs if pair.value is not None]
    if not pairs or len(values) < len(pairs):
        return Rated(None, "pair_undefined")
    return Rated(float(c.light_kappa([np.array(value) for value in values])))


def _pairs(counts: _Counts) -> tuple[Floats, Floats]:
    """Give o_cc and n_c of each category, over units with at least two ratings."""
    kept = counts.several > 0
    each, raters = counts.each[kept], counts.raters[kept]
    return (each * (each - 1.0) / (raters - 1.0)[:, None]).sum(axis=0), each.sum(axis=0)


def _chance_error(counts: _Counts, value: float, expected: float, chance: Floats) -> float | None:
    own = counts.deviations(counts.observed, expected)
    return _error(own - 2.0 * (1.0 - value) * (chance - expected) / (1.0 - expected), value)


def _error(own: Floats, value: float) -> float | None:
    """Standard error of a mean of unit values (divided by n - 1), None for a single unit."""
    units = len(own)
    return float(np.sqrt(np.sum((own - value) ** 2) / (units * (units - 1)))) if units > 1 else None


def _plain(value: Floats) -> float | None:
    return None if np.isnan(value) else float(value)
