"""Feinstein, A. R. & Cicchetti, D. V. (1990). High agreement but low kappa. Journal of Clinical Epidemiology
43.
"""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "feinstein_a",
        {("no", "no"): 45, ("no", "yes"): 6, ("yes", "no"): 9, ("yes", "yes"): 40},
        {
            "percent": 0.85,
            "krippendorff_alpha": 0.7007518797,
            "fleiss_kappa": 0.6992481203,
            "gwet_ac1": 0.7007481297,
            "brennan_prediger": 0.7,
            "conger_kappa": 0.6995192308,
            "light_kappa": 0.6995192308,
            "cohen_kappa": 0.6995192308,
            "scott_pi": 0.6992481203,
            "cohen_kappa_se": 0.0713936027,
            "pabak": 0.7,
            "specific:no": 0.8571428571,
            "specific:yes": 0.8421052632,
            "gwet_ac1_se": 0.07171,
            "fleiss_kappa_se": 0.07194,
            "krippendorff_alpha_se": 0.07194,
            "conger_kappa_se": 0.07175,
            "brennan_prediger_se": 0.07177,
        },
        published={
            "percent": (0.85, 0.0005),
            "cohen_kappa": (0.7, 0.0051),
            "pabak": (0.7, 0.0005),
        },
    ),
    Case(
        "feinstein_c",
        {("no", "no"): 15, ("no", "yes"): 25, ("yes", "no"): 15, ("yes", "yes"): 45},
        {
            "percent": 0.6,
            "krippendorff_alpha": 0.1252747253,
            "fleiss_kappa": 0.1208791209,
            "gwet_ac1": 0.2660550459,
            "brennan_prediger": 0.2,
            "conger_kappa": 0.1304347826,
            "light_kappa": 0.1304347826,
            "cohen_kappa": 0.1304347826,
            "scott_pi": 0.1208791209,
            "cohen_kappa_se": 0.0986615376,
            "pabak": 0.2,
            "specific:no": 0.4285714286,
            "specific:yes": 0.6923076923,
            "gwet_ac1_se": 0.10392,
            "fleiss_kappa_se": 0.10175,
            "krippendorff_alpha_se": 0.10175,
            "conger_kappa_se": 0.09916,
            "brennan_prediger_se": 0.09847,
        },
        published={
            "percent": (0.6, 0.0005),
            "cohen_kappa": (0.13, 0.0051),
            "pabak": (0.2, 0.0005),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
