"""Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25, p.
57.
"""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "krippendorff1995_C_digitized",
        {"00": 6, "01": 4, "10": 4, "11": 10},
        {
            "percent": 0.6666666667,
            "krippendorff_alpha": 0.3285714286,
            "fleiss_kappa": 0.3142857143,
            "gwet_ac1": 0.3513513514,
            "brennan_prediger": 0.3333333333,
            "conger_kappa": 0.3142857143,
            "light_kappa": 0.3142857143,
            "cohen_kappa": 0.3142857143,
            "scott_pi": 0.3142857143,
            "cohen_kappa_se": 0.195999983,
            "pabak": 0.3333333333,
            "specific:0": 0.6,
            "specific:1": 0.7142857143,
            "gwet_ac1_se": 0.19948,
            "fleiss_kappa_se": 0.20022,
            "krippendorff_alpha_se": 0.20022,
            "conger_kappa_se": 0.20022,
            "brennan_prediger_se": 0.19659,
        },
        published={
            "cohen_kappa": (0.314, 0.0011),
            "scott_pi": (0.314, 0.0011),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
