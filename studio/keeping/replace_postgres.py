"""Put a dump in the place of the tables that are here, in one transaction.

With it comes a lease that nobody can take, so that no worker of any machine submits
anything before the takes have been brought to rest.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import IO, TypeVar, cast

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from studio import faults
from studio.keeping import CannotKeep, programs, snapshot
from studio.keeping.manifest import name_of
from studio.keeping.mark import clear_mark, set_mark
from studio.models.leases import RESTORE, Lease
from studio.pipeline.wake import SWEEP

T = TypeVar("T")
LOCK_SECONDS = 10
LEAVING_SECONDS = 10  # psql of a restore that was killed rolls back first


def replace_database(copy: Path, make_ready: Callable[[], T]) -> tuple[Path | None, T]:
    """Keep a dump of what is here, replace it, and make the new tables ready.

    Returns where the dump is, and what ``make_ready`` returned.
    """
    refuse_others()
    tables = our_tables()
    old = dump_old() if tables else None
    faults.point("restore.set_aside")
    connection.close()
    set_mark()
    try:
        replace_tables(copy, tables)
    except CannotKeep:  # and changed nothing
        clear_mark()
        raise
    faults.point("restore.replaced")
    return old, make_ready()


def refuse_others() -> None:
    """Nobody else may be at work on this database; who is leaving is waited for."""
    until = monotonic() + LEAVING_SECONDS
    while others := count_others():
        if monotonic() > until:
            raise CannotKeep(
                f"Others are connected to the database ({others}): stop the web server "
                "and the workers of every machine first."
            )
        sleep(0.2)


def count_others() -> int:
    """Connections to this database beside our own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        (others,) = cursor.fetchone()
    return int(others)


def our_tables() -> list[str]:
    """The tables of this version that are there, also those that the dump has not."""
    there = set(connection.introspection.table_names())
    known = {
        model._meta.db_table for model in apps.get_models(include_auto_created=True)
    }
    known |= {"django_migrations", getattr(caches["default"], "_table", "")}
    return sorted(known & there)


def dump_old() -> Path:
    """What is here, into a file in the data folder."""
    target = Path(settings.DATA_DIR) / f"replaced-{name_of(timezone.now())}.pgdump"
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    snapshot.dump(target)
    return target


def replace_tables(copy: Path, tables: list[str]) -> None:
    """Drop, load and lock in one transaction, which ends only if all went well."""
    session = subprocess.Popen(  # noqa: S603  (a program of PostgreSQL, no shell)
        [
            programs.find("psql"),
            *("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"),
            *("--output=/dev/null", "--dbname", programs.place()),
        ],
        env=programs.environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        # Why it stopped listening, if it did, is told below.
        with suppress(BrokenPipeError):
            write_script(cast("IO[str]", session.stdin), copy, tables)
    finally:
        _out, errors = session.communicate()
    if session.returncode:
        raise CannotKeep(programs.said("psql", errors))


def write_script(script: IO[str], copy: Path, tables: list[str]) -> None:
    """Tell psql what to do; without the last line it does nothing at all."""
    script.write(f"BEGIN; SET LOCAL lock_timeout = '{LOCK_SECONDS}s';\n")
    for table in tables:
        script.write(
            f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE;\n"
        )
    script.flush()
    load = subprocess.run(  # noqa: S603  (a program of PostgreSQL, no shell)
        [
            programs.find("pg_restore"),
            *("--clean", "--if-exists", "--no-owner", "--no-privileges"),
            *("--file=-", str(copy)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=script,
        stderr=subprocess.PIPE,
        text=True,
    )
    if load.returncode:
        raise CannotKeep(programs.said("pg_restore", load.stderr))
    faults.point("restore.loaded")
    table = connection.ops.quote_name(Lease._meta.db_table)
    script.write(
        f"INSERT INTO public.{table} (name, owner, until, token) "  # noqa: S608  (ours)
        f"VALUES ('{SWEEP}', '{RESTORE}', now() + interval '1000 years', 0) "
        "ON CONFLICT (name) "
        "DO UPDATE SET owner = excluded.owner, until = excluded.until;\n"
        "DELETE FROM public.django_q_ormq;\nCOMMIT;\n"
    )
