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
DEFINED_SHARE = 0.95
"""An interval is given only if the coefficient was defined in at least this share of the replicates."""


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Bounds per coefficient (NaN where there is none) and the number of replicates that were undefined."""

    low: Floats
    high: Floats
    undefined: Floats


def strata_of(strata: Sequence[str]) -> list[list[int]]:
    """Give the transcripts of each stratum; strata of one are joined, since one alone cannot vary."""
    places: dict[str, list[int]] = {}
    for place, stratum in enumerate(strata):
        places.setdefault(stratum, []).append(place)
    groups = [places[stratum] for stratum in sorted(places)]
    single = [place for group in groups if len(group) == 1 for place in group]
    several = [group for group in groups if len(group) > 1]
    if not single:
        return several
    if len(single) > 1 or not several:
        return [*several, single]
    smallest = min(several, key=len)
    return [*(group for group in several if group is not smallest), sorted(smallest + single)]


def draws(strata: Sequence[str], *, replicates: int, seed: int) -> Floats:
    """Draw, with replacement in each stratum, how often each transcript is in each replicate [replicate, t].

    The stream depends on the seed and on how many transcripts each stratum has, and on nothing else.
    """
    groups = strata_of(strata)
    sizes = ",".join(str(len(group)) for group in groups)
    entropy = int.from_bytes(hashlib.sha256(f"{seed}:{sizes}".encode()).digest()[:16], "big")
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
