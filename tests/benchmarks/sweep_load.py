"""How the sweep bears many takes in flight, beside a bare loop and a fixed interval.

Run it by hand: ``.venv/bin/python tests/benchmarks/sweep_load.py [--takes 2000]``. It
starts a simulator as a process of its own and makes a database in a temporary folder.
Three runs, one after another, each of as many jobs that begin together:

learned     the sweep as it is, with a history of fifty durations
fixed 10 s  the same sweep, told to look every ten seconds
bare 10 s   an httpx loop with as many connections that looks every ten seconds and
            writes nothing: what polling alone costs
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
SIGMA = 0.25  # of the simulator's job times
INTERVAL = 10.0  # seconds
CLIENTS, CONNECTIONS = 3, 20
MODEL = "vtrix:veo_31_fast"
BODY = {
    "model": "veo_31_fast",
    "input": [{"params": {"prompt": "", "aspect_ratio": "16:9", "duration": 8}}],
}


@dataclass(kw_only=True)
class Cost:
    """What one run took."""

    name: str
    lags: list[float]  # seconds from a job's end until it was seen
    polls: int
    cpu: float  # seconds of this process
    rss: int  # MiB at the end
    load: float  # of the machine, when it ended

    @property
    def mean_lag(self) -> float:
        """Seconds."""
        return statistics.fmean(self.lags)

    @property
    def per_poll(self) -> float:
        """Milliseconds of this process, everything included."""
        return 1000 * self.cpu / self.polls

    def __str__(self) -> str:
        lags = sorted(self.lags)
        p95 = lags[int(len(lags) * 0.95)]
        return (
            f"{self.name:<11} {self.mean_lag:7.2f} {p95:7.2f} {lags[-1]:7.2f}"
            f" {self.polls / len(lags):7.1f} {self.per_poll:8.2f}"
            f" {self.cpu:7.1f} {self.rss:7d} {self.load:5.1f}"
        )


HEAD = (
    f"{'':<11} {'mean s':>7} {'p95 s':>7} {'max s':>7} {'polls':>7} {'ms/poll':>8}"
    f" {'CPU s':>7} {'RSS MiB':>7} {'load':>5}"
)


def main() -> None:
    """Run all three and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=40.0, help="median job time")
    parser.add_argument("--profile", action="store_true", help="of the learned run")
    parser.add_argument("--learned", action="store_true", help="only this run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, simulator(options.seconds) as url:
        set_up(folder, url)
        print(f"{options.takes} in flight, median {options.seconds:g} s\n{HEAD}")
        learned = with_sweep("learned", url, options, learned=True)
        print(learned, flush=True)
        if options.learned:
            return
        fixed = with_sweep("fixed 10 s", url, options, learned=False)
        print(fixed, flush=True)
        bare = asyncio.run(bare_loop(url, options.takes))
        print(bare)
        print(shares(learned, fixed, bare), flush=True)


def shares(learned: Cost, fixed: Cost, bare: Cost) -> str:
    """What is to be compared, in one line."""
    return (
        f"learned against fixed 10 s: {learned.polls / fixed.polls:.0%} of the calls,"
        f" {learned.mean_lag / fixed.mean_lag:.0%} of the lag;"
        f" CPU per poll {learned.per_poll / bare.per_poll:.1f} times the bare loop's"
    )


@contextmanager
def simulator(seconds: float) -> Iterator[str]:
    """The providers as another process; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    options = [f"--port={port}", "--clip=small", f"--seconds={seconds}"]
    command = [sys.executable, str(ROOT / "manage.py"), "simulate_providers", *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def set_up(folder: str, url: str) -> None:
    """Django on a fresh database in this folder, its provider on the simulator."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {
        "STUDIO_DATA": folder,
        "STUDIO_SECRET_KEY": "benchmark",
        "STUDIO_OUTBOUND_ALLOW": url.removeprefix("http://"),
        "VTRIX_BASE_URL": f"{url}/vtrix",
        "VTRIX_API_KEY": "sim-load",
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "STUDIO_LOG_LEVEL": "ERROR",
    }
    import django

    django.setup()
    from django.core.management import call_command

    (Path(folder) / "storage" / "incoming").mkdir(parents=True)
    call_command("migrate", verbosity=0)


def with_sweep(
    name: str, url: str, options: argparse.Namespace, *, learned: bool
) -> Cost:
    """Slices of the sweep until it has seen every job end."""
    from studio.models import AT_PROVIDER, Generation
    from studio.pipeline.sweep import Sweep

    fill(url, options.takes, options.seconds)
    cpu = time.process_time()
    profile = profiler() if options.profile and learned else None
    while Generation.objects.filter(status__in=AT_PROVIDER).exists():
        sweep = Sweep()
        if not learned:
            sweep.looks.schedules.times = every_ten_seconds  # type: ignore[method-assign]
        sweep.run(50, 1)
    cpu = time.process_time() - cpu
    if profile is not None:
        profile.disable()
        profile.print_stats("tottime")
    seen = dict(Generation.objects.values_list("operation_id", "finished_at"))
    jobs = paid(url)
    lags = [seen[job["id"]].timestamp() - job["ends_at"] for job in jobs]
    polls = sum(job["polls"] for job in jobs)
    return Cost(name=name, lags=lags, polls=polls, cpu=cpu, **machine())


