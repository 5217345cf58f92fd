"""Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement
20.
"""

import pytest

from .cases import Case, computed

CASES = (
    Case(
        "cohen1960_p37",
        {"11": 25, "12": 12, "13": 3, "21": 13, "22": 2, "23": 15, "31": 12, "32": 16, "33": 2},
        {
            "percent": 0.29,
            "krippendorff_alpha": -0.0952713178,
            "fleiss_kappa": -0.1007751938,
            "gwet_ac1": -0.0479704797,
            "brennan_prediger": -0.065,
            "conger_kappa": -0.0923076923,
            "light_kappa": -0.0923076923,
            "cohen_kappa": -0.0923076923,
            "scott_pi": -0.1007751938,
            "cohen_kappa_se": 0.0566414369,
            "gwet_ac1_se": 0.07477,
            "fleiss_kappa_se": 0.05785,
            "krippendorff_alpha_se": 0.05785,
            "conger_kappa_se": 0.05693,
            "brennan_prediger_se": 0.06841,
        },
        published={
            "percent": (0.29, 0.005),
            "gwet_ac1": (-0.048, 0.0001),
        },
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert computed(case, case.expected) == case.within_rounding()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_published(case: Case) -> None:
    assert computed(case, case.published) == case.as_published()
