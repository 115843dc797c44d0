"""A copy of the database as it was at one moment, made while others write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from studio.keeping import CannotKeep, programs
from studio.keeping.manifest import StoredFile
from studio.models import Asset, Generation, Status

COPIES = {"sqlite": "studio.sqlite3", "postgresql": "studio.pgdump"}


def copy_name() -> str:
    """What the copy of this installation's database is called. Raises CannotKeep."""
    try:
        return COPIES[connection.vendor]
    except KeyError as error:
        raise CannotKeep(f"{connection.vendor} cannot be backed up here.") from error


def take(target: Path) -> list[StoredFile]:
    """Copy the database; the files that the copy names. Raises CannotKeep."""
    if connection.vendor == "sqlite":
        return take_sqlite(target)
    return take_postgres(target)


def take_sqlite(target: Path) -> list[StoredFile]:
    """SQLite writes a copy of its own: whoever writes meanwhile is not held up."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
    except DatabaseError as error:
        raise CannotKeep(f"The database cannot be copied: {error}.") from error
    sync(target)
    with working_on(target):
        return named_files()


def take_postgres(target: Path) -> list[StoredFile]:
    """A dump and the list of files, both seen from one and the same transaction."""
    programs.find("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (exported,) = cursor.fetchone()
        dump(target, "--snapshot", exported)
        return named_files()


def dump(target: Path, *more: str) -> None:
    """Write PostgreSQL's database into a file."""
    options = ("--format=custom", "--no-owner", "--no-privileges", *more)
    programs.run(
        "pg_dump", *options, "--file", str(target), "--dbname", programs.place()
    )
    sync(target)


def named_files() -> list[StoredFile]:
    """Every file that a row names: stored ones, and received ones not yet stored."""
    stored = Asset.objects.order_by("path").values_list("path", "sha256", "size")
    files = [
        StoredFile(path=path, sha256=sha256, size=size)
        for path, sha256, size in stored.iterator(chunk_size=2000)
    ]
    coming = Generation.objects.filter(status=Status.COLLECTING)
    for results in coming.values_list("results", flat=True):
        files += [StoredFile(path=r["path"], sha256="") for r in results if "path" in r]
    return files


def applied_migrations() -> list[str]:
    """Which migrations the database has seen."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


@contextmanager
def working_on(path: Path) -> Iterator[None]:
    """Have every query of this process go to another SQLite file, and to no other.

    Without a write-ahead log: the file alone is the whole database.
    """
    database = connections.databases["default"]
    usual = dict(database)
    forget_connection()
    database["NAME"] = str(path)
    database["OPTIONS"] = {"timeout": 20, "transaction_mode": "IMMEDIATE"}
    try:
        yield
    finally:
        forget_connection()
        database.update(usual)


def forget_connection() -> None:
    """The next query opens a connection with the settings of then."""
    connections["default"].close()
    del connections["default"]


def sync(path: Path) -> None:
    """Force a file to disk: neither SQLite nor PostgreSQL does so with its copies."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
