"""Takes uploads in: no more reaches the disk than tells that it is too much.

Django has no limit of its own on files, and reads what is sent before any view can say
no, also of somebody who has not signed in.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from studio.media.images import MAX_BYTES


class BoundedFiles(TemporaryFileUploadHandler):
    """Writes each file to a temporary one, up to what a picture may have."""

    def handle_raw_input(self, data: Any, meta: Any, length: int, *more: Any) -> None:
        """Refuse what is more than all the pictures that a form may bring."""
        files = settings.DATA_UPLOAD_MAX_NUMBER_FILES or 0
        most = files * MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length > most:
            raise RequestDataTooBig("A request of this size is not read.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write it; what comes beyond the limit is let go, and counted."""
        if start <= MAX_BYTES:
            self.file.write(raw_data)
