"""Artstein, R. & Poesio, M. (2008). Inter-coder agreement for computational linguistics. Computational
Linguistics 34(4).
"""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "artstein_poesio2008_p558",
        {("IReq", "IReq"): 50, ("IReq", "STAT"): 20, ("STAT", "IReq"): 10, ("STAT", "STAT"): 20},
        {
            "percent": 0.7,
            "krippendorff_alpha": 0.343956044,
            "fleiss_kappa": 0.3406593407,
            "gwet_ac1": 0.4495412844,
            "brennan_prediger": 0.4,
            "conger_kappa": 0.347826087,
            "light_kappa": 0.347826087,
            "cohen_kappa": 0.347826087,
            "scott_pi": 0.3406593407,
            "bennett_s": 0.4,
            "cohen_kappa_se": 0.0950081805,
            "pabak": 0.4,
            "specific:IReq": 0.7692307692,
            "specific:STAT": 0.5714285714,
            "gwet_ac1_se": 0.09337,
            "fleiss_kappa_se": 0.09835,
            "krippendorff_alpha_se": 0.09835,
            "conger_kappa_se": 0.09549,
            "brennan_prediger_se": 0.09211,
        },
        published={
            "percent": (0.7, 0.0005),
            "cohen_kappa": (0.348, 0.0005),
            "scott_pi": (0.341, 0.0005),
            "bennett_s": (0.4, 0.0005),
            "specific:IReq": (0.769, 0.0005),
            "specific:STAT": (0.571, 0.0005),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
