"""A pytest plugin that comes before Django's settings: it gives the run a throw-away PostgreSQL and Valkey.

Where DATABASE_URL and REDIS_URL are set already, those servers are used instead.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from config.embedded import throw_away

_open = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    os.environ.setdefault("SECRET_KEY", "only for tests")
    if "DATABASE_URL" not in os.environ:
        services = _open.enter_context(throw_away())
        os.environ.update(services.environment())
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _open.close()
