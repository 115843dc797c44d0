"""PostgreSQL's own programs: called with the settings' place and password."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from django.db import connection

from studio.keeping import CannotKeep

PASSED_ON = ("service", "sslmode", "sslrootcert", "sslcert", "sslkey", "options")


def find(program: str) -> str:
    """Where a program is. Raises CannotKeep."""
    found = shutil.which(program)
    if found is None:
        raise CannotKeep(
            f"{program} is not on the PATH: install PostgreSQL's client programs "
            "(Debian: postgresql-client), as new as the server."
        )
    return found


def place() -> str:
    """Where the database is, in the words of libpq, without the password."""
    database: Mapping[str, Any] = connection.settings_dict
    words = {
        "host": database["HOST"],
        "port": database["PORT"],
        "user": database["USER"],
        "dbname": database["NAME"],
        **{name: database["OPTIONS"].get(name) for name in PASSED_ON},
    }
    return " ".join(f"{name}={quoted(value)}" for name, value in words.items() if value)


def quoted(value: object) -> str:
    """A value of a connection string."""
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


def environment() -> dict[str, str]:
    """Ours, and the password: an argument could be read by everybody."""
    password = str(connection.settings_dict["PASSWORD"] or "")
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}


def run(program: str, *arguments: str) -> None:
    """Run a program to its end. Raises CannotKeep with its first words."""
    done = subprocess.run(  # noqa: S603  (a program of PostgreSQL, no shell)
        [find(program), *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CannotKeep(said(program, done.stderr))


def said(program: str, text: str) -> str:
    """What a program complained of, in one line."""
    lines = text.strip().splitlines() or ["it ended without a word"]
    return f"{program} failed: {lines[0].removeprefix(f'{program}: ')}"
