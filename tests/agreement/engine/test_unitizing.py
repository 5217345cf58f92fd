"""The u-alpha family: Krippendorff, Mathet, Bouvry & Widlöcher (2016), Quality & Quantity 50, and erratum.

The values were confirmed by two or three independent implementations on the same half-open units.
"""

import pytest

from apps.agreement.engine import compute
from apps.agreement.engine.study import InputError
from apps.agreement.engine.unitizing import UAlpha, Unit, u_alpha

from .make import Marked, speech, study

CASES: dict[str, tuple[int, int, list[list[Unit]], dict[str, float]]] = {
    "ualpha_alex_paul": (
        0,
        20,
        [[(2, 5, "1"), (9, 11, "1"), (12, 20, "2")], [(2, 5, "1"), (7, 15, "2")]],
        {
            "u_alpha": 0.2998046875,
            "bar_u_alpha": 0.253125,
            "cu_coverage": 0.4,
            "cu_alpha": 0.609375,
            "ku_alpha:1": 0.5859375,
            "ku_alpha:2": 0.6328125,
        },
    ),
    "ualpha_keyphrase_halfopen": (
        0,
        56,
        [[(3, 15, "k"), (22, 53, "k")], [(3, 10, "k"), (22, 53, "k")], [(22, 46, "k")]],
        {"u_alpha": 0.5645448656, "bar_u_alpha": 0.5645448656, "cu_coverage": 0.5119047619},
    ),
    "ualpha_random_0": (
        0,
        400,
        [
            [
                (7, 16, "b"),
                (24, 56, "b"),
                (73, 105, "a"),
                (165, 193, "a"),
                (221, 254, "b"),
                (263, 276, "a"),
                (277, 282, "b"),
                (302, 344, "a"),
                (359, 379, "b"),
            ],
            [
                (9, 19, "b"),
                (22, 60, "b"),
                (77, 108, "a"),
                (108, 147, "a"),
                (163, 195, "a"),
                (217, 253, "b"),
                (306, 342, "a"),
                (362, 378, "b"),
            ],
        ],
        {
            "u_alpha": 0.6461051179,
            "bar_u_alpha": 0.5328311273,
            "cu_coverage": 0.4475,
            "cu_alpha": 1.0,
            "ku_alpha:a": 1.0,
            "ku_alpha:b": 1.0,
        },
    ),
    "ualpha_random_2": (
        0,
        800,
        [
            [
                (8, 51, "c"),
                (60, 98, "d"),
                (136, 174, "b"),
                (185, 223, "d"),
                (238, 246, "b"),
                (273, 285, "d"),
                (288, 295, "b"),
                (316, 324, "c"),
                (327, 353, "d"),
                (372, 401, "d"),
                (420, 451, "b"),
                (466, 476, "a"),
                (485, 519, "b"),
                (531, 559, "d"),
                (578, 613, "d"),
                (684, 701, "c"),
                (728, 730, "c"),
                (754, 768, "c"),
            ],
            [
                (12, 48, "b"),
                (135, 175, "b"),
                (186, 219, "d"),
                (275, 287, "d"),
                (287, 301, "b"),
                (317, 328, "b"),
                (331, 351, "d"),
                (416, 452, "d"),
                (462, 472, "a"),
                (483, 518, "b"),
                (526, 562, "c"),
                (580, 615, "d"),
                (638, 665, "d"),
                (682, 703, "c"),
                (729, 735, "c"),
                (754, 768, "c"),
            ],
        ],
        {
            "u_alpha": 0.4834772971,
            "bar_u_alpha": 0.5692236837,
            "cu_coverage": 0.39375,
            "cu_alpha": 0.5262675222,
            "ku_alpha:a": 1.0,
            "ku_alpha:b": 0.5137214769,
            "ku_alpha:c": 0.3550452121,
            "ku_alpha:d": 0.6210262471,
        },
    ),
    "ualpha_random_4": (
        0,
        500,
        [
            [
                (20, 41, "b"),
                (71, 107, "a"),
                (125, 142, "a"),
                (150, 163, "b"),
                (219, 229, "a"),
                (237, 252, "a"),
                (264, 279, "b"),
                (288, 294, "a"),
                (317, 349, "a"),
                (359, 363, "a"),
                (372, 394, "a"),
                (402, 425, "b"),
                (431, 467, "a"),
                (477, 493, "b"),
            ],
            [
                (23, 40, "b"),
                (66, 109, "a"),
                (151, 161, "b"),
                (221, 229, "a"),
                (238, 252, "b"),
                (261, 282, "b"),
                (291, 295, "a"),
                (317, 354, "b"),
                (371, 388, "b"),
                (432, 473, "a"),
                (478, 497, "b"),
            ],
            [
                (21, 43, "b"),
                (124, 141, "a"),
                (150, 161, "b"),
                (184, 202, "b"),
                (234, 255, "b"),
                (289, 299, "a"),
                (318, 355, "b"),
                (358, 366, "a"),
                (373, 392, "a"),
                (398, 422, "b"),
                (433, 473, "a"),
                (477, 497, "b"),
            ],
            [
                (25, 41, "b"),
                (67, 107, "a"),
                (121, 146, "a"),
                (150, 165, "b"),
                (181, 199, "b"),
                (222, 234, "b"),
                (238, 256, "b"),
                (261, 278, "b"),
                (290, 295, "a"),
                (321, 354, "a"),
                (357, 362, "a"),
                (397, 422, "b"),
                (478, 497, "b"),
            ],
        ],
        {"u_alpha": 0.4230546845, "bar_u_alpha": 0.4250708912, "cu_coverage": 0.3513333333},
    ),
}


