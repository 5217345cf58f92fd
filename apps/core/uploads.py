"""Uploads stop at the limit while they arrive, not after."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile

_TOO_LARGE = "concord.uploads_too_large"


class LimitedUploadHandler(MemoryFileUploadHandler):
    """Keeps each file in memory up to the limit; of a larger one nothing is kept but its name."""

    def handle_raw_input(self, input_data: Any, *args: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.UPLOAD_LIMIT:
            if self.request is not None:
                self.request.META.setdefault(_TOO_LARGE, []).append(self.file_name)
            raise SkipFile
        self.file.write(raw_data)


def too_large(meta: Mapping[str, Any]) -> list[str]:
    """The names of a request's files that were larger than the limit; read its files first."""
    return list(meta.get(_TOO_LARGE, ()))
