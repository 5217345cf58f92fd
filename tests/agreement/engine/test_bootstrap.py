"""Resampling whole transcripts: against the exact distribution, by stratum, and when there is no interval."""

import numpy as np
import pytest

from apps.agreement.engine.bootstrap import draws, interval, strata_of, tail_share
from apps.agreement.engine.measures import Moments, evaluate

# Five transcripts: coded by both, only the first, only the second, neither. All 3,125 resamples are known.
TABLES = np.array(
    [[41, 31, 49, 614], [101, 23, 35, 831], [47, 55, 35, 813], [85, 16, 37, 670], [50, 55, 5, 407]],
    dtype=float,
)
EXACT = {"mean": 0.6024405269, "sd": 0.0593117537}
EXACT_QUANTILES = {1.5: 0.4702745171, 3.5: 0.4782442043, 96.5: 0.7024597586, 98.5: 0.7145832489}


def moments_of(tables: np.ndarray) -> Moments:
    both, first, second = tables[:, 0], tables[:, 0] + tables[:, 1], tables[:, 0] + tables[:, 2]
    transcripts = len(tables)
    return Moments(
        alone=np.stack([first, second])[None],
        both=both[None, None],
        squares=None,
        units=tables.sum(axis=1),
        present=np.ones((2, transcripts)),
        together=np.ones((1, transcripts)),
        size=np.full(transcripts, 2.0),
        factor=np.ones(1),
    )


def kappas(weights: np.ndarray) -> np.ndarray:
    moments = moments_of(TABLES)
    values: np.ndarray = evaluate(moments, weights)[moments.names().index("cohen_kappa"), 0]
    return values


def test_kappa_of_all_transcripts() -> None:
    assert kappas(np.ones((1, 5)))[0] == pytest.approx(0.6065899075, rel=1e-9)


def test_against_every_possible_resample() -> None:
    places = np.array(np.meshgrid(*[range(5)] * 5)).reshape(5, -1).T
    weights = (places[:, :, None] == np.arange(5)).sum(axis=1).astype(float)
    found = kappas(weights)
    assert (len(found), found.mean(), found.std()) == pytest.approx(
        (3125, EXACT["mean"], EXACT["sd"]), rel=1e-8
    )


def test_a_thousand_draws_have_the_exact_distribution() -> None:
    found = kappas(draws([""] * 5, replicates=1000, seed=20))
    low, high = np.percentile(found, [2.5, 97.5])
    assert abs(found.mean() - EXACT["mean"]) < 4 * EXACT["sd"] / np.sqrt(1000)
    assert EXACT_QUANTILES[1.5] < low < EXACT_QUANTILES[3.5]
    assert EXACT_QUANTILES[96.5] < high < EXACT_QUANTILES[98.5]


def test_each_stratum_keeps_its_size() -> None:
    strata = ["a", "b", "a", "b", "b", "a", "a"]
    weights = draws(strata, replicates=50, seed=1)
    assert (weights[:, [0, 2, 5, 6]].sum(axis=1) == 4).all()
    assert (weights[:, [1, 3, 4]].sum(axis=1) == 3).all()


def test_every_transcript_is_drawn_once_on_average() -> None:
    weights = draws(["a"] * 4 + ["b"] * 6, replicates=20_000, seed=2)
    assert weights.mean(axis=0) == pytest.approx(np.ones(10), abs=0.04)


def test_the_seed_decides() -> None:
    same, again, other = (draws(["a"] * 9, replicates=20, seed=seed) for seed in (5, 5, 6))
    assert (same == again).all()
    assert (same != other).any()


def test_strata_of_fewer_than_three_are_joined() -> None:
    assert strata_of(["x", "a", "y", "a", "x", "a"]) == [[1, 3, 5], [0, 2, 4]]
    assert strata_of(["x"]) == [[0]]


def test_a_rest_of_fewer_than_three_joins_the_smallest() -> None:
    assert strata_of(["x", "a", "a", "a", "b", "b", "b", "b", "x"]) == [[4, 5, 6, 7], [0, 1, 2, 3, 8]]


def test_percentile_interval_of_known_replicates() -> None:
    values = np.arange(1001, dtype=float)[None, ::-1]
    found = interval(values, confidence=0.9, form="percentile", transcripts=12, strata=2)
    assert (found.low[0], found.high[0], found.undefined[0]) == pytest.approx((50.0, 950.0, 0.0))


def test_undefined_replicates_are_set_apart() -> None:
    values = np.append(np.arange(101, dtype=float), [np.nan, np.nan])[None]
    found = interval(values, confidence=0.9, form="percentile", transcripts=12, strata=1)
    assert (found.low[0], found.high[0], found.undefined[0]) == pytest.approx((5.0, 95.0, 2.0))


def test_no_interval_where_many_replicates_are_undefined() -> None:
    values = np.append(np.arange(90, dtype=float), np.full(10, np.nan))[None]
    found = interval(values, confidence=0.9, form="percentile", transcripts=12, strata=1)
    assert np.isnan([found.low[0], found.high[0]]).all()
    assert found.undefined[0] == 10


def test_nineteen_in_twenty_are_enough() -> None:
    values = np.append(np.arange(95, dtype=float), np.full(5, np.nan))[None]
    found = interval(values, confidence=0.9, form="percentile", transcripts=12, strata=1)
    assert (found.low[0], found.high[0]) == pytest.approx((4.7, 89.3))


def test_expanded_tail_is_narrower_by_t_and_degrees_of_freedom() -> None:
    # t(7) at .025 is -2.364624; times sqrt(8 / 7) it is -2.527890, below which the normal has .005737
    assert tail_share(0.95, "expanded", transcripts=8, strata=1) == pytest.approx(0.005737, abs=1e-6)
    assert tail_share(0.95, "percentile", transcripts=8, strata=1) == pytest.approx(0.025)
    assert tail_share(0.95, "expanded", transcripts=10_000, strata=1) == pytest.approx(0.025, abs=2e-5)


def test_one_degree_of_freedom_reads_the_outermost_replicates_that_are_defined() -> None:
    assert tail_share(0.95, "expanded", transcripts=3, strata=2) == pytest.approx(0.0, abs=1e-50)
    assert tail_share(0.95, "expanded", transcripts=3, strata=3) == pytest.approx(0.025)
    values = np.append(np.arange(97, dtype=float), np.full(3, np.nan))[None]
    found = interval(values, confidence=0.95, form="expanded", transcripts=3, strata=2)
    assert (found.low[0], found.high[0], found.undefined[0]) == (0.0, 96.0, 3.0)
