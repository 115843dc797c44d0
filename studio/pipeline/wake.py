"""Wake the sweep up, unless a living one is at work and will see the new row itself."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from studio import queue
from studio.models import Lease

SWEEP = "sweep"


def wake_sweep() -> None:
    """Call it after writing what the sweep should find, in the same transaction.

    The look at the lease waits for the commit: a sweep that ends gives its lease back
    and then looks once more, so one of the two always sees the other. Should this
    process die right after the commit, the sweep of the next minute finds the row.
    """
    transaction.on_commit(wake_now)


def wake_now() -> None:
    """Enqueue a sweep where none is at work."""
    if not Lease.is_fresh(SWEEP, timezone.now()):
        queue.enqueue("sweep")
