"""A list of contact details, read row by row: of whom each row speaks, and what it says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from apps.contacts.engine.details import Details
from apps.core.refusal import gettext_noop
from apps.core.tables import Row

LEAVE = "leave"
WORDS: Mapping[str, tuple[str, ...]] = {
    "reference": (
        "reference", "ref", "study reference", "id", "participant id", "participant number", "participant",
        "study id", "record id", "pid", "screening number",
    ),
    "pseudonym": ("pseudonym", "alias"),
    "name": ("name", "full name", "participant name", "contact name"),
    "first_name": ("first name", "given name", "forename"),
    "last_name": ("last name", "family name", "surname"),
    "email": ("e mail", "email", "email address", "e mail address", "mail"),
    "telephone": (
        "telephone", "phone", "mobile", "telephone number", "phone number", "tel", "contact number",
    ),
    "employer": ("employer", "organisation", "organization", "trust", "company", "workplace"),
    "note": ("note", "notes", "best time", "when to call"),
}  # fmt: skip
_LONGEST = {"name": 200, "email": 254, "telephone": 60, "employer": 200, "note": 2000}
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_FORMULA = re.compile(r"=\s*[A-Za-z_(]")


@dataclass(frozen=True)
class Complaint:
    """One sentence about one cell, or about a row where `column` is empty."""

    row: int
    column: str
    template: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass
class Listed:
    """What one row says; a field that it leaves empty is not among `said`."""

    number: int
    reference: str = ""
    pseudonym: str = ""
    said: dict[str, str] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    def over(self, before: Details) -> Details:
        """What is known of the person once the row is written: an empty cell takes nothing away."""
        return replace(before, **self.said)


def guess(headers: Sequence[str]) -> list[str]:
    """What each column probably stands for; each meaning goes to one column."""
    folded = [_fold(header) for header in headers]
    guessed = [LEAVE] * len(folded)
    for to, words in WORDS.items():
        places = [folded.index(word) for word in words if word in folded]
        free = [place for place in places if guessed[place] == LEAVE]
        if free:
            guessed[free[0]] = to
    return guessed


def read_details(row: Row, meanings: Mapping[str, str]) -> Listed:
    """Everything that the row says in the columns that are taken; `meanings` are those by heading."""
    cells = {to: " ".join(row.values.get(header, "").split()) for header, to in meanings.items()}
    columns = {to: header for header, to in meanings.items()}
    whole = " ".join(filter(None, (cells.pop("first_name", ""), cells.pop("last_name", ""))))
    if whole and not cells.get("name"):
        cells["name"] = whole
    listed = Listed(row.number, cells.get("reference", ""), cells.get("pseudonym", ""))
    for each in fields(Details):
        if text := cells.get(each.name, ""):
            listed.said[each.name] = text
            column = columns.get(each.name) or columns.get("last_name", "")
            listed.complaints += _complaints(row.number, column, each.name, text)
    return listed


def _complaints(row: int, column: str, name: str, text: str) -> list[Complaint]:
    if _FORMULA.match(text):
        sentence = gettext_noop("This is a formula; save the sheet so that the cell holds its result.")
        return [Complaint(row, column, sentence)]
    if len(text) > _LONGEST[name]:
        sentence = gettext_noop("This is longer than %(limit)s characters.")
        return [Complaint(row, column, sentence, {"limit": _LONGEST[name]})]
    if name == "email" and not _EMAIL.fullmatch(text):
        return [Complaint(row, column, gettext_noop("“%(text)s” is not an e-mail address."), {"text": text})]
    return []


def _fold(header: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"\([^)]*\)", " ", header).casefold()).split())
