"""Tables of ratings at their borders; the worked tables stand in files of their own."""

import pytest

from apps.agreement.engine import InputError
from apps.agreement.engine.ratings import Rated, Ratings, agreement, specific_agreement


def test_nothing_was_rated_twice() -> None:
    found = agreement(Ratings.of([["a", None], [None, "b"], [None, None]]))
    assert set(found.values()) == {Rated(None, "no_units")}
    assert specific_agreement(Ratings.of([["a", None]])) == {"a": None}


def test_no_units_at_all() -> None:
    assert agreement(Ratings.of([]))["krippendorff_alpha"] == Rated(None, "no_units")


def test_nan_is_no_category() -> None:
    with pytest.raises(InputError, match="row 1: NaN is no category; say None where nobody rated"):
        Ratings.of([[1.0, 1.0], [1.0, float("nan")]])


def test_one_category() -> None:
    found = agreement(Ratings.of([["a", "a"]] * 5))
    assert found["percent"].value == 1.0
    assert {
        name: found[name].reason
        for name in ("krippendorff_alpha", "cohen_kappa", "gwet_ac1", "brennan_prediger")
    } == {
        "krippendorff_alpha": "no_variation",
        "cohen_kappa": "no_variation",
        "gwet_ac1": "one_category",
        "brennan_prediger": "one_category",
    }


def test_categories_of_the_codebook_that_nobody_used_count() -> None:
    rows = [["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]]
    assert agreement(Ratings.of(rows))["brennan_prediger"].value == pytest.approx(0.5)
    assert agreement(Ratings.of(rows, categories="abc"))["brennan_prediger"].value == pytest.approx(0.625)


def test_one_unit_has_no_standard_error() -> None:
    found = agreement(Ratings.of([["a", "b"]]))
    assert found["percent"] == Rated(0.0, None, None)


def test_a_coder_who_rated_nothing_is_no_coder() -> None:
    rows = [["a", "a", "b"], ["a", "b", "b"], ["b", "b", "b"], ["b", "a", "a"]]
    with_idle = [[*row, None] for row in rows]
    assert agreement(Ratings.of(with_idle))["conger_kappa"] == agreement(Ratings.of(rows))["conger_kappa"]


def test_one_category_against_the_rest() -> None:
    rows = [["a", "a"], ["a", "b"], ["b", "c"], ["c", "c"], [None, "c"]]
    against = Ratings.of(rows).against_rest("a")
    assert against.labels.tolist() == [[1, 1], [1, 0], [0, 0], [0, 0], [-1, 0]]
    assert specific_agreement(against) == {"not a": pytest.approx(0.8), "a": pytest.approx(2 / 3)}


def test_a_pair_that_shares_no_unit() -> None:
    rows = [["a", "a", None], ["b", "b", None], [None, "a", "a"], [None, "b", "b"]]
    found = agreement(Ratings.of(rows))
    assert found["light_kappa"] == Rated(None, "pair_undefined")
    assert found["krippendorff_alpha"].value == 1.0
    assert agreement(Ratings.of(rows).pair(0, 2))["cohen_kappa"] == Rated(None, "no_units")


def test_cohen_and_scott_are_for_two() -> None:
    found = agreement(Ratings.of([["a", "a", "b"], ["b", "b", "b"]]))
    assert found["cohen_kappa"] == found["scott_pi"] == Rated(None, "not_two_coders")


def test_holsti_counts_what_only_one_rated_among_the_decisions() -> None:
    rows = [["a", "a"], ["b", "b"], ["a", "b"], ["a", None]]
    found = agreement(Ratings.of(rows))
    assert (found["percent"].value, found["holsti"].value) == (pytest.approx(2 / 3), pytest.approx(4 / 7))
    assert agreement(Ratings.of([["a", "a", "a"]]))["holsti"].reason == "not_two_coders"


def test_cohen_of_two_with_missing_ratings_uses_the_units_of_both() -> None:
    rows = [["a", "a"], ["a", "b"], ["b", "b"], ["b", None], [None, "a"]]
    assert agreement(Ratings.of(rows))["cohen_kappa"].value == pytest.approx(
        agreement(Ratings.of(rows[:3]))["cohen_kappa"].value
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["a", "b"], ["a"]], "row 1: 1 ratings where the first row has 2"),
        ([["a", "z"]], "row 0: unknown category 'z'"),
    ],
)
def test_wrong_rows(rows: list[list[str]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Ratings.of(rows, categories="ab")
