"""A spreadsheet or CSV file as people keep it, read as a table: headers, and rows of text."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from apps.core.archives import check_size
from apps.core.cells import Cell, cell_text, from_serial, is_serial_date, to_date, to_number
from apps.core.decoding import encoding_remarks
from apps.core.grids import Grid, read_grid
from apps.core.refusal import Refused, Remark, gettext_noop
from apps.core.sandbox import run_apart

_HEADER_WITHIN_ROWS = 30
_ROWS_BELOW_HEADER = 20
_SHARE_FILLED = 0.6
_LONGEST_HEADER = 200
_DATE_WORDS = re.compile(r"\b(?:date|dates|dob|d\.o\.b\.?|day|born|birthday|when|datum)\b", re.IGNORECASE)
_TOTALS = {"total", "totals", "grand total", "subtotal", "sub-total", "sum", "mean", "average", "median", "n"}


@dataclass(frozen=True)
class Row:
    """One row by header; `number` is the row as the spreadsheet shows it, `is_hidden` None if unknowable."""

    number: int
    values: dict[str, str]
    is_total: bool = False
    is_hidden: bool | None = None


@dataclass(frozen=True)
class Table:
    """What was found in one sheet; all values are text, with dates in ISO form."""

    kind: str
    sheet: str
    sheets: tuple[str, ...]
    encoding: str
    is_guess: bool
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    warnings: tuple[Remark, ...] = ()

    def to_json(self) -> dict[str, Any]:
        # Not `asdict`: it copies every cell of ten thousand rows.
        rows = [vars(row) for row in self.rows]
        return {**vars(self), "rows": rows, "warnings": [asdict(remark) for remark in self.warnings]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        return cls(
            **value
            | {
                "sheets": tuple(value["sheets"]),
                "headers": tuple(value["headers"]),
                "rows": tuple(Row(**row) for row in value["rows"]),
                "warnings": tuple(Remark.from_json(warning) for warning in value["warnings"]),
            }
        )


def read_table_apart(
    name: str, data: bytes, *, sheet: str | None = None, header_row: int | None = None
) -> Table:
    """Read a stranger's table in a process with limits; what pages and tasks call."""
    check_size(name, data)
    return Table.from_json(run_apart(read_table_to_json, name, data, sheet=sheet, header_row=header_row))


def read_table_to_json(
    name: str, data: bytes, sheet: str | None = None, header_row: int | None = None
) -> dict[str, Any]:
    """`read_table` in the form that crosses to and from the limited process."""
    return read_table(name, data, sheet=sheet, header_row=header_row).to_json()


def read_table(name: str, data: bytes, *, sheet: str | None = None, header_row: int | None = None) -> Table:
    """Read a table in this process; `header_row` (from 1) overrules the search for it. Raises Refused."""
    check_size(name, data)
    grid = read_grid(name, data, sheet)
    cells = _filled_down(grid)
    if not any(_filled(row) for row in cells):
        raise Refused("empty_table", gettext_noop("%(name)s holds no rows."), name=name)
    header, is_sure = (header_row - 1, True) if header_row else _find_header(cells)
    if header >= len(cells) or not any(_filled(row) for row in cells[header + 1 :]):
        raise Refused(
            "no_rows", gettext_noop("%(name)s has column headings but no rows under them."), name=name
        )
    columns = _columns(cells, header)
    serial = _serial_columns(cells, header, columns)
    rows = tuple(_rows(cells, header, columns, serial, grid.hidden_rows))
    return Table(
        kind=grid.kind,
        sheet=grid.sheet,
        sheets=grid.sheets,
        encoding=grid.encoding,
        is_guess=grid.is_guess,
        header_row=header + 1,
        headers=tuple(columns.values()),
        rows=rows,
        warnings=_remarks(grid, rows, [columns[column] for column in serial], is_sure=is_sure),
    )


def _filled_down(grid: Grid) -> list[list[Cell]]:
    """Give every row of a merged cell its value."""
    rows = grid.rows
    for top, bottom, column in grid.merges:
        if top >= len(rows) or column >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            if row[column] == "":
                row[column] = rows[top][column]
    return rows


def _filled(row: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in row if cell_text(cell) != ""]


