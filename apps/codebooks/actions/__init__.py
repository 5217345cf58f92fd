"""What a PI does to a codebook: its versions, and the codes of a version that is not in use yet."""

from apps.codebooks.actions.codes import TakesNoNewCodes, add_code, bring_in, change_code, move, remove
from apps.codebooks.actions.versions import (
    create,
    create_from_preset,
    discard,
    freeze,
    new_version,
    rename,
    take_new_codes,
)

__all__ = [
    "TakesNoNewCodes",
    "add_code",
    "bring_in",
    "change_code",
    "create",
    "create_from_preset",
    "discard",
    "freeze",
    "move",
    "new_version",
    "remove",
    "rename",
    "take_new_codes",
]
