"""Letters to people, and lists for a mail merge."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Protocol

import docx

from apps.contacts.engine.details import Details

_FORMULA = re.compile(r"^[=+\-@\t\r]")
_TELEPHONE = re.compile(r"^\+[\d\s()./-]+$")

_FIELD = re.compile(r"\{(name|employer|pseudonym)\}")


class Person(Protocol):
    pseudonym: str


def mail_merge(people: Iterable[tuple[Person, Details]]) -> str:
    """CSV for Word or LibreOffice, a line for each person; no cell passes for a formula."""
    file = io.StringIO()
    file.write("\ufeff")  # without it Excel takes UTF-8 for something older
    writer = csv.writer(file)
    writer.writerow(["pseudonym", "name", "email", "telephone", "employer"])
    for person, details in people:
        cells = (person.pseudonym, details.name, details.email, details.telephone, details.employer)
        writer.writerow([_harmless(cell) for cell in cells])
    return file.getvalue()


def letters(people: Iterable[tuple[Person, Details]], wording: str) -> bytes:
    """A Word document with a page for each person; {name}, {employer} and {pseudonym} are filled in."""
    document = docx.Document()
    document.core_properties.author = "Concord"
    for place, (person, details) in enumerate(people):
        if place:
            document.add_page_break()  # type: ignore[no-untyped-call]
        for line in filter(None, (details.name, details.employer, details.email)):
            document.add_paragraph(_plain(line)).paragraph_format.space_after = 0
        document.add_paragraph()
        known = {"pseudonym": person.pseudonym, "name": details.name, "employer": details.employer}
        filled = _FIELD.sub(partial(_said, known), wording)
        for paragraph in filled.splitlines():
            document.add_paragraph(_plain(paragraph))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _said(known: Mapping[str, str], field: re.Match[str]) -> str:
    return known[field[1]]


def _plain(text: str) -> str:
    """Without the control signs that no XML may hold."""
    return "".join(letter for letter in text if letter == "\t" or ord(letter) >= 32)


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _TELEPHONE.match(cell) else cell
