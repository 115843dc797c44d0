"""What a restored database may not simply go on with: nothing is submitted again.

The world went on after the backup was made. A take that waited then may have been sent
since, so it becomes *unknown* and a person settles it; what has an id at its provider
is asked for by that id; a request in the air goes the way of all lost ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from studio import queue
from studio.models import (
    AT_PROVIDER,
    Delivery,
    Event,
    Feed,
    Generation,
    Heartbeat,
    Lease,
    Notice,
    Outage,
    Status,
)
from studio.pipeline.poll import LOCAL_PROVIDERS

# Open pages have seen versions that the restored feeds have yet to reach.
FEED_JUMP = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """How many takes go on, and how."""

    doubtful: int  # wait for a person
    asked_again: int  # are asked for by their id, or fetched


def reopen(made_at: datetime) -> Reopened:
    """Make a restored database safe to work with, in one transaction."""
    now = timezone.now()
    with transaction.atomic():
        forget_the_moment()
        drop_calls(now)
        Feed.objects.update(version=F("version") + FEED_JUMP)
        found = Reopened(
            doubtful=doubt_waiting(made_at, now) + end_requests(now),
            asked_again=free_running(),
        )
        Event.record(
            "installation.restored",
            data={"made_at": made_at.isoformat(), "unknown": found.doubtful},
        )
    return found


def forget_the_moment() -> None:
    """Wake-ups, leases and sign-ins of that day mean nothing now."""
    queue.forget_messages()
    Lease.objects.all().delete()
    Heartbeat.objects.all().delete()
    Outage.objects.all().delete()
    Session.objects.all().delete()  # some may have been ended since, for a reason


def drop_calls(now: datetime) -> None:
    """Mails and calls that waited then may have gone out since: once is enough."""
    Notice.objects.filter(spread_at=None).update(spread_at=now)
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.GIVEN_UP, done_at=now)


def doubt_waiting(made_at: datetime, now: datetime) -> int:
    """What waited may have been sent since. What is drawn here costs nothing."""
    reason = _(
        "It waited when the backup of %(moment)s was made, and may have been sent "
        "since. It may run at the provider, and cost: look there before sending it "
        "again."
    )
    moment = date_format(timezone.localtime(made_at), "DATETIME_FORMAT")
    waiting = Generation.objects.filter(status=Status.QUEUED)
    waiting = waiting.exclude(provider__in=LOCAL_PROVIDERS)
    words = reason % {"moment": moment}
    return sum(doubt(take, words, now) for take in list(waiting))


def doubt(take: Generation, reason: str, now: datetime) -> bool:
    """One take, and in its timeline why."""
    Event.record(
        "generation.restored",
        team_id=take.team_id,
        project_id=take.project_id,
        generation=take,
        at=now,
    )
    return take.mark_doubtful(reason, now=now)


def end_requests(now: datetime) -> int:
    """In the air then: the sweep finds them lost, or their whole answer on disk."""
    sending = Generation.objects.filter(status=Status.SUBMITTING)
    return sending.update(submit_deadline=now)


def free_running() -> int:
    """Nobody works on them; earlier tries were those of another life."""
    running = Generation.objects.filter(status__in=[*AT_PROVIDER, Status.COLLECTING])
    return running.update(lease_by="", lease_until=None, collect_attempts=0)
