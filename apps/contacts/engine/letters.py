"""Lists for a mail merge."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Protocol

from apps.contacts.engine.details import Details

_FORMULA = re.compile(r"^[=+\-@\t\r]")
_TELEPHONE = re.compile(r"^\+[\d\s()./-]+$")


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


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _TELEPHONE.match(cell) else cell
