"""What others do for the same point estimates: kappa over arrays of characters."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from apps.agreement.engine import Study

Labels = NDArray[np.int8]


def labels(study: Study, code: int) -> Labels:
    """Lay one code on arrays of characters [coder, character], transcripts one after the other."""
    lengths = np.array([transcript.length for transcript in study.transcripts])
    offsets = np.cumsum(lengths) - lengths
    laid = np.zeros((len(study.coders), int(lengths.sum())), dtype=np.int8)
    spans = study.spans
    for row in np.flatnonzero(spans.code == code).tolist():
        offset = offsets[spans.transcript[row]]
        laid[spans.coder[row], offset + spans.start[row] : offset + spans.end[row]] = 1
    return laid


def seconds_of_scikit_learn(study: Study, codes: list[int]) -> float:
    """Time Cohen's kappa of all pairs for some codes (on the processor), without laying out the arrays."""
    from sklearn.metrics import cohen_kappa_score

    pairs = list(combinations(range(len(study.coders)), 2))
    spent = 0.0
    for code in codes:
        laid = labels(study, code)
        begun = time.process_time()
        for first, second in pairs:
            cohen_kappa_score(laid[first], laid[second])
        spent += time.process_time() - begun
    return spent


def seconds_of_statsmodels(study: Study, codes: list[int]) -> float:
    """Time Fleiss' kappa over all coders for some codes (on the processor), without laying out the arrays."""
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    spent = 0.0
    for code in codes:
        laid = labels(study, code)
        begun = time.process_time()
        counts, _ = aggregate_raters(laid.T, n_cat=2)
        fleiss_kappa(counts)
        spent += time.process_time() - begun
    return spent
