"""Make a backup while everything runs.

The database first, then the files that this copy of it names: a file is in its place
before a row names it, so none can be missing because it came later. One that went
meanwhile (fetched, checked and stored under its final name, or deleted by somebody)
shows that the copy is out of date: then the database is copied once more.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

from django.conf import settings
from django.db import connection
from django.utils import timezone

from studio import faults
from studio.keeping import CannotKeep, snapshot
from studio.keeping.manifest import (
    SECRETS,
    STORAGE,
    Manifest,
    StoredFile,
    digest,
    keeper_of,
    name_of,
    write_list,
)
from studio.keeping.prune import in_use
from studio.media.storage import new_part, sync_folder, write_durably

ROUNDS = 4  # copies of the database, until one fits what is on disk
MAKING = ".making-"
STALE = 24 * 3600.0  # seconds after which nobody works on an unfinished one


@dataclass(kw_only=True)
class Made:
    """What came of it."""

    where: Path
    files: int
    bytes: int
    new: int  # files that were not there from an earlier time
    is_linked: bool  # some are the very same bytes on the very same disk
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


class Chest(Protocol):
    """Where the files go."""

    is_linked: bool

    def has(self, file: StoredFile) -> bool:
        """Whether it is in already, from an earlier time."""

    def add(self, file: StoredFile, source: Path) -> bool | None:
        """Put a file in: whether it is new, None where it is not what it should be."""

    def finish(self, made: Path, name: str) -> Path:
        """Put in what belongs to this moment; where the backup is then."""


class Shelf:
    """A folder that holds many moments, and each file once."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.is_linked = False

    def has(self, file: StoredFile) -> bool:
        """By name and size: files never change."""
        place = self.target / STORAGE / file.path
        return place.is_file() and place.stat().st_size == file.size

    def add(self, file: StoredFile, source: Path) -> bool | None:
        """A link on the same disk, a checked copy elsewhere."""
        place = self.target / STORAGE / file.path
        if place.is_file() and place.stat().st_size == source.stat().st_size:
            return False
        part = new_part(place.parent)
        try:
            part.unlink()
            if not self.link(source, part):
                shutil.copyfile(source, part)
                if digest(part) != file.sha256:
                    return None
            write_durably(part, place)
        finally:
            part.unlink(missing_ok=True)
        return True

    def link(self, source: Path, part: Path) -> bool:
        """The same bytes under another name, where the disk is the same."""
        try:
            os.link(source, part)
        except FileNotFoundError:
            raise
        except OSError:  # another disk, or one that knows no links
            return False
        self.is_linked = True
        return True

    def finish(self, made: Path, name: str) -> Path:
        """The moment gets its name."""
        os.rename(made, self.target / name)
        sync_folder(self.target)
        return self.target / name


class Archive:
    """One tar file with one moment."""

    is_linked = False

    def __init__(self, target: Path, made: Path) -> None:
        self.target = target
        self.part = made / "archive.part"
        self.tar = tarfile.open(self.part, "w")  # noqa: SIM115  (closed in finish)

    def has(self, file: StoredFile) -> bool:
        """Never: it is a new one each time."""
        return False

    def add(self, file: StoredFile, source: Path) -> bool | None:
        """Append one file, unless it is damaged."""
        if digest(source) != file.sha256:
            return None
        self.tar.add(source, f"{STORAGE}/{file.path}")
        return True

    def finish(self, made: Path, name: str) -> Path:
        """Append the moment, and give the archive its name."""
        for path in sorted(made.rglob("*")):
            if path.is_file() and path != self.part:
                self.tar.add(path, f"{name}/{path.relative_to(made)}")
        self.tar.close()
        write_durably(self.part, self.target)
        shutil.rmtree(made)
        return self.target


