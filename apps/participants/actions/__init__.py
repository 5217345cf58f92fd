"""What an administrator does with people, what is known of them, and their interviews."""

from apps.participants.actions.characteristics import (
    change_characteristic,
    clear_value,
    define_characteristic,
    describe,
    remove_characteristic,
    set_value,
)
from apps.participants.actions.interviews import (
    book_interview,
    change_interview,
    record_interview,
    remove_interview,
    write_interview,
)
from apps.participants.actions.lists import bring_in
from apps.participants.actions.people import add, change, remove

__all__ = [
    "add",
    "book_interview",
    "bring_in",
    "change",
    "change_characteristic",
    "change_interview",
    "clear_value",
    "define_characteristic",
    "describe",
    "record_interview",
    "remove",
    "remove_characteristic",
    "remove_interview",
    "set_value",
    "write_interview",
]
