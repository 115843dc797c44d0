"""The two pages that machines ask: does it live, does it work?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.signing import SignedPackage
from pytest_django import DjangoAssertNumQueries, Settings

from studio import queue
from studio.models import Heartbeat


@pytest.fixture
def beating(db: None) -> None:
    """Every queue ran a task just now."""
    for name in queue.QUEUES:
        Heartbeat.beat(name, timezone.now())


def beat_before(name: str, seconds: float) -> None:
    """This queue's last sign of life is some time ago."""
    Heartbeat.beat(name, timezone.now() - timedelta(seconds=seconds))


def hand_out(name: str, func: str) -> None:
    """A worker of the queue has fetched a task."""
    OrmQ.objects.create(
        key=name,
        payload=SignedPackage.dumps({"id": "1", "func": func}),
        lock=timezone.now() + timedelta(seconds=100),
    )


def parts_of(client: Client) -> tuple[int, dict[str, Any]]:
    """Status and parts of the second page."""
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["parts"]


def test_it_lives_without_a_database(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_it_works(client: Client, beating: None) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "status": "ok",
        "parts": {"database": "ok", "storage": "ok", "queue": "ok"},
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("page", ["/healthz", "/readyz"])
def test_it_answers_over_plain_http(
    client: Client, beating: None, settings: Settings, page: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(page).status_code == 200
    assert client.get("/accounts/login/").status_code == 301


@pytest.mark.parametrize("page", ["/healthz", "/readyz"])
def test_it_rejects_post(client: Client, db: None, page: str) -> None:
    assert client.post(page).status_code == 405


def test_it_names_the_queue_that_is_silent(client: Client, beating: None) -> None:
    beat_before(queue.MEDIA, 100)

    status, parts = parts_of(client)

    assert status == 503
    assert parts["queue"] == "no sign of media"


def test_it_is_not_ready_before_the_first_heartbeat(client: Client, db: None) -> None:
    assert parts_of(client)[1]["queue"] == "no sign of work, poll, media, slow"


def test_it_takes_a_finished_task_for_a_sign_of_life(
    client: Client, beating: None
) -> None:
    beat_before(queue.MEDIA, 100)
    now = timezone.now()
    Task.objects.create(
        id="1", name="render", func="f", cluster="media", started=now, stopped=now
    )

    assert parts_of(client)[0] == 200


def test_it_bears_with_a_queue_that_has_long_work_in_hand(
    client: Client, beating: None
) -> None:
    beat_before(queue.MEDIA, 100)
    hand_out(queue.MEDIA, "studio.tasks.render")

    assert parts_of(client)[0] == 200


def test_it_does_not_take_a_waiting_heartbeat_for_work(
    client: Client, beating: None
) -> None:
    beat_before(queue.MEDIA, 100)
    hand_out(queue.MEDIA, "studio.tasks.heartbeat")

    assert parts_of(client)[0] == 503


def test_it_gives_up_on_work_that_is_past_its_time(
    client: Client, beating: None
) -> None:
    beat_before(queue.MEDIA, 100 + queue.task_timeout(queue.MEDIA))
    hand_out(queue.MEDIA, "studio.tasks.render")

    assert parts_of(client)[0] == 503


def test_it_notices_a_storage_that_cannot_be_written(
    client: Client, beating: None, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.INCOMING_DIR = tmp_path / "file" / "incoming"

    status, parts = parts_of(client)

    assert status == 503
    assert parts["storage"] == "cannot be written"
    assert str(tmp_path) not in str(parts)


def test_it_leaves_no_file_behind(
    client: Client, beating: None, settings: Settings, tmp_path: Path
) -> None:
    settings.INCOMING_DIR = tmp_path / "incoming"

    client.get("/readyz")

    assert list((tmp_path / "incoming").iterdir()) == []


def test_it_notices_a_database_that_cannot_be_written(
    client: Client, beating: None
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the pragma is SQLite's")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            status, parts = parts_of(client)
        finally:
            cursor.execute("PRAGMA query_only = OFF")

    assert status == 503
    assert parts["database"] == "the database does not answer"
    assert parts["queue"] == "ok"


def test_it_does_not_write_for_each_of_many_visitors(
    client: Client, beating: None
) -> None:
    client.get("/readyz")
    written = Heartbeat.objects.get(queue="web").at

    client.get("/readyz")

    assert Heartbeat.objects.get(queue="web").at == written
