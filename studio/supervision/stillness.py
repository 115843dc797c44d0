"""Finds queues that stand still: their processes may all live and yet do nothing.

An idle worker that is killed takes the lock of its queue with it, and whoever comes
after waits for that lock for good. So what counts is that tasks end: each queue gets a
heartbeat a minute. The watch goes by its own monotonic clock, so that neither a jump of
the wall clock nor a night with the lid closed looks like a standstill.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import Error

from studio import queue

logger = logging.getLogger(__name__)

QUIET_SECONDS = 150.0  # no task ended for so long, although heartbeats are due


class QueueWatch:
    """Remembers for each queue when it was last seen to have finished something."""

    def __init__(self, queues: Iterable[str], now: float) -> None:
        self.finished: dict[str, datetime | None] = dict.fromkeys(queues)
        self.seen_at = dict.fromkeys(self.finished, now)  # monotonic seconds

    def standing_still(self, now: float) -> list[str]:
        """The queues that must be started again."""
        try:
            for name in self.finished:
                self.look_at(name, now)
            return [name for name in self.finished if self.is_still(name, now)]
        except Error as error:
            # Without its database no queue can work: they get their time once more.
            logger.warning("The database does not answer: %s", type(error).__name__)
            self.seen_at = dict.fromkeys(self.finished, now)
            return []

    def look_at(self, name: str, now: float) -> None:
        """Note whether the queue has finished something since the last look."""
        finished = queue.last_finished(name)
        if finished != self.finished[name]:
            self.finished[name] = finished
            self.seen_at[name] = now

    def is_still(self, name: str, now: float) -> bool:
        """Whether it has been quiet for longer than its work explains."""
        quiet = now - self.seen_at[name]
        if quiet <= QUIET_SECONDS:
            return False
        return quiet > QUIET_SECONDS + queue.task_timeout(
            name
        ) or not queue.has_work_in_hand(name)

    def forgive(self, name: str, now: float) -> None:
        """It was just started: its time begins anew."""
        self.seen_at[name] = now
