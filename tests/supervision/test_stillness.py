"""When a queue counts as standing still, on a clock of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.signing import SignedPackage

from studio import queue
from studio.supervision.stillness import QUIET_SECONDS, QueueWatch

pytestmark = pytest.mark.django_db


@pytest.fixture
def watch() -> QueueWatch:
    """Looks at one queue; its clock begins at 0."""
    return QueueWatch([queue.MEDIA], now=0.0)


def finish_task(number: int, cluster: str = queue.MEDIA) -> None:
    """A task ended and was written down."""
    now = timezone.now() + timedelta(seconds=number)
    Task.objects.create(
        id=str(number), name="x", func="x", cluster=cluster, started=now, stopped=now
    )


def hand_out(func: str) -> None:
    """A worker has fetched a task that has not ended."""
    OrmQ.objects.create(
        key=queue.MEDIA,
        payload=SignedPackage.dumps({"id": "1", "func": f"studio.tasks.{func}"}),
        lock=timezone.now() + timedelta(seconds=100),
    )


def test_it_bears_with_a_short_silence(watch: QueueWatch) -> None:
    assert watch.standing_still(now=QUIET_SECONDS) == []


def test_it_finds_a_long_silence(watch: QueueWatch) -> None:
    assert watch.standing_still(now=QUIET_SECONDS + 1) == [queue.MEDIA]


def test_it_counts_from_the_last_task_that_ended(watch: QueueWatch) -> None:
    finish_task(1)
    watch.standing_still(now=100.0)
    finish_task(2)
    watch.standing_still(now=200.0)

    assert watch.standing_still(now=200.0 + QUIET_SECONDS) == []
    assert watch.standing_still(now=201.0 + QUIET_SECONDS) == [queue.MEDIA]


def test_it_does_not_look_at_other_queues(watch: QueueWatch) -> None:
    finish_task(1, cluster=queue.WORK)

    assert watch.standing_still(now=QUIET_SECONDS + 1) == [queue.MEDIA]


def test_it_lets_long_work_end(watch: QueueWatch) -> None:
    hand_out("render")
    longest = QUIET_SECONDS + queue.task_timeout(queue.MEDIA)

    assert watch.standing_still(now=longest) == []
    assert watch.standing_still(now=longest + 1) == [queue.MEDIA]


def test_it_does_not_take_heartbeats_for_work(watch: QueueWatch) -> None:
    hand_out("heartbeat")

    assert watch.standing_still(now=QUIET_SECONDS + 1) == [queue.MEDIA]


def test_it_forgives_what_was_just_started(watch: QueueWatch) -> None:
    watch.forgive(queue.MEDIA, now=100.0)

    assert watch.standing_still(now=100.0 + QUIET_SECONDS) == []
