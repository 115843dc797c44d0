"""Somebody moves the clock of the machine: what is open keeps its distance from now."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from studio import queue
from studio.models import Generation, Lease, Project, Status
from studio.models.leases import RESTORE
from studio.pipeline.clock import SteadyClock
from tests.factories import make_generation

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NEARLY = timedelta(seconds=20)


def running(project: Project) -> Generation:
    """A take at its provider for a minute, with a lease for another."""
    now = timezone.now()
    return make_generation(
        project,
        status=Status.PROCESSING,
        submitted_at=now - MINUTE,
        lease_until=now + MINUTE,
    )


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_it_moves_along_what_is_open(project: Project, jump: timedelta) -> None:
    clock = SteadyClock()
    clock.begin()
    take = running(project)

    with time_machine.travel(timezone.now() + jump, tick=True):
        moved = clock.begin()
        take.refresh_from_db()
        age = timezone.now() - take.submitted_at
        left = take.lease_until - timezone.now()

    assert abs(moved - jump) < NEARLY
    assert abs(age - MINUTE) < NEARLY
    assert abs(left - MINUTE) < NEARLY


def test_it_leaves_what_has_ended(project: Project) -> None:
    clock = SteadyClock()
    clock.begin()
    take = make_generation(project, status=Status.COMPLETED)

    with time_machine.travel(timezone.now() + HOUR, tick=True):
        clock.begin()

    assert Generation.objects.get(pk=take.pk).submitted_at == take.submitted_at


def test_it_takes_no_correction_for_a_jump(project: Project) -> None:
    clock = SteadyClock()
    clock.begin()
    take = running(project)

    with time_machine.travel(timezone.now() + timedelta(seconds=10), tick=True):
        clock.begin()

    assert Generation.objects.get(pk=take.pk).lease_until == take.lease_until


def test_it_goes_on_steadily_until_the_next_slice(db: None) -> None:
    clock = SteadyClock()
    clock.begin()
    before = clock()

    with time_machine.travel(timezone.now() + HOUR, tick=True):
        assert clock() - before < NEARLY
        clock.begin()
        assert clock() - before > HOUR - NEARLY


def test_messages_and_schedules_do_not_wait_for_an_hour(db: None) -> None:
    queue.install_schedules()
    queue.enqueue("sweep")
    clock = SteadyClock()
    clock.begin()

    with time_machine.travel(timezone.now() - HOUR, tick=True):
        clock.begin()
        soon = timezone.now() + NEARLY
        assert OrmQ.objects.filter(lock__lte=soon).count() == 1
        often = Schedule.objects.filter(schedule_type=Schedule.MINUTES)
        assert not often.filter(next_run__gt=soon + MINUTE).exists()


def test_a_lease_from_the_future_holds_nobody_up(db: None) -> None:
    now = timezone.now()
    Lease.take("sweep", "the dead", now + HOUR)

    assert Lease.take("sweep", "the living", now)


def test_the_lease_of_a_restore_holds_for_good(db: None) -> None:
    now = timezone.now()
    Lease.objects.create(name="sweep", owner=RESTORE, until=now + 1000 * HOUR)

    assert not Lease.take("sweep", "anybody", now)
