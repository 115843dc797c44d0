"""What others left behind, or take over: lost requests, idle takes, slow requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from studio import faults, queue
from studio.models import AT_PROVIDER, Generation, Status
from studio.pipeline import deliver, notices, poll, submit

ABANDONED = timedelta(seconds=60)  # a collect or a drawing that nobody works on
# With so many wake-ups waiting, the queue is busy rather than forgetful.
MOST_WAITING = 20
FORGOTTEN = timedelta(days=8)  # a collect gives up after seven


def look_after(now: datetime) -> None:
    """What a moment's delay may not be seen of: lost requests, notices to pass on."""
    reap_lost(now)
    notices.spread_waiting(now)


def reap_lost(now: datetime) -> None:
    """Requests whose worker died: unknown, never sent again by the machine."""
    for generation in Generation.objects.overdue_submits(now):
        submit.reap(generation, now)


def revive_abandoned(now: datetime) -> None:
    """Wake the tasks of takes that nobody works on; a claim keeps it to one."""
    idle = Q(lease_until=None, status_at__lt=now - ABANDONED)
    idle |= Q(lease_until__lt=now)
    rows = Generation.objects.filter(idle)
    notices.wake_due(now)
    wake("collect", rows.filter(status=Status.COLLECTING))
    wake(
        "render",
        rows.filter(status__in=AT_PROVIDER, provider__in=poll.LOCAL_PROVIDERS),
    )


def wake(task: str, rows: QuerySet[Generation]) -> None:
    """One wake-up each, up to what a queue that has nothing else to do can hold."""
    room = MOST_WAITING - queue.waiting(task)
    if room > 0:
        for pk in rows.order_by("status_at").values_list("pk", flat=True)[:room]:
            queue.enqueue(task, generation_id=str(pk))


def tidy(now: datetime) -> None:
    """Remove temporary files that no collect can still want, and old notices."""
    notices.tidy(now)
    oldest = (now - FORGOTTEN).timestamp()
    for path in Path(settings.INCOMING_DIR).glob("*"):
        is_old = path.is_file() and path.stat().st_mtime < oldest
        if is_old and not deliver.is_waited_for(path):
            path.unlink(missing_ok=True)


def hand_over(generation: Generation, now: datetime) -> bool:
    """A slow POST: the row waits while its own task claims it; whether it was ours."""
    later = now + timedelta(minutes=2)
    with transaction.atomic():
        changed = Generation.objects.filter(
            pk=generation.pk, status=Status.QUEUED, attempt=generation.attempt
        ).update(not_before=later, lease_until=later)
        if changed:
            queue.enqueue("submit", generation_id=str(generation.pk))
    faults.point("sweep.handed_over")
    return bool(changed)
