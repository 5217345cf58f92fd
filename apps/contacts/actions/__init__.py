from apps.contacts.actions.details import (
    CannotBeRead,
    ChangedMeanwhile,
    NoReason,
    NotPermitted,
    destroy,
    look,
    look_through,
    write,
)
from apps.contacts.actions.keys import destroy_orphaned, rewrap

__all__ = [
    "CannotBeRead",
    "ChangedMeanwhile",
    "NoReason",
    "NotPermitted",
    "destroy",
    "destroy_orphaned",
    "look",
    "look_through",
    "rewrap",
    "write",
]
