"""Who is asking: told to the database for one transaction, and to the managers of what is blinded."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction
from psycopg import OperationalError, sql
from psycopg.pq import ExecStatus

SETTING = "concord.user"

address: ContextVar[str] = ContextVar("address", default="")
_asking: ContextVar[str] = ContextVar("asking", default="")


def is_known() -> bool:
    """Whether somebody has said who asks, or what runs by itself."""
    return bool(_asking.get())


@contextmanager
def nobody() -> Iterator[None]:
    """A new beginning: what was said outside does not count inside."""
    with _as(""):
        yield


@contextmanager
def unattended(task: str) -> Iterator[None]:
    """What a worker or a command does under its own role, for nobody: the policies know that role."""
    with _as(task):
        yield


@contextmanager
def acting_as(user_id: UUID | None) -> Iterator[None]:
    """A transaction in which the database knows the person; nested, it restores the outer one."""
    is_nested = connection.in_atomic_block
    with transaction.atomic(), _as(str(user_id or "")):
        outer = _current() if is_nested else ""
        told = _set if is_nested else _begin
        told(str(user_id or ""))
        yield
        # The end of the outermost transaction, and a rollback, restore the setting by themselves.
        if is_nested and connection.in_atomic_block and not connection.needs_rollback:
            _set(outer)


@contextmanager
def _as(name: str) -> Iterator[None]:
    outer = _asking.get()
    _asking.set(name)
    try:
        yield
    finally:
        # By value, not by token: a generator may be closed in another context than it was opened in.
        _asking.set(outer)


def _current() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _begin(value: str) -> None:
    """The beginning of the transaction and who asks, in one message.

    The driver would send a BEGIN of its own, and each message wakes two processes, which takes as long as
    most questions. It begins as the server is set up: we set no isolation of our own.
    """
    begin = sql.SQL("BEGIN; SELECT set_config({}, {}, true)").format(SETTING, value)
    with connection.wrap_database_errors:
        answer = connection.connection.pgconn.exec_(begin.as_bytes(connection.connection))
        if answer.status != ExecStatus.TUPLES_OK:
            raise OperationalError(answer.get_error_message())


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
