"""A clock that nobody moves while a slice lasts, and what follows where somebody did.

Deadlines, pauses and leases are moments of the wall clock. Were it moved an hour on,
all that runs would look late, and be given up although it was paid for; an hour back,
every pause would last for one hour more. So a slice goes by the clock that never jumps,
and at its start moves along what was written before the jump.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from studio import queue
from studio.models import OPEN, Generation, Outage

# It goes on while the machine sleeps, where the system has such a clock.
STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
JUMP = 30.0  # seconds; less may be a slow correction
MOMENTS = (
    "status_at",
    "submitted_at",
    "running_at",
    "submit_deadline",
    "not_before",
    "lease_until",
    "results_expire_at",
)
PAUSES = ("paused_until", "probe_until")  # of a provider that is down


class SteadyClock:
    """The time of day, as the wall clock had it when the slice began."""

    def __init__(self) -> None:
        self.offset: float | None = None  # of the wall clock, in seconds

    def __call__(self) -> datetime:
        """Now."""
        if self.offset is None:
            return timezone.now()
        return datetime.fromtimestamp(steady_seconds() + self.offset, UTC)

    def begin(self) -> timedelta:
        """Set it by the wall clock; by how much that was moved since the last time."""
        now = timezone.now()
        offset = now.timestamp() - steady_seconds()
        jump = 0.0 if self.offset is None else offset - self.offset
        if abs(jump) > JUMP:
            move_along(timedelta(seconds=jump), now)
        self.offset = offset
        return timedelta(seconds=jump)


def steady_seconds() -> float:
    """Seconds since some moment, whatever happens to the wall clock."""
    return time.clock_gettime(STEADY)


def move_along(jump: timedelta, now: datetime) -> None:
    """Keep the distance between now and what was written before the jump.

    Moved on: what lies before now was written by the old clock. Moved back: what lies
    after now. What a living worker writes meanwhile it soon writes anew.
    """
    side = "lt" if jump > timedelta() else "gt"
    with transaction.atomic():
        for name in MOMENTS:
            old = Generation.objects.filter(status__in=OPEN, **{f"{name}__{side}": now})
            old.update(**{name: F(name) + jump})
        for name in PAUSES:
            paused = Outage.objects.filter(**{f"{name}__{side}": now})
            paused.update(**{name: F(name) + jump})
        queue.move_times(jump, now)
