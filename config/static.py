"""Static files under names that change with their content, so that a browser may keep them for ever.

Our own scripts import one another by the names that they have: they lie together in a folder whose name
changes with any of them. They are sent without indentation, empty lines and lines of comment (`make run`
sends them as they lie)."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage as Place
from whitenoise.storage import CompressedManifestStaticFilesStorage as Storage

# The beginning of a line, and all of it where nothing or only a comment follows.
UNSENT = re.compile(r"^[ \t]*(?:(?://.*|/\*(?:(?!\*/).)*\*/[ \t]*)?\n)?", re.MULTILINE)


class StaticFiles(Storage):  # type: ignore[misc]
    """Django's and WhiteNoise's, with our scripts in their folder."""

    _print = ""

    def post_process(self, paths: dict[str, tuple[Place, str]], *args: Any, **options: Any) -> Iterator[Any]:
        """Names, links and compresses what was collected."""
        sent = {
            name: (_Scripts(place) if _is_ours(name) else place, path)
            for name, (place, path) in paths.items()
        }
        self._print = _print_of(paths)
        yield from super().post_process(sent, *args, **options)

    def hashed_name(self, name: str, *args: Any, **options: Any) -> str:
        if not _is_ours(name):
            return str(super().hashed_name(name, *args, **options))
        return name.replace("js/", f"js/{self._print}/", 1)


class _Scripts(NamedTuple):
    """Where scripts lie, as they are sent."""

    place: Place

    def open(self, path: str) -> "File[bytes]":
        with self.place.open(path) as script:
            return ContentFile(as_sent(script.read().decode()).encode())


def _print_of(files: dict[str, tuple[Place, str]]) -> str:
    """Of all our scripts together."""
    found = hashlib.sha256()
    for name in sorted(filter(_is_ours, files)):
        place, path = files[name]
        with place.open(path) as script:
            found.update(name.encode() + b"\0" + script.read())
    return found.hexdigest()[:12]


def _is_ours(name: str) -> bool:
    return name.startswith("js/") and name.endswith(".js")


def as_sent(script: str) -> str:
    """No string of ours goes over a line (tested), so none holds what is left out."""
    return UNSENT.sub("", script)
