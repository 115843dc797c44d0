"""Files that are whole or not there, and still there after the power fails.

A file is written under a `.part` name in the folder where it will live, forced to disk,
renamed, and then the folder is forced to disk too. Only after that may a row name it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from uuid import uuid4


def new_part(folder: Path) -> Path:
    """An empty new file `*.part` in `folder`, which is made if it is missing."""
    _make_folder(folder)
    part = folder / f"{uuid4().hex}.part"
    part.touch(exist_ok=False)
    return part


def write_durably(source_tmp: Path, final: Path) -> None:
    """Give a finished temporary file its name, so that it outlives a crash.

    Both must lie in one file system. An older file of that name is replaced.
    """
    _make_folder(final.parent)
    with source_tmp.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(source_tmp, final)
    sync_folder(final.parent)


def store_bytes(content: bytes, final: Path) -> None:
    """Write `content` under `final`, whole or not at all."""
    part = new_part(final.parent)
    try:
        part.write_bytes(content)
        write_durably(part, final)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def has_room(folder: Path, wanted: int) -> bool:
    """Whether so many bytes still fit on the folder's disk; no, where it is away."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        return shutil.disk_usage(existing).free >= wanted
    except OSError:
        return False


def sha256_of(path: Path) -> tuple[str, int]:
    """The file's SHA-256 in hex and its size in bytes, read piece by piece."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return digest.hexdigest(), file.tell()


def _make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, each entry forced to disk."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Force the folder's list of names to disk; Windows opens no folders."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
