"""A benchmark's own PostgreSQL and Valkey, which end with it."""

import os
import subprocess
import sys
from base64 import b64encode

from config.embedded import throw_away


def run_afresh(module: str) -> None:
    """The module once more as a process of its own, in which `DATABASE_URL` leads to an empty database."""
    with throw_away() as services:
        environment = {
            **os.environ,
            **services.environment(),
            "SECRET_KEY": "only for one benchmark",
            "CONCORD_STUDY_KEY": b64encode(bytes(32)).decode(),
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "OPENBLAS_NUM_THREADS": "1",
        }
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v0"]
        subprocess.run(migrate, env=environment, check=True)
        subprocess.run([sys.executable, "-m", module], env=environment, check=True)


def vacuum() -> None:
    """What the autovacuum does minutes after so many new rows, and would do while it is measured."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
