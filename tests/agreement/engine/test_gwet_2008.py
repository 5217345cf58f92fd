"""Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement.
British Journal of Mathematical and Statistical Psychology 61; with tables of the irrCAC packages.
"""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "gwet_hand_8_1_1",
        {"nn": 1, "yn": 1, "yy": 8},
        {
            "percent": 0.9,
            "krippendorff_alpha": 0.6274509804,
            "fleiss_kappa": 0.6078431373,
            "gwet_ac1": 0.8657718121,
            "brennan_prediger": 0.8,
            "conger_kappa": 0.6153846154,
            "light_kappa": 0.6153846154,
            "cohen_kappa": 0.6153846154,
            "scott_pi": 0.6078431373,
            "cohen_kappa_se": 0.3368106384,
            "pabak": 0.8,
            "specific:n": 0.6666666667,
            "specific:y": 0.9411764706,
            "gwet_ac1_se": 0.1462,
            "fleiss_kappa_se": 0.37538,
            "krippendorff_alpha_se": 0.37538,
            "conger_kappa_se": 0.35503,
            "brennan_prediger_se": 0.2,
        },
        published={
            "percent": (0.9, 0.0001),
            "gwet_ac1": (0.8658, 0.0001),
            "scott_pi": (0.6078, 0.0001),
        },
    ),
    Case(
        "gwet_fixture_04",
        {
            "11": 20,
            "12": 5,
            "13": 1,
            "21": 4,
            "22": 15,
            "23": 6,
            "24": 1,
            "32": 5,
            "33": 18,
            "34": 4,
            "42": 1,
            "43": 3,
            "44": 12,
        },
        {
            "percent": 0.6842105263,
            "krippendorff_alpha": 0.5765812859,
            "fleiss_kappa": 0.5743409753,
            "gwet_ac1": 0.5804607571,
            "brennan_prediger": 0.5789473684,
            "conger_kappa": 0.5744363148,
            "light_kappa": 0.5744363148,
            "cohen_kappa": 0.5744363148,
            "scott_pi": 0.5743409753,
            "cohen_kappa_se": 0.0646816139,
            "gwet_ac1_se": 0.06361,
            "fleiss_kappa_se": 0.06507,
            "krippendorff_alpha_se": 0.06507,
            "conger_kappa_se": 0.06502,
            "brennan_prediger_se": 0.06392,
        },
        published={
            "percent": (0.684210526315789, 1e-05),
            "gwet_ac1": (0.58046, 1e-05),
        },
    ),
    Case(
        "irrcac_g1g2",
        {
            "..aa": 1,
            "..c.": 1,
            ".eee": 1,
            "aa.a": 1,
            "aaba": 1,
            "abcd": 1,
            "bacb": 1,
            "bbbb": 2,
            "bbcb": 2,
            "cccc": 2,
            "dddd": 1,
        },
        {
            "percent": 0.7435897436,
            "krippendorff_alpha": 0.6318057188,
            "fleiss_kappa": 0.6572452838,
            "gwet_ac1": 0.6846038187,
            "brennan_prediger": 0.6794871795,
            "gwet_ac1_se": 0.13353,
            "fleiss_kappa_se": 0.14992,
            "krippendorff_alpha_se": 0.14958,
            "conger_kappa": 0.65859,
            "conger_kappa_se": 0.146,
            "brennan_prediger_se": 0.13624,
        },
        published={
            "percent": (0.744, 0.0005),
            "krippendorff_alpha": (0.632, 0.0005),
            "fleiss_kappa": (0.657, 0.0005),
            "fleiss_kappa_se": (0.15, 0.0005),
            "krippendorff_alpha_se": (0.15, 0.0005),
        },
    ),
    Case(
        "irrcac_gender",
        {"aaac": 2, "aabc": 4, "aacc": 2, "abaa": 2, "baaa": 2, "bbbb": 1, "bcbb": 1, "cccc": 1},
        {
            "percent": 0.4555555556,
            "krippendorff_alpha": 0.1434074074,
            "fleiss_kappa": 0.1288888889,
            "gwet_ac1": 0.2080808081,
            "brennan_prediger": 0.1833333333,
            "conger_kappa": 0.1657207719,
            "light_kappa": 0.1706758133,
            "gwet_ac1_se": 0.0907,
            "fleiss_kappa_se": 0.1405,
            "krippendorff_alpha_se": 0.1405,
            "conger_kappa_se": 0.12121,
            "brennan_prediger_se": 0.10196,
        },
        published={
            "percent": (0.456, 0.0005),
            "krippendorff_alpha": (0.143, 0.0005),
            "fleiss_kappa": (0.129, 0.0005),
            "fleiss_kappa_se": (0.141, 0.0005),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
