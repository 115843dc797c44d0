"""What the crash tests run in processes of their own, which may die at any moment.

The processes are forked from a server that has imported this module, so that each
costs milliseconds. Whoever forks them says first which installation they work on.
"""

from __future__ import annotations

import os
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.db.models import F
from django.utils import timezone
from django_q.models import OrmQ

from studio import catalog, faults, tasks
from studio.media.check import check_whole
from studio.media.storage import sha256_of
from studio.media.store import store
from studio.models import (
    Asset,
    Delivery,
    Generation,
    Lease,
    NoticeMail,
    Order,
    Outage,
    ProviderAccount,
    Status,
    Team,
    Timing,
    User,
    ledger_check,
)
from studio.pipeline import create, left_behind, settle, submit
from studio.pipeline.sweep import Sweep
from tests.factories import make_project, make_team, make_user
from tests.money import make_budget

RETRY = timedelta(minutes=10)  # after which a message that was fetched is back
SMALLEST = {"duration": 2, "resolution": "480p", "generate_audio": False}
SLICE_SECONDS, IDLE_SECONDS = 1.7, 0.3


@dataclass(frozen=True)
class Site:
    """One installation: its database, its folder, its simulated providers."""

    database: Mapping[str, Any]
    folder: Path
    simulator: str  # its URL
    name: str = "site"  # part of its keys, by which it is told apart
    environment: Mapping[str, str] = field(default_factory=dict)
    storage: Mapping[str, Any] | None = None  # Django's word on it; none is the folder

    @property
    def key(self) -> str:
        """What it signs in with everywhere."""
        return f"sim-canary-{self.name}"

    def enter(self) -> None:
        """Have this process work on it."""
        connections.databases["default"].update(self.database)
        del connections["default"]
        settings.DATA_DIR = self.folder.with_name(f"{self.folder.name}-data")
        settings.SECRETS_DIR = settings.DATA_DIR / "secrets"
        settings.STORAGE_DIR = self.folder
        settings.INCOMING_DIR = self.folder / "incoming"
        settings.INCOMING_DIR.mkdir(parents=True, exist_ok=True)
        if self.storage is not None:
            settings.STORAGES = {**settings.STORAGES, "default": self.storage}
        settings.OUTBOUND_ALLOW = [self.simulator.removeprefix("http://")]
        settings.PROVIDER_DEFAULTS = {
            name: {"base_url": f"{self.simulator}/{name}", "api_key": self.key}
            for name in ("aimlapi", "globant", "segmind", "vtrix")
        }
        faults.arm(self.environment)


def run(site: Site, act: Callable[..., Any], answer: Connection, *given: Any) -> None:
    """Do one act on a site and answer with what it returns."""
    os.setpgid(0, 0)  # what it starts dies with it
    site.enter()
    try:
        answer.send(act(*given))
    except Exception:  # told to the test, which fails with it
        answer.send(Broken(traceback.format_exc()))
    connections.close_all()


@dataclass(frozen=True)
class Broken:
    """What an act answers that raised something."""

    trace: str


# Acts


def migrate() -> None:
    """Make the tables, straight from the models: other tests run the migrations."""
    make_tables_from_models()
    call_command("migrate", run_syncdb=True, verbosity=0)


def make_tables_from_models() -> None:
    """No migrations, in this process."""
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}


def order_takes(models: Mapping[str, str]) -> None:
    """One take per model, each with a prompt that tells it apart."""
    order_prompts({prompt: key for key, prompt in models.items()})


def order_prompts(prompts: Mapping[str, str]) -> None:
    """One take per prompt, of the model that stands with it."""
    alice = make_user("alice", notice_mail=NoticeMail.BATCH)
    project = make_project(make_team(alice), name="Harbour film")
    make_budget(project.team, alice, limit=10**12)
    account = ProviderAccount(
        team=project.team,
        provider="segmind",
        base_url=settings.PROVIDER_DEFAULTS["segmind"]["base_url"],
        settings={"version": "v1"},
    )
    account.set_secrets({"api_key": settings.PROVIDER_DEFAULTS["segmind"]["api_key"]})
    account.save()
    for prompt, key in prompts.items():
        model = catalog.get_model(key)
        options = SMALLEST if model.provider == "animatic" else {}
        order = Order(model=model, mode="text_to_video", prompt=prompt, options=options)
        (take,) = create.create_takes(order, user=alice, project=project)
        # So much is known of it that the first look comes after a second.
        Timing.objects.get_or_create(
            key=take.timing_key(), defaults={"durations": [1.0] * 10}
        )


