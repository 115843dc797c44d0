"""The only module that speaks with django-q2. A task wakes up; the row is the truth.

Task names are dotted paths into ``studio.tasks``; a test resolves every one of them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ, Schedule, Task
from django_q.signing import SignedPackage
from django_q.tasks import async_task

BROKER_AWAY: tuple[type[Exception], ...] = ()
try:
    from redis.exceptions import RedisError
except ImportError:  # an extra: without it the database is the broker
    pass
else:
    BROKER_AWAY = (RedisError,)

logger = logging.getLogger(__name__)

WORK, POLL, MEDIA, SLOW = "work", "poll", "media", "slow"
QUEUES = (WORK, POLL, MEDIA, SLOW)
TASKS = {
    "sweep": POLL,
    "submit": SLOW,
    "collect": WORK,
    "render": MEDIA,
    "check_key": WORK,
    "deliver": WORK,
    "diagnose": WORK,
    "heartbeat": WORK,
    "check_files": WORK,
    "mail_invitation": WORK,
    "stop_takes": WORK,
    "empty_teams": WORK,
    "check_ledger": WORK,
}
INSERTED_AT_ONCE = 200
MANY = 1000  # messages: more than any queue here should hold
SKEW = timedelta(seconds=30)  # between the clocks of two machines
# Names a file that is there while this machine's processes are to end.
STOPPING_VARIABLE = "STUDIO_STOPPING_FILE"


def enqueue(task: str, *, queue: str = "", **ids: Any) -> None:
    """Wake a task up once what is being written is there to be read.

    On the database's own broker the wake-up is part of the transaction; on any other it
    waits for the commit.
    """
    cluster = queue or TASKS[task]
    if is_in_database():
        send(task, cluster, ids)
    else:
        transaction.on_commit(lambda: send(task, cluster, ids))


def send(task: str, cluster: str, ids: Mapping[str, Any]) -> None:
    """Hand a wake-up to the broker. Where it is away, the sweep wakes up later."""
    rows = _gathered.get()
    broker = None if rows is None else Gathering(cluster, rows)
    try:
        async_task(
            f"studio.tasks.{task}",
            **ids,
            cluster=cluster,
            task_name=task,
            broker=broker,
        )
    except BROKER_AWAY as error:
        logger.warning("the broker does not answer: %s", type(error).__name__)


@dataclass(frozen=True)
class Gathering:
    """Stands in for the broker of a queue: it keeps the messages that are to be."""

    list_key: str
    rows: list[OrmQ]

    def enqueue(self, package: str) -> None:
        """Keep one."""
        row = OrmQ(key=self.list_key, payload=package, lock=timezone.now())
        self.rows.append(row)


_gathered: ContextVar[list[OrmQ] | None] = ContextVar("gathered", default=None)


@contextmanager
def enqueued_at_once() -> Iterator[None]:
    """All wake-ups from inside as one insert, where they are rows beside the takes.

    Inside a transaction: they are a part of it as each would have been alone.
    """
    rows: list[OrmQ] = []
    token = _gathered.set(rows if is_in_database() else None)
    try:
        yield
    finally:
        _gathered.reset(token)
    OrmQ.objects.bulk_create(rows, batch_size=INSERTED_AT_ONCE)


def is_in_database() -> bool:
    """Whether messages are rows beside the takes; else they are in Redis."""
    return bool(settings.Q_CLUSTER.get("orm"))


def install_schedules() -> None:
    """A sweep each minute, a heartbeat of every queue, and what is done each night.

    Safe to repeat.
    """
    for queue in QUEUES:
        schedule(f"heartbeat-{queue}", "heartbeat", queue, f"queue='{queue}'")
    schedule("sweep", "sweep", POLL, "")
    # It finds out for itself whether a look is due, or was interrupted.
    schedule("check-files", "check_files", WORK, "", minutes=15)
    schedule_nightly("check-ledger", "check_ledger", hour=3)
    schedule_nightly("empty-teams", "empty_teams", hour=4)


def schedule(
    name: str, task: str, cluster: str, kwargs: str, *, minutes: int = 1
) -> None:
    """Have a task run each minute, or every so many, on a cluster."""
    Schedule.objects.update_or_create(
        name=name,
        defaults={
            "func": f"studio.tasks.{task}",
            "kwargs": kwargs or None,
            "schedule_type": Schedule.MINUTES,
            "minutes": minutes,
            "repeats": -1,
            "cluster": cluster,
        },
    )


def schedule_nightly(name: str, task: str, *, hour: int) -> None:
    """Have a task run once a day; when it is due next stays as it was."""
    coming = timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0)
    if coming <= timezone.localtime():
        coming += timedelta(days=1)
    fields = {
        "func": f"studio.tasks.{task}",
        "schedule_type": Schedule.DAILY,
        "repeats": -1,
        "cluster": TASKS[task],
    }
    Schedule.objects.update_or_create(
        name=name, defaults=fields, create_defaults={**fields, "next_run": coming}
    )


def waiting(task: str) -> int:
    """How many wake-ups wait in a task's queue to be fetched."""
    if not is_in_database():
        return len(waiting_in_redis(TASKS[task])) if is_reachable() else MANY
    messages = OrmQ.objects.filter(key=TASKS[task], lock__lte=timezone.now())
    return messages.count()


