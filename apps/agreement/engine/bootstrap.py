"""Resampling of whole transcripts, and the intervals that come of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from .study import Floats

Form = Literal["percentile", "expanded"]

FEWEST_TRANSCRIPTS = 8
FEW_TRANSCRIPTS = 20
SMALLEST_STRATUM = 3
DEFINED_SHARE = 0.95
"""An interval is given only if the coefficient was defined in at least this share of the replicates."""


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Bounds per coefficient (NaN where there is none) and the number of replicates that were undefined."""

    low: Floats
    high: Floats
    undefined: Floats


def strata_of(strata: Sequence[str]) -> list[list[int]]:
    """Give the transcripts of each stratum; those of fewer than three are joined, as they vary too little.

    If together they are still fewer than three, they join the smallest of the others.
    """
    places: dict[str, list[int]] = {}
    for place, stratum in enumerate(strata):
        places.setdefault(stratum, []).append(place)
    groups = [places[stratum] for stratum in sorted(places)]
    large = [group for group in groups if len(group) >= SMALLEST_STRATUM]
    rest = sorted(place for group in groups if len(group) < SMALLEST_STRATUM for place in group)
    if not rest:
        return large
    if len(rest) >= SMALLEST_STRATUM or not large:
        return [*large, rest]
    smallest = min(large, key=len)
    return [*(group for group in large if group is not smallest), sorted(smallest + rest)]


def draws(strata: Sequence[str], *, replicates: int, seed: int, stream: str = "") -> Floats:
    """Draw, with replacement in each stratum, how often each transcript is in each replicate [replicate, t].

    What is drawn depends on the seed, on how many transcripts each stratum has, and on the name of the stream
    (by which two groups of the same size are drawn apart), and on nothing else.
    """
    groups = strata_of(strata)
    sizes = ",".join(str(len(group)) for group in groups)
    entropy = int.from_bytes(hashlib.sha256(f"{seed}:{sizes}:{stream}".encode()).digest()[:16], "big")
    generator = np.random.Generator(np.random.PCG64(entropy))
    weights = np.zeros((replicates, len(strata)))
    for group in groups:
        size = len(group)
        drawn = generator.integers(0, size, size=(replicates, size))
        cell = drawn + np.arange(replicates)[:, None] * size
        counts = np.bincount(cell.ravel(), minlength=replicates * size)
        weights[:, group] = counts.reshape(replicates, size)
    return weights


def interval(values: Floats, *, confidence: float, form: Form, transcripts: int, strata: int) -> Interval:
    """Read the bounds off the replicates on the last axis; undefined replicates are set apart and counted."""
    replicates = values.shape[-1]
    ordered = np.sort(values, axis=-1)
    defined = replicates - np.isnan(ordered).sum(axis=-1)
    tail = tail_share(confidence, form, transcripts=transcripts, strata=strata)
    low, high = _quantile(ordered, defined, tail), _quantile(ordered, defined, 1.0 - tail)
    enough = defined >= DEFINED_SHARE * replicates
    return Interval(
        np.where(enough, low, np.nan),
        np.where(enough, high, np.nan),
        (replicates - defined).astype(np.float64),
    )


def tail_share(confidence: float, form: Form, *, transcripts: int, strata: int) -> float:
    """Give the share of replicates to leave out on each side.

    `expanded` widens the percentile interval for few transcripts (Hesterberg 2015): the bootstrap varies too
    little by (n - strata) / n, and a t quantile belongs where the normal one stands.
    """
    tail = (1.0 - confidence) / 2.0
    freedom = transcripts - strata
    if form == "percentile" or freedom < 1:
        return tail
    from scipy.special import stdtrit

    widening = float(np.sqrt(transcripts / freedom)) * float(stdtrit(freedom, tail))
    return NormalDist().cdf(widening)


def _quantile(ordered: Floats, defined: Floats, share: float) -> Floats:
    """Interpolate linearly among the first `defined` values of the last axis."""
    place = np.maximum(defined - 1, 0) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(defined - 1, 0).astype(np.int64))
    low = np.take_along_axis(ordered, below[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, above[..., None], axis=-1)[..., 0]
    return low + (high - low) * (place - below)
