"""Brennan, R. L. & Prediger, D. J. (1981). Coefficient kappa: some uses, misuses, and alternatives.
Educational and Psychological Measurement 41.
"""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "brennan_prediger1981_p689",
        {"11": 50, "21": 10, "22": 10, "23": 10, "31": 20},
        {
            "percent": 0.6,
            "krippendorff_alpha": 0.227184466,
            "fleiss_kappa": 0.2233009709,
            "gwet_ac1": 0.4612794613,
            "brennan_prediger": 0.4,
            "conger_kappa": 0.2727272727,
            "light_kappa": 0.2727272727,
            "cohen_kappa": 0.2727272727,
            "scott_pi": 0.2233009709,
            "bennett_s": 0.4,
            "cohen_kappa_se": 0.0604877382,
            "gwet_ac1_se": 0.0751,
            "fleiss_kappa_se": 0.07614,
            "krippendorff_alpha_se": 0.07614,
            "conger_kappa_se": 0.06079,
            "brennan_prediger_se": 0.07385,
        },
        published={
            "percent": (0.6, 0.0005),
            "cohen_kappa": (0.27, 0.01),
            "bennett_s": (0.4, 0.01),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