def is_waiting(task: str) -> bool:
    """Whether a wake-up of this task waits to be fetched."""
    if not is_in_database():
        names = waiting_in_redis(TASKS[task]) if is_reachable() else []
        return f"studio.tasks.{task}" in names
    messages = OrmQ.objects.filter(key=TASKS[task], lock__lte=timezone.now())
    return any(message.func() == f"studio.tasks.{task}" for message in messages)


def is_reachable() -> bool:
    """Whether Redis answers."""
    try:
        return bool(get_broker().connection.ping())
    except BROKER_AWAY:
        return False


def waiting_in_redis(cluster: str) -> list[str]:
    """The functions that wait in a queue."""
    broker = get_broker(cluster)
    messages = broker.connection.lrange(broker.list_key, 0, MANY)
    unpack: Any = SignedPackage.loads
    return [unpack(message)["func"] for message in messages]


def move_times(jump: timedelta, now: datetime) -> None:
    """The clock was moved: messages and schedules keep their distance from now."""
    side = "lt" if jump > timedelta() else "gt"
    OrmQ.objects.filter(**{f"lock__{side}": now}).update(lock=F("lock") + jump)
    due = Schedule.objects.filter(**{f"next_run__{side}": now})
    due.update(next_run=F("next_run") + jump)


def forget_messages() -> None:
    """Drop every wake-up: the sweep finds what there is to do."""
    OrmQ.objects.all().delete()


def ask_for_heartbeats(queues: Iterable[str]) -> None:
    """Have each queue show now that it works."""
    for queue in queues:
        send("heartbeat", queue, {"queue": queue})


def last_finished(queue: str) -> datetime | None:
    """When the end of a task was last written down: every part works then.

    What ended in the future was written before the clock was moved back.
    """
    past = Task.objects.filter(cluster=queue, stopped__lte=timezone.now() + SKEW)
    ended: datetime | None = past.aggregate(at=Max("stopped"))["at"]
    return ended


def has_work_in_hand(queue: str) -> bool:
    """Whether more than heartbeats was fetched and has not ended yet.

    Redis forgets what was fetched: it may always be so.
    """
    if not is_in_database():
        return True
    fetched = OrmQ.objects.filter(key=queue, lock__gt=timezone.now())
    return any(message.func() != "studio.tasks.heartbeat" for message in fetched)


def task_timeout(queue: str) -> int:
    """Seconds after which a running task of this queue is ended."""
    usual: dict[str, Any] = settings.Q_CLUSTER
    own = usual["ALT_CLUSTERS"].get(queue, {})
    return int(own.get("timeout", usual["timeout"]))


def is_stopping() -> bool:
    """Whether this machine's processes are to end: long tasks leave at a next step."""
    mark = os.environ.get(STOPPING_VARIABLE, "")
    return mark != "" and Path(mark).exists()
