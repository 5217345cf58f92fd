"""Agresti, A. (1992). Modelling patterns of agreement and disagreement. Statistical Methods in Medical
Research 1.
"""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "agresti1992",
        {
            "11": 22,
            "12": 2,
            "13": 2,
            "21": 5,
            "22": 7,
            "23": 14,
            "32": 2,
            "33": 36,
            "42": 1,
            "43": 17,
            "44": 10,
        },
        {
            "percent": 0.6355932203,
            "krippendorff_alpha": 0.4757457847,
            "fleiss_kappa": 0.4735149157,
            "gwet_ac1": 0.5263035056,
            "brennan_prediger": 0.5141242938,
            "conger_kappa": 0.4930055955,
            "light_kappa": 0.4930055955,
            "cohen_kappa": 0.4930055955,
            "scott_pi": 0.4735149157,
            "cohen_kappa_se": 0.0567431504,
            "category_kappa2:1": 0.7810309278,
            "gwet_ac1_se": 0.05859,
            "fleiss_kappa_se": 0.06385,
            "krippendorff_alpha_se": 0.06385,
            "conger_kappa_se": 0.05699,
            "brennan_prediger_se": 0.05932,
        },
        published={
            "cohen_kappa": (0.493, 0.0005),
            "cohen_kappa_se": (0.057, 0.0005),
            "category_kappa2:1": (0.781, 0.0011),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
