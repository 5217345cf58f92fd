"""Randolph, J. J. (2005). Free-marginal multirater kappa. Joensuu Learning and Instruction Symposium."""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "randolph2005_ex1",
        {"NNN": 1, "NNY": 1, "YYN": 1, "YYY": 1},
        {
            "percent": 0.6666666667,
            "krippendorff_alpha": 0.3888888889,
            "fleiss_kappa": 0.3333333333,
            "gwet_ac1": 0.3333333333,
            "brennan_prediger": 0.3333333333,
            "conger_kappa": 0.3333333333,
            "light_kappa": 0.3333333333,
            "gwet_ac1_se": 0.3849,
            "fleiss_kappa_se": 0.3849,
            "krippendorff_alpha_se": 0.3849,
            "conger_kappa_se": 0.3849,
            "brennan_prediger_se": 0.3849,
        },
        published={
            "percent": (0.67, 0.01),
            "fleiss_kappa": (0.33, 0.01),
            "brennan_prediger": (0.33, 0.01),
        },
    ),
    Case(
        "randolph_calc_8raters",
        {"11111112": 1, "11122222": 1},
        {
            "percent": 0.6071428571,
            "krippendorff_alpha": 0.2142857143,
            "fleiss_kappa": 0.1619047619,
            "gwet_ac1": 0.2605042017,
            "brennan_prediger": 0.2142857143,
            "conger_kappa": 0.2142857143,
            "gwet_ac1_se": 0.44291,
            "fleiss_kappa_se": 0.08127,
            "krippendorff_alpha_se": 0.08127,
            "conger_kappa_se": 0.06122,
            "brennan_prediger_se": 0.28571,
        },
        published={
            "percent": (0.607143, 6e-06),
            "fleiss_kappa": (0.161905, 6e-06),
            "brennan_prediger": (0.214286, 6e-06),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
