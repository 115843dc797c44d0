"""Let go of the oldest moments of a backup folder, and of the files only they name.

Only what a backup has made is touched: folders that are called by their moment, whose
manifest says the same, with nothing else in them, and files that their lists name. A
moment that goes loses its name first, so that one half removed is never restored; the
next time finds it and goes on.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from studio import faults
from studio.keeping import CannotKeep
from studio.keeping.manifest import (
    FILES,
    MANIFEST,
    SECRETS,
    STORAGE,
    digest,
    moments,
    name_of,
    read_list,
    read_manifest,
)

REMOVING = ".removing-"


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What went."""

    moments: list[str]  # names of their folders
    files: int


def prune(folder: Path, *, keep: int) -> Pruned:
    """Keep so many of the newest moments, and the newest whole one whatever its age.

    Raises CannotKeep, before anything is removed, and OSError.
    """
    with alone(folder):
        ours = [moment for moment in moments(folder) if is_ours(moment)]
        newest = ours[-keep:] + [m for m in reversed(ours) if is_whole(m)][:1]
        old = [moment for moment in ours if moment not in newest]
        left = sorted(folder.glob(f"{REMOVING}*"))  # by one that died
        files = named_alone(folder, [*old, *left])
        for moment in old:
            gone = moment.with_name(REMOVING + moment.name)
            os.rename(moment, gone)
            left.append(gone)
        faults.point("prune.renamed")
        for name in files:
            remove_file(folder / STORAGE, name)
        for moment in left:
            shutil.rmtree(moment)
    return Pruned(
        moments=[moment.name.removeprefix(REMOVING) for moment in left],
        files=len(files),
    )


def is_ours(moment: Path) -> bool:
    """Whether a backup made this folder, and nobody has put anything in it."""
    if moment.is_symlink():
        return False
    try:
        manifest = read_manifest(moment)
        is_named = name_of(manifest.moment) == moment.name
    except (CannotKeep, ValueError):
        return False
    known = {MANIFEST, FILES, SECRETS, manifest.database}
    return is_named and {path.name for path in moment.iterdir()} <= known


def is_whole(moment: Path) -> bool:
    """Whether all of it is there; the bytes of the files are not read."""
    manifest = read_manifest(moment)
    storage = moment.parent / STORAGE
    try:
        return (
            not manifest.missing
            and digest(moment / manifest.database) == manifest.sha256
            and all((storage / file.path).is_file() for file in read_list(moment))
        )
    except (CannotKeep, OSError):
        return False


def named_alone(folder: Path, going: Iterable[Path]) -> list[str]:
    """The files there that no moment names but those that go."""
    going = set(going)
    lists = {path.parent for path in folder.glob(f"*/{FILES}")}
    wanted = {file.path for stays in lists - going for file in read_list(stays)}
    named = {file.path for goes in lists & going for file in read_list(goes)}
    return sorted(
        name for name in named - wanted if (folder / STORAGE / name).is_file()
    )


def remove_file(storage: Path, name: str) -> None:
    """Remove one file, and its folders where nothing else is in them."""
    path = storage / name
    path.unlink()
    with suppress(OSError):  # not empty
        for parent in path.parents:
            if parent == storage:
                return
            parent.rmdir()


# Who else is there


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody copies files into it or out of it. Raises CannotKeep."""
    with opened(folder) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotKeep(
                f"Nothing older was removed: {folder} is in use, or its disk knows no "
                "locks."
            ) from error
        yield


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Files are copied into it or out of it: none may be removed."""
    with opened(folder) as descriptor:
        with suppress(OSError):  # where there are no locks, nothing is removed
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """The folder itself, for a lock that ends with it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
