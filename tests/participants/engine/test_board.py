from collections import Counter

import pytest

from apps.participants.engine.board import Standings, Target, represented, standing
from apps.participants.engine.plots import plot


@pytest.mark.parametrize(
    ("step", "interviews", "expected"),
    [
        ("", [], "listed"),
        ("approached", [], "invited"),
        ("replied", [], "invited"),
        ("booked", [], "booked"),
        ("booked", ["cancelled"], "invited"),
        ("replied", ["booked"], "booked"),
        ("declined", ["booked"], "declined"),
        ("booked", ["held"], "interviewed"),
        ("interviewed", [], "interviewed"),
        ("withdrew", ["held"], "withdrew"),
        ("", ["booked", "held"], "interviewed"),
    ],
)
def test_where_a_person_stands(step: str, interviews: list[str], expected: str) -> None:
    assert standing(step, interviews) == expected


@pytest.mark.parametrize(
    ("target", "interviewed", "booked", "state", "to_find", "too_many"),
    [
        (Target(), 3, 0, "none", 0, 0),
        (Target(5), 3, 1, "short", 1, 0),
        (Target(5), 4, 1, "booked", 0, 0),
        (Target(5), 5, 0, "met", 0, 0),
        (Target(5, 6), 7, 0, "over", 0, 1),
        (Target(None, 2), 1, 0, "met", 0, 0),
    ],
)
def test_a_cell_against_its_target(
    target: Target, interviewed: int, booked: int, state: str, to_find: int, too_many: int
) -> None:
    cell = Standings(target, interviewed, booked)
    assert (cell.state, cell.to_find, cell.too_many) == (state, to_find, too_many)


def test_squares_stand_for_interviews_until_there_are_too_many() -> None:
    assert Standings(Target(4), 2, 1).squares == ["done", "done", "booked", "wanted"]
    assert Standings(Target(400), 2, 1).squares == []


def test_everybody_is_counted_once() -> None:
    cell = Standings.of(Counter(interviewed=3, booked=1, declined=2, withdrew=1, listed=4))
    assert (cell.interviewed, cell.booked, cell.gone, cell.listed) == (3, 1, 3, 4)


def test_a_range_is_written_as_one() -> None:
    assert [Target(5, 7).words, Target(5).words, Target(None, 7).words, Target().words] == [
        "5–7",
        "5",
        "7",
        "",
    ]


def test_a_value_is_missing_or_over_represented() -> None:
    assert represented(0, among=10, values=4) == "missing"
    assert represented(8, among=10, values=4) == "over"
    assert represented(5, among=10, values=4) == ""
    assert represented(3, among=3, values=4) == ""


def test_a_plot_needs_two_steps() -> None:
    assert plot([3], [3]) is None
    drawn = plot([0, 10], [10, 10])
    assert drawn is not None
    assert (drawn.held, drawn.planned, drawn.most) == ("0.0,140.0 640.0,8.0", "0.0,8.0 640.0,8.0", 10)
