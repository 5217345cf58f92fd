"""Tables as files: a spreadsheet, a Word document or CSV. No text of a cell ever becomes a formula."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import docx
import docx.shared
import xlsxwriter

Value = str | int | float
_PICTURE_WIDTH = docx.shared.Cm(16)
# In a CSV file a leading sign would make a formula of a text; the apostrophe is how spreadsheets quote it.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Sheet:
    """A table with a title, its heading row, its rows, and notes under it."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[str] = ()


def to_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """A workbook with a sheet for each table."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for number, sheet in enumerate(sheets, start=1):
            page = book.add_worksheet(_sheet_name(sheet.title, number))
            page.write_row(0, 0, sheet.headings, bold)
            page.freeze_panes(1, 1)
            for place, row in enumerate(sheet.rows, start=1):
                page.write_row(place, 0, row, wrapped)
            for place, note in enumerate(sheet.notes, start=len(sheet.rows) + 2):
                page.write_string(place, 0, note)
            for column, heading in enumerate(sheet.headings):
                cells = [str(row[column]) for row in sheet.rows if column < len(row)]
                width = max([len(heading), *(len(cell) for cell in cells)])
                page.set_column(column, column, min(max(width + 2, 8), 48))
    return buffer.getvalue()


def to_docx(
    sheets: Iterable[Sheet],
    *,
    pictures: Iterable[bytes] = (),
    title: str = "",
    paragraphs: Iterable[str] = (),
) -> bytes:
    """A document: title and words where there are any, pictures (PNG), a captioned table for each sheet."""
    document = docx.Document()
    document.core_properties.author = "Concord"
    if title:
        document.add_heading(_plain(title), level=1)
    for paragraph in paragraphs:
        document.add_paragraph(_plain(paragraph))
    for picture in pictures:
        document.add_picture(io.BytesIO(picture), width=_PICTURE_WIDTH)
    for sheet in sheets:
        document.add_paragraph(_plain(sheet.title)).runs[0].bold = True
        table = document.add_table(rows=1, cols=len(sheet.headings))
        table.style = "Table Grid"
        for cell, heading in zip(table.rows[0].cells, sheet.headings, strict=True):
            cell.paragraphs[0].add_run(_plain(heading)).bold = True
        for row in sheet.rows:
            for cell, value in zip(table.add_row().cells, row, strict=True):
                cell.text = _plain(str(value))
        for note in sheet.notes:
            document.add_paragraph(_plain(note))
        document.add_paragraph()
    buffer = io.BytesIO()
    document.save(buffer)
    return _undated(buffer.getvalue())


def to_csv(sheet: Sheet) -> bytes:
    """One table, in UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_quoted(heading) for heading in sheet.headings])
    writer.writerows([_quoted(value) for value in row] for row in sheet.rows)
    writer.writerows([_quoted(note)] for note in sheet.notes)
    return text.getvalue().encode("utf-8-sig")


def _undated(packed: bytes) -> bytes:
    """The same content gives the same file, byte by byte: no moment is written into the archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name), before.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _quoted(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value


def _plain(text: str) -> str:
    """Without the control signs that no XML may hold."""
    return "".join(letter for letter in text if letter in "\n\t" or ord(letter) >= 32)


def _sheet_name(title: str, number: int) -> str:
    """At most 31 letters, none of those that spreadsheets refuse, and unlike the others."""
    name = "".join("-" if letter in "[]:*?/\\'" else letter for letter in _plain(title))
    return f"{number} {name}"[:31].strip()
