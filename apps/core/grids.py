"""Spreadsheet files and delimited text as grids of cells with their row numbers."""

import csv
import io
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from posixpath import normpath
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from apps.core.archives import OLE_MAGIC, ZIP_MAGIC, open_archive, parse_member, read_member
from apps.core.cells import Cell
from apps.core.decoding import decode
from apps.core.refusal import Refused, gettext_noop

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000
_TEXT_SUFFIXES = ("csv", "tsv", "tab", "txt")
_BOOK_SUFFIXES = ("xlsx", "xlsm", "xls", "ods")
_SAMPLE_ROWS = 50
_LONGEST_CELL = 1_000_000
_DELIMITERS = (",", ";", "\t", "|")
_DECLARED_DELIMITER = re.compile(r"sep=([,;\t|])\n", re.IGNORECASE)
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b(?=[^>]*\shidden=\"(?:1|true)\")[^>]*?\sr=\"(\d+)\"")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Grid:
    """Cells by row; `rows[0]` is row 1 of the file. Merges are (first row, last row, column), from zero."""

    kind: str
    rows: list[list[Cell]]
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    encoding: str = "utf-8"
    is_guess: bool = False
    delimiter: str = ""
    merges: tuple[tuple[int, int, int], ...] = ()
    hidden_rows: frozenset[int] | None = None


def read_grid(name: str, data: bytes, sheet: str | None = None) -> Grid:
    """Return the named sheet, or the first visible one that holds anything."""
    suffix = PurePath(name).suffix.lower().lstrip(".")
    if suffix not in _TEXT_SUFFIXES + _BOOK_SUFFIXES:
        raise Refused(
            "unknown_kind",
            gettext_noop("%(name)s is not a kind of file that can be read here: use %(kinds)s."),
            name=name,
            kinds=".xlsx, .xls, .ods, .csv",
        )
    if data.startswith((OLE_MAGIC, ZIP_MAGIC)):
        return _read_workbook(name, data, sheet)
    if suffix in _BOOK_SUFFIXES:
        raise Refused(
            "not_a_spreadsheet",
            gettext_noop("%(name)s is not a spreadsheet, whatever its name says."),
            name=name,
        )
    return _read_delimited(name, data)


def check_extent(name: str, rows: int, columns: int) -> None:
    """Refuse more than the limits allow."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise Refused(
            "too_large_a_table",
            gettext_noop(
                "%(name)s is too large a table (rows: %(rows)s, columns: %(columns)s); the most is "
                "%(max_rows)s rows, %(max_columns)s columns and %(max_cells)s cells."
            ),
            name=name,
            rows=rows,
            columns=columns,
            max_rows=MAX_ROWS,
            max_columns=MAX_COLUMNS,
            max_cells=MAX_CELLS,
        )


def _read_workbook(name: str, data: bytes, sheet: str | None) -> Grid:
    archive = open_archive(name, data, kind="spreadsheet") if data.startswith(ZIP_MAGIC) else None
    kind = _kind(archive, data, name)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        titles = tuple(workbook.sheet_names)
        found = _choose(workbook, sheet, name)
        # Calamine counts both from zero.
        check_extent(name, found.total_height + 1, found.total_width + 1)
        rows = found.to_python(skip_empty_area=False)
        merges = _vertical(found.merged_cell_ranges or [])
    except PasswordError as error:
        raise _protected(name) from error
    except CalamineError as error:
        raise Refused(
            "damaged",
            gettext_noop("%(name)s is a damaged %(kind)s file: a part of it cannot be read."),
            name=name,
            kind="spreadsheet",
        ) from error
    hidden = _hidden_rows(archive, found.name, name) if archive is not None and kind == "xlsx" else None
    return Grid(kind, [list(row) for row in rows], found.name, titles, merges=merges, hidden_rows=hidden)


def _kind(archive: ZipFile | None, data: bytes, name: str) -> str:
    if archive is None:
        if _ENCRYPTED_PACKAGE in data:
            raise _protected(name)
        return "xls"
    members = archive.namelist()
    if "content.xml" in members:
        return "ods"
    if "xl/workbook.xml" not in members:
        raise Refused(
            "not_a_spreadsheet",
            gettext_noop("%(name)s is not a spreadsheet, whatever its name says."),
            name=name,
        )
    return "xlsx"


def _choose(workbook: CalamineWorkbook, title: str | None, name: str) -> CalamineSheet:
    if title is not None and title in workbook.sheet_names:
        return workbook.get_sheet_by_name(title)
    if title is not None:
        raise Refused(
            "no_such_sheet", gettext_noop("%(name)s has no sheet “%(sheet)s”."), name=name, sheet=title
        )
    metadata = workbook.sheets_metadata
    visible = [entry.name for entry in metadata if entry.visible == SheetVisibleEnum.Visible]
    for candidate in visible or workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(candidate)
        if sheet.height:
            return sheet
    raise Refused("empty_table", gettext_noop("%(name)s holds no rows."), name=name)


def _vertical(
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> tuple[tuple[int, int, int], ...]:
    """Merges down a column stand for one value in several rows; merges along a row are titles."""
    return tuple(
        (top, bottom, column)
        for (top, left), (bottom, right) in ranges
        if bottom > top
        for column in range(left, right + 1)
    )


def _hidden_rows(archive: ZipFile, sheet: str, name: str) -> frozenset[int] | None:
    """Numbers of the hidden rows, or None where the sheet's part cannot be told."""
    part = _sheet_part(archive, sheet, name)
    if part is None:
        return None
    data = read_member(archive, part, name=name, kind="spreadsheet")
    return frozenset(int(number) for number in _HIDDEN_ROW.findall(data))