def make_backup(target: Path, *, with_secrets: bool = False) -> Made:
    """Copy database and files to a folder, or to a file that ends in ``.tar``.

    Raises CannotKeep and OSError.
    """
    target = target.absolute()
    refuse_bad_target(target)
    copy = snapshot.copy_name()
    parent = target.parent if is_archive(target) else target
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with in_use(parent):
        clear_unfinished(parent)
        made = Path(mkdtemp(prefix=MAKING, dir=parent))
        try:
            chest = Archive(target, made) if is_archive(target) else Shelf(target)
            return fill(chest, made, copy, with_secrets=with_secrets)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def fill(chest: Chest, made: Path, copy: str, *, with_secrets: bool) -> Made:
    """Database, files, and what tells of them."""
    packer = Packer(chest)
    for _round in range(ROUNDS):
        moment = timezone.now()
        (made / copy).unlink(missing_ok=True)
        files = snapshot.take(made / copy)
        migrations = snapshot.applied_migrations()
        faults.point("backup.database_copied")
        packer.pack(files)
        if not packer.is_outdated():
            break
    packed = [packer.packed[f.path] for f in files if f.path in packer.packed]
    write_list(packed, made)
    if with_secrets:
        copy_secrets(made / SECRETS)
    total = sum(file.size or 0 for file in packed)
    Manifest(
        made_at=moment.isoformat(),
        engine=connection.vendor,
        database=copy,
        sha256=digest(made / copy),
        migrations=migrations,
        files=len(packed),
        bytes=total,
        missing=sorted(packer.missing | packer.damaged),
        has_secrets=with_secrets,
    ).write(made)
    faults.point("backup.written")
    return Made(
        where=chest.finish(made, name_of(moment)),
        files=len(packed),
        bytes=total,
        new=packer.new,
        is_linked=chest.is_linked,
        missing=sorted(packer.missing),
        damaged=sorted(packer.damaged),
    )


class Packer:
    """Puts files into a chest, each once, however often the list is begun anew."""

    def __init__(self, chest: Chest) -> None:
        self.chest = chest
        self.packed: dict[str, StoredFile] = {}
        self.missing: set[str] = set()
        self.damaged: set[str] = set()
        self.new = 0

    def pack(self, files: Iterable[StoredFile]) -> None:
        """Put in what is not in yet."""
        self.missing, self.damaged = set(), set()
        for file in files:
            if file.path not in self.packed:
                self.pack_one(file)
                faults.point("backup.file_copied")

    def pack_one(self, file: StoredFile) -> None:
        """One file, or a note that it is not what the database says."""
        kept = keeper_of(file)
        if kept.is_remote and self.chest.has(file):  # not fetched a second time
            self.packed[file.path] = file
            return
        try:
            with kept.at_hand(file.path) as source:
                self.pack_source(file, source, is_fetched=kept.is_remote)
        except FileNotFoundError:
            self.missing.add(file.path)

    def pack_source(self, file: StoredFile, source: Path, *, is_fetched: bool) -> None:
        """One file that is on this machine; what was just fetched is checked first."""
        size = source.stat().st_size
        # One that was received and is not stored yet has no checksum in its row.
        known = replace(file, sha256=file.sha256 or digest(source), size=size)
        is_whole = file.size in (None, size)
        if is_fetched:
            is_whole = is_whole and digest(source) == file.sha256
        is_new = self.chest.add(known, source) if is_whole else None
        if is_new is None:
            self.damaged.add(file.path)
            return
        self.new += is_new
        self.packed[file.path] = known

    def is_outdated(self) -> bool:
        """Whether what is missing is not missed any more: life went on meanwhile."""
        named = {file.path for file in snapshot.named_files()} if self.missing else ()
        return bool(self.missing.difference(named))


def copy_secrets(target: Path) -> None:
    """The keys that lie beside the data, for their owner's eyes."""
    source = Path(settings.SECRETS_DIR)
    if not source.is_dir():
        raise CannotKeep(
            f"There is no {source}: this installation's keys come from variables."
        )
    target.mkdir(mode=0o700)
    for path in sorted(source.iterdir()):
        if path.is_file() and path.suffix != ".part":
            shutil.copyfile(path, target / path.name)
            (target / path.name).chmod(0o600)


def refuse_bad_target(target: Path) -> None:
    """A backup must not lie in what it copies, nor take another's place."""
    if is_archive(target) and target.exists():
        raise CannotKeep(f"{target} exists already: give another name.")
    if target.resolve().is_relative_to(Path(settings.STORAGE_DIR).resolve()):
        raise CannotKeep("A backup cannot lie inside the storage that it copies.")
    if target.exists() and not is_archive(target) and not target.is_dir():
        raise CannotKeep(f"{target} is not a folder, and does not end in .tar.")


def is_archive(target: Path) -> bool:
    """Whether one file is wanted."""
    return target.suffix == ".tar"


def clear_unfinished(parent: Path) -> None:
    """Remove what a backup that died left behind."""
    for path in parent.glob(f"{MAKING}*"):
        if time.time() - path.stat().st_mtime > STALE:
            shutil.rmtree(path, ignore_errors=True)
