from apps.contacts.actions.details import (
    CannotBeRead,
    ChangedMeanwhile,
    MustNotBeContacted,
    NoReason,
    NotPermitted,
    destroy,
    look,
    look_through,
    take_out,
    write,
)
from apps.contacts.actions.keys import destroy_orphaned, rewrap

__all__ = [
    "CannotBeRead",
    "ChangedMeanwhile",
    "MustNotBeContacted",
    "NoReason",
    "NotPermitted",
    "destroy",
    "destroy_orphaned",
    "look",
    "look_through",
    "rewrap",
    "take_out",
    "write",
]
