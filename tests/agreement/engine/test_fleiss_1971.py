"""Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76(5)."""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "fleiss1971",
        {
            "111112": 1,
            "111155": 1,
            "111455": 1,
            "113333": 1,
            "113334": 1,
            "114444": 2,
            "124444": 1,
            "133333": 1,
            "133555": 1,
            "144444": 2,
            "144445": 1,
            "222224": 1,
            "222333": 1,
            "222444": 1,
            "222555": 1,
            "224444": 2,
            "224445": 1,
            "224555": 1,
            "233335": 1,
            "244444": 1,
            "333335": 1,
            "333355": 1,
            "444444": 1,
            "555555": 4,
        },
        {
            "percent": 0.5555555556,
            "krippendorff_alpha": 0.4334098283,
            "fleiss_kappa": 0.4302445201,
            "gwet_ac1": 0.4478845158,
            "brennan_prediger": 0.4444444444,
            "conger_kappa": 0.4418085403,
            "light_kappa": 0.4594121444,
            "category_kappa:1": 0.2447552448,
            "category_kappa:2": 0.2447552448,
            "category_kappa:3": 0.52,
            "category_kappa:4": 0.4711272727,
            "category_kappa:5": 0.5661178068,
            "gwet_ac1_se": 0.05566,
            "fleiss_kappa_se": 0.0542,
            "krippendorff_alpha_se": 0.0542,
            "conger_kappa_se": 0.05079,
            "brennan_prediger_se": 0.05512,
        },
        published={
            "percent": (0.5556, 0.001),
            "fleiss_kappa": (0.43, 0.001),
            "category_kappa:1": (0.248, 0.005),
            "category_kappa:2": (0.248, 0.005),
            "category_kappa:3": (0.517, 0.005),
            "category_kappa:4": (0.47, 0.005),
            "category_kappa:5": (0.565, 0.005),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
