"""What must hold before the web server starts: migrated, granted, and the demonstration study loaded once."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded import EmbeddedError
from config.embedded.process import last_lines, open_log

ROOT = Path(__file__).resolve().parent.parent


def is_prepared(environment: Mapping[str, str], *, demonstration: bool) -> bool:
    """Whether this very version of Concord has prepared the database already (asked in 20 ms, not 3 s)."""
    with _as_owner(environment) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    accepted = {_note(demonstration=True), _note(demonstration=demonstration)}
    return row is not None and row[0] in accepted


def prepare(environment: Mapping[str, str], *, log: Path, demonstration: bool) -> None:
    """Migrate, load the demonstration study where there is none, and note that in the database itself."""
    note = _note(demonstration=demonstration)
    manage(environment, "migrate", "--no-input", log=log)
    if demonstration:
        manage(environment, "demo", "--once", log=log)
    with _as_owner(environment) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(note)))


def manage(environment: Mapping[str, str], *words: str, log: Path) -> str:
    """Run a management command and return what it prints; one that this version lacks prints nothing."""
    with open_log(log) as output:
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            env=dict(environment),
            cwd=ROOT,
            check=False,
        )
        output.write(done.stdout.encode())
    if done.returncode == 0:
        return done.stdout
    if f"Unknown command: '{words[0]}'" in last_lines(log):
        return ""
    raise EmbeddedError(f"`manage.py {' '.join(words)}` failed. Its log {log} ends:\n{last_lines(log)}")


def _as_owner(environment: Mapping[str, str]) -> psycopg.Connection:
    try:
        return psycopg.connect(environment["DATABASE_OWNER_URL"], autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as problem:
        raise EmbeddedError(f"The database of DATABASE_OWNER_URL cannot be used: {problem}") from None


def _note(*, demonstration: bool) -> str:
    return f"prepared by Concord {_fingerprint()} {'with' if demonstration else 'without'} the demonstration"


def _fingerprint() -> str:
    """Stands for everything that decides what migrations and grants do: the code and its packages."""
    digest = hashlib.sha256()
    code = [*ROOT.glob("apps/**/*.py"), *ROOT.glob("config/**/*.py")]
    for path in [ROOT / "requirements.txt", *sorted(code)]:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
