"""Spreadsheets as people keep them, made on the spot."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

Cells = Sequence[Sequence[Any]]


def xlsx(*sheets: Cells) -> bytes:
    """A workbook with a sheet for each table of cells."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        for cells in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(cells):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()


def as_csv(cells: Cells) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(cells)
    return text.getvalue().encode()


PEOPLE = (
    (
        "Participant ID",
        "Group",
        "Site",
        "Name",
        "Gender",
        "Ethnicity",
        "Interview date",
        "Mode",
        "Minutes",
        "Interviewer",
    ),
    (
        "P-01",
        "Hub clients",
        "Northmoor",
        "Ann Example",
        "Woman",
        "White British",
        "2026-02-10",
        "Zoom",
        61,
        "Ruth Hale",
    ),
    (
        "P-02",
        "hub clients",
        "northmoor",
        "Bo Example",
        "n/c",
        "Prefer not to say",
        "13/02/2026",
        "phone",
        "1:15",
        "Ali",
    ),
    ("P-03", "Hub clients", "Northmoor", "Cy Example", "", "Unknown", "", "", "", ""),
)
CODES = (
    ("Name", "Parent", "Label", "Definition", "Include", "Aliases"),
    ("Workload", "Doing", "", "How much there is to do.", "Numbers", "load; burden"),
    ("Doing", "", "", "What people do.", "", ""),
    ("Context", "", "x1", "", "", ""),
    ("Rota", "Workload", "", "When people do it.", "", ""),
)
