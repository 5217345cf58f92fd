"""Uploads stop at the limit while they arrive, not after."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload


class LimitedUploadHandler(MemoryFileUploadHandler):
    """Keeps a file in memory up to the limit; a longer one ends the upload and is marked as too large."""

    def handle_raw_input(self, input_data: Any, *args: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.UPLOAD_LIMIT and self.request is not None:
            self.request.META["concord.upload_too_large"] = self.file_name
            raise StopUpload(connection_reset=False)
        self.file.write(raw_data)
