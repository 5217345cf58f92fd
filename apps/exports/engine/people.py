"""A row of a list of people, read cell by cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from apps.core.cells import to_date
from apps.core.refusal import Refused, gettext_noop
from apps.core.tables import Row
from apps.exports.engine.columns import Column
from apps.exports.engine.problems import Problem, check_cell, refused_cell
from apps.participants.engine.values import GIVEN, normal, state_of

_LONGEST = {"reference": 80, "pseudonym": 80, "group": 120, "site": 120, "interviewer": 120}
_LONGEST_VALUE = 300
_LONGEST_NOTE = 10_000
_MODES = {
    "video": (
        "video",
        "video call",
        "online",
        "zoom",
        "teams",
        "ms teams",
        "microsoft teams",
        "skype",
        "remote",
    ),
    "telephone": ("telephone", "phone", "phone call", "telephone call", "call"),
    "in_person": ("in person", "face to face", "f2f", "in-person", "face-to-face", "on site"),
}
_MODE_OF = {word: mode for mode, words in _MODES.items() for word in words}
_PLAIN_MINUTES = re.compile(r"(\d{1,4})(?:\.0+)?\s*(?:m|min|mins|minute|minutes)?\.?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_HOURS = re.compile(r"(\d{1,2})\s*(?:h|hr|hrs|hour|hours)\.?\s*(?:(\d{1,2})\s*(?:m|min|mins|minutes)?\.?)?")
_LONGEST_INTERVIEW = 600


@dataclass(frozen=True)
class CharacteristicColumn:
    """What a column may hold that stands for a characteristic."""

    kind: str = "text"
    choices: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Said:
    """What one row says; an empty cell says nothing. `values` are (state, value) by heading."""

    number: int
    words: dict[str, str] = field(default_factory=dict)
    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    held_on: date | None = None
    mode: str = ""
    minutes: int | None = None
    problems: list[Problem] = field(default_factory=list)

    def word(self, name: str) -> str:
        """The text of "reference", "pseudonym", "group", "site", "note" or "interviewer"."""
        return self.words.get(name, "")

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.values or self.problems or self.held_on or self.mode or self.minutes)

    @property
    def names_an_interview(self) -> bool:
        return bool(self.held_on or self.minutes or self.word("interviewer"))


def read_person(row: Row, columns: Sequence[Column], kinds: Mapping[str, CharacteristicColumn]) -> Said:
    """Everything that the row says in the columns that are taken; `kinds` are characteristics by heading."""
    said = Said(row.number)
    for column in columns:
        text = " ".join(row.values.get(column.header, "").split())
        if not text:
            continue
        problem = check_cell(
            row.number, column.header, text, longest=_LONGEST.get(column.to, _longest(column))
        )
        if problem:
            said.problems.append(problem)
            continue
        try:
            _take(said, column, text, kinds.get(column.header, CharacteristicColumn()))
        except Refused as refused:
            said.problems.append(refused_cell(row.number, column.header, refused))
    return said


def to_mode(text: str) -> str:
    """The mode of an interview from a word for it; raises Refused."""
    mode = _MODE_OF.get(text.casefold().rstrip("."))
    if mode is None:
        raise Refused(
            "no_mode",
            gettext_noop("“%(text)s” is not a way to interview: write video, telephone or in person."),
            text=text,
        )
    return mode


def to_minutes(text: str) -> int:
    """Minutes from "62", "62 min", "1:02" (hours), "62:10" (minutes) or "1 h 2 min"; raises Refused."""
    minutes = _minutes(text.casefold().strip())
    if minutes is None or not 0 < minutes <= _LONGEST_INTERVIEW:
        raise Refused(
            "no_minutes",
            gettext_noop("“%(text)s” is not a duration in minutes from 1 to %(limit)s."),
            text=text,
            limit=_LONGEST_INTERVIEW,
        )
    return minutes


def _minutes(text: str) -> int | None:
    if match := _PLAIN_MINUTES.fullmatch(text):
        return int(match[1])
    if match := _CLOCK.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        return first * 60 + second if first < 10 else first
    if match := _HOURS.fullmatch(text):
        return int(match[1]) * 60 + int(match[2] or 0)
    return None


def _longest(column: Column) -> int:
    return _LONGEST_VALUE if column.is_characteristic else _LONGEST.get(column.to, _LONGEST_NOTE)


def _take(said: Said, column: Column, text: str, kind: CharacteristicColumn) -> None:
    if column.is_characteristic:
        said.values[column.header] = _value(text, kind, day_first=column.day_first is not False)
    elif column.to == "held_on":
        said.held_on = to_date(text, day_first=column.day_first is not False)
    elif column.to == "mode":
        said.mode = to_mode(text)
    elif column.to == "minutes":
        said.minutes = to_minutes(text)
    else:
        said.words[column.to] = text


def _value(text: str, kind: CharacteristicColumn, *, day_first: bool) -> tuple[str, str]:
    state = state_of(text)
    if state != GIVEN:
        return state, ""
    return GIVEN, normal(text, kind=kind.kind, choices=kind.choices, codes=kind.codes, day_first=day_first)
