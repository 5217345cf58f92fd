"""From a number and its replicates to an estimate that says what it lacks, and why."""

from __future__ import annotations

import numpy as np

from .bootstrap import FEWEST_TRANSCRIPTS, Interval
from .results import Estimate, IntervalReason, Reason


def without_value(reason: Reason) -> Estimate:
    """Say why there is no number."""
    return Estimate(None, reason, None, None, "no_value", 0)


def with_interval(
    value: float, bounds: Interval | None, place: tuple[int, ...] | int, transcripts: int
) -> Estimate:
    """Give a number with its bounds, or the reason why it has none."""
    if bounds is None:
        why: IntervalReason = "few_transcripts" if transcripts < FEWEST_TRANSCRIPTS else "not_asked"
        return Estimate(value, None, None, None, why, 0)
    low, high, undefined = bounds.low[place], bounds.high[place], int(bounds.undefined[place])
    if np.isnan(low):
        return Estimate(value, None, None, None, "unstable", undefined)
    return Estimate(value, None, float(low), float(high), None, undefined)
