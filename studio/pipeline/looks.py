"""The looks of a sweep: which operations are watched, and when each is due.

When to look is kept in a heap and never written: it follows from the take's age and its
model's history.
"""

from __future__ import annotations

import heapq
import random
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from datetime import datetime

from studio import faults
from studio.models import AT_PROVIDER, Generation
from studio.pipeline import poll
from studio.pipeline.gates import Gate
from studio.pipeline.network import Network
from studio.providers import get_provider
from studio.providers.base import Progress

POLLS_PER_PROVIDER = 80  # at once: one that hangs must not hold the others up
WATCHED_PER_ROUND = 5000
SOON = 0.2  # seconds until one that must wait for its account is due again
AFTER_PAUSE = 2.0  # seconds over which looks are spread when a pause ends


class Looks:
    """What runs at providers, and the heap of when to look."""

    def __init__(
        self, network: Network, gate: Gate, clock: Callable[[], datetime]
    ) -> None:
        self.network = network
        self.gate = gate
        self.clock = clock
        self.schedules = poll.Schedules()
        self.due: list[tuple[float, uuid.UUID]] = []  # (monotonic time, id)
        self.watched: dict[uuid.UUID, poll.Watched] = {}
        self.polls: Counter[str] = Counter()  # in the air, by provider
        # Due, and no room at their provider: in the order in which they became due.
        self.crowded: defaultdict[str, deque[uuid.UUID]] = defaultdict(deque)
        self.missed = 0.0  # seconds before this slice, in which nobody looked

    # What is watched

    def find_running(self) -> None:
        """Watch every operation at a provider that is not watched yet."""
        ids = Generation.objects.filter(status__in=AT_PROVIDER).exclude(
            provider__in=poll.LOCAL_PROVIDERS
        )
        known = set(ids.values_list("pk", flat=True))
        for gone in self.watched.keys() - known:
            del self.watched[gone]
        new = known - self.watched.keys()
        if new:
            self.watch_all(list(new)[:WATCHED_PER_ROUND])
        self.missed = 0.0

    def watch_all(self, ids: list[uuid.UUID]) -> None:
        """Read these rows and watch them."""
        rows = Generation.objects.filter(pk__in=ids)
        for generation in rows.select_related("account", "catalog_entry", "prompt"):
            self.watch(generation, self.missed)

    def watch(self, generation: Generation, missed: float = 0.0) -> None:
        """Put an operation into the heap."""
        watched = self.schedules.watch(generation)
        self.watched[generation.pk] = watched
        self.plan(watched, missed)

    def plan(self, watched: poll.Watched, missed: float = 0.0) -> None:
        """When to look next."""
        jitter = random.uniform(-0.1, 0.1)
        wait = self.schedules.wait(watched, self.clock(), jitter, missed)
        self.push(watched, time.monotonic() + wait)

    def push(self, watched: poll.Watched, when: float) -> None:
        """It is due then."""
        heapq.heappush(self.due, (when, watched.generation.pk))

    # What is due

    def poll_due(self) -> None:
        """Start the looks whose time has come, as far as there is room for them."""
        now = time.monotonic()
        while self.due and self.due[0][0] <= now:
            _when, pk = heapq.heappop(self.due)
            if watched := self.watched.get(pk):
                self.crowded[watched.generation.provider].append(pk)
        for provider, waiting in self.crowded.items():
            while waiting and self.polls[provider] < POLLS_PER_PROVIDER:
                if watched := self.watched.get(waiting.popleft()):
                    self.look_soon(watched, now)

    def look_soon(self, watched: poll.Watched, now: float) -> None:
        """Look at once, or as soon as its account can be asked."""
        if not self.look(watched):
            self.push(watched, now + self.pause_of(watched))

    def pause_of(self, watched: poll.Watched) -> float:
        """Seconds until its account may be asked again."""
        outage = self.gate.outage(watched.account_key)
        if outage is None:
            return SOON
        left = (outage.paused_until - self.clock()).total_seconds()
        return max(left, 0.0) + random.uniform(SOON, AFTER_PAUSE)

    def poll_all_now(self) -> None:
        """Look at everything that may be looked at, at once. For tests."""
        self.due.clear()
        self.crowded.clear()
        for watched in list(self.watched.values()):
            if not self.look(watched):
                self.plan(watched)

    def look(self, watched: poll.Watched) -> bool:
        """Start one look, where its account may be asked now."""
        now = self.clock()
        if not self.gate.pass_through(watched.account_key, now):
            return False
        faults.point("poll.looking")
        watched.asked_at = now
        self.polls[watched.generation.provider] += 1
        self.network.start(watched, self.ask(watched))
        return True

    async def ask(self, watched: poll.Watched) -> object:
        """The look itself, in the network thread."""
        slug = watched.generation.provider
        client = self.network.client_for_looks(slug)
        provider = get_provider(slug, watched.credentials, client)
        return await provider.poll(watched.operation, watched.model)

    # What came of one

    def came_back(self, watched: poll.Watched) -> None:
        """One look less in the air."""
        self.polls[watched.generation.provider] -= 1
        self.gate.come_back(watched.account_key)

    def follow(self, watched: poll.Watched, answer: Progress | BaseException) -> None:
        """Plan the next look, or forget what has ended; once it is written."""
        generation = watched.generation
        sent_at = watched.asked_at or self.clock()
        self.gate.note_look(generation, answer, sent_at, self.clock())
        pk = generation.pk
        if generation.status in AT_PROVIDER and pk in self.watched:
            self.plan(watched)
        else:
            self.watched.pop(pk, None)
