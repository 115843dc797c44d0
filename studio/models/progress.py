"""How far a take is, as a bar on open pages shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

STEPS = 20  # of a bar: open pages are told of every five points
# In plain SQL: it follows most looks, and the ORM would build each one anew.
WRITE = """
    UPDATE studio_generation SET version = %s, fraction = %s, wait_reason = %s
     WHERE id = %s AND status IN ('submitted', 'processing')
"""

# The feed's version, the fraction, why it waits, and the id as this database has it.
ProgressRow = tuple[int, float | None, str, Any]


def is_news(before: float | None, now: float | None) -> bool:
    """Whether a bar has moved enough for open pages to be told: by a step or more."""
    if before is None or now is None:
        return before != now
    return int(before * STEPS + 1e-6) != int(now * STEPS + 1e-6)


def write_progress(rows: Sequence[ProgressRow]) -> None:
    """How far takes at a provider are."""
    with connection.cursor() as cursor:
        cursor.executemany(WRITE, rows)
