"""Connections that lie open between requests."""

import os

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from config.settings.environment import database

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
