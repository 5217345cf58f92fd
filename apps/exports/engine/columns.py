"""What the columns of a list stand for: first a guess by their headings, then what a person says."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from apps.core.tables import Row

LEAVE = "leave"
NEW_CHARACTERISTIC = "characteristic:new"
_CHARACTERISTIC = "characteristic:"

PEOPLE_WORDS: Mapping[str, tuple[str, ...]] = {
    "reference": (
        "reference", "ref", "study reference", "id", "participant id", "participant no",
        "participant number", "participant", "participant ref", "participant reference", "participant code",
        "case", "case id", "study id", "study number", "record id", "person id", "subject id", "pid",
        "screening number", "interview id",
    ),
    "pseudonym": ("pseudonym", "alias"),
    "group": ("group", "participant group", "cohort", "category", "participant type", "stakeholder group"),
    "site": ("site", "centre", "center", "location", "region", "study site"),
    "held_on": (
        "interview date", "date of interview", "interviewed on", "held on", "date", "date interviewed",
    ),
    "mode": (
        "mode", "interview mode", "mode of interview", "format", "interview format", "medium",
        "interview type",
    ),
    "minutes": (
        "minutes", "duration", "length", "mins", "min", "interview length", "interview duration",
        "interview minutes", "duration minutes", "duration mins", "duration min", "length minutes",
        "length mins", "duration in minutes", "length in minutes",
    ),
    "interviewer": ("interviewer", "interviewed by", "interviewer name"),
}  # fmt: skip
CODE_WORDS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "code", "code name", "node", "subconstruct", "title"),
    "parent": (
        "parent", "parent code", "construct", "theme", "under", "parent name", "code group", "code group 1",
    ),
    "label": ("label", "short label", "abbreviation", "short name", "code label"),
    "definition": ("definition", "description", "comment", "meaning", "memo"),
    "include": ("include", "inclusion", "include when", "inclusion criteria", "when to use", "includes"),
    "exclude": (
        "exclude", "exclusion", "exclude when", "exclusion criteria", "when not to use", "excludes",
    ),
    "example": ("example", "examples", "quote", "example quote"),
    "aliases": ("aliases", "alias", "synonyms", "also called", "other names"),
}  # fmt: skip
# Columns that are taken in as characteristics without being asked; others wait for somebody to say so.
_ABOUT_PEOPLE = {
    "occupation", "profession", "job", "job role", "job title", "role", "ethnicity", "ethnic group",
    "ethnic background", "gender", "gender identity", "sex", "age", "age group", "age band", "age range",
    "sexual orientation", "disability", "religion", "sector", "seniority", "grade", "band", "education",
    "first language", "years in role", "experience", "employment", "working pattern",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column and what it stands for; `day_first` is None where its dates need no answer.

    `kind`, `choices` and `codes` are of the characteristic that it would make.
    """

    header: str
    to: str = LEAVE
    day_first: bool | None = None
    kind: str = "text"
    choices: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def characteristic_id(self) -> str:
        """The key of an existing characteristic, or nothing."""
        is_known = self.to.startswith(_CHARACTERISTIC) and self.to != NEW_CHARACTERISTIC
        return self.to.removeprefix(_CHARACTERISTIC) if is_known else ""

    @property
    def is_characteristic(self) -> bool:
        return self.to.startswith(_CHARACTERISTIC)


@dataclass(frozen=True)
class Columns:
    """What a person said of a list; `every_group` and `every_site` are keys that hold for all its rows.

    `rows_left_out` are rows by the number that the spreadsheet shows.
    """

    columns: tuple[Column, ...] = ()
    every_group: str = ""
    every_site: str = ""
    makes_places: bool = False
    name: str = ""
    remembered_from: str = ""
    rows_left_out: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        columns = [
            Column(**column | {"choices": tuple(column.get("choices", ()))})
            for column in value.get("columns", ())
        ]
        left_out = tuple(value.get("rows_left_out", ()))
        return cls(**value | {"columns": tuple(columns), "rows_left_out": left_out})

    def takes(self, row: Row) -> bool:
        """Whether the row comes in: a total does not, nor what somebody left out."""
        return not row.is_total and row.number not in self.rows_left_out

    def header(self, to: str) -> str:
        """The heading of the column that stands for something; empty where there is none."""
        return next((column.header for column in self.columns if column.to == to), "")


def characteristic(key: Any) -> str:
    """What a column says that stands for an existing characteristic."""
    return f"{_CHARACTERISTIC}{key}"


def guess_people(headers: Sequence[str], characteristics: Mapping[str, Any]) -> list[str]:
    """What each column of a list of people probably stands for; `characteristics` are keys by name."""
    known = {fold(name): characteristic(key) for name, key in characteristics.items()}
    guessed = guess(headers, PEOPLE_WORDS, known)
    folded = [fold(header) for header in headers]
    return [
        NEW_CHARACTERISTIC if to == LEAVE and name in _ABOUT_PEOPLE else to
        for to, name in zip(guessed, folded, strict=True)
    ]


def remembered(guess: Columns, earlier: Columns, known: Collection[str]) -> Columns:
    """The guess, with what was said of the same headings before; `known` are keys that still exist."""
    before = {fold(column.header): column for column in earlier.columns}
    said = [_again(column, before.get(fold(column.header)), known) for column in guess.columns]
    taken = {column.to for column, is_old in said if is_old} - {LEAVE, NEW_CHARACTERISTIC}
    if not any(is_old for _, is_old in said):
        return guess
    columns = [
        replace(column, to=LEAVE) if column.to in taken and not is_old else column for column, is_old in said
    ]
    return replace(
        guess,
        columns=tuple(columns),
        every_group=earlier.every_group if earlier.every_group in known else "",
        every_site=earlier.every_site if earlier.every_site in known else "",
        makes_places=earlier.makes_places,
    )


def _again(column: Column, before: Column | None, known: Collection[str]) -> tuple[Column, bool]:
    """What was said before, unless it speaks of a characteristic that is gone or that exists by now."""
    is_gone = before is not None and before.characteristic_id and before.characteristic_id not in known
    is_made = before is not None and before.to == NEW_CHARACTERISTIC and column.is_characteristic
    if before is None or is_gone or is_made:
        return column, is_made
    return replace(column, to=before.to, day_first=before.day_first), True


def guess_codes(headers: Sequence[str]) -> list[str]:
    """What each column of a list of codes probably stands for."""
    return guess(headers, CODE_WORDS, {})


def fold(header: str) -> str:
    """A heading without case, brackets and punctuation."""
    without_brackets = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", header)
    words = re.sub(r"[\W_]+", " ", (without_brackets if without_brackets.strip() else header).casefold())
    return " ".join(words.split())


def guess(headers: Iterable[str], words: Mapping[str, Sequence[str]], known: Mapping[str, str]) -> list[str]:
    """Each meaning goes to one column: to the one whose heading stands earliest among its words."""
    folded = [fold(header) for header in headers]
    guessed = [known.get(name, LEAVE) for name in folded]
    for to, synonyms in words.items():
        free = [name for name, meaning in zip(folded, guessed, strict=True) if meaning == LEAVE]
        best = next((synonym for synonym in synonyms if synonym in free), None)
        if best is not None:
            place = next(i for i, name in enumerate(folded) if name == best and guessed[i] == LEAVE)
            guessed[place] = to
    return guessed
