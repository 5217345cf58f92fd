"""The database of a running Concord, as a journey looks into it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"


@dataclass
class Database:
    """Looks into the database as its owner, who sees every row."""

    url: str

    def ask(self, question: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return [row[0] for row in connection.execute(question, values)]

    def says(self, question: str, *values: Any, answer: list[Any]) -> bool:
        """Whether this is the answer; while the database is away it is not."""
        try:
            return self.ask(question, *values) == answer
        except psycopg.OperationalError:
            return False

    @contextmanager
    def nothing_stored(self, table: str) -> Iterator[None]:
        """Who is about to write into this table waits inside, and can be killed there."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.url) as connection:
            connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield
            connection.rollback()

    def is_awaited(self, table: str) -> bool:
        return self.says(WAITING, table, answer=[1])
