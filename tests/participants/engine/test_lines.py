from decimal import Decimal

import pytest

from apps.core.refusal import Refused
from apps.participants.engine.coarser import band, coarser
from apps.participants.engine.lines import read_lines, write_lines
from apps.participants.engine.values import normal


def test_codes_and_categories_are_read_and_written_back() -> None:
    lines = ["1 = Nurse, ICU > Clinical", "Porter", "3 = Clerk", "Pay > £20k > Pay"]
    listed = read_lines(lines)
    assert listed.values == ("Nurse, ICU", "Porter", "Clerk", "Pay > £20k")
    assert (listed.codes, listed.categories) == (
        {"1": "Nurse, ICU", "3": "Clerk"},
        {"Nurse, ICU": "Clinical", "Pay > £20k": "Pay"},
    )
    assert write_lines(listed.values, listed.codes, listed.categories) == lines


def test_a_line_that_stands_twice_counts_once() -> None:
    assert read_lines(["Woman", " Woman ", ""]).values == ("Woman",)


def test_several_choices_stand_in_the_order_of_the_list() -> None:
    choices = ("Nights", "Days", "Bank")
    assert normal("bank ; nights", kind="multiple", choices=choices) == "Nights; Bank"
    assert (
        normal("2;1", kind="multiple", choices=choices, codes={"1": "Nights", "2": "Days"}) == "Nights; Days"
    )
    with pytest.raises(Refused):
        normal("Nights; Never", kind="multiple", choices=choices)


def test_numbers_fall_into_ranges_and_dates_into_years() -> None:
    assert [band(Decimal(n), [18, 30, 60]) for n in ("17", "18", "29.9", "30", "75")] == [
        "under 18", "18–29", "18–29", "30–59", "60 or more",
    ]  # fmt: skip
    assert coarser("2021-06-03", kind="date", categories={}, bands=[]) == "2021"
    assert coarser("Nights; Bank", kind="multiple", categories={"Bank": "Other"}, bands=[]) == "Nights; Other"
    assert coarser("Porter", kind="text", categories={}, bands=[]) == "Porter"
