"""Up to what difference two coders' passages count as agreeing."""

import pytest

from apps.agreement.engine import InputError, Tolerance, find

from .make import Marked, at, dialogue, study
from .test_discrepancies import EXACT, differing


def test_the_whole_of_the_shorter_span() -> None:
    assert differing([("ann", "a1", 0, 50), ("bob", "a1", 40, 50)], Tolerance("share", 1.0)) == []
    assert len(differing([("ann", "a1", 0, 50), ("bob", "a1", 40, 51)], Tolerance("share", 1.0))) == 1


def test_a_stricter_share() -> None:
    marked: list[Marked] = [("ann", "a1", 0, 50), ("bob", "a1", 40, 60)]
    assert differing(marked, Tolerance("share", 0.5)) == []
    assert differing(marked, Tolerance("share", 0.51)) == [("boundary", ["s0"], ["s1"])]


def test_characters_at_either_end() -> None:
    marked: list[Marked] = [("ann", "a1", 10, 50), ("bob", "a1", 13, 47)]
    assert differing(marked, Tolerance("characters", 3)) == []
    assert differing(marked, Tolerance("characters", 2)) == [("boundary", ["s0"], ["s1"])]


def test_no_tolerance_at_all() -> None:
    assert differing([("ann", "a1", 0, 50), ("bob", "a1", 0, 50)], EXACT) == []
    assert differing([("ann", "a1", 0, 50), ("bob", "a1", 0, 49)], EXACT) == [("boundary", ["s0"], ["s1"])]


def test_words() -> None:
    text = "P: one two three four five six"
    marked: list[Marked] = [
        ("ann", "a", *at(text, "one two three four")),
        ("bob", "a", *at(text, "two three four five")),
    ]
    given = study(marked, transcript=dialogue(text))
    assert find(given, tolerance=Tolerance("words", 1)) == ()
    assert [one.kind for one in find(given, tolerance=Tolerance("words", 0))] == ["boundary"]


@pytest.mark.parametrize("mine", ["one two three", "three four five six"])
def test_words_at_both_ends(mine: str) -> None:
    text = "P: Well, you see, one two three four five six"
    marked: list[Marked] = [
        ("ann", "a", *at(text, mine)),
        ("bob", "a", *at(text, "one two three four five six")),
    ]
    given = study(marked, transcript=dialogue(text))
    assert [one.kind for one in find(given, tolerance=Tolerance("words", 1))] == ["boundary"]
    assert find(given, tolerance=Tolerance("words", 3)) == ()


def test_words_that_are_not_known() -> None:
    with pytest.raises(InputError, match="needs its words"):
        find(study([]), tolerance=Tolerance("words", 1))


@pytest.mark.parametrize(("unit", "amount"), [("share", 0), ("share", 1.1), ("words", -1), ("lines", 1)])
def test_nonsense(unit: str, amount: float) -> None:
    with pytest.raises(InputError, match="tolerance"):
        Tolerance(unit, amount)  # type: ignore[arg-type]