def named(found: UAlpha) -> dict[str, float | None]:
    values = {
        "u_alpha": found.u,
        "bar_u_alpha": found.bar_u,
        "cu_coverage": found.coverage,
        "cu_alpha": found.cu,
    }
    return values | {f"ku_alpha:{value}": number for value, number in found.ku.items()}


@pytest.mark.parametrize("name", CASES)
def test_values(name: str) -> None:
    begin, length, coders, expected = CASES[name]
    found = named(u_alpha(coders, begin=begin, length=length))
    assert {measure: found[measure] for measure in expected} == pytest.approx(expected, rel=1e-6)


MARKED: list[Marked] = [
    ("ann", "a", 5, 30),
    ("ann", "a", 25, 41),
    ("bob", "a", 12, 30),
    ("bob", "a", 60, 70),
    ("cho", "a", 0, 35),
]


@pytest.mark.parametrize("coders", [("ann", "bob"), ("bob", "cho"), ("ann", "bob", "cho")])
def test_a_code_of_a_report_is_a_continuum_of_its_own(coders: tuple[str, ...]) -> None:
    marked = [row for row in MARKED if row[0] in coders]
    report = compute(study(marked, transcript=speech(90), coders=coders), min_units=0)
    merged: dict[str, list[Unit]] = {
        "ann": [(5, 41, "a")],
        "bob": [(12, 30, "a"), (60, 70, "a")],
        "cho": [(0, 35, "a")],
    }
    expected = u_alpha([merged[coder] for coder in coders], begin=0, length=90)
    found = report.figure("character", "a").estimate("bar_u_alpha").value
    assert found == pytest.approx(expected.bar_u)
    assert found == pytest.approx(expected.u)


def test_three_coders_have_no_cu_alpha() -> None:
    begin, length, coders, _ = CASES["ualpha_keyphrase_halfopen"]
    found = u_alpha(coders, begin=begin, length=length)
    assert (found.cu, found.ku) == (None, {})


def test_nobody_marked_anything() -> None:
    assert u_alpha([[], []], begin=0, length=10) == UAlpha(None, None, 0.0, None, {})


@pytest.mark.parametrize(
    "units",
    [[(3, 3, "a")], [(0, 5, "a"), (4, 8, "a")], [(8, 11, "a")], [(-1, 2, "a")]],
    ids=["empty", "overlapping", "behind", "before"],
)
def test_units_that_are_refused(units: list[Unit]) -> None:
    with pytest.raises(InputError, match="coder 1"):
        u_alpha([[], units], begin=0, length=10)


def test_one_coder_is_refused() -> None:
    with pytest.raises(InputError):
        u_alpha([[]], begin=0, length=10)
