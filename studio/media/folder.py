"""Finished files in a folder of this machine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from studio.media.storage import store_bytes, write_durably
from studio.media.store import OnProgress, Reader


@deconstructible
class Folder(FileSystemStorage):
    """Below ``STORAGE_DIR``, by the names of the rows."""

    is_remote = False

    @property
    def base_location(self) -> str:
        """Where Django's own methods look: in the same place."""
        return str(settings.STORAGE_DIR)

    @property
    def location(self) -> str:
        """The same, whole."""
        return os.path.abspath(self.base_location)

    def path_of(self, name: str) -> Path:
        """Where a file is."""
        return Path(settings.STORAGE_DIR) / name

    def place(
        self,
        source: Path,
        name: str,
        media_type: str,
        on_progress: OnProgress | None = None,
    ) -> None:
        """A rename, durably: ``source`` lies in the same file system."""
        write_durably(source, self.path_of(name))

    def place_bytes(self, content: bytes, name: str, media_type: str) -> None:
        """A new file, durably."""
        store_bytes(content, self.path_of(name))

    def open_file(self, name: str) -> Reader:
        """The file itself."""
        return self.path_of(name).open("rb", buffering=0)

    def read_bytes(self, name: str) -> bytes:
        """All of it."""
        return self.path_of(name).read_bytes()

    @contextmanager
    def at_hand(self, name: str) -> Iterator[Path]:
        """The file itself, where it is."""
        path = self.path_of(name)
        path.stat()
        yield path

    def remove(self, name: str) -> None:
        """Its name goes; whoever reads it now reads on."""
        self.path_of(name).unlink(missing_ok=True)

    def older_names(self, seconds: float) -> Iterator[str]:
        """Every file below the folder but those that come in."""
        top, incoming = Path(settings.STORAGE_DIR), Path(settings.INCOMING_DIR)
        for folder, folders, names in os.walk(top):
            folders[:] = [name for name in folders if Path(folder, name) != incoming]
            for name in names:
                path = Path(folder, name)
                if time.time() - path.stat().st_mtime > seconds:
                    yield path.relative_to(top).as_posix()

    def check_writable(self) -> None:
        """Nothing more: the incoming folder, which is always tried, is on its disk."""

    def where(self, name: str) -> str:
        """Its path."""
        return str(self.path_of(name))
