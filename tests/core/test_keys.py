import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from apps.core import keys


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: object) -> Path:
    settings.KEYS_DIRECTORY = str(tmp_path / "keys")  # type: ignore[attr-defined]
    return tmp_path / "keys"


def test_a_key_is_kept_found_and_destroyed() -> None:
    owner = uuid4()
    assert keys.find(owner) is None
    keys.keep(owner, b"wrapped")
    keys.keep(owner, b"wrapped anew")
    assert keys.find(owner) == b"wrapped anew"
    keys.destroy(owner)
    keys.destroy(owner)
    assert keys.find(owner) is None


def test_only_the_servers_own_user_reads_keys(place: Path) -> None:
    keys.keep(uuid4(), b"wrapped")
    assert oct(place.stat().st_mode & 0o777) == "0o700"
    assert [oct(path.stat().st_mode & 0o777) for path in place.iterdir()] == ["0o600"]


def test_owners_are_those_whose_keys_are_old_enough(place: Path) -> None:
    old, young = uuid4(), uuid4()
    for owner in (old, young):
        keys.keep(owner, b"wrapped")
    os.utime(place / f"{old}.key", (0, 0))
    assert list(keys.owners(before=datetime(2000, 1, 1, tzinfo=UTC))) == [old]