def _sheet_part(archive: ZipFile, sheet: str, name: str) -> str | None:
    rels_part = "xl/_rels/workbook.xml.rels"
    if rels_part not in archive.namelist():
        return None
    workbook = parse_member(archive, "xl/workbook.xml", name=name, kind="spreadsheet")
    relations = parse_member(archive, rels_part, name=name, kind="spreadsheet")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for entry in workbook.iterfind("{*}sheets/{*}sheet"):
        identifier = next((value for key, value in entry.items() if str(key).endswith("}id")), None)
        target = targets.get(str(identifier))
        if entry.get("name") == sheet and target:
            part = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
            return part if part in archive.namelist() else None
    return None


def _protected(name: str) -> Refused:
    return Refused(
        "password", gettext_noop("%(name)s is protected by a password; save it without one."), name=name
    )


def _read_delimited(name: str, data: bytes) -> Grid:
    decoded = decode(name, data)
    text = decoded.text
    declared = _DECLARED_DELIMITER.match(text)
    first_line = 0
    if declared is not None:
        text = text[declared.end() :]
        first_line = 1
    delimiter = declared[1] if declared is not None else _sniff(text)
    rows: list[list[Cell]] = [[] for _ in range(first_line)]
    rows += [list(row) for row in _parse(name, text, delimiter)]
    check_extent(name, len(rows), max((len(row) for row in rows), default=0))
    return Grid("csv", rows, encoding=decoded.encoding, is_guess=decoded.is_guess, delimiter=delimiter)


def _parse(name: str, text: str, delimiter: str) -> list[list[str]]:
    """Parse strictly first, because leniently an unclosed quotation mark swallows the rest of the file."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise Refused(
                "unclosed_quote",
                gettext_noop("%(name)s has a quotation mark that is opened and never closed."),
                name=name,
            ) from error
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Refused(
            "damaged",
            gettext_noop("%(name)s is a damaged %(kind)s file: a part of it cannot be read."),
            name=name,
            kind="CSV",
        ) from error


def _sniff(text: str) -> str:
    """The delimiter by which most lines have the same number of cells, and more than one."""
    return max(_DELIMITERS, key=lambda delimiter: _regularity(text, delimiter))


def _regularity(text: str, delimiter: str) -> tuple[float, int]:
    sample = io.StringIO(text[:200_000], newline="")
    widths = []
    with suppress(csv.Error):  # said to the person when the whole file is parsed
        for row in islice(csv.reader(sample, delimiter=delimiter), _SAMPLE_ROWS):
            widths += [len(row)] if any(row) else []
    if not widths or max(widths) == 1:
        return (0.0, 0)
    common = max(set(widths), key=lambda width: (widths.count(width), width))
    return (widths.count(common) / len(widths) if common > 1 else 0.0, common)
