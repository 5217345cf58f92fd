"""The small functions that no worked table reaches, and the borders where a coefficient is not defined."""

import numpy as np
import pytest

from apps.agreement.engine import coefficients as c


def scalar(value: float) -> np.ndarray:
    return np.array(value)


def test_holsti() -> None:
    # Holsti 1969: two coders with 10 and 8 decisions, of which 6 agree
    assert c.holsti(scalar(6), scalar(18)) == pytest.approx(2 / 3)


def test_jaccard_of_f() -> None:
    # 5 both, 3 and 2 alone: F = 10 / 15, Jaccard = 5 / 10
    assert c.jaccard(scalar(2 / 3)) == pytest.approx(0.5)


def test_one_category_has_no_chance() -> None:
    shares = np.array([1.0])
    assert np.isnan(c.gwet_ac1(scalar(1.0), shares))
    assert np.isnan(c.brennan_prediger(scalar(1.0), 1))
    assert np.isnan(c.scott_pi(scalar(1.0), shares))
    assert np.isnan(c.krippendorff_alpha(np.array([6.0]), np.array([6.0])))


def test_two_categories_have() -> None:
    shares = np.array([0.75, 0.25])
    assert c.gwet_ac1(scalar(0.8), shares) == pytest.approx((0.8 - 0.375) / 0.625)
    assert c.brennan_prediger(scalar(0.8), 2) == pytest.approx(0.6)


def test_nothing_marked_or_all_marked_has_no_u_alpha() -> None:
    nothing, everything = np.array([20.0, 0.0]), np.array([0.0, 20.0])
    assert np.isnan(c.bar_u_alpha(nothing, nothing, scalar(0.0)))
    assert np.isnan(c.bar_u_alpha(everything, everything, scalar(200.0)))


def test_division_by_nothing_is_undefined_and_silent() -> None:
    assert np.isnan(c.ratio(scalar(1.0), scalar(0.0)))
    assert c.ratio(np.array([1.0, 2.0]), np.array([[2.0], [0.0]])).tolist() == [
        [0.5, 1.0],
        pytest.approx([np.nan] * 2, nan_ok=True),
    ]
