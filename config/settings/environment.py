"""Reads the environment, once, into plain values."""

import base64
import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool

ROOT = Path(__file__).resolve().parent.parent.parent


def required(name: str) -> str:
    """The variable's value; without it the process must not start."""
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}; docs/operations.md says how.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes and on."""
    return os.environ.get(name, str(default)).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty members."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def study_keys(name: str) -> list[str]:
    """Keys with commas, each 32 bytes in URL-safe base64: the first seals, all of them open."""
    required(name)
    for key in (found := words(name)):
        try:
            is_key = len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
        except ValueError:
            is_key = False
        if not is_key:
            raise ImproperlyConfigured(f"{name} must be 32 bytes in URL-safe base64; see docs/operations.md.")
    return found


def connect_again(pool: ConnectionPool) -> None:
    """Begins anew once a second: the pool's own pauses double, so that pages would wait long after PostgreSQL
    is back."""
    pool.resize(0, pool.max_size)
    pool.resize(1, pool.max_size)


def database(url: str) -> dict[str, Any]:
    """Django's settings for a libpq URL; libpq parses it, so `?host=/directory` reaches a unix socket."""
    parts = conninfo_to_dict(url)
    pool_size = int(os.environ.get("DATABASE_POOL_SIZE", "0"))
    named = {"dbname", "user", "password", "host", "port"}
    options: dict[str, Any] = {key: value for key, value in parts.items() if key not in named}
    # A statement that comes again is planned once for each connection: with row policies, planning is most of
    # what a small one costs.
    options |= {"server_side_binding": True, "prepare_threshold": 5}
    if pool_size:
        options["pool"] = {
            "min_size": 1,
            "max_size": pool_size,
            "timeout": 10,
            "reconnect_timeout": 1,
            "reconnect_failed": connect_again,
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "OPTIONS": options,
        # The choices of a field are few: a cursor for them would be three questions instead of one.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        # One that broke while it lay in the pool is not given out.
        "CONN_HEALTH_CHECKS": bool(pool_size),
    }
