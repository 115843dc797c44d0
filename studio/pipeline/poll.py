"""One look at an operation: when it is due, and what follows from its answer."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from studio import faults
from studio.catalog import VideoModel
from studio.models import AT_PROVIDER, Billed, Generation, Outage, Timing
from studio.pipeline import progress, schedule
from studio.pipeline.credentials import credentials_of
from studio.providers.base import Credentials, Operation, Progress, State
from studio.providers.errors import (
    AuthenticationFailed,
    OperationUnknown,
    ProviderError,
    ProviderNotConfigured,
)
from studio.secrets import SecretUnreadable

logger = logging.getLogger(__name__)

LOCAL_PROVIDERS = frozenset({"animatic"})
NEW_OPERATION = timedelta(seconds=60)  # an id may not be known everywhere at once
FORGOTTEN_AFTER = 3  # times in a row that the provider does not know an id
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 120.0  # seconds, after failed looks
REFIT_AFTER = 60.0  # seconds that a computed schedule is used


@dataclass(kw_only=True)
class Watched:
    """An operation with all that a look needs; no rows in the network thread."""

    generation: Generation
    model: VideoModel
    operation: Operation
    credentials: Credentials
    timing_key: str
    account_key: str = ""
    asked_at: datetime | None = None  # when the last look began
    failures: int = 0  # in a row
    unknown: int = 0  # in a row
    retry_after: float = 0.0  # seconds
    was_queued: bool = False  # at the provider, when it was last looked at
    trouble: str = ""  # why nothing is known at the moment, for the screen


@dataclass
class Schedules:
    """The learned poll times, one list per model and settings.

    Models and keys that many takes share are read once, too: a slice is short.
    """

    fitted: dict[str, tuple[float, Sequence[float]]] = field(default_factory=dict)
    models: dict[str, VideoModel] = field(default_factory=dict)
    keys: dict[tuple[str, uuid.UUID | None], Credentials] = field(default_factory=dict)

    def watch(self, generation: Generation) -> Watched:
        """Read what the looks of one take need."""
        return Watched(
            generation=generation,
            model=self.model_of(generation),
            operation=Operation(id=generation.operation_id, data=generation.operation),
            credentials=self.key_of(generation),
            timing_key=generation.timing_key(),
            account_key=Outage.key_for(generation.provider, generation.account_id),
        )

    def model_of(self, generation: Generation) -> VideoModel:
        """The model as it was when the take was made."""
        entry = generation.catalog_entry_id
        if entry not in self.models:
            self.models[entry] = generation.video_model()
        return self.models[entry]

    def key_of(self, generation: Generation) -> Credentials:
        """The key of its account; none where it cannot be had any more."""
        account = generation.provider, generation.account_id
        if account not in self.keys:
            try:
                key = credentials_of(generation.provider, generation.account)
            except (ProviderNotConfigured, SecretUnreadable):
                key = Credentials()
            self.keys[account] = key
        return self.keys[account]

    def wait(
        self, watched: Watched, now: datetime, jitter: float, missed: float
    ) -> float:
        """Seconds until the next look; see ``next_look``."""
        if watched.failures:
            pause = FIRST_PAUSE * 2.0 ** min(watched.failures - 1, 10)
            return max(min(pause, LONGEST_PAUSE), watched.retry_after) * (1 + jitter)
        generation = watched.generation
        since = generation.running_at or generation.submitted_at or now
        age = max((now - since).total_seconds(), 0.0)
        return schedule.next_look(self.times(watched), age, jitter, missed)

    def times(self, watched: Watched) -> Sequence[float]:
        """When takes like this one are looked at, computed anew now and then."""
        computed, times = self.fitted.get(watched.timing_key, (0.0, ()))
        if not times or time.monotonic() - computed > REFIT_AFTER:
            timing = Timing.objects.filter(key=watched.timing_key).first()
            times = schedule.poll_times(
                timing.durations if timing else (),
                prior_median=watched.model.typical_seconds or schedule.PRIOR_MEDIAN,
            )
            self.fitted[watched.timing_key] = (time.monotonic(), times)
        return times


def settle_look(
    watched: Watched, answer: Progress | BaseException, now: datetime
) -> None:
    """Make the step that one look calls for. A failed look is no more than that."""
    faults.point("poll.answered")
    generation = watched.generation
    if isinstance(answer, Progress):
        watched.failures = watched.unknown = 0
        watched.retry_after, watched.trouble = 0.0, ""
        progress.apply(generation, answer, now, was_queued=watched.was_queued)
        watched.was_queued = answer.state is State.QUEUED
    else:
        note_failed_look(watched, answer, now)
    if generation.status in AT_PROVIDER and is_past_deadline(watched, now):
        give_up(generation, now)
    note_news(watched, answer)


def note_failed_look(watched: Watched, error: BaseException, now: datetime) -> None:
    """Look again later; give up only when the provider has forgotten the operation."""
    watched.failures += 1
    generation = watched.generation
    if isinstance(error, ProviderNotConfigured):
        watched.trouble = str(error)
        return
    if not isinstance(error, ProviderError):
        logger.error("a look at take %s broke", generation.pk, exc_info=error)
        return
    watched.retry_after = error.retry_after or 0.0
    if isinstance(error, OperationUnknown):
        watched.unknown += 1
        young = (
            generation.submitted_at and now - generation.submitted_at < NEW_OPERATION
        )
        if watched.unknown >= FORGOTTEN_AFTER and not young:
            generation.mark_failed(
                error.code,
                error.message,
                said=error.excerpt,
                now=now,
                billed=Billed.UNKNOWN,
                frm=AT_PROVIDER,
            )
        return
    if isinstance(error, AuthenticationFailed) or watched.failures == 3:
        watched.trouble = error.message


def note_news(watched: Watched, answer: Progress | BaseException) -> None:
    """What is worth showing and no step: how far it is, or why nothing is known."""
    generation = watched.generation
    if generation.status in AT_PROVIDER:
        told = answer if isinstance(answer, Progress) else generation
        generation.note_progress(told.fraction, watched.trouble)


def is_past_deadline(watched: Watched, now: datetime) -> bool:
    """Whether the provider has had more than the model's longest time."""
    since = watched.generation.submitted_at
    limit = timedelta(seconds=watched.model.deadline_seconds)
    return since is not None and now - since > limit


def give_up(generation: Generation, now: datetime) -> None:
    """The longest time has passed: say so, and that it may have been charged."""
    message = _(
        "The provider did not finish within the longest time that this model is known "
        "to need. It may still have charged for it."
    )
    generation.mark_failed(
        "deadline", message, now=now, billed=Billed.UNKNOWN, frm=AT_PROVIDER
    )
