"""Jobs, money and the clock.

A job is a row of numbers: when it was accepted, how long it waits and runs, how it
ends. Its state is worked out from the clock whenever somebody asks, so that ten
thousand jobs need no timer and no task.

Money is integer micro-USD (1 USD = 1_000_000). A job is charged when it is accepted;
one that fails gives the money back, as the vendors promise for failed jobs.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

State = Literal["queued", "running", "done", "failed"]
Fate = Literal["done", "failed", "refused", "stuck"]

QUEUE_SHARE = 0.2
"""The part of a job's time that it spends waiting for its turn."""
PACE = 0.04
"""Simulated seconds per second of the real model at speed 1."""
SHORTEST_SECONDS, LONGEST_SECONDS = 1.5, 10.0
SPREAD = 0.25
"""Sigma of the log-normal job time."""
USUAL_SECONDS = 90.0
"""What a real model takes where nothing is documented."""
DEFAULT_CREDIT = 1_000_000_000
"""Micro-USD that an unknown key starts with: 1,000 USD."""


class Clock:
    """Wall-clock time that tests can push forward."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        """Seconds since the epoch, as the simulator sees them."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Jump ahead; whoever waits for a time that has come, wakes."""
        self._ahead += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def until(self, when: float) -> None:
        """Wait for that moment."""
        while (left := when - self.now()) > 0:
            try:
                await asyncio.wait_for(self._moved.wait(), left)
            except TimeoutError:
                return


@dataclass(slots=True, eq=False)
class Clip:
    """What the video of a job should look like."""

    seconds: int = 5
    width: int = 640
    height: int = 360
    sound: bool = False
    start: str = ""
    end: str = ""
    """Names of the kept pictures that it begins and ends with."""


@dataclass(slots=True, eq=False)
class Job:
    """One accepted, and so paid, request for a video."""

    provider: str
    id: str
    key: str
    model: str
    prompt: str
    token: str
    """The caller's own mark: X-Client-Request-Id, Idempotency-Key or nothing."""
    created_at: float
    queue_seconds: float
    run_seconds: float
    cost: int
    seed: int
    dialect: str = ""
    """Which of the vendor's ways of asking was used."""
    negative_prompt: str = ""
    clip: Clip = field(default_factory=Clip)
    fate: Fate = "done"
    ignored: list[str] = field(default_factory=list)
    """Fields that were sent and that the model does not have."""
    refunded: bool = False
    polls: int = 0

    @property
    def running_at(self) -> float:
        """When it leaves the queue."""
        return self.created_at + self.queue_seconds

    @property
    def ends_at(self) -> float:
        """When it is done or has failed; never, for a stuck one."""
        return math.inf if self.fate == "stuck" else self.running_at + self.run_seconds

    def state(self, now: float) -> State:
        """Where it is at that moment."""
        if now < self.running_at:
            return "queued"
        if now < self.ends_at:
            return "running"
        return "done" if self.fate == "done" else "failed"

    def progress(self, now: float) -> float:
        """How much of the running is done, 0 to 1."""
        done = (now - self.running_at) / max(self.run_seconds, 0.001)
        return round(min(max(done, 0.0), 0.99), 2)

    def slow_down(self, factor: float) -> None:
        """Make it take that many times longer."""
        self.queue_seconds *= factor
        self.run_seconds *= factor


@dataclass(slots=True, eq=False)
class Pace:
    """How long jobs take: `speed` 2 halves all times, `seconds` fixes the median."""

    speed: float = 1.0
    seconds: float | None = None

    def draw(self, real_seconds: float, rng: random.Random) -> tuple[float, float]:
        """Queue and run time of one job of a model that really takes so long."""
        median = min(max(real_seconds * PACE, SHORTEST_SECONDS), LONGEST_SECONDS)
        if self.seconds is not None:
            median = self.seconds
        total = rng.lognormvariate(math.log(max(median, 1e-6)), SPREAD) / self.speed
        return total * QUEUE_SHARE, total * (1 - QUEUE_SHARE)


class JobBook:
    """All jobs and the money of all keys."""

    def __init__(self, state_file: Path | None = None) -> None:
        self._jobs: dict[tuple[str, str], Job] = {}
        self._credit: dict[tuple[str, str], int] = {}
        self._spent: dict[tuple[str, str], int] = {}
        self._state_file = state_file
        if state_file and state_file.exists():
            self._load(state_file)

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def add(self, job: Job) -> None:
        """Take a job and charge its key; on disk first, where there is a state file."""
        if self._state_file:
            with self._state_file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(job)) + "\n")
        self._enter(job)

    def find(self, provider: str, job_id: str, key: str | None = None) -> Job | None:
        """That job, if there is one and it is the key's own."""
        job = self._jobs.get((provider, job_id))
        return job if job and key in (None, job.key) else None

    def of_key(self, provider: str, key: str) -> list[Job]:
        """The key's jobs, newest first."""
        return [job for job in reversed(self._jobs.values()) if job.key == key]

    def balance(self, provider: str, key: str) -> int:
        """Micro-USD left; a key that starts with sim-broke never has any."""
        start = 0 if key.startswith("sim-broke") else DEFAULT_CREDIT
        account = provider, key
        return self._credit.get(account, start) - self._spent.get(account, 0)

    def set_balance(self, provider: str, key: str, micro_usd: int) -> None:
        """Give a key so much from now on."""
        account = provider, key
        self._credit[account] = micro_usd + self._spent.get(account, 0)

    def settle(self, job: Job, now: float) -> None:
        """Give the money of a failed job back, once."""
        if not job.refunded and job.state(now) == "failed":
            job.refunded = True
            self._spent[job.provider, job.key] -= job.cost

    def clear(self) -> None:
        """Forget everything; the state file is emptied too."""
        self._jobs.clear()
        self._credit.clear()
        self._spent.clear()
        if self._state_file:
            self._state_file.write_text("", encoding="utf-8")

    def _enter(self, job: Job) -> None:
        self._jobs[job.provider, job.id] = job
        account = job.provider, job.key
        self._spent[account] = self._spent.get(account, 0) + job.cost

    def _load(self, state_file: Path) -> None:
        for line in state_file.read_text(encoding="utf-8").splitlines():
            try:
                row: dict[str, Any] = json.loads(line)
            except ValueError:
                # The last line is torn if the process was killed while writing it.
                continue
            self._enter(Job(**{**row, "clip": Clip(**row["clip"])}))


def paid_report(jobs: Iterable[Job]) -> dict[str, object]:
    """Every paid job, and how often each provider, key, token and prompt was paid."""
    rows = [_paid_row(job) for job in jobs]
    groups: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows:
        names = ("provider", "key", "token", "prompt")
        mark = tuple(str(row[name]) for name in names)
        group = groups.setdefault(
            mark,
            dict(zip(names, mark, strict=True)) | {"count": 0, "cost": 0, "ids": []},
        )
        group["count"] += 1
        group["cost"] += row["cost"]
        group["ids"].append(row["id"])
    total = sum(row["cost"] for row in rows)
    return {
        "total": len(rows),
        "cost": total,
        "counts": list(groups.values()),
        "jobs": rows,
    }


def _paid_row(job: Job) -> dict[str, Any]:
    """One job as the paid report shows it; `cost` is micro-USD."""
    hidden = {"queue_seconds", "run_seconds", "clip"}
    row = {name: value for name, value in asdict(job).items() if name not in hidden}
    return row | {"ends_at": None if math.isinf(job.ends_at) else job.ends_at}
