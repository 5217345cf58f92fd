"""Zwick, R. (1988). Another look at interrater agreement. Psychological Bulletin 103."""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "zwick1988_a",
        {"AA": 20, "AD": 5, "BB": 10, "BC": 15, "CB": 15, "CC": 10, "DA": 5, "DD": 20},
        {
            "percent": 0.6,
            "krippendorff_alpha": 0.4693333333,
            "fleiss_kappa": 0.4666666667,
            "gwet_ac1": 0.4666666667,
            "brennan_prediger": 0.4666666667,
            "conger_kappa": 0.4666666667,
            "light_kappa": 0.4666666667,
            "cohen_kappa": 0.4666666667,
            "scott_pi": 0.4666666667,
            "bennett_s": 0.4666666667,
            "cohen_kappa_se": 0.0653197265,
            "gwet_ac1_se": 0.06565,
            "fleiss_kappa_se": 0.06565,
            "krippendorff_alpha_se": 0.06565,
            "conger_kappa_se": 0.06565,
            "brennan_prediger_se": 0.06565,
        },
        published={
            "percent": (0.6, 0.0005),
            "cohen_kappa": (0.467, 0.0011),
            "scott_pi": (0.467, 0.0011),
            "bennett_s": (0.467, 0.0011),
        },
    ),
    Case(
        "zwick1988_c",
        {
            "AA": 20,
            "AB": 5,
            "AC": 5,
            "AD": 10,
            "BB": 10,
            "BC": 5,
            "BD": 5,
            "CB": 5,
            "CC": 10,
            "CD": 5,
            "DD": 20,
        },
        {
            "percent": 0.6,
            "krippendorff_alpha": 0.4621621622,
            "fleiss_kappa": 0.4594594595,
            "gwet_ac1": 0.4690265487,
            "brennan_prediger": 0.4666666667,
            "conger_kappa": 0.4736842105,
            "light_kappa": 0.4736842105,
            "cohen_kappa": 0.4736842105,
            "scott_pi": 0.4594594595,
            "bennett_s": 0.4666666667,
            "cohen_kappa_se": 0.0601497251,
            "gwet_ac1_se": 0.06577,
            "fleiss_kappa_se": 0.06564,
            "krippendorff_alpha_se": 0.06564,
            "conger_kappa_se": 0.06045,
            "brennan_prediger_se": 0.06565,
        },
        published={
            "percent": (0.6, 0.0005),
            "cohen_kappa": (0.474, 0.0011),
            "scott_pi": (0.46, 0.0011),
            "bennett_s": (0.467, 0.0011),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
