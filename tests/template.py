"""The database that test databases are copied from: migrated once, kept until a migration changes."""

import hashlib
import os
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded.place import postgres_programs
from config.settings.environment import ROOT

NAME = "concord_template"
MADE_OF = ("apps/*/migrations/*.py", "apps/core/grants.py", "config/roles.py", "requirements.txt")


def restore(owner_url: str) -> str | None:
    """Makes the template on a fresh server from what was kept; None where that is not there or too old."""
    kept = _kept()
    if not kept.exists():
        return None
    with psycopg.connect(owner_url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    with psycopg.connect(owner_url, dbname=NAME) as template:
        template.execute(kept.read_bytes())
    return NAME


def keep(database: str) -> None:
    """Writes down a database that was just migrated, for the next run."""
    kept = _kept()
    kept.parent.mkdir(parents=True, exist_ok=True)
    written = subprocess.run(
        [
            postgres_programs(None) / "pg_dump",
            "--inserts",
            "--enable-row-security",
            "--no-comments",
            f"--dbname={psycopg.conninfo.make_conninfo(os.environ['DATABASE_OWNER_URL'], dbname=database)}",
        ],
        capture_output=True,
        check=True,
    )
    # \restrict and \unrestrict are words for psql, not for the server.
    lines = [line for line in written.stdout.splitlines(keepends=True) if not line.startswith(b"\\")]
    unfinished = kept.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(b"".join(lines))
    unfinished.replace(kept)
    for old in kept.parent.glob("*.sql"):
        if old != kept:
            old.unlink(missing_ok=True)


def _kept() -> Path:
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return ROOT / "var" / "test-schema" / f"{digest.hexdigest()[:32]}.sql"
