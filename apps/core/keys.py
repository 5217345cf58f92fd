"""Keys that lie outside the database and its dumps: to destroy one is to forget what it sealed, for good.

A key is a file of its own, wrapped by the study key from the environment. Neither a dump of the database nor
a copy of the files alone can be read.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings


def keep(owner: UUID, wrapped: bytes) -> None:
    """Writes the key of somebody; whole or not at all."""
    place = _directory()
    handle, name = tempfile.mkstemp(dir=place, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(wrapped)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, _path(owner))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _remember(place)


def find(owner: UUID) -> bytes | None:
    """The wrapped key of somebody; None where it was destroyed, or never made."""
    try:
        return _path(owner).read_bytes()
    except FileNotFoundError:
        return None


def destroy(owner: UUID) -> None:
    """Nothing that the key has sealed can be read again, nowhere."""
    path = _path(owner)
    try:
        with path.open("r+b") as file:
            length = path.stat().st_size
            file.write(os.urandom(length))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return
    _remember(path.parent)


def owners(*, before: datetime) -> Iterator[UUID]:
    """Whose keys are here and were written before that moment."""
    for path in _directory().glob("*.key"):
        if path.stat().st_mtime < before.timestamp():
            yield UUID(path.stem)


def _path(owner: UUID) -> Path:
    return _directory() / f"{owner}.key"


def _directory() -> Path:
    place = Path(settings.KEYS_DIRECTORY)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _remember(place: Path) -> None:
    """A file's name is safe only when its directory is written to the disk too."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
