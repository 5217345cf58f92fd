"""Static files under names that change with their content, so that a browser may keep them for ever.

Our own scripts are sent without indentation, empty lines and lines of comment (`make run` sends them as they
lie)."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage as Place
from whitenoise.storage import CompressedManifestStaticFilesStorage as Storage

# The beginning of a line, and all of it where nothing or only a comment follows.
UNSENT = re.compile(r"^[ \t]*(?:(?://.*|/\*(?:(?!\*/).)*\*/[ \t]*)?\n)?", re.MULTILINE)


class StaticFiles(Storage):  # type: ignore[misc]
    """Our own scripts import one another by these names too: what a page preloads is what they import."""

    _, _imports = Storage._js_module_import_aggregation_patterns  # Django's, but not for the files of others
    patterns = (*Storage.patterns, ("js/*.js", _imports))

    def post_process(self, paths: dict[str, tuple[Place, str]], *args: Any, **options: Any) -> Iterator[Any]:
        """Names, links and compresses what was collected."""
        sent = {
            name: (_Scripts(place) if _is_ours(name) else place, path)
            for name, (place, path) in paths.items()
        }
        yield from super().post_process(sent, *args, **options)


class _Scripts(NamedTuple):
    """Where scripts lie, as they are sent."""

    place: Place

    def open(self, path: str) -> "File[bytes]":
        with self.place.open(path) as script:
            return ContentFile(as_sent(script.read().decode()).encode())


def _is_ours(name: str) -> bool:
    return name.startswith("js/") and name.endswith(".js")


def as_sent(script: str) -> str:
    """No string of ours goes over a line (tested), so none holds what is left out."""
    return UNSENT.sub("", script)
