"""Tables in transcripts: some hold one turn a row (time, speaker, speech), others only layout."""

import re
from collections.abc import Sequence

from apps.transcripts.engine.drafts import Block
from apps.transcripts.engine.times import TIME, milliseconds

_TIME_CELL = re.compile(rf"\s*{TIME}\s*")
_LONGEST_LABEL = 40
_HEADINGS = {"speaker", "name", "who", "time", "timestamp", "text", "speech", "transcript", "statement"}


def table_blocks(rows: Sequence[Sequence[str]]) -> list[Block]:
    """Return a block per turn if the rows are turns, else one per row with its cells kept apart by tabs."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if all(len(row) == 1 for row in filled):
        return [Block(line) for row in filled for line in row[0].split("\n")]
    columns = _turn_columns(filled)
    if columns is None:
        return [_layout(row) for row in filled]
    return [_turn(row, *columns) for row in filled]


def _turn_columns(rows: Sequence[Sequence[str]]) -> tuple[int | None, int | None, int] | None:
    """Return the columns of time, label and speech, or None where rows are not turns."""
    width = min(len(row) for row in rows)
    if width < 2:
        return None
    times = [column for column in range(width) if _share_of_times(rows, column) >= 0.5]
    others = [column for column in range(width) if column not in times]
    if not others:
        return None
    speech = max(others, key=lambda column: sum(len(row[column]) for row in rows))
    others.remove(speech)
    labels = [column for column in others if _recurs(rows, column)] or (others if times else [])
    if not times and not labels:
        return None
    return (times[0] if times else None, labels[0] if labels else None, speech)


def _share_of_times(rows: Sequence[Sequence[str]], column: int) -> float:
    return sum(bool(_TIME_CELL.fullmatch(row[column])) for row in rows) / len(rows)


def _recurs(rows: Sequence[Sequence[str]], column: int) -> bool:
    cells = [_label(row[column]) for row in rows if row[column].strip()]
    is_short = all(len(cell) <= _LONGEST_LABEL for cell in cells)
    return is_short and len(set(cells)) <= len(cells) / 2


def _label(cell: str) -> str:
    return " ".join(cell.split()).rstrip(":： ")


def _turn(row: Sequence[str], time: int | None, label: int | None, speech: int) -> Block:
    cells = {cell.strip().casefold() for cell in row if cell.strip()}
    if cells <= _HEADINGS:
        return _layout(row)
    name = _label(row[label]) if label is not None else ""
    return Block(
        row[speech],
        label=name or None,
        start_ms=milliseconds(row[time]) if time is not None else None,
        is_layout=label is not None and bool(name),
    )


def _layout(row: Sequence[str]) -> Block:
    return Block("\t".join(" ".join(cell.split()) for cell in row).strip(), is_layout=True)
