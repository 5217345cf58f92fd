"""Fleiss' kappa of fourteen raters: the worked table of Wikipedia's article."""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "fleiss_wikipedia_14raters",
        {
            "11111112222222": 1,
            "11111122222334": 1,
            "11122333333444": 1,
            "11222223334455": 1,
            "11223333333345": 1,
            "22233333333344": 1,
            "22333333444455": 1,
            "22334445555555": 1,
            "33344444555555": 1,
            "55555555555555": 1,
        },
        {
            "percent": 0.378021978,
            "krippendorff_alpha": 0.2155740565,
            "fleiss_kappa": 0.2099307044,
            "gwet_ac1": 0.2256141508,
            "brennan_prediger": 0.2225274725,
            "conger_kappa": 0.2170424678,
            "light_kappa": 0.2346717491,
            "gwet_ac1_se": 0.09332,
            "fleiss_kappa_se": 0.09237,
            "krippendorff_alpha_se": 0.09237,
            "conger_kappa_se": 0.08962,
            "brennan_prediger_se": 0.0929,
        },
        published={
            "fleiss_kappa": (0.21, 0.0005),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
