"""Krippendorff, K. (2018). Content Analysis, 4th edition, pp. 306 and 310."""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "krippendorff2018_p306",
        {"000": 3, "001": 2, "100": 2, "110": 3, "111": 2},
        {
            "percent": 0.6111111111,
            "krippendorff_alpha": 0.234375,
            "fleiss_kappa": 0.2125,
            "gwet_ac1": 0.2317073171,
            "brennan_prediger": 0.2222222222,
            "conger_kappa": 0.2293577982,
            "light_kappa": 0.2293531922,
            "gwet_ac1_se": 0.20258,
            "fleiss_kappa_se": 0.2,
            "krippendorff_alpha_se": 0.2,
            "conger_kappa_se": 0.1898,
            "brennan_prediger_se": 0.1982,
        },
        published={
            "krippendorff_alpha": (0.2343, 0.0005),
        },
    ),
    Case(
        "krippendorff2018_p310",
        {"aa": 1, "ac": 1, "bb": 4, "cb": 1, "cc": 4, "dd": 1},
        {
            "percent": 0.8333333333,
            "krippendorff_alpha": 0.7591623037,
            "fleiss_kappa": 0.7486910995,
            "gwet_ac1": 0.7860326895,
            "brennan_prediger": 0.7777777778,
            "conger_kappa": 0.75,
            "light_kappa": 0.75,
            "cohen_kappa": 0.75,
            "scott_pi": 0.7486910995,
            "cohen_kappa_se": 0.1611640463,
            "gwet_ac1_se": 0.14447,
            "fleiss_kappa_se": 0.17097,
            "krippendorff_alpha_se": 0.17097,
            "conger_kappa_se": 0.16833,
            "brennan_prediger_se": 0.14982,
        },
        published={
            "krippendorff_alpha": (0.759, 0.0011),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
