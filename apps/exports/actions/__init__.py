"""Files out and in."""

from apps.exports.actions.downloads import note_download
from apps.exports.actions.imports import choose_sheet, leave, say_columns, start, write_codes, write_people

__all__ = ["choose_sheet", "leave", "note_download", "say_columns", "start", "write_codes", "write_people"]
