"""Files out and in."""

from apps.exports.actions.downloads import note_download
from apps.exports.actions.imports import (
    choose_sheet,
    leave,
    say_columns,
    start,
    undo,
    write_codes,
    write_people,
)
from apps.exports.actions.tables import release_tables, released_tables

__all__ = [
    "choose_sheet",
    "leave",
    "note_download",
    "release_tables",
    "released_tables",
    "say_columns",
    "start",
    "undo",
    "write_codes",
    "write_people",
]
