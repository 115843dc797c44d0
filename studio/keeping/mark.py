"""A mark in the run folder: the database is being replaced, nobody may work with it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from django.conf import settings

from studio.keeping import CannotKeep

LOCK = "restore"  # held while one runs, by its command


def mark_path() -> Path:
    """Where the mark is."""
    return Path(settings.DATA_DIR) / "run" / "restoring"


def set_mark() -> None:
    """From here on only a restore that came to its end may be worked with."""
    mark_path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with mark_path().open("w", encoding="utf-8") as file:
        file.write("A restore is under way, or was interrupted: run it again.\n")
        file.flush()
        os.fsync(file.fileno())


def clear_mark() -> None:
    """The database is whole: the old one, or the new one."""
    mark_path().unlink(missing_ok=True)


def is_under_way() -> bool:
    """Whether a restore holds its lock now."""
    try:
        with (mark_path().parent / f"{LOCK}.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def refuse_half_restored() -> None:
    """Raises CannotKeep where a restore has not come to its end."""
    if is_under_way():
        raise CannotKeep("A restore is under way: start again when it has ended.")
    if mark_path().exists():
        raise CannotKeep(
            "A restore was interrupted: run manage.py restore once more, to its end, "
            "before anything else."
        )
