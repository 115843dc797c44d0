"""Bring a backup back.

Files first, then the database, whose rows name them. Nothing that is here is deleted:
files are only added, and the database that was here is kept beside the new one. A mark
in the run folder says that a restore is under way: until one has come to its end,
neither ``up`` nor ``worker`` starts.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from studio import faults
from studio.keeping import CannotKeep, programs, replace_postgres, replace_sqlite
from studio.keeping.manifest import (
    MANIFEST,
    SECRETS,
    STORAGE,
    Manifest,
    StoredFile,
    digest,
    keeper_of,
    moments,
    read_list,
    read_manifest,
)
from studio.keeping.mark import clear_mark
from studio.keeping.prune import in_use
from studio.keeping.reopen import Reopened, reopen
from studio.keeping.secret_files import merge_secrets
from studio.media.storage import new_part
from studio.media.store import Store

UNPACKED = ".unpacked-"


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came back."""

    manifest: Manifest
    added: int  # files
    kept: int  # files that were here already
    reopened: Reopened
    set_aside: Path | None  # the database that was here
    has_secrets: bool


def restore(source: Path, *, with_secrets: bool = False) -> Restored:
    """Bring a moment back: of a folder the newest one. Raises CannotKeep, OSError."""
    with unpacked(source.absolute()) as folder:
        moment = moment_in(folder)
        manifest = read_manifest(moment)
        check_fits(manifest, moment)
        with in_use(moment.parent):
            added, kept = bring_files(moment.parent / STORAGE, read_list(moment))
        faults.point("restore.files_placed")
        if with_secrets:
            merge_secrets(moment / SECRETS, Path(settings.SECRETS_DIR))
        replace = replace_sqlite if manifest.engine == "sqlite" else replace_postgres
        set_aside, reopened = replace.replace_database(
            moment / manifest.database, lambda: make_ready(manifest)
        )
    clear_mark()
    return Restored(
        manifest=manifest,
        added=added,
        kept=kept,
        reopened=reopened,
        set_aside=set_aside,
        has_secrets=with_secrets,
    )


def make_ready(manifest: Manifest) -> Reopened:
    """Bring the restored tables to this version, and its takes to rest."""
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    reopened = reopen(manifest.moment)
    faults.point("restore.reopened")
    return reopened


# The backup


@contextmanager
def unpacked(source: Path) -> Iterator[Path]:
    """The folder of a backup; an archive is unpacked beside the data."""
    if not source.is_file():
        yield source
        return
    for stale in Path(settings.DATA_DIR).glob(f"{UNPACKED}*"):
        shutil.rmtree(stale, ignore_errors=True)  # of a restore that died
    folder = Path(mkdtemp(prefix=UNPACKED, dir=settings.DATA_DIR))
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        yield folder
    except tarfile.TarError as error:
        raise CannotKeep(f"{source} is not a whole archive: {error}.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def moment_in(folder: Path) -> Path:
    """The moment that is meant: this folder, or the newest in it."""
    if (folder / MANIFEST).is_file():
        return folder
    found = moments(folder)
    if not found:
        raise CannotKeep(f"{folder} holds no backup.")
    return found[-1]


def check_fits(manifest: Manifest, moment: Path) -> None:
    """Refuse what this installation cannot take in, before anything is changed."""
    if manifest.engine != connection.vendor:
        raise CannotKeep(
            f"The backup is of {manifest.engine}, and DATABASE_URL names "
            f"{connection.vendor}."
        )
    if digest(moment / manifest.database) != manifest.sha256:
        raise CannotKeep(f"{moment / manifest.database} is damaged.")
    known = MigrationLoader(None).disk_migrations
    newer = set(manifest.migrations) - {f"{app}.{name}" for app, name in known}
    if newer:
        raise CannotKeep(
            "The backup was made by a newer version of Dailies: install that one. "
            f"Unknown here: {', '.join(sorted(newer))}."
        )
    if manifest.engine == "postgresql":
        for program in ("pg_restore", "psql", "pg_dump"):
            programs.find(program)


# Files


def bring_files(source: Path, files: list[StoredFile]) -> tuple[int, int]:
    """Add what is not here; how many were added, and how many were here."""
    added = sum(bring_file(source / file.path, file) for file in files)
    return added, len(files) - added


def is_there(kept: Store, file: StoredFile) -> bool:
    """Whether the file is in its place, by all its bytes."""
    seen = hashlib.sha256()
    try:
        with kept.open_file(file.path) as content:
            while chunk := content.read(2**20):
                seen.update(chunk)
    except (FileNotFoundError, IsADirectoryError):
        return False
    return seen.hexdigest() == file.sha256


def bring_file(source: Path, file: StoredFile) -> bool:
    """Have one whole file in its place; whether it was missing. Raises CannotKeep."""
    kept = keeper_of(file)
    if is_there(kept, file):
        return False
    part = new_part(Path(settings.INCOMING_DIR))
    try:
        shutil.copyfile(source, part)
        if digest(part) != file.sha256:
            raise CannotKeep(f"{source} is damaged.")
        media_type, _encoding = guess_type(file.path)
        kept.place(part, file.path, media_type or "application/octet-stream")
    except FileNotFoundError as error:
        raise CannotKeep(f"{source} is missing.") from error
    finally:
        part.unlink(missing_ok=True)
    faults.point("restore.file_placed")
    return True
