"""Connections that lie open between requests."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler, OperationalError

from config.settings.environment import database
from tests.running import wait_for

pytestmark = pytest.mark.django_db


def test_one_that_broke_meanwhile_is_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_POOL_SIZE", "1")
    settings = database(os.environ["DATABASE_URL"]) | {"NAME": connection.settings_dict["NAME"]}
    pooled = ConnectionHandler({"default": settings})["default"]

    def backend() -> int:
        try:
            with pooled.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                return int(cursor.fetchone()[0])
        finally:
            pooled.close()  # gives it back

    try:
        first = backend()
        assert backend() == first
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 60000)", [first])  # waits until it is gone
        assert backend() != first
    finally:
        pooled.close_pool()


@contextmanager
def turned_away() -> Iterator[tuple[int, list[None]]]:
    """A port that hangs up on every caller, as a PostgreSQL that is starting does, and the calls so far."""
    calls: list[None] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def hang_up() -> None:
            while True:
                try:
                    caller, _ = door.accept()
                except OSError:  # the door is closed
                    return
                calls.append(None)
                caller.close()

        threading.Thread(target=hang_up, daemon=True).start()
        yield door.getsockname()[1], calls
        door.shutdown(socket.SHUT_RDWR)


def test_pauses_between_attempts_do_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """With pauses that double, as the library has them, twelve attempts would take half an hour."""
    monkeypatch.setenv("DATABASE_POOL_SIZE", "1")
    with turned_away() as (port, calls):
        settings = database(f"postgresql://concord@127.0.0.1:{port}/concord?sslmode=disable")
        settings["OPTIONS"]["pool"]["timeout"] = 0.1
        pooled = ConnectionHandler({"default": settings})["default"]
        try:
            with pytest.raises(OperationalError):
                pooled.ensure_connection()
            assert wait_for(lambda: len(calls) >= 12)
        finally:
            pooled.close_pool()