def profiler() -> object:
    """A running profile of this thread."""
    import cProfile

    profile = cProfile.Profile()
    profile.enable()
    return profile


def every_ten_seconds(watched: object) -> Sequence[float]:
    """The simplest rule."""
    return [INTERVAL * n for n in range(1, 400)]


def fill(url: str, count: int, median: float) -> None:
    """Jobs at the provider, each with its row here, and a history."""
    from django.core.management import call_command

    from studio.models import Generation, Timing
    from tests.factories import make_generation, make_project, make_team, make_user

    call_command("flush", interactive=False, verbosity=0)
    start_over(url)
    project = make_project(make_team(make_user(f"alice{time.monotonic_ns()}")))
    take = make_generation(project, model=MODEL)
    chance = random.Random(7)
    durations = [chance.lognormvariate(math.log(median), SIGMA) for _ in range(50)]
    Timing.objects.create(key=take.timing_key(), durations=durations)
    jobs = asyncio.run(submit(url, count))
    rows = []
    for job, at in jobs:
        fields = {
            field.attname: getattr(take, field.attname)
            for field in Generation._meta.concrete_fields
            if not field.primary_key
        }
        fields |= {
            "status": "submitted",
            "operation_id": job,
            "submitted_at": at,
            "attempt": 1,
        }
        rows.append(Generation(**fields))
    take.delete()
    Generation.objects.bulk_create(rows, batch_size=200)


def start_over(url: str) -> None:
    """No jobs, and credit for as many as are wanted."""
    httpx.post(f"{url}/_control/reset")
    credit = {"provider": "vtrix", "key": "sim-load", "micro_usd": 10**12}
    httpx.post(f"{url}/_control/credit", json=credit)


async def submit(url: str, count: int) -> list[tuple[str, object]]:
    """Post the jobs; their ids, and when."""
    from django.utils import timezone

    limit = asyncio.Semaphore(CONNECTIONS)
    headers = {"Authorization": "Bearer sim-load"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:

        async def post() -> tuple[str, object]:
            async with limit:
                answer = await client.post(f"{url}/vtrix/{SUBMIT}", json=BODY)
                answer.raise_for_status()
                return find_id(answer.json()), timezone.now()

        return await asyncio.gather(*(post() for _ in range(count)))


SUBMIT = "model/v1/generation"


def find_id(body: dict[str, object]) -> str:
    """The job's id, inside an envelope or not."""
    inner = body.get("data", body)
    assert isinstance(inner, dict)
    return str(inner["id"])


async def bare_loop(url: str, count: int) -> Cost:
    """Look at each job every ten seconds, with the sweep's number of connections."""
    start_over(url)
    jobs = [job for job, _at in await submit(url, count)]
    seen: dict[str, float] = {}
    cpu = time.process_time()
    limits = httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=60)
    headers = {"Authorization": "Bearer sim-load"}
    clients = [
        httpx.AsyncClient(limits=limits, headers=headers, timeout=60)
        for _ in range(CLIENTS)
    ]
    turn = cycle(clients)
    free = asyncio.Semaphore(CLIENTS * CONNECTIONS)

    async def follow(job: str) -> None:
        while job not in seen:
            await asyncio.sleep(INTERVAL * random.uniform(0.9, 1.1))
            async with free:
                answer = await next(turn).get(f"{url}/vtrix/{SUBMIT}/task/{job}")
            if "completed" in answer.text:
                seen[job] = time.time()

    await asyncio.gather(*(follow(job) for job in jobs))
    for client in clients:
        await client.aclose()
    cpu = time.process_time() - cpu
    report = paid(url)
    lags = [seen[job["id"]] - job["ends_at"] for job in report]
    polls = sum(job["polls"] for job in report)
    return Cost(name="bare 10 s", lags=lags, polls=polls, cpu=cpu, **machine())


def paid(url: str) -> list[dict[str, object]]:
    """Every job as the simulator knows it."""
    return httpx.get(f"{url}/_control/paid", timeout=60).json()["jobs"]


def machine() -> dict[str, float]:
    """MiB that this process has in memory now, and how busy the machine is."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    mib = pages * resource.getpagesize() // 2**20
    return {"rss": mib, "load": os.getloadavg()[0]}


if __name__ == "__main__":
    main()
