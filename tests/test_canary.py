"""A provider key stands nowhere but, encrypted, in its own column."""

from __future__ import annotations

import json
import logging
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ, Task
from pytest_django import Settings

from studio import catalog, queue
from studio.models import Generation, Order, Project, ProviderAccount, Status, User
from studio.pipeline import create
from studio.pipeline.collect import collect_generation
from studio.pipeline.send_slow import submit_generation
from studio.pipeline.submit import SWEEP_LIMIT, submit_timeout
from studio.pipeline.sweep import Sweep
from studio.simulator import Simulator, running_simulator
from tests.canary import Listener
from tests.conftest import ClientFor
from tests.factories import make_user

MODELS = {
    "aimlapi": "aimlapi:klingai/v2.5-turbo/pro/text-to-video",
    "globant": "globant:vertex_ai/veo-3.1-generate-001",
    "segmind": "segmind:veo-2",
    "vtrix": "vtrix:veo_31_fast",
}
KEYS = {slug: f"sim-canary-{slug}-c0ffee42" for slug in MODELS}
STORIES = {
    "": "completed",
    "[fault:submit-401]": "failed",
    "[fault:submit-422]": "failed",
    "[fault:refused]": "failed",
    "[fault:submit-html]": "unknown",
    "[fault:submit-cut-after]": "unknown",
    "[fault:poll-401][fault:download-404]": "completed",
}
EVERYWHERE = {"", "[fault:submit-401]"}
ROUNDS = 30


def forms_of(key: str) -> list[str]:
    """A key as it is, and as it could be packed."""
    packed = {b64encode(b" " * n + key.encode()).decode()[4:-4] for n in range(3)}
    return [key, key[:-4], key.encode().hex(), *packed]


def keys_in(text: str) -> list[str]:
    """Whose keys are in a text."""
    return [
        slug
        for slug, key in KEYS.items()
        if any(form in text for form in forms_of(key))
    ]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """The providers."""
    with running_simulator(clip="small", seconds=0.02, seed=5) as simulator:
        yield simulator


@pytest.fixture
def storage(settings: Settings, tmp_path: Path) -> Path:
    """A storage of this test alone."""
    settings.STORAGE_DIR = tmp_path / "storage"
    settings.INCOMING_DIR = settings.STORAGE_DIR / "incoming"
    settings.INCOMING_DIR.mkdir(parents=True)
    return tmp_path


def type_keys_in(client: Client, simulator: Simulator) -> dict[str, str]:
    """Add every account as a person does, test it, and keep the pages."""
    pages = {}
    for slug, key in KEYS.items():
        values = {"provider": slug, "api_key": key, "base_url": "nowhere"}
        wrong = client.post(reverse("account-create"), values)
        assert wrong.status_code == 422
        values |= {"max_running": "9", "is_active": "on"}
        values |= {"base_url": f"{simulator.url}/{slug}"}
        saved = client.post(reverse("account-create"), values, follow=True)
        account = ProviderAccount.objects.get(provider=slug)
        address = reverse("account-test", args=[account.pk])
        tested = client.post(address, follow=True)
        account.refresh_from_db()
        assert account.is_valid
        for name, answer in {"wrong": wrong, "saved": saved, "tested": tested}.items():
            pages[f"{name} {slug}"] = answer.content.decode()
    return pages


def order(project: Project, user: User, slug: str, prompt: str) -> Generation:
    """One take."""
    model = catalog.get_model(MODELS[slug])
    order = Order(model=model, mode="text_to_video", prompt=prompt)
    (take,) = create.create_takes(order, user=user, project=project)
    return take


def work(sweep: Sweep, ahead: list[timedelta]) -> None:
    """Be the workers until every take has ended."""
    for _round in range(ROUNDS):
        sweep.run_until_idle(rounds=3)
        takes = list(Generation.objects.in_flight())
        if not takes:
            return
        for take in takes:
            if submit_timeout(take) > SWEEP_LIMIT:
                submit_generation(str(take.pk), clock=sweep.clock)
            Generation.objects.filter(pk=take.pk).update(lease_until=None)
            collect_generation(str(take.pk))
        sweep.looks.due.clear()
        ahead.append(timedelta(minutes=2))
    raise AssertionError("They never ended.")


def echo(request: httpx.Request) -> httpx.Response:
    """A provider that quotes the whole request with its refusal."""
    headers = dict(request.headers)
    words = f"Refused {request.method} {request.url} with {headers}"
    return httpx.Response(401, json={"error": {"message": words, "headers": headers}})


def lose(request: httpx.Request) -> httpx.Response:
    """A line that breaks with a word on what was sent."""
    raise httpx.ReadError(f"lost {dict(request.headers)}", request=request)


