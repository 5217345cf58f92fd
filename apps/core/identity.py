"""Who is asking, told to the database for one transaction; the row-level policies read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

SETTING = "concord.user"

address: ContextVar[str] = ContextVar("address", default="")


@contextmanager
def acting_as(user_id: UUID | None) -> Iterator[None]:
    """A transaction in which the database knows the person; nested, it restores the outer one."""
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        outer = _current() if is_nested else ""
        _set(str(user_id or ""))
        yield
        # The end of the outermost transaction, and a rollback, restore the setting by themselves.
        if is_nested and connection.in_atomic_block and not connection.needs_rollback:
            _set(outer)


def _current() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
