"""Files out and in."""

from apps.exports.actions.downloads import note_download
from apps.exports.actions.imports import (
    AlreadyWritten,
    choose_sheet,
    leave,
    leave_rows_out,
    say_columns,
    start,
    undo,
    write_codes,
    write_people,
    write_steps,
)
from apps.exports.actions.long_imports import is_long, request_write, write_in_worker
from apps.exports.actions.long_undos import is_long_undo, request_undo, undo_in_worker
from apps.exports.actions.passages import (
    MayNotLeave,
    NobodyAskedError,
    ToBeCheckedFirst,
    forget_files,
    make,
    note_fetched,
    request_code,
    request_transcript,
)
from apps.exports.actions.tables import release_tables, released_tables

__all__ = [
    "AlreadyWritten",
    "MayNotLeave",
    "NobodyAskedError",
    "ToBeCheckedFirst",
    "choose_sheet",
    "forget_files",
    "is_long",
    "is_long_undo",
    "leave",
    "leave_rows_out",
    "make",
    "note_download",
    "note_fetched",
    "release_tables",
    "released_tables",
    "request_code",
    "request_transcript",
    "request_undo",
    "request_write",
    "say_columns",
    "start",
    "undo",
    "undo_in_worker",
    "write_codes",
    "write_in_worker",
    "write_people",
    "write_steps",
]
