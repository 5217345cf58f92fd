"""The coefficients, each a small function over counts.

Arrays carry categories on the first axis (for a binary code: not coded, coded) and anything behind it (codes,
bootstrap replicates). A value that is undefined is NaN here and only here; results turn it into None with a
reason. Formulas and sources are in docs/agreement.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .study import Floats


def ratio(part: Floats, whole: Floats) -> Floats:
    """Divide; NaN where the whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64))
    result = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=result, where=whole != 0)
    return result


def chance_corrected(observed: Floats, expected: Floats) -> Floats:
    """(observed - expected) / (1 - expected); undefined where chance alone would agree always."""
    return ratio(observed - expected, 1.0 - expected)


def scott_pi(observed: Floats, shares: Floats) -> Floats:
    """Scott 1955 for two coders, Fleiss 1971 for more: chance = sum of squared mean shares of the categories.

    With missing ratings this is Gwet's form: `shares` are means over units of the share of each category.
    """
    return chance_corrected(observed, np.sum(shares * shares, axis=0))


def conger_kappa(observed: Floats, shares: Floats) -> Floats:
    """Cohen 1960 for two coders, Conger 1980 for more; `shares[category, coder]`.

    Chance = sum over categories of: mean share squared, minus variance (n - 1) of the shares / coders.
    """
    spread = np.var(shares, axis=1, ddof=1) / shares.shape[1]
    return chance_corrected(observed, np.sum(np.mean(shares, axis=1) ** 2 - spread, axis=0))


def light_kappa(pairwise: Sequence[Floats]) -> Floats:
    """Light 1971: mean of Cohen's kappa over all pairs; undefined where any pair's is."""
    mean: Floats = np.mean(np.stack(list(pairwise)), axis=0)
    return mean


def gwet_ac1(observed: Floats, shares: Floats) -> Floats:
    """Gwet 2008: chance = sum of share (1 - share) / (categories - 1); undefined for one category."""
    categories = len(shares)
    if categories < 2:
        return np.full(np.shape(observed), np.nan)
    return chance_corrected(observed, np.sum(shares * (1.0 - shares), axis=0) / (categories - 1))


def brennan_prediger(observed: Floats, categories: int) -> Floats:
    """Brennan & Prediger 1981 (PABAK, Bennett's S; Randolph for more coders): chance = 1 / categories."""
    if categories < 2:
        return np.full(np.shape(observed), np.nan)
    return chance_corrected(observed, np.full(np.shape(observed), 1.0 / categories))


def krippendorff_alpha(agreeing: Floats, totals: Floats) -> Floats:
    """Krippendorff, nominal: 1 - (n - 1)(n - sum o_cc) / (n^2 - sum n_c^2).

    `agreeing[c]` is o_cc, the ordered pairs of equal values within units, each weighted 1 / (values of the
    unit - 1); `totals[c]` is n_c, over units with at least two values. Undefined where only one value occurs.
    """
    values = np.sum(totals, axis=0)
    disagreeing = values - np.sum(agreeing, axis=0)
    return 1.0 - ratio((values - 1.0) * disagreeing, values * values - np.sum(totals * totals, axis=0))


def specific_agreement(agreeing: Floats, totals: Floats) -> Floats:
    """Agreement on one category: o_cc / n_c; for two coders 2a / (2a + b + c) = F1 = Dice."""
    return ratio(agreeing, totals)


def jaccard(positive: Floats) -> Floats:
    """a / (a + b + c), from positive agreement F: F / (2 - F)."""
    return positive / (2.0 - positive)


def holsti(agreed: Floats, decisions: Floats) -> Floats:
    """Holsti 1969: 2 M / (N1 + N2), where `decisions` is N1 + N2; over units that all rated it is percent."""
    return ratio(2.0 * np.asarray(agreed), decisions)


def bar_u_alpha(agreeing: Floats, totals: Floats, squares: Floats) -> Floats:
    """|u-alpha of one code (Krippendorff et al. 2016): does a coder mark where the other marks?

    `agreeing[c]` and `totals[c]` as for alpha but in characters; `squares` is the sum over coders of the
    squared lengths of the merged spans. For one code it equals u-alpha. Undefined where nobody marks anything
    or everybody marks all.
    """
    length = np.sum(totals, axis=0)
    gaps, marked = totals[0], totals[1]
    observed = marked - agreeing[1]
    expected = ratio(length * gaps * marked, length * length - squares - gaps)
    return 1.0 - ratio(observed, expected)
