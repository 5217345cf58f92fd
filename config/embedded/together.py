"""PostgreSQL and Valkey side by side, for `make run` and for tests."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.lock import AlreadyRunningError, Lock
from config.embedded.place import open_temporary_directory
from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey


class Services:
    """Both servers of one directory, with the roles and the database `concord` in place."""

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory
        self.postgres = Postgres(directory, durable=durable)
        self.valkey = Valkey(directory)

    def start(self) -> None:
        """Start both, or neither."""
        try:
            self.postgres.start()
            self.postgres.provision()
            self.valkey.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop both; harmless if they are not running."""
        self.valkey.stop()
        self.postgres.stop()

    def environment(self) -> dict[str, str]:
        """The variables by which the settings find these servers."""
        return {
            "DATABASE_URL": self.postgres.url("app"),
            "DATABASE_OWNER_URL": self.postgres.url("owner"),
            "DATABASE_WORKER_URL": self.postgres.url("worker"),
            "REDIS_URL": self.valkey.broker_url,
        }


@contextmanager
def throw_away() -> Iterator[Services]:
    """Start servers in a temporary directory, fast and not durable, and remove them at the end."""
    directory = open_temporary_directory()
    _sweep(directory.parent)
    services = Services(directory, durable=False)
    try:
        services.start()
        yield services
    finally:
        services.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove what earlier runs left behind when they were killed."""
    for lock in parent.glob("concord-throw-away-*/postgres.lock"):
        with contextlib.suppress(OSError):  # another run may be sweeping, or the directory is not ours
            # A young one may belong to a run that is between two starts.
            if time.time() - lock.stat().st_mtime > 600:
                _remove_unless_held(lock)


def _remove_unless_held(path: Path) -> None:
    lock = Lock(path)
    with contextlib.suppress(AlreadyRunningError):
        lock.take(what="It")
        shutil.rmtree(path.parent, ignore_errors=True)
        lock.release()
