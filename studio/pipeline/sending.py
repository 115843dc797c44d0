"""The submits of a sweep: whose turn it is, and the requests in the air."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError

from studio.models import Generation
from studio.pipeline import left_behind, submit
from studio.pipeline.gates import Gate, key_of
from studio.pipeline.network import Network
from studio.pipeline.poll import LOCAL_PROVIDERS
from studio.pipeline.submit import SWEEP_LIMIT, Submission, submit_timeout
from studio.pipeline.turns import Head, Scan
from studio.providers import get_provider

logger = logging.getLogger(__name__)

CLAIMS_PER_SCAN = 8
MARGIN = timedelta(seconds=30)  # of a probe, beyond the longest answer


class Sending:
    """Sends what is queued, each in its turn."""

    def __init__(
        self, network: Network, gate: Gate, clock: Callable[[], datetime]
    ) -> None:
        self.network = network
        self.gate = gate
        self.clock = clock
        self.posts: Counter[str] = Counter()  # in the air, by provider
        self.waits = False  # something is queued that goes as soon as there is room

    def submit_queued(self) -> int:
        """Send whose turn it is, as far as requests may be in the air; how many."""
        now = self.clock()
        self.gate.load(now)
        scan = Scan(self.gate, self.posts, now)
        self.waits = False
        if not scan.reasons:
            return 0
        sent = sum(self.send_head(scan, head) for head in scan.picks(CLAIMS_PER_SCAN))
        scan.finish()
        self.waits = scan.waits
        return sent

    def send_head(self, scan: Scan, head: Head) -> bool:
        """Send one, and tell the scan what came of it."""
        rows = Generation.objects.select_related("prompt", "catalog_entry")
        generation = rows.filter(pk=head.pk).first()
        if generation is None:
            scan.gone(head)
            return False
        is_slow = self.guarded(generation, self.is_slow)
        if is_slow is None:
            scan.gone(head)
            return False
        if is_slow and not scan.has_room_for_slow():
            scan.pass_over(head)
            return False
        key = scan.held.account_key(head.group)
        if not self.may_leave(generation, key, scan.now):
            scan.pass_over(head)
            return False
        send = self.hand_over if is_slow else self.send
        if not self.guarded(generation, send):
            self.gate.come_back(key, unsent=True)
            scan.gone(head)
            return False
        if is_slow:
            self.gate.come_back(key)  # another process has it in hand
        scan.sent(head, is_slow=is_slow)
        return True

    def is_slow(self, generation: Generation) -> bool:
        """Whether its request takes minutes: it gets a queue task of its own."""
        is_local = generation.provider in LOCAL_PROVIDERS
        return not is_local and submit_timeout(generation) > SWEEP_LIMIT

    def may_leave(self, generation: Generation, key: str, now: datetime) -> bool:
        """Whether its account may be asked now."""
        if generation.provider in LOCAL_PROVIDERS:
            return True
        longest = timedelta(seconds=SWEEP_LIMIT) + MARGIN
        return self.gate.pass_through(key, now, longest)

    def guarded(
        self, generation: Generation, act: Callable[[Generation], bool]
    ) -> bool | None:
        """What the act says; None where the take is broken, which stops no others."""
        try:
            return act(generation)
        except DatabaseError:
            raise
        except Exception:  # nothing of it has left
            logger.exception("take %s cannot be sent", generation.pk)
            submit.fail_broken(generation, self.clock())
            return None

    def hand_over(self, generation: Generation) -> bool:
        """Give it to the queue of requests that take minutes; whether it was ours."""
        return left_behind.hand_over(generation, self.clock())

    def send(self, generation: Generation) -> bool:
        """Start one request; whether it is on its way."""
        submission = submit.claim(generation, self.clock())
        if submission is None:
            return generation.provider in LOCAL_PROVIDERS
        self.posts[generation.provider] += 1
        self.network.start(submission, self.post(submission))
        return True

    async def post(self, submission: Submission) -> object:
        """The request itself, in the network thread."""
        slug = submission.generation.provider
        client = self.network.client(slug)
        provider = get_provider(slug, submission.credentials, client)
        return await provider.submit(submission.request)

    # What came of one

    def came_back(self, submission: Submission) -> None:
        """One request less in the air."""
        generation = submission.generation
        self.posts[generation.provider] -= 1
        self.gate.come_back(key_of(generation))

    def follow(self, submission: Submission, answer: object) -> None:
        """What the answer says of the provider; once it is written."""
        generation = submission.generation
        self.gate.note_submit(generation, answer, submission.sent_at, self.clock())
