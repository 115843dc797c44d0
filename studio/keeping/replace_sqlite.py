"""Put a copy of SQLite's file in the place of the one that is here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

from django.db import connection

from studio import faults
from studio.keeping import CannotKeep, snapshot
from studio.keeping.mark import set_mark
from studio.media.storage import sync_folder

RESTORING, REPLACED = ".restoring", "replaced-"
BESIDE = ("", "-wal", "-shm", "-journal")
T = TypeVar("T")


def replace_database(copy: Path, make_ready: Callable[[], T]) -> tuple[Path | None, T]:
    """The copy is made ready beside the old file, and then takes its name.

    Returns where the old one was put, and what ``make_ready`` returned.
    """
    place = Path(connection.settings_dict["NAME"])
    staged = place.with_name(place.name + RESTORING)
    for name in BESIDE:  # of a restore that died
        staged.with_name(staged.name + name).unlink(missing_ok=True)
    shutil.copyfile(copy, staged)
    with snapshot.working_on(staged):
        check(staged)
        result = make_ready()
    snapshot.sync(staged)
    faults.point("restore.database_ready")
    snapshot.forget_connection()
    set_mark()
    old = set_aside(place)
    faults.point("restore.set_aside")
    os.replace(staged, place)
    sync_folder(place.parent)
    faults.point("restore.replaced")
    return old, result


def check(staged: Path) -> None:
    """Have SQLite look through the file. Raises CannotKeep."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        answers = [row[0] for row in cursor.fetchall()]
    if answers != ["ok"]:
        raise CannotKeep(f"{staged} is damaged: {answers[0]}.")


def set_aside(place: Path) -> Path | None:
    """Move the database that is here into a folder of its own, with its log.

    The log first would leave a database without its last commits; a log left behind
    would be played into the new one. Where this dies in between, the mark keeps
    everybody out until the restore is run again.
    """
    if not place.exists():
        remove_orphans(place)
        return None
    folder = Path(mkdtemp(prefix=REPLACED, dir=place.parent))
    for ending in BESIDE:
        path = place.with_name(place.name + ending)
        if path.exists():
            os.rename(path, folder / path.name)
    sync_folder(folder)
    sync_folder(place.parent)
    return folder


def remove_orphans(place: Path) -> None:
    """A log whose database was set aside goes after it."""
    folders = sorted(
        place.parent.glob(f"{REPLACED}*"), key=lambda path: path.stat().st_mtime
    )
    for ending in BESIDE[1:]:
        path = place.with_name(place.name + ending)
        if path.exists() and folders:
            os.rename(path, folders[-1] / path.name)
        path.unlink(missing_ok=True)
