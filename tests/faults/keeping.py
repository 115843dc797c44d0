"""What the backup tests do on an installation, each act in a process of its own."""

from __future__ import annotations

from pathlib import Path
from threading import Timer

from django.db import connection

from studio.keeping import CannotKeep, checking
from studio.keeping.backup import make_backup
from studio.keeping.mark import refuse_half_restored
from studio.keeping.restore import restore
from studio.models import FileCheck, Generation
from tests.faults import worker


def back_up(target: Path) -> tuple[Path, list[str]]:
    """Make a backup; where it is, and what is not in it."""
    made = make_backup(target)
    return made.where, made.missing + made.damaged


def bring_back(source: Path) -> int:
    """Restore; how many takes wait for a person then."""
    worker.make_tables_from_models()
    return restore(source).reopened.doubtful


def bring_back_beside_another(source: Path, seconds: float) -> int | str:
    """Restore while somebody else is connected for so long; what comes of it."""
    other = connection.get_new_connection(connection.get_connection_params())
    leaving = Timer(seconds, other.close)
    leaving.start()
    try:
        return bring_back(source)
    except CannotKeep as error:
        return str(error)
    finally:
        leaving.cancel()


def may_start() -> bool:
    """Whether ``up`` would start."""
    try:
        refuse_half_restored()
    except CannotKeep:
        return False
    return True


def words() -> dict[str, str]:
    """What each take says of itself, by prompt."""
    takes = Generation.objects.select_related("prompt")
    return {take.prompt.text: take.error_message for take in takes}


def check_files() -> None:
    """Look at all files, and write down each step."""
    checking.NOTE_EVERY = 0.0
    checking.Slice(seconds=None, bytes_per_second=2**40).run()


def look_at_check() -> dict[str, object]:
    """How far the one look is."""
    check = FileCheck.objects.get()
    return {
        "number": FileCheck.objects.count(),
        "cursor": check.cursor,
        "files": check.files,
        "is_finished": check.finished_at is not None,
    }
