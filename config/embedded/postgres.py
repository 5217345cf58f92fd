"""One PostgreSQL cluster as our child: made at the first start, reached by unix socket and peer only."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Final
from urllib.parse import quote

from config.embedded.lock import Lock
from config.embedded.place import postgres_programs, settle
from config.embedded.process import (
    EmbeddedError,
    ask,
    end,
    has_ended,
    last_lines,
    plain_environment,
    run_as,
    spawn,
    wait_until,
)
from config.roles import ROLE_NAMES, Role, role_sql

_SUPERUSER: Final = "postgres"
_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "jit": "off",
}
_NOT_DURABLE: Final = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres:
    """A cluster in `directory`; `durable=False` is for tests only and may lose data."""

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory
        self.durable = durable
        self.place = settle(directory)
        self.data = self.place.home / "postgres"
        self.log = directory / "log" / "postgres.log"
        self._lock = Lock(directory / "postgres.lock")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, or start again after a crash, and return when connections are accepted."""
        self._lock.take(what=f"The database in {self.directory}")
        programs = postgres_programs(self.place.account)
        if not self.data.exists():
            self._create(programs)
        self._check_version(programs)
        self.place.make_sockets()
        self._end_leftover(programs)
        self._write_authentication()
        self._launch(programs)

    def stop(self) -> None:
        """Stop and let go of the directory; harmless if it is not running."""
        if self._process is not None:
            ask(self._process, self._farewell)
            end(self._process, patience=20)
            self._process = None
        self._lock.release()
        if self.place.sockets.parent != self.place.home:
            shutil.rmtree(self.place.sockets, ignore_errors=True)

    def is_running(self) -> bool:
        """Whether our child lives."""
        return self._process is not None and not has_ended(self._process)

    @property
    def pid(self) -> int | None:
        """The process id of the postmaster."""
        return self._process.pid if self._process else None

    def url(self, role: Role, database: str = "concord") -> str:
        """The libpq URL of `database` for one of the four roles; good whether or not the server runs."""
        host = quote(str(self.place.sockets), safe="/")
        return f"postgresql://{ROLE_NAMES[role]}@/{quote(database)}?host={host}"

    def provision(self, database: str = "concord") -> None:
        """Make the roles, the database and its extensions where they are missing."""
        host = str(self.place.sockets)
        psql = postgres_programs(self.place.account) / "psql"
        command: list[str | Path] = [
            psql,
            "-X",
            "-q",
            "-h",
            host,
            "-U",
            _SUPERUSER,
            "-d",
            "postgres",
            "-f",
            "-",
        ]
        done = run_as(command, account=None, script=role_sql(database))
        if done.returncode != 0:
            raise EmbeddedError(f"The database roles could not be made: {done.stderr.strip()}")

    @property
    def _farewell(self) -> signal.Signals:
        # "Fast" shutdown writes everything down; "immediate" is enough for what is thrown away.
        return signal.SIGINT if self.durable else signal.SIGQUIT

    def _create(self, programs: Path) -> None:
        # Made under another name first: an interrupted initdb must not look like a database.
        unfinished = self.place.home / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self.place.make(unfinished)
        command: list[str | Path] = [
            programs / "initdb",
            "--pgdata",
            unfinished,
            "--username",
            _SUPERUSER,
            "--auth-local=peer",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]
        if not self.durable:
            command.append("--no-sync")
        done = run_as(command, account=self.place.account, directory=unfinished)
        if done.returncode != 0:
            raise EmbeddedError(
                f"The database could not be made: {done.stderr.strip() or done.stdout.strip()}"
            )
        unfinished.rename(self.data)

    def _check_version(self, programs: Path) -> None:
        try:
            made_by = (self.data / "PG_VERSION").read_text().strip()
        except PermissionError:
            raise EmbeddedError(
                f"{self.data} belongs to another user; start as that user or as root."
            ) from None
        installed = run_as(
            [programs / "postgres", "--version"], account=self.place.account, directory=Path("/")
        )
        if f" {made_by}." not in installed.stdout:
            raise EmbeddedError(
                f"The database in {self.data} was made by PostgreSQL {made_by}, "
                f"but {installed.stdout.strip()} is installed; docs/operations.md says how to move it."
            )

    def _write_authentication(self) -> None:
        (self.data / "pg_hba.conf").write_text("local all all peer map=concord\n")
        # Whoever may enter the socket directory (we, and the servers' account) may take any role.
        names = {pwd.getpwuid(os.geteuid()).pw_name}
        if self.place.account:
            names.add(self.place.account.name)
        lines = [f'concord "{name}" all\n' for name in sorted(names)]
        (self.data / "pg_ident.conf").write_text("".join(lines))

    def _end_leftover(self, programs: Path) -> None:
        """End a server that outlived a killed launcher (only where the kernel could not do it for us)."""
        if _answers(self.place.sockets / ".s.PGSQL.5432"):
            run_as(
                [programs / "pg_ctl", "stop", "--pgdata", self.data, "--mode=fast", "--wait"],
                account=self.place.account,
                directory=self.data,
            )

    def _launch(self, programs: Path) -> None:
        # Backends of a killed server need a moment to notice; until then a new one refuses to start.
        if not wait_until(lambda: self._try(programs), seconds=30, pause=0.2):
            raise EmbeddedError(
                f"PostgreSQL does not start. Its log {self.log} ends:\n{last_lines(self.log)}"
            )

    def _try(self, programs: Path) -> bool:
        settings = {**_SETTINGS, "unix_socket_directories": str(self.place.sockets)}
        if not self.durable:
            settings |= _NOT_DURABLE
        command: list[str | Path] = [programs / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        process = spawn(
            command,
            log=self.log,
            account=self.place.account,
            environment=plain_environment(),
            directory=self.data,
            death_signal=self._farewell,
        )
        self._process = process
        # Recovery after a crash may take long, so there is no limit while the server lives.
        wait_until(lambda: has_ended(process) or self._is_ready(process.pid), seconds=3600)
        return not has_ended(process)

    def _is_ready(self, pid: int) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        return client.connect_ex(os.fsencode(path)) == 0
