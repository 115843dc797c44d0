"""Machines with ``manage.py worker`` on them, as they are in production."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dj_database_url
from cryptography.fernet import Fernet
from django.conf import settings
from django.utils import timezone
from django_q.conf import Conf

from studio import queue
from studio.models import TERMINAL, Generation
from studio.simulator import Simulator
from tests.commands.site import ROOT, environment
from tests.faults import worker
from tests.faults.sites import Installation

SECRETS = {
    "STUDIO_SECRET_KEY": "only-for-tests" * 4,
    "STUDIO_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
}
PATIENCE = 150.0  # seconds: schedules wake once a minute, on a busy machine
STOP = 30.0


class Machines:
    """One database and one storage, and workers that share them."""

    def __init__(
        self, database: str, folder: Path, simulator: Simulator, redis: str = ""
    ) -> None:
        self.folder = folder
        self.variables = {
            **SECRETS,
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "STUDIO_OUTBOUND_ALLOW": simulator.url.removeprefix("http://"),
            "STUDIO_MIN_FREE_MIB": "0",
            "STUDIO_SQLITE_TIMEOUT": "1",
        }
        self.redis = redis
        storage = folder / "storage"
        storage.mkdir(parents=True)
        place = dj_database_url.parse(database)
        site = worker.Site(
            database={**place, "OPTIONS": {}},
            folder=storage,
            simulator=simulator.url,
            name=folder.name,
        )
        self.site = Installation(site, simulator)
        for name in ("vtrix", "aimlapi"):
            self.variables[f"{name.upper()}_BASE_URL"] = f"{simulator.url}/{name}"
            self.variables[f"{name.upper()}_API_KEY"] = site.key

    def data(self, machine: str) -> Path:
        """A machine's own data folder, with the storage that all share in it."""
        data = self.folder / machine
        data.mkdir(exist_ok=True)
        if not (data / "storage").exists():
            (data / "storage").symlink_to(self.folder / "storage")
        return data

    def manage(self, *arguments: str) -> None:
        """Run a command to its end."""
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=environment(self.data("first"), self.variables),
            check=True,
            capture_output=True,
        )

    @contextmanager
    def working(self, *machines: str) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
        """Workers that run, each on a machine of its own."""
        running = {machine: self.start(machine) for machine in machines}
        try:
            yield running
        finally:
            for process in running.values():
                process.terminate()
            for process in running.values():
                end(process)

    def start(self, machine: str) -> subprocess.Popen[bytes]:
        """Start one worker."""
        with (self.folder / f"{machine}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "worker"],
                env=environment(self.data(machine), self.variables),
                stdout=log,
                stderr=log,
            )

    def log(self, machine: str) -> str:
        """What a worker has said so far."""
        return (self.folder / f"{machine}.log").read_text()

    def order(self, prompts: Mapping[str, str]) -> None:
        """Ask for takes: prompt -> model."""
        self.site.do(order, prompts, self.redis)


def end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a worker's end; a second signal ends what still runs."""
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait(STOP)


# Acts


def order(prompts: Mapping[str, str], redis: str) -> None:
    """Ask for takes as the web server does, which wakes the workers."""
    if redis:
        settings.Q_CLUSTER = {**settings.Q_CLUSTER, "redis": redis, "orm": None}
        Conf.ORM, Conf.REDIS = None, redis
    Conf.SECRET_KEY = SECRETS["STUDIO_SECRET_KEY"]
    settings.SECRET_KEY = SECRETS["STUDIO_SECRET_KEY"]
    queue.install_schedules()
    worker.order_prompts(prompts)


def wait_until_sent(count: int) -> int:
    """Wait until so many takes have an id; how many have."""
    sent = Generation.objects.exclude(operation_id="")
    return wait(lambda: sent.count() >= count) and sent.count()


def wait_until_done() -> dict[str, str]:
    """Wait until nothing is under way; what became of each take."""
    wait(lambda: not Generation.objects.exclude(status__in=TERMINAL).exists())
    return {
        take.prompt.text: take.status
        for take in Generation.objects.select_related("prompt")
    }


def watch_owners() -> set[str]:
    """The machines that fetched or drew something, until all is done."""
    seen: set[str] = set()

    def note() -> bool:
        owners = Generation.objects.exclude(lease_by="")
        for owner in owners.values_list("lease_by", flat=True):
            seen.update(machine_of(owner.rsplit("-", 2)[1]))
        return not Generation.objects.exclude(status__in=TERMINAL).exists()

    wait(note)
    return seen


def wait(is_so: Any) -> bool:
    """Look again and again; whether it came true in time."""
    end_at = time.monotonic() + PATIENCE
    while time.monotonic() < end_at:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def hold_the_lock(seconds: float) -> None:
    """Somebody writes for a long time."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE studio_feed SET version = version")
        time.sleep(seconds)


def pass_time(minutes: int) -> str:
    """Leases and pauses run out."""
    worker.pass_time(minutes)
    return timezone.now().isoformat()


def machine_of(pid: str) -> set[str]:
    """The data folder of the worker that a process belongs to, while it lives."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return set()
    return {v.decode() for v in variables if v.startswith(b"STUDIO_DATA=")}
