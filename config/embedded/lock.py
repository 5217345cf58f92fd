"""A file lock that the kernel lets go of when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path

from config.embedded.process import EmbeddedError


class AlreadyRunningError(EmbeddedError):
    """Somebody else holds the lock; `note` is what the holder wrote into it."""

    def __init__(self, sentence: str, note: str = "") -> None:
        super().__init__(sentence)
        self.note = note


class Lock:
    """Held by one process at a time; taking it twice in the same process is harmless."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self, *, what: str, note: str | None = None) -> None:
        """Take the lock or raise `AlreadyRunningError`; `note` (our process id by default) is for others."""
        if self._descriptor is not None:
            return
        # Python opens files as not inheritable, so a child that lives on cannot keep the lock.
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, 1000).decode(errors="replace").strip()
            os.close(descriptor)
            raise AlreadyRunningError(
                f"{what} is running already ({holder or 'starting'}).", holder
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, (note or f"process {os.getpid()}").encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go; harmless if the lock is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
