"""The coding comparison of NVivo's help: 1,000 characters, 50 coded by both, 150 by one, 800 by neither.

It prints 85 % agreement; the split of the 150 (100 and 50) is ours, and kappa is then Cohen's.
"""

import pytest

from apps.agreement.engine import PairCounts, compute

from .make import speech, study


def test_percent_and_kappa() -> None:
    given = study([("ann", "a", 0, 150), ("bob", "a", 100, 200)], transcript=speech(1000))
    figure = compute(given, levels=("character",), min_units=0).figure("character", "a")
    assert figure.counts == PairCounts(both=50, only_first=100, only_second=50, neither=800)
    assert figure.estimate("percent").value == pytest.approx(0.85)
    assert figure.estimate("positive_agreement").value == pytest.approx(100 / 250)
    assert figure.estimate("negative_agreement").value == pytest.approx(1600 / 1750)
    assert figure.estimate("cohen_kappa").value == pytest.approx(0.3181818182)
