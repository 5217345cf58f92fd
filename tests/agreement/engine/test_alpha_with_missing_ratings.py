"""Alpha with missing ratings: the worked table of Wikipedia's article on alpha, and a small one of nltk's
tests.
"""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "wikipedia_3obs_missing",
        {
            "...": 2,
            ".1.": 1,
            ".11": 1,
            ".22": 1,
            ".33": 1,
            "1.1": 2,
            "13.": 1,
            "2.2": 1,
            "3.3": 2,
            "3.4": 1,
            "334": 1,
            "444": 1,
        },
        {
            "percent": 0.7777777778,
            "krippendorff_alpha": 0.6913580247,
            "fleiss_kappa": 0.6860195077,
            "gwet_ac1": 0.709163918,
            "brennan_prediger": 0.7037037037,
            "conger_kappa": 0.69138,
        },
        published={
            "krippendorff_alpha": (0.691, 0.0005),
        },
    ),
    Case(
        "nltk_easy_missing",
        {("YES", "NO", "NO"): 1, ("YES", "NO", "."): 1, (".", ".", "NO"): 1},
        {
            "percent": 0.1666666667,
            "krippendorff_alpha": -0.3333333333,
            "fleiss_kappa": -1.0769230769,
            "gwet_ac1": -0.3917525773,
            "brennan_prediger": -0.6666666667,
            "gwet_ac1_se": 0.5908,
            "fleiss_kappa_se": 0.17106,
            "conger_kappa": -0.25,
            "conger_kappa_se": 0.25,
            "brennan_prediger_se": 0.44096,
        },
        published={
            "krippendorff_alpha": (-0.3333333333333333, 1e-06),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
