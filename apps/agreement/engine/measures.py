"""From counts per transcript to all coefficients of all codes in all replicates, in a few matrix products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import coefficients as c
from .study import Floats, Ints
from .sweep import slot_pairs
from .tables import LevelTable, Tables

PAIR_MEASURES = (
    "krippendorff_alpha",
    "positive_agreement",
    "cohen_kappa",
    "negative_agreement",
    "gwet_ac1",
    "scott_pi",
    "brennan_prediger",
    "percent",
    "jaccard",
)
GROUP_MEASURES = (
    "krippendorff_alpha",
    "positive_agreement",
    "conger_kappa",
    "light_kappa",
    "negative_agreement",
    "gwet_ac1",
    "fleiss_kappa",
    "brennan_prediger",
    "percent",
    "jaccard",
)
CHUNK_BYTES = 8_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sums per transcript (last axis) that every coefficient is a function of.

    `alone[row, coder, t]`, `both[row, pair, t]`, `squares[row, t]` (None where lengths mean nothing);
    `units[t]`; `present[coder, t]`; `together[pair, t]`; `size[t]` is the number of coders of a transcript;
    `factor[row]` is how many codes were pooled in a row.
    """

    alone: Floats
    both: Floats
    squares: Floats | None
    units: Floats
    present: Floats
    together: Floats
    size: Floats
    factor: Floats

    @property
    def coders(self) -> int:
        return int(self.alone.shape[1])

    def names(self) -> tuple[str, ...]:
        """Say which coefficients `evaluate` will give."""
        names = PAIR_MEASURES if self.coders == 2 else GROUP_MEASURES
        return names if self.squares is None else (*names, "bar_u_alpha")


def moments(
    tables: Tables, table: LevelTable, places: Ints, coders: Sequence[int], *, lengths: bool
) -> Moments:
    """Gather the sums for some transcripts and coders; the two of a pair must both be in all of them."""
    slots = np.stack([tables.slot_of(coder)[places] for coder in coders])
    present = slots >= 0
    at = np.maximum(slots, 0)
    alone = np.stack([_picked(table.alone[places], slot) for slot in at]) * present[:, None, :].transpose(
        0, 2, 1
    )
    pairs = slot_pairs(len(coders))
    pair_at = np.zeros((tables.slots, tables.slots), dtype=np.int64)
    for place, (i, j) in enumerate(slot_pairs(tables.slots)):
        pair_at[i, j] = pair_at[j, i] = place
    together = np.stack([present[i] & present[j] for i, j in pairs])
    both = (
        np.stack([_picked(table.both[places], pair_at[at[i], at[j]]) for i, j in pairs])
        * together[:, :, None]
    )
    squares: Floats | None = None
    if lengths:
        squares = sum(
            _picked(table.squares[places], slot) * on[:, None] for slot, on in zip(at, present, strict=True)
        )
        squares = np.ascontiguousarray(np.asarray(squares).T)
    return Moments(
        alone=np.ascontiguousarray(alone.transpose(2, 0, 1)),
        both=np.ascontiguousarray(both.transpose(2, 0, 1)),
        squares=squares,
        units=table.units[places],
        present=present.astype(np.float64),
        together=together.astype(np.float64),
        size=present.sum(axis=0).astype(np.float64),
        factor=np.ones(table.alone.shape[1]),
    )


def with_pools(moments: Moments, pools: Sequence[Sequence[int]]) -> Moments:
    """Append one row for each pool: every unit of each pooled code is then a decision of its own."""
    if not pools:
        return moments
    alone, both, factor = [moments.alone], [moments.both], [moments.factor]
    squares = [] if moments.squares is None else [moments.squares]
    for pool in pools:
        rows = list(pool)
        alone.append(moments.alone[rows].sum(axis=0, keepdims=True))
        both.append(moments.both[rows].sum(axis=0, keepdims=True))
        factor.append(np.array([float(len(rows))]))
        if moments.squares is not None:
            squares.append(moments.squares[rows].sum(axis=0, keepdims=True))
    return Moments(
        alone=np.concatenate(alone),
        both=np.concatenate(both),
        squares=np.concatenate(squares) if squares else None,
        units=moments.units,
        present=moments.present,
        together=moments.together,
        size=moments.size,
        factor=np.concatenate(factor),
    )


