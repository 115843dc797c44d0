"""What must be there before the first request; all of it safe and quick to repeat."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from studio import queue
from studio.supervision import StartRefused
from studio.supervision.ground import cannot_write


@contextmanager
def plainly_refused() -> Iterator[None]:
    """A full disk or a database that gives up becomes a sentence: StartRefused."""
    try:
        yield
    except OperationalError as error:
        raise StartRefused(f"The database refuses: {first_line(error)}.") from error
    except OSError as error:
        raise cannot_write(settings.DATA_DIR, error) from error


def prepare_database() -> None:
    """Tables, the cache's table and the schedules. Raises StartRefused."""
    reach_database()
    if has_unapplied_migrations():
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    call_command("createcachetable", verbosity=0)
    queue.install_schedules()


def require_database() -> None:
    """A prepared database, for those who do not prepare it. Raises StartRefused."""
    reach_database()
    if has_unapplied_migrations():
        raise StartRefused(
            "The database is not prepared for this version: start manage.py up, or run "
            "manage.py migrate, first."
        )


def reach_database() -> None:
    """Connect once. Raises StartRefused, without the password."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        place = settings.DATABASES["default"]
        name = "/".join(str(place[key]) for key in ("HOST", "NAME") if place.get(key))
        raise StartRefused(
            f"The database {name} cannot be reached: {first_line(error)}."
        ) from error


def first_line(error: DatabaseError) -> str:
    """What the database said, without the hints below and without a full stop."""
    said = str(error).strip() or type(error).__name__
    return said.splitlines()[0].rstrip(".")


def has_unapplied_migrations() -> bool:
    """Whether the tables are older than this version."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static() -> None:
    """Gather, compress and name the static files, unless none has changed."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = state_of_static()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == state:
        return
    call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
    stamp.write_text(state, encoding="ascii")


def state_of_static() -> str:
    """Changes when a static file does: a digest of names, sizes and times."""
    storage = type(staticfiles_storage).__qualname__  # whether names carry a digest
    digest = hashlib.sha256(storage.encode())
    for name, path in static_files():
        stat = path.stat()
        digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def static_files() -> Iterator[tuple[str, Path]]:
    """Every static file: the name under which it is served, and where it is."""
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield f"{getattr(storage, 'prefix', '')}/{name}", Path(storage.path(name))