def work(seconds: float, until: Callable[[], bool] = lambda: False) -> None:
    """Be the queues: run every message, and slices of the sweep, until all is done.

    Or ``until`` something is so, where the work cannot come to its end.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        while message := fetch():
            perform(message)
        is_work_left = Sweep().run(SLICE_SECONDS, IDLE_SECONDS)
        if not is_work_left and not OrmQ.objects.filter(lock__lte=now()).exists():
            return


def fetch() -> OrmQ | None:
    """The next message, as the broker hands it out: it is back after a while."""
    message = OrmQ.objects.filter(lock__lte=now()).order_by("id").first()
    if message is None:
        return None
    rows = OrmQ.objects.filter(pk=message.pk, lock=message.lock)
    return message if rows.update(lock=now() + RETRY) else None


def perform(message: OrmQ) -> None:
    """Run one message and acknowledge it; a sweep is run in slices of our own."""
    name = message.func().removeprefix("studio.tasks.")
    if name != "sweep":
        getattr(tasks, name)(**message.kwargs())
    message.delete()


def pass_time(minutes: int) -> None:
    """Leases, pauses and deadlines of the dead run out."""
    step = timedelta(minutes=minutes)
    for name in ("lease_until", "submit_deadline", "not_before", "status_at"):
        Generation.objects.update(**{name: F(name) - step})
    for name in ("paused_until", "probe_until", "recovered_at"):
        Outage.objects.update(**{name: F(name) - step})
    Lease.objects.update(until=F("until") - step)
    Delivery.objects.update(next_at=F("next_at") - step)
    OrmQ.objects.update(lock=F("lock") - step)


def lose_messages() -> int:
    """The queue forgets everything."""
    return OrmQ.objects.all().delete()[0]


def tidy_up() -> None:
    """Days pass."""
    left_behind.tidy(now() + timedelta(days=9))


def settle_as_found(paid: Mapping[str, str]) -> None:
    """A person looked at the provider's pages: prompt -> id of the job there."""
    alice = User.objects.get()
    for take in Generation.objects.filter(status="unknown").select_related("prompt"):
        if take.prompt.text not in paid:
            settle.send_again(take, user=alice)
        elif take.provider == "segmind":  # v1 keeps nothing to ask for
            settle.it_does_not(take, user=alice)
        else:
            settle.it_exists(take, paid[take.prompt.text], user=alice)


@dataclass(frozen=True)
class State:
    """An installation as a person finds it."""

    statuses: dict[str, str]  # by prompt
    billed: dict[str, str]
    broken: list[str]  # visible files that are not whole
    strays: list[str]  # stored files that no row names
    leftovers: list[str]  # temporary files
    events: dict[str, list[str]]  # the verbs of each take, in order
    attempts: dict[str, int]
    in_the_air: set[str]  # sent or about to be, and no whole answer lies here
    untold: list[str]  # ends that nobody was told of
    miscounted: list[str]  # what the ledger does not agree with


def look() -> State:
    """What is there."""
    takes = list(Generation.objects.select_related("prompt").order_by("pk"))
    return State(
        statuses={take.prompt.text: take.status for take in takes},
        billed={take.prompt.text: take.billed for take in takes},
        broken=broken_files(takes),
        strays=stray_files(),
        leftovers=sorted(path.name for path in settings.INCOMING_DIR.iterdir()),
        events={
            take.prompt.text: [e.verb for e in take.events.order_by("pk")]
            for take in takes
        },
        attempts={take.prompt.text: take.attempts.count() for take in takes},
        in_the_air={take.prompt.text for take in takes if is_in_the_air(take)},
        untold=[take.prompt.text for take in takes if not is_told(take)],
        miscounted=[n for team in Team.objects.all() for n in ledger_check.wrong(team)],
    )


def statuses() -> dict[str, str]:
    """Where each take is, by prompt, without a look at any file."""
    takes = Generation.objects.values_list("prompt__text", "status")
    return {prompt: str(status) for prompt, status in takes}


def is_in_the_air(take: Generation) -> bool:
    """Whether nobody could know what came of its request, were it to end now."""
    is_sending = take.status == Status.SUBMITTING
    return is_sending and not submit.is_whole(submit.spool_of(take))


def is_told(take: Generation) -> bool:
    """Whether its end stands in a notice, and its maker has the mail."""
    sent = Delivery.objects.filter(prompt=take.prompt, state=Delivery.State.SENT)
    return take.notices.filter(status=take.status).exists() and sent.exists()


def broken_files(takes: list[Generation]) -> list[str]:
    """Rows whose file is not exactly what they say, and takes without their files."""
    broken = []
    for asset in Asset.objects.all():
        try:
            with store().at_hand(asset.path) as path:
                if sha256_of(path) != (asset.sha256, asset.size):
                    broken.append(f"{asset.kind} {asset.path}")
                elif asset.is_video:
                    check_whole(path)
        except FileNotFoundError:
            broken.append(f"no {asset.kind} {asset.path}")
    for pk in [take.pk for take in takes]:
        status, kinds = files_and_status(pk)
        wanted = {"video", "poster", "poster_small", "preview"}
        if kinds != (wanted if status == "completed" else set()):
            broken.append(f"{status} with {sorted(kinds)}")
    return broken


def files_and_status(pk: uuid.UUID) -> tuple[str, set[str]]:
    """Of one moment: workers may be at it."""
    with transaction.atomic():
        take = Generation.objects.select_for_update().get(pk=pk)
        return take.status, {asset.kind for asset in take.assets.all()}


def stray_files() -> list[str]:
    """Files in the storage that no row names, temporary ones aside."""
    known = Asset.objects.values_list("path", flat=True)
    return sorted(set(store().older_names(-60)) - set(known))


def now() -> Any:
    """The clock that the broker goes by."""
    return timezone.now()
