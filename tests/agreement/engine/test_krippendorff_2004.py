"""Krippendorff, K. (2004). Content Analysis, 2nd edition, pp. 224 and 230 (missing ratings)."""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "krippendorff2004_p224",
        {"00": 5, "01": 3, "10": 1, "11": 1},
        {
            "percent": 0.6,
            "krippendorff_alpha": 0.0952380952,
            "fleiss_kappa": 0.0476190476,
            "gwet_ac1": 0.3103448276,
            "brennan_prediger": 0.2,
            "conger_kappa": 0.0909090909,
            "light_kappa": 0.0909090909,
            "cohen_kappa": 0.0909090909,
            "scott_pi": 0.0476190476,
            "cohen_kappa_se": 0.2880731415,
            "pabak": 0.2,
            "specific:0": 0.7142857143,
            "specific:1": 0.3333333333,
            "gwet_ac1_se": 0.34567,
            "fleiss_kappa_se": 0.33854,
            "krippendorff_alpha_se": 0.33854,
            "conger_kappa_se": 0.30366,
            "brennan_prediger_se": 0.3266,
        },
        published={
            "percent": (0.6, 0.0005),
            "krippendorff_alpha": (0.095, 0.0005),
        },
    ),
    Case(
        "krippendorff2004_p230_missing",
        {
            "..BB": 1,
            "..P.": 1,
            ".FFF": 1,
            "BB.B": 1,
            "BBLB": 1,
            "BLPC": 1,
            "CCCC": 1,
            "LLLL": 2,
            "LLPL": 1,
            "PPPP": 2,
        },
        {
            "percent": 0.8181818182,
            "krippendorff_alpha": 0.7434210526,
            "fleiss_kappa": 0.7611692754,
            "gwet_ac1": 0.7754440681,
            "brennan_prediger": 0.7727272727,
            "percent_se": 0.12561,
            "gwet_ac1_se": 0.14295,
            "fleiss_kappa_se": 0.15302,
            "krippendorff_alpha_se": 0.14548,
            "conger_kappa": 0.76282,
            "conger_kappa_se": 0.14917,
            "brennan_prediger_se": 0.14472,
        },
        published={
            "percent": (0.8182, 0.0001),
            "krippendorff_alpha": (0.743421052632, 1e-09),
            "fleiss_kappa": (0.76117, 1e-05),
            "gwet_ac1": (0.77544, 1e-05),
            "brennan_prediger": (0.77273, 1e-05),
            "percent_se": (0.12561, 1e-05),
            "gwet_ac1_se": (0.14295, 1e-05),
            "fleiss_kappa_se": (0.15302, 1e-05),
            "krippendorff_alpha_se": (0.14548, 1e-05),
            "conger_kappa": (0.76282, 1e-05),
            "conger_kappa_se": (0.14917, 1e-05),
            "brennan_prediger_se": (0.14472, 1e-05),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