def _find_header(rows: Sequence[Sequence[Cell]]) -> tuple[int, bool]:
    """The first row of words that is about as wide as the rows under it, and whether there is one."""
    for number, row in enumerate(rows[:_HEADER_WITHIN_ROWS]):
        filled = _filled(row)
        below = rows[number + 1 : number + 1 + _ROWS_BELOW_HEADER]
        width = max((len(_filled(other)) for other in below), default=0)
        enough = max(min(2, width), _SHARE_FILLED * width)
        is_corner_blank = len(filled) == width - 1 and cell_text(_at(row, 0)) == ""
        is_wide = bool(filled) and (len(filled) >= enough or is_corner_blank)
        if width and is_wide and all(_is_heading(cell) for cell in filled):
            return number, True
    return next(number for number, row in enumerate(rows) if _filled(row)), False


def _is_heading(cell: Cell) -> bool:
    if not isinstance(cell, str) or len(cell) > _LONGEST_HEADER:
        return False
    return not (_fits(to_number, cell) or _fits(to_date, cell))


def _fits(convert: Any, text: str) -> bool:
    try:
        convert(text)
    except ValueError:
        return False
    return True


def _columns(rows: Sequence[Sequence[Cell]], header: int) -> dict[int, str]:
    """Return the header of each column that has one or holds anything; every header is unlike the others."""
    width = max(len(row) for row in rows)
    titles: dict[int, str] = {}
    for column in range(width):
        title = " ".join(cell_text(_at(rows[header], column)).split())
        if title or any(cell_text(_at(row, column)) for row in rows[header + 1 :]):
            titles[column] = _unlike(title or f"Column {_letters(column)}", set(titles.values()))
    return titles


def _unlike(title: str, taken: set[str]) -> str:
    number = 2
    candidate = title
    while candidate in taken:
        candidate = f"{title} ({number})"
        number += 1
    return candidate


def _letters(column: int) -> str:
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _at(row: Sequence[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else ""


def _serial_columns(rows: Sequence[Sequence[Cell]], header: int, columns: dict[int, str]) -> list[int]:
    """Columns of dates in which some cells lost their date format and became numbers."""
    found = []
    for column, title in columns.items():
        cells = [_at(row, column) for row in rows[header + 1 :]]
        is_dates = bool(_DATE_WORDS.search(title)) or any(hasattr(cell, "isoformat") for cell in cells)
        if is_dates and any(is_serial_date(cell) for cell in cells):
            found.append(column)
    return found


def _rows(
    rows: Sequence[Sequence[Cell]],
    header: int,
    columns: dict[int, str],
    serial: Sequence[int],
    hidden: frozenset[int] | None,
) -> list[Row]:
    found = []
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        if not _filled(row):
            continue
        values = {title: _value(_at(row, column), column in serial) for column, title in columns.items()}
        is_hidden = None if hidden is None else number in hidden
        found.append(Row(number, values, is_total=_is_total(values), is_hidden=is_hidden))
    return found


def _value(cell: Cell, is_serial_column: bool) -> str:
    if is_serial_column and isinstance(cell, float) and is_serial_date(cell):
        return from_serial(cell).isoformat()
    return cell_text(cell)


def _is_total(values: dict[str, str]) -> bool:
    filled = [value for value in values.values() if value]
    is_partial = len(filled) < len(values)
    return is_partial and filled[0].casefold().rstrip(":. ") in _TOTALS


def _remarks(grid: Grid, rows: Sequence[Row], serial: Sequence[str], *, is_sure: bool) -> tuple[Remark, ...]:
    remarks: list[Remark] = []
    if grid.is_guess:
        text = "\n".join(value for row in rows for value in row.values.values())
        remarks += encoding_remarks(text, grid.encoding, is_guess=True)
    if not is_sure:
        template = gettext_noop("No row looks like column headings, so the first row was taken for them.")
        remarks.append(Remark("header_unsure", template))
    if serial:
        template = gettext_noop("Numbers in these columns were read as dates: %(columns)s.")
        remarks.append(Remark("serial_dates", template, {"columns": ", ".join(serial)}))
    for code, template, count in (
        ("merged_cells", gettext_noop("Merged cells were filled down: %(count)s."), len(grid.merges)),
        (
            "total_rows",
            gettext_noop("Rows that look like totals: %(count)s."),
            sum(row.is_total for row in rows),
        ),
        (
            "hidden_rows",
            gettext_noop("Hidden rows were read too: %(count)s."),
            sum(bool(row.is_hidden) for row in rows),
        ),
    ):
        if count:
            remarks.append(Remark(code, template, {"count": count}))
    return tuple(remarks)
