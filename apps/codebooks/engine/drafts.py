"""Codes on their way into a version: from a preset, a spreadsheet or a request."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class CodeDraft:
    """A code as somebody wants it; `code_id` is the stored code that it changes, without one it is new.

    `parent` is the place of its parent in the same list, always an earlier one; a free `label` is kept.
    """

    name: str
    parent: int | None = None
    label: str = ""
    definition: str = ""
    include: str = ""
    exclude: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    is_outside_framework: bool = False
    is_applicable: bool = True
    code_id: UUID | None = None
