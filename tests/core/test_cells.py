"""Cells as text; text as numbers and dates."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.cells import Cell, cell_text, from_serial, is_serial_date, to_date, to_number, to_whole_number


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" 001 ", "001"),
        (7.0, "7"),
        (7, "7"),
        (0.1 + 0.2, "0.3"),
        (-2.5, "-2.5"),
        (True, "TRUE"),
        (dt.date(2021, 6, 3), "2021-06-03"),
        (dt.datetime(2021, 6, 3), "2021-06-03"),
        (dt.datetime(2021, 6, 3, 9, 30), "2021-06-03 09:30:00"),
        (dt.time(9, 30), "09:30:00"),
        (dt.timedelta(hours=26, minutes=5), "26:05:00"),
    ],
)
def test_cells_as_typed(cell: Cell, text: str) -> None:
    assert cell_text(cell) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", "7"),
        ("7.0", "7.0"),
        (" -2.5 ", "-2.5"),
        ("1,234.5", "1234.5"),
        ("12 345", "12345"),
        (".5", ".5"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert to_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "42 yrs", "3,5", "1,23,456", "1e5", "N/A", "12,3456"])
def test_what_is_no_number_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r" is not a number\.$") as caught:
        to_number(text)
    assert str(caught.value) == f"“{text}” is not a number."


def test_whole_numbers() -> None:
    assert (to_whole_number("7.0"), to_whole_number("1,000")) == (7, 1_000)
    with pytest.raises(ValueError, match=r"^“7\.5” is not a whole number\.$"):
        to_whole_number("7.5")


@pytest.mark.parametrize(
    "text",
    [
        "2021-06-03", "2021/6/3", "2021-06-03 09:30:00", "3/6/21", "03.06.2021", "3-6-2021", "3 June 2021",
        "3 Jun 21", "3rd of June 2021", "03-Jun-2021", "June 3, 2021", "Jun. 3rd 2021",
        "Thursday, 3 June 2021", "Thu 3 Jun 2021",
    ],
)  # fmt: skip
def test_dates(text: str) -> None:
    assert to_date(text) == dt.date(2021, 6, 3)


def test_the_order_of_day_and_month_is_the_callers() -> None:
    assert to_date("3/6/21", day_first=False) == dt.date(2021, 3, 6)
    assert to_date("1/9/55") == dt.date(1955, 9, 1)
    assert to_date("5 Sept 2021") == dt.date(2021, 9, 5)
    with pytest.raises(ValueError, match=r"^There is no such day as “12/25/2021”\.$"):
        to_date("12/25/2021")


@pytest.mark.parametrize("text", ["", "soon", "2021", "44350", "3 Ju 2021", "June 2021", "1/2"])
def test_what_is_no_date_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r" is not a date; write it like 2021-06-03\.$"):
        to_date(text)


@given(st.dates())
def test_iso_dates_come_back(day: dt.date) -> None:
    assert to_date(day.isoformat()) == day


def test_serial_dates() -> None:
    assert from_serial(44_350.0) == dt.date(2021, 6, 3)
    assert [is_serial_date(cell) for cell in (44_350.0, 1_980, 7_306, True, "44350")] == [
        True,
        False,
        True,
        False,
        False,
    ]
