"""Worked tables of the literature: what they contain and how closely a number must be reached.

Values were confirmed by at least two independent implementations (R irrCAC, R irr, DKPro Statistics,
scikit-learn, statsmodels, nltk, krippendorff) on the same table; `published` is what the source prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from apps.agreement.engine.ratings import Ratings, agreement, specific_agreement

SAME_NUMBER = {"pabak": "brennan_prediger", "bennett_s": "brennan_prediger"}


@dataclass(frozen=True)
class Case:
    """`units` counts equal rows: a string of one letter per coder, or a tuple; "." is a missing rating."""

    name: str
    units: Mapping[str | tuple[str, ...], int]
    expected: Mapping[str, float]
    published: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def ratings(self) -> Ratings:
        return Ratings.of(rows(self.units))

    def within_rounding(self) -> dict[str, Any]:
        return {measure: _close(measure, value) for measure, value in self.expected.items()}

    def as_published(self) -> dict[str, Any]:
        return {
            measure: pytest.approx(value, abs=digits) for measure, (value, digits) in self.published.items()
        }


def rows(units: Mapping[str | tuple[str, ...], int]) -> list[list[str | None]]:
    return [
        [None if label == "." else label for label in labels]
        for labels, times in units.items()
        for _ in range(times)
    ]


def computed(case: Case, measures: Iterable[str]) -> dict[str, float | None]:
    return {measure: compute(case.ratings, measure) for measure in measures}


def compute(ratings: Ratings, measure: str) -> float | None:
    """Read `cohen_kappa`, `cohen_kappa_se`, `specific:yes` (agreement on "yes"), `category_kappa:yes`."""
    name, _, category = measure.partition(":")
    if name == "specific":
        return specific_agreement(ratings)[category]
    if name == "category_kappa":
        return agreement(ratings.against_rest(category))["fleiss_kappa"].value
    if name == "category_kappa2":
        return agreement(ratings.against_rest(category))["cohen_kappa"].value
    name = SAME_NUMBER.get(name, name)
    if name.endswith("_se"):
        return agreement(ratings)[name.removesuffix("_se")].standard_error
    return agreement(ratings)[name].value


def _close(measure: str, value: float) -> Any:
    if measure.endswith("_se"):
        return pytest.approx(value, abs=2e-5)
    five_digits = round(value, 5) == value
    return pytest.approx(value, abs=5e-6) if five_digits else pytest.approx(value, rel=1e-6)
