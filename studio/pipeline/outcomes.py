"""What came back to a sweep, written down: in one transaction, or each alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from studio import faults, queue
from studio.models import AT_PROVIDER, Generation, one_batch
from studio.pipeline import poll, submit
from studio.pipeline.database import DATABASE_AWAY
from studio.pipeline.looks import Looks
from studio.pipeline.network import Outcome
from studio.pipeline.sending import Sending
from studio.pipeline.submit import Submission

logger = logging.getLogger(__name__)

AHEAD = ("status", "fraction", "wait_reason")


class Outcomes:
    """Writes the answers of submits and looks, and has what follows planned."""

    def __init__(
        self, sending: Sending, looks: Looks, clock: Callable[[], datetime]
    ) -> None:
        self.sending = sending
        self.looks = looks
        self.clock = clock
        self.unwritten: list[Outcome] = []  # while the database is away

    def write(self, outcomes: list[Outcome]) -> None:
        """Write what came back: in one transaction, or each alone where that fails."""
        for outcome in outcomes:
            self.count(outcome)
        batch, self.unwritten = self.unwritten + outcomes, []
        if not batch:
            return
        try:
            with one_batch(), queue.enqueued_at_once():
                for outcome in batch:
                    self.write_one(outcome)
        except Exception:  # one broken outcome must not stop the others
            logger.warning("outcomes are written one by one", exc_info=True)
            self.write_each(batch)
            return
        faults.point("sweep.committed")
        for outcome in batch:
            self.follow(outcome)

    def count(self, outcome: Outcome) -> None:
        """One request less in the air."""
        if isinstance(outcome.key, Submission):
            self.sending.came_back(outcome.key)
        else:
            self.looks.came_back(outcome.key)

    def write_each(self, batch: list[Outcome]) -> None:
        """Each alone; what finds no database is kept. Raises the database's errors."""
        for number, outcome in enumerate(batch):
            try:
                self.write_alone(outcome)
            except DATABASE_AWAY:
                self.unwritten += batch[number:]
                raise
            self.follow(outcome)

    def write_alone(self, outcome: Outcome) -> None:
        """One that nobody foresaw is written as broken: it must not stop the others,
        and its take must come to an end."""
        for write in (self.write_one, self.write_broken):
            try:
                with transaction.atomic():
                    # The rows may be ahead in memory of what was rolled back.
                    outcome.key.generation.refresh_from_db(fields=AHEAD)
                    write(outcome)
                return
            except DATABASE_AWAY:
                raise
            except Exception:
                logger.exception("an outcome could not be written")

    def write_one(self, outcome: Outcome) -> None:
        """Write one answer."""
        if isinstance(outcome.key, Submission):
            submit.settle_answer(outcome.key, outcome.answer, self.clock())
        else:
            poll.settle_look(outcome.key, outcome.answer, self.clock())

    def write_broken(self, outcome: Outcome) -> None:
        """Write down no more than that an answer came, and the id in it."""
        now = self.clock()
        if isinstance(outcome.key, Submission):
            submit.settle_broken(outcome.key, outcome.answer, now)
        else:
            error = RuntimeError("the answer to a look could not be written")
            poll.settle_look(outcome.key, error, now)

    def follow(self, outcome: Outcome) -> None:
        """Plan what follows from an outcome that was written."""
        if not isinstance(outcome.key, Submission):
            self.looks.follow(outcome.key, outcome.answer)
            return
        self.sending.follow(outcome.key, outcome.answer)
        generation: Generation = outcome.key.generation
        if generation.status in AT_PROVIDER:
            self.looks.watch(generation)
