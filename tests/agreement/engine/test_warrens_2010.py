"""Warrens, M. J. (2010). Inequalities between multi-rater kappas. Advances in Data Analysis and
Classification 4.
"""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "warrens2010_8raters",
        {
            "AAAAAAAA": 10,
            "AANAAAAN": 2,
            "AANANAAN": 1,
            "AANANANN": 1,
            "NNNANNNN": 1,
            "NNNNNNNA": 1,
            "NNNNNNNN": 14,
        },
        {
            "percent": 0.9178571429,
            "krippendorff_alpha": 0.8330481792,
            "fleiss_kappa": 0.832349636,
            "gwet_ac1": 0.8389465392,
            "brennan_prediger": 0.8357142857,
            "conger_kappa": 0.8326326003,
            "light_kappa": 0.8324380067,
            "gwet_ac1_se": 0.06448,
            "fleiss_kappa_se": 0.06536,
            "krippendorff_alpha_se": 0.06536,
            "conger_kappa_se": 0.065,
            "brennan_prediger_se": 0.06445,
        },
        published={
            "fleiss_kappa": (0.8324, 0.0001),
            "brennan_prediger": (0.8358, 0.0001),
            "conger_kappa": (0.8326, 0.0001),
            "light_kappa": (0.8325, 0.0001),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
