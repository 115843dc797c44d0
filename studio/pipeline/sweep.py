"""The sweep: submits what is queued, polls what runs, and finds what was left behind.

One sweep acts at a time, by a lease. This thread does all database work; a network
thread speaks with the providers. What it does is in three parts: ``sending`` submits
whose turn it is, ``looks`` polls what runs, ``outcomes`` writes what came back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import httpx
from django.utils import timezone

from studio import faults, queue
from studio.models import Generation, Lease
from studio.pipeline import left_behind
from studio.pipeline.database import DATABASE_AWAY, wait_for_database
from studio.pipeline.gates import Gate
from studio.pipeline.looks import Looks
from studio.pipeline.network import Network
from studio.pipeline.outcomes import Outcomes
from studio.pipeline.owner import new_owner
from studio.pipeline.sending import Sending
from studio.pipeline.wake import SWEEP

TICK = 0.2  # seconds
LEASE_EVERY = 2.0
SCAN_EVERY = 0.25  # for newly queued takes
# For operations that others started: what this sweep submits it watches at once.
LOOK_ROUND_EVERY = 5.0
REAP_EVERY = 2.0
REVIVE_EVERY = 15.0
TIDY_EVERY = 3600.0
# The longest request that a sweep sends takes so long, and may then be written.
DRAIN_SECONDS = 150.0
IN_THE_AIR = 2.0  # seconds: looks that the slice before may have dropped at its end


class Sweep:
    """One holder of the lease, for one slice of time."""

    def __init__(
        self,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self.owner = new_owner()
        self.clock = clock
        self.network = Network(transport)
        self.gate = Gate()
        self.sending = Sending(self.network, self.gate, clock)
        self.looks = Looks(self.network, self.gate, clock)
        self.outcomes = Outcomes(self.sending, self.looks, clock)
        self.last: dict[str, float] = {}

    # One slice

    def run(self, seconds: float, idle_seconds: float = 5.0) -> bool:
        """Work for a slice; ends early with nothing to do. Whether work is left."""
        try:
            if not self.wait_for_lease():
                return False
            faults.point("sweep.leased")
            try:
                self.work(seconds, idle_seconds)
            finally:
                self.drain()
        finally:
            self.network.close()
            self.gate.give_back()
            Lease.give_back(SWEEP, self.owner, self.clock())
        return Generation.objects.in_flight().filter(awaits_approval=False).exists()

    def wait_for_lease(self, patience: float = 8.0) -> bool:
        """The last holder may have died: its lease runs out within seconds."""
        give_up = time.monotonic() + patience
        while True:
            self.looks.missed = IN_THE_AIR + Lease.idle_seconds(SWEEP, self.clock())
            if Lease.take(SWEEP, self.owner, self.clock()):
                break
            if time.monotonic() > give_up:
                return False
            time.sleep(0.5)
        self.last["lease"] = time.monotonic()
        return True

    def work(self, seconds: float, idle_seconds: float) -> None:
        """Tick until the slice is over, the queue stops, or nothing is left to do."""
        end = time.monotonic() + seconds
        busy = time.monotonic()
        while time.monotonic() < end and not queue.is_stopping():
            try:
                if not self.tick():
                    return
            except DATABASE_AWAY as error:
                wait_for_database(error)
            if self.in_the_air or self.looks.watched or self.sending.waits:
                busy = time.monotonic()
            elif time.monotonic() - busy > idle_seconds:
                return

    def drain(self) -> None:
        """Let the requests in the air finish: a dropped POST is an unknown take.

        Also without the lease, since whoever has it does not touch what is in the air.
        """
        give_up = time.monotonic() + DRAIN_SECONDS
        while self.in_the_air and time.monotonic() < give_up:
            try:
                self.keep_lease()
                self.outcomes.write(self.network.take(TICK))
            except DATABASE_AWAY as error:
                wait_for_database(error)

    def tick(self, timeout: float = TICK) -> bool:
        """One round; False when the lease was lost."""
        if not self.keep_lease():
            return False
        self.outcomes.write(self.network.take(timeout))
        if self.is_time("scan", SCAN_EVERY):
            self.sending.submit_queued()
        if self.is_time("look", LOOK_ROUND_EVERY):
            self.looks.find_running()
        if self.is_time("reap", REAP_EVERY):
            left_behind.look_after(self.clock())
        if self.is_time("revive", REVIVE_EVERY):
            left_behind.revive_abandoned(self.clock())
        if self.is_time("tidy", TIDY_EVERY):
            left_behind.tidy(self.clock())
        self.looks.poll_due()
        return True

    def run_until_idle(self, rounds: int = 200) -> None:
        """Do all that can be done now, without waiting for later looks. For tests."""
        for _round in range(rounds):
            self.last = {"lease": time.monotonic()}
            sent = self.sending.submit_queued()
            self.looks.poll_all_now()
            while self.network.running:
                self.outcomes.write(self.network.take(5))
            self.looks.find_running()
            if not self.looks.watched and not sent:
                return

    def close(self) -> None:
        """End the network thread."""
        self.network.close()

    @property
    def in_the_air(self) -> bool:
        """Whether a submit is under way, or its answer not written yet."""
        return bool(self.sending.posts.total() or self.outcomes.unwritten)

    # Chores

    def is_time(self, name: str, every: float) -> bool:
        """Whether a chore's interval has passed since it was last done."""
        now = time.monotonic()
        if now - self.last.get(name, 0.0) < every:
            return False
        self.last[name] = now
        return True

    def keep_lease(self) -> bool:
        """Renew it in time; False when somebody else has it."""
        if not self.is_time("lease", LEASE_EVERY):
            return True
        return Lease.take(SWEEP, self.owner, self.clock())