def make_takes(project: Project, user: User) -> None:
    """Takes of every provider that end in every way."""
    ahead: list[timedelta] = []
    sweep = Sweep(clock=lambda: timezone.now() + sum(ahead, timedelta()))
    takes = {
        order(project, user, slug, f"A fox. {fault}").pk: status
        for slug in MODELS
        for fault, status in STORIES.items()
        if slug == "vtrix" or fault in EVERYWHERE
    }
    try:
        work(sweep, ahead)
    finally:
        sweep.close()
    for take in Generation.objects.all():
        words = take.provider, take.prompt.text, take.error_message
        assert take.status == takes[take.pk], words
    for answer, status in ((echo, "failed"), (lose, "unknown")):
        last = [order(project, user, slug, "A hound.") for slug in MODELS]
        sweep = Sweep(transport=httpx.MockTransport(answer))
        sweep.run_until_idle(rounds=2)
        sweep.close()
        for take in last:
            if submit_timeout(take) > SWEEP_LIMIT:
                submit_generation(str(take.pk), httpx.MockTransport(answer))
            take.refresh_from_db()
            assert take.status == status


def columns() -> Iterator[tuple[str, str]]:
    """Every cell of the database that holds text, with its table and column."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  (names from the schema)
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield f"{table}.{name}", str(value)


def packed_rows() -> Iterator[tuple[str, str]]:
    """What the queue and the sessions keep in a form of their own."""
    for message in OrmQ.objects.all():
        yield "a message", repr(message.task)
    for task in Task.objects.all():
        yield "a task", repr((task.args, task.kwargs, task.result))
    for session in Session.objects.all():
        yield "a session", json.dumps(session.get_decoded(), default=str)


def files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file below a folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes().decode("latin-1")


def pages_of(client: Client, project: Project) -> Iterator[tuple[str, str]]:
    """Every page of the site that shows a take, an account or the team."""
    addresses = [
        reverse("home"),
        reverse("project", args=[project.pk]),
        reverse("project-takes", args=[project.pk]),
        reverse("model-picker", args=[project.pk]),
        *(reverse(name) for name in ("gallery", "queue", "team", "profile")),
        reverse("account-create"),
    ]
    for account in ProviderAccount.objects.all():
        addresses.append(reverse("account-edit", args=[account.pk]))
    for take in Generation.objects.all():
        for name in ("take", "take-card", "take-menu"):
            addresses.append(reverse(name, args=[take.pk]))
    for address in addresses:
        yield address, seen(client, address)


def admin_pages(client: Client) -> Iterator[tuple[str, str]]:
    """Every list of the admin, and every row's page and history."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses = [reverse(f"{name}_changelist")]
        for row in model._default_manager.all():
            addresses.append(reverse(f"{name}_change", args=[row.pk]))
            addresses.append(reverse(f"{name}_history", args=[row.pk]))
        for address in addresses:
            yield address, seen(client, address)


def seen(client: Client, address: str) -> str:
    """A page as it is shown."""
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return b"".join(answer).decode()


def test_no_key_is_written_or_shown_anywhere(
    client_for: ClientFor,
    project: Project,
    alice: User,
    simulator: Simulator,
    settings: Settings,
    storage: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("", "httpx", "httpcore", "django-q"):
        caplog.set_level(logging.DEBUG, name)
    settings.OUTBOUND_ALLOW = [simulator.url.removeprefix("http://")]
    client = client_for(alice)
    operator = Client()
    operator.force_login(make_user("operator", is_staff=True, is_superuser=True))
    queue.install_schedules()

    shown = type_keys_in(client, simulator)
    make_takes(project, alice)
    shown |= {
        **dict(pages_of(client, project)),
        **dict(admin_pages(operator)),
    }

    for where, text in shown.items():
        assert keys_in(text) == [], where
    for where, text in [*columns(), *packed_rows(), *files(storage)]:
        assert keys_in(text) == [], where
    assert keys_in(caplog.text) == []
    assert keys_in(repr([vars(letter) for letter in mail.outbox])) == []
    kept = {a.provider: a.secrets()["api_key"] for a in ProviderAccount.objects.all()}
    assert kept == KEYS


def test_the_search_would_find_a_key(
    project: Project, alice: User, storage: Path
) -> None:
    key = KEYS["vtrix"]
    (storage / "a.bin").write_bytes(b"\0" + key.encode())
    queue.enqueue("collect", generation_id=key)
    take = order(project, alice, "vtrix", f"Oops: {b64encode(key.encode()).decode()}")

    for found in (columns(), packed_rows(), files(storage)):
        assert any(keys_in(text) == ["vtrix"] for _where, text in found)
    assert take.status == Status.QUEUED


def test_the_listener_hears_a_key_in_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Listener, "heard", [])
    try:
        raise ValueError(KEYS["vtrix"])
    except ValueError:
        trace = sys.exc_info()
    record = logging.LogRecord("studio", 10, "a.py", 7, "it broke", None, trace)

    Listener().handle(record)

    assert Listener.heard == ["a key in the log of studio, a.py:7"]


def test_the_run_listens_to_every_logger() -> None:
    root = logging.getLogger()

    assert any(isinstance(handler, Listener) for handler in root.handlers)
    assert root.getEffectiveLevel() == logging.DEBUG
