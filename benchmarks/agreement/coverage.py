"""How often a 95 % interval for alpha holds the truth, for few transcripts: the table in docs/agreement.md.

    python -m benchmarks.agreement.coverage [studies per cell]

Simulated studies: two coders; each transcript has its own number of answers, its own prevalence of the code
and its own agreement, so that answers of one transcript resemble one another. The truth is alpha over all
transcripts that could have been drawn. Each cell draws studies of n transcripts, and each interval form sees
the same ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

from apps.agreement.engine.bootstrap import strata_of, tail_share

Floats = NDArray[np.float64]

TRANSCRIPTS = (8, 13, 20, 40)
REPLICATES = 1000
TAIL = 0.025


@dataclass(frozen=True)
class World:
    """Where studies are drawn from: mean prevalence and kappa, how both vary by transcript, and strata."""

    name: str
    prevalence: float
    kappa: float
    spread: float = 0.08
    kappa_spread: float = 0.10
    strata: int = 1


WORLDS = (
    World("rare, fair", 0.06, 0.45),
    World("rare, good", 0.06, 0.75),
    World("common, fair", 0.25, 0.45),
    World("common, good", 0.25, 0.75),
    World("common, excellent", 0.25, 0.90),
    World("uneven transcripts", 0.15, 0.65, spread=0.25, kappa_spread=0.20),
    World("four strata", 0.15, 0.70, strata=4),
)


def draw(world: World, transcripts: int, generator: np.random.Generator) -> Floats:
    """Draw [transcript, (both, either coder's sum, answers)]."""
    place = np.arange(transcripts) % world.strata
    centre = np.clip(world.prevalence * (0.5 + (place + 0.5) / world.strata), 0.01, 0.9)
    prevalence = _beta(centre, world.spread, generator)
    kappa = _beta(np.full(transcripts, world.kappa), world.kappa_spread, generator)
    answers = 20 + generator.negative_binomial(4, 0.09, transcripts)
    both = prevalence**2 + kappa * prevalence * (1 - prevalence)
    one = prevalence - both
    cells = np.stack([both, one, one, 1 - both - 2 * one], axis=1)
    counts = generator.multinomial(answers, cells).astype(float)
    return np.stack([counts[:, 0], 2 * counts[:, 0] + counts[:, 1] + counts[:, 2], answers], axis=1)


def _beta(mean: Floats, spread: float, generator: np.random.Generator) -> Floats:
    """Draw from beta distributions whose variance is spread * mean * (1 - mean)."""
    size = 1 / spread - 1
    return np.clip(generator.beta(mean * size, (1 - mean) * size), 1e-6, 1 - 1e-6)


def alpha(sums: Floats) -> Floats:
    """Krippendorff's alpha of two coders from (both, marked, answers) on the last axis."""
    both, marked, values = sums[..., 0], sums[..., 1], 2 * sums[..., 2]
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = 1 - (values - 1) * (marked - 2 * both) / (marked * (values - marked))
    return found


def influence(sums: Floats, rows: Floats) -> Floats:
    """The first-order effect of each transcript on alpha (delta method)."""
    both, marked, answers = (sums[..., place] for place in range(3))
    values = 2 * answers
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = marked * (values - marked)
        odd = marked - 2 * both
        by_both = 2 * (values - 1) / chance
        by_marked = -(values - 1) / chance + (values - 1) * odd * (values - 2 * marked) / chance**2
        by_answers = -2 * odd / chance + (values - 1) * odd * 2 * marked / chance**2
        gradient = np.stack([by_both, by_marked, by_answers], axis=-1)
        effect: Floats = gradient @ rows.T
    return effect


def standard_error(weights: Floats, effect: Floats, freedom: int) -> Floats:
    """The linearised standard error, corrected for the degrees of freedom."""
    transcripts = effect.shape[-1]
    mean = (weights * effect).sum(axis=-1, keepdims=True) / transcripts
    spread = (weights * (effect - mean) ** 2).sum(axis=-1)
    error: Floats = np.sqrt(spread * transcripts / freedom)
    return error


@dataclass(frozen=True)
class Sample:
    point: float
    replicates: Floats
    one_fewer: Floats
    studentised: Floats
    jackknife: Floats
    error: float
    transcripts: int
    freedom: int


def percentile(sample: Sample) -> tuple[float, float]:
    return _quantiles(sample.replicates, TAIL, 1 - TAIL)


def expanded(sample: Sample) -> tuple[float, float]:
    strata = sample.transcripts - sample.freedom
    tail = tail_share(1 - 2 * TAIL, "expanded", transcripts=sample.transcripts, strata=strata)
    return _quantiles(sample.replicates, tail, 1 - tail)


def one_fewer(sample: Sample) -> tuple[float, float]:
    """Rao & Wu 1988: draw one fewer from each stratum and weigh up; with a t quantile for the normal one."""
    tail = NormalDist().cdf(float(stdtrit(sample.freedom, TAIL)))
    return _quantiles(sample.one_fewer, tail, 1 - tail)


def bias_corrected(sample: Sample) -> tuple[float, float]:
    shift = _shift(sample)
    low, high = (float(ndtr(2 * shift + z)) for z in (ndtri(TAIL), -ndtri(TAIL)))
    return _quantiles(sample.replicates, low, high)


def accelerated(sample: Sample) -> tuple[float, float]:
    shift = _shift(sample)
    kept = sample.jackknife[np.isfinite(sample.jackknife)]
    centred = kept.mean() - kept
    denominator = 6 * (centred**2).sum() ** 1.5
    skew = (centred**3).sum() / denominator if denominator else 0.0
    low, high = (shift + z for z in (ndtri(TAIL), -ndtri(TAIL)))
    return _quantiles(
        sample.replicates, ndtr(shift + low / (1 - skew * low)), ndtr(shift + high / (1 - skew * high))
    )


def t_interval(sample: Sample) -> tuple[float, float]:
    reach = -stdtrit(sample.freedom, TAIL) * sample.error
    return float(sample.point - reach), float(sample.point + reach)


def t_on_log_scale(sample: Sample) -> tuple[float, float]:
    """The t interval of log(1 - alpha), which is closer to symmetric and cannot pass 1."""
    if sample.point >= 1:
        return sample.point, sample.point
    reach = -stdtrit(sample.freedom, TAIL) * sample.error / (1 - sample.point)
    return 1 - (1 - sample.point) * np.exp(reach), 1 - (1 - sample.point) * np.exp(-reach)


def studentised(sample: Sample) -> tuple[float, float]:
    low, high = _quantiles(sample.studentised, TAIL, 1 - TAIL)
    return sample.point - high * sample.error, sample.point - low * sample.error


FORMS: dict[str, Callable[[Sample], tuple[float, float]]] = {
    "percentile": percentile,
    "bias-corrected": bias_corrected,
    "BCa": accelerated,
    "studentised": studentised,
    "t": t_interval,
    "t of log(1 - alpha)": t_on_log_scale,
    "expanded": expanded,
    "one fewer, t": one_fewer,
}


def _quantiles(values: Floats, low: float, high: float) -> tuple[float, float]:
    kept = values[np.isfinite(values)]
    if not len(kept):  # no study differed from another: there is only the point
        return 0.0, 0.0
    found = np.quantile(kept, [low, high])
    return float(found[0]), float(found[1])


def _shift(sample: Sample) -> float:
    kept = sample.replicates[np.isfinite(sample.replicates)]
    below = (np.mean(kept < sample.point) + np.mean(kept <= sample.point)) / 2
    return float(ndtri(np.clip(below, 0.5 / len(kept), 1 - 0.5 / len(kept))))


def sample_of(rows: Floats, strata: int, generator: np.random.Generator) -> Sample | None:
    """Resample one study within its strata, as the engine does; None where alpha is undefined."""
    transcripts = len(rows)
    groups = strata_of([str(place % strata) for place in range(transcripts)])
    weights, fewer = np.zeros((2, REPLICATES, transcripts))
    for members in groups:
        size = len(members)
        share = np.full(size, 1 / size)
        weights[:, members] = generator.multinomial(size, share, REPLICATES)
        fewer[:, members] = generator.multinomial(size - 1, share, REPLICATES) * size / (size - 1)
    sums = rows.sum(axis=0)
    point = float(alpha(sums))
    if not np.isfinite(point):
        return None
    freedom = transcripts - len(groups)
    drawn = weights @ rows
    replicates = alpha(drawn)
    error = float(standard_error(np.ones(transcripts), influence(sums, rows), freedom))
    errors = standard_error(weights, influence(drawn, rows), freedom)
    with np.errstate(invalid="ignore", divide="ignore"):
        pivots = (replicates - point) / errors
    return Sample(
        point, replicates, alpha(fewer @ rows), pivots, alpha(sums - rows), error, transcripts, freedom
    )


def cell(world: World, transcripts: int, studies: int, seed: int) -> dict[str, tuple[float, float, float]]:
    """Give for each form: coverage, share of intervals wholly above the truth, and median width."""
    generator = np.random.default_rng(seed)
    truth = float(alpha(draw(world, 200_000, generator).sum(axis=0)))
    hits: dict[str, list[tuple[bool, bool, float]]] = {name: [] for name in FORMS}
    for _ in range(studies):
        sample = sample_of(draw(world, transcripts, generator), world.strata, generator)
        if sample is None:
            continue
        for name, form in FORMS.items():
            low, high = form(sample)
            hits[name].append((low <= truth <= high, low > truth, high - low))
    found = {}
    for name, rows in hits.items():
        columns = np.array(rows, dtype=float)
        found[name] = (columns[:, 0].mean(), columns[:, 1].mean(), float(np.median(columns[:, 2])))
    return found


def main(studies: int) -> None:
    print(
        f"Coverage in % of nominal 95 % intervals for alpha: {studies:,} studies a cell, {REPLICATES:,} draws"
    )
    print("| world | transcripts | " + " | ".join(FORMS) + " |")
    print("|---|---|" + "---|" * len(FORMS))
    means: dict[int, list[list[float]]] = {transcripts: [] for transcripts in TRANSCRIPTS}
    widths: dict[int, list[list[float]]] = {transcripts: [] for transcripts in TRANSCRIPTS}
    for number, world in enumerate(WORLDS):
        for transcripts in TRANSCRIPTS:
            found = cell(world, transcripts, studies, seed=1000 * number + transcripts)
            row = [100 * found[name][0] for name in FORMS]
            means[transcripts].append(row)
            widths[transcripts].append([found[name][2] for name in FORMS])
            print_row(world.name, transcripts, row, digits=1)
    for transcripts, rows in means.items():
        print_row("**mean**", transcripts, np.mean(rows, axis=0).tolist(), digits=1)
    for transcripts, rows in widths.items():
        print_row("**mean width**", transcripts, np.mean(rows, axis=0).tolist(), digits=2)


def print_row(name: str, transcripts: int, values: list[float], *, digits: int) -> None:
    cells = " | ".join(f"{value:.{digits}f}" for value in values)
    print(f"| {name} | {transcripts} | {cells} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
