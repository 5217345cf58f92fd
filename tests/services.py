"""A pytest plugin that comes before Django's settings: it gives the run a throw-away PostgreSQL and Valkey.

Where DATABASE_URL and REDIS_URL are set already, those servers are used instead.
"""

import base64
import os
from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryDirectory

import pytest

from config.embedded import throw_away
from tests import template

_open = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    os.environ.setdefault("SECRET_KEY", "only for tests")
    os.environ.setdefault(
        "CONCORD_STUDY_KEY", base64.urlsafe_b64encode(b"only for tests, of 32 bytes ....").decode()
    )
    os.environ.setdefault("CONCORD_KEYS", _open.enter_context(TemporaryDirectory()))
    if "DATABASE_URL" not in os.environ:
        services = _open.enter_context(throw_away())
        os.environ.update(services.environment())
        os.environ["TEST_TEMPLATE"] = template.restore(os.environ["DATABASE_OWNER_URL"]) or ""
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _open.close()