def evaluate(moments: Moments, weights: Floats) -> Floats:
    """Compute [coefficient (as in `names`), row, replicate] for weights [replicate, transcript]."""
    rows = len(moments.factor)
    replicates = len(weights)
    sums = moments.coders + moments.both.shape[1] + 24
    step = max(1, CHUNK_BYTES // (8 * sums * replicates))
    turned = np.ascontiguousarray(weights.T)
    result = np.empty((len(moments.names()), rows, replicates))
    for first in range(0, rows, step):
        chunk = slice(first, first + step)
        values = _chunk(moments, turned, chunk)
        for place, name in enumerate(moments.names()):
            result[place, chunk] = values[name]
    return result


def _chunk(moments: Moments, weights: Floats, rows: slice) -> dict[str, Floats]:
    factor = moments.factor[rows, None]
    alone, both = _drawn(moments.alone[rows], weights), _drawn(moments.both[rows], weights)
    marked, agreeing, marked_share, agreeing_share = _sums(moments, weights, rows, alone, both)
    units = factor * (moments.units @ weights)
    values = factor * ((moments.units * moments.size) @ weights)
    totals = np.stack([values - marked, marked])
    agreed = np.stack([values - 2.0 * marked + agreeing, agreeing])
    observed = c.ratio(units - 2.0 * marked_share + 2.0 * agreeing_share, units)
    share = c.ratio(marked_share, units)
    shares = np.stack([1.0 - share, share])
    positive = c.specific_agreement(agreed[1], totals[1])
    result = {
        "krippendorff_alpha": c.krippendorff_alpha(agreed, totals),
        "positive_agreement": positive,
        "negative_agreement": c.specific_agreement(agreed[0], totals[0]),
        "gwet_ac1": c.gwet_ac1(observed, shares),
        "brennan_prediger": c.brennan_prediger(observed, 2),
        "percent": observed,
        "jaccard": c.jaccard(positive),
    }
    rated = factor[:, None] * ((moments.present * moments.units) @ weights)
    by_coder = c.ratio(alone, np.broadcast_to(rated, alone.shape))
    kappa = c.conger_kappa(observed, np.stack([1.0 - by_coder, by_coder]).transpose(0, 2, 1, 3))
    if moments.coders == 2:
        result |= {"cohen_kappa": kappa, "scott_pi": c.scott_pi(observed, shares)}
    else:
        light = c.light_kappa(_pairwise_kappas(moments, weights, factor, alone, both, rows))
        result |= {"conger_kappa": kappa, "light_kappa": light, "fleiss_kappa": c.scott_pi(observed, shares)}
    if moments.squares is not None:
        result["bar_u_alpha"] = c.bar_u_alpha(agreed, totals, moments.squares[rows] @ weights)
    return result


def _drawn(values: Floats, weights: Floats) -> Floats:
    """Sum [row, coder or pair, t] over the transcripts of each replicate, as one product of two matrices."""
    rows, columns, transcripts = values.shape
    product: Floats = values.reshape(rows * columns, transcripts) @ weights
    return product.reshape(rows, columns, weights.shape[1])


def _sums(
    moments: Moments, weights: Floats, rows: slice, alone: Floats, both: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Sum over units: coders who coded it (k), k(k-1)/(m-1), and both once more divided by m."""
    size = moments.size
    if size.size and (size == size[0]).all():
        marked, agreeing = alone.sum(axis=1), 2.0 * both.sum(axis=1) / (size[0] - 1.0)
        return marked, agreeing, marked / size[0], agreeing / size[0]
    marked_by, agreeing_by = (
        moments.alone[rows].sum(axis=1),
        2.0 * moments.both[rows].sum(axis=1) / (size - 1.0),
    )
    return (
        marked_by @ weights,
        agreeing_by @ weights,
        (marked_by / size) @ weights,
        (agreeing_by / size) @ weights,
    )


def _pairwise_kappas(
    moments: Moments, weights: Floats, factor: Floats, alone: Floats, both: Floats, rows: slice
) -> list[Floats]:
    kappas = []
    for place, (i, j) in enumerate(slot_pairs(moments.coders)):
        shared = moments.together[place]
        if not shared.any():
            continue
        units = factor * ((moments.units * shared) @ weights)
        if shared.all():
            first, second = alone[:, i], alone[:, j]
        else:
            first, second = ((moments.alone[rows, coder] * shared) @ weights for coder in (i, j))
        observed = c.ratio(units - first - second + 2.0 * both[:, place], units)
        by_coder = np.stack([c.ratio(first, units), c.ratio(second, units)])
        kappas.append(c.conger_kappa(observed, np.stack([1.0 - by_coder, by_coder])))
    return kappas


def _picked(values: Floats, slot: Ints) -> Floats:
    """Take one entry of the last axis for each transcript: [t, row, s] and [t] to [t, row]."""
    return np.take_along_axis(values, slot[:, None, None], axis=2)[:, :, 0]
