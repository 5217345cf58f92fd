from datetime import date

import pytest

from apps.core.refusal import Refused
from apps.core.tables import Row
from apps.exports.engine.columns import Column
from apps.exports.engine.people import CharacteristicColumn, read_person, to_minutes, to_mode


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("62", 62),
        ("62 min", 62),
        ("62.0", 62),
        ("1:02", 62),
        ("01:02:00", 62),
        ("62:10", 62),
        ("1 h 2 min", 62),
        ("1h", 60),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, minutes: int) -> None:
    assert to_minutes(text) == minutes


@pytest.mark.parametrize("text", ["0", "601", "an hour", "62.5", "-5"])
def test_no_duration(text: str) -> None:
    with pytest.raises(Refused) as refused:
        to_minutes(text)
    assert refused.value.sentence == f"“{text}” is not a duration in minutes from 1 to 600."


@pytest.mark.parametrize(
    ("text", "mode"), [("Zoom", "video"), ("Phone", "telephone"), ("Face to face", "in_person")]
)
def test_modes_are_read_as_people_write_them(text: str, mode: str) -> None:
    assert to_mode(text) == mode


COLUMNS = (
    Column("ID", "reference"),
    Column("When", "held_on", day_first=True),
    Column("Mins", "minutes"),
    Column("Gender", "characteristic:new"),
    Column("Age", "characteristic:1"),
    Column("Name", "leave"),
)
TAKEN = tuple(column for column in COLUMNS if column.to != "leave")
KINDS = {"Age": CharacteristicColumn("number")}


def test_a_row_says_what_its_cells_say_and_nothing_of_columns_left_out() -> None:
    values = {"ID": " P 1 ", "When": "3/6/2021", "Mins": "", "Gender": "n/c", "Age": "42", "Name": "Ann"}
    said = read_person(Row(4, values), TAKEN, KINDS)
    assert said.words == {"reference": "P 1"}
    assert said.values == {"Gender": ("not_collected", ""), "Age": ("given", "42")}
    assert (said.held_on, said.minutes, said.problems) == (date(2021, 6, 3), None, [])


def test_each_problem_names_its_row_and_column() -> None:
    values = {"ID": "=VLOOKUP(A1)", "When": "31/02/2026", "Mins": "#REF!", "Gender": "x" * 301, "Age": "old"}
    said = read_person(Row(7, values), TAKEN, KINDS)
    assert [(problem.row, problem.column, problem.sentence) for problem in said.problems] == [
        (7, "ID", "This is a formula; save the sheet so that the cell holds its result."),
        (7, "When", "There is no such day as “31/02/2026”."),
        (7, "Mins", "The spreadsheet shows the error #REF! here."),
        (7, "Gender", "This is longer than 300 characters."),
        (7, "Age", "“old” is not a number."),
    ]


def test_a_row_of_empty_cells_says_nothing() -> None:
    assert read_person(Row(9, {"ID": " ", "Name": "Ann"}), TAKEN, KINDS).is_empty
