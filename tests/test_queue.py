"""The queue knows its tasks by name only: every name must be one."""

from __future__ import annotations

import inspect
from datetime import timedelta
from math import ceil
from pydoc import locate

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task
from pytest_django import DjangoAssertNumQueries

from studio import queue
from studio.providers import PROVIDERS, provider_class


@pytest.mark.parametrize("task", sorted(queue.TASKS))
def test_it_resolves_every_task(task: str) -> None:
    function = locate(f"studio.tasks.{task}")

    assert inspect.isfunction(function)


@pytest.mark.parametrize("task", sorted(queue.TASKS))
def test_it_takes_ids_by_keyword_and_bears_more(task: str) -> None:
    parameters = inspect.signature(locate(f"studio.tasks.{task}")).parameters.values()

    kinds = {parameter.kind for parameter in parameters}
    assert kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    assert inspect.Parameter.VAR_KEYWORD in kinds


def test_it_wakes_with_the_commit_and_not_without(db: None) -> None:
    with pytest.raises(InterruptedError), transaction.atomic():
        queue.enqueue("collect", generation_id="x")
        raise InterruptedError

    assert not OrmQ.objects.exists()


def test_it_inserts_many_at_once(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1), queue.enqueued_at_once():
        for number in range(5):
            queue.enqueue("collect", generation_id=str(number))
        queue.enqueue("render", generation_id="x")

    assert queue.waiting("collect") == 5
    assert queue.waiting("render") == 1
    first = OrmQ.objects.filter(key="work").earliest("id")
    assert first.task["kwargs"] == {"generation_id": "0"}


def test_it_inserts_nothing_of_what_breaks(db: None) -> None:
    with pytest.raises(RuntimeError), queue.enqueued_at_once():
        queue.enqueue("collect", generation_id="x")
        raise RuntimeError

    assert not queue.is_waiting("collect")
    queue.enqueue("collect", generation_id="x")  # by itself again
    assert queue.is_waiting("collect")


def test_it_sends_each_task_to_its_queue(db: None) -> None:
    queue.enqueue("render", generation_id="x")

    message = OrmQ.objects.get()
    assert message.key == "media"
    assert message.task["kwargs"] == {"generation_id": "x"}


def test_it_installs_its_schedules_once(db: None) -> None:
    queue.install_schedules()
    queue.install_schedules()

    schedules = Schedule.objects.all()
    assert len(schedules) == 4 + len(queue.QUEUES)
    assert {schedule.cluster for schedule in schedules} == set(queue.QUEUES)


@pytest.mark.parametrize("name", queue.QUEUES)
def test_it_hands_no_task_out_again_before_its_time_is_over(name: str) -> None:
    usual = settings.Q_CLUSTER
    own = usual | usual["ALT_CLUSTERS"].get(name, {})

    ahead = ceil((own["queue_limit"] + own["bulk"]) / own["workers"])
    assert own["retry"] >= own["timeout"] * (1 + ahead) + 5


def test_it_gives_every_request_the_time_that_its_provider_takes() -> None:
    longest = max(provider_class(name).submit_timeout for name in PROVIDERS)

    assert queue.task_timeout(queue.TASKS["submit"]) > longest + 20


def test_what_ended_in_the_future_proves_nothing(db: None) -> None:
    """It was written before the clock was moved back."""
    now = timezone.now()
    for minutes in (-5, 60):
        Task.objects.create(
            id=str(minutes),
            name="heartbeat",
            func="studio.tasks.heartbeat",
            cluster="work",
            started=now,
            stopped=now + timedelta(minutes=minutes),
        )

    assert queue.last_finished("work") == now - timedelta(minutes=5)
