"""Tests talk to the database as the app role. Only making, flushing and dropping databases is the owner's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck, settings

from apps.core.identity import unattended
from config.settings.environment import database
from tests import make, template

# How long examples take says how busy the machine is, and nothing of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@contextmanager
def as_owner() -> Iterator[None]:
    """Reconnects as the owner of the tables, and back."""
    with as_role(os.environ["DATABASE_OWNER_URL"]):
        yield


@contextmanager
def as_worker() -> Iterator[None]:
    """Reconnects as the agreement worker's role, and back. Only for tests with real transactions."""
    with as_role(os.environ["DATABASE_WORKER_URL"]):
        yield


@contextmanager
def as_role(url: str) -> Iterator[None]:
    settings = connection.settings_dict
    before = {key: settings[key] for key in ("USER", "PASSWORD")}
    connection.close()
    settings.update({key: database(url)[key] for key in before})
    try:
        yield
    finally:
        connection.close()
        settings.update(before)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    suffix = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock(), as_owner():
        made = (
            setup_databases(
                verbosity=0, interactive=False, parallel=0, aliases=["default"], serialized_aliases=[]
            )
            if not suffix
            else _setup_for_worker(suffix)
        )
        if os.environ.get("TEST_TEMPLATE") == "":  # servers of our own, and nothing was kept for them yet
            template.keep(connection.settings_dict["NAME"])
    yield
    with django_db_blocker.unblock(), as_owner():
        teardown_databases(made, verbosity=0)


def _setup_for_worker(suffix: str) -> Any:
    settings = connection.settings_dict
    settings["TEST"]["NAME"] = f"test_{settings['NAME']}_{suffix}"
    return setup_databases(verbosity=0, interactive=False, aliases=["default"], serialized_aliases=[])


def _empty_as_owner(self: TransactionTestCase) -> None:
    """The app role may not empty tables, and must not: some are append-only."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(_ask_which_have_rows())
        tables = ", ".join(f'"{table}"' for (table,) in cursor.fetchall())
        if tables:
            cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


@cache
def _ask_which_have_rows() -> str:
    """Emptying every table would take longer than most tests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
        )
        tables = [table for (table,) in cursor.fetchall()]
    return " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)


TransactionTestCase._fixture_teardown = _empty_as_owner  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def known_as_a_test() -> Iterator[None]:
    """Tests look at blinded rows in their own name; a request inside it begins with nobody all the same."""
    with unattended("test"):
        yield


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> make.Cast:
    """One study with somebody in each role, and an outsider."""
    return make.Cast()
