"""Everything the simulator knows: its settings, jobs, money, faults, files and log."""

from __future__ import annotations

import itertools
import random
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.simulator.clips import ClipKind, ClipStore
from studio.simulator.faults import Fault, FaultBox, Occasion, Stage
from studio.simulator.files import FileName, Signer
from studio.simulator.jobs import (
    Clip,
    Clock,
    Fate,
    Job,
    JobBook,
    Pace,
    State,
    paid_report,
)
from studio.simulator.pictures import start_and_end
from studio.simulator.wire import Request, mask_headers

KEPT_BODY_BYTES = 4000
EXPIRED_SECONDS_AGO = 60
UPLOAD_LIFE_SECONDS = 7 * 86400
FATES: dict[str, Fate] = {"failed": "failed", "refused": "refused", "stuck": "stuck"}


@dataclass(frozen=True, slots=True)
class Settings:
    """How this simulator behaves."""

    seed: int = 0
    speed: float = 1.0
    """2 halves all times; 0.04 is about what the real models take."""
    seconds: float | None = None
    """The median time of every job, where it should not follow the model."""
    clip: ClipKind = "animatic"
    short_side: int = 360
    """The most pixels that the short side of a drawn clip has."""
    strict: bool = False
    """Refuse fields that a model does not have, rather than ignore them."""
    url_life: int | None = None
    """Seconds that links hold, where it should not follow the vendor."""
    state: Path | None = None
    """JSON lines of paid jobs, so that a restarted simulator still knows them."""
    kept_requests: int = 500


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for, as far as it can be read before it is checked."""

    key: str
    model: str
    prompt: str
    values: dict[str, Any]
    """The model's own fields."""
    token: str = ""
    dialect: str = ""


@dataclass(slots=True, eq=False)
class Plan:
    """An order that was checked and found good: what the job will be."""

    id: str
    cost: int
    """Micro-USD."""
    real_seconds: float
    """What the real model usually takes."""
    clip: Clip = field(default_factory=Clip)
    seed: int | None = None
    negative_prompt: str = ""
    ignored: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class View:
    """What one answer tells about a job."""

    state: State
    progress: float = 0.0
    word: str = ""
    """A status word to say instead of the vendor's own."""
    links: list[str] = field(default_factory=list)
    inline: bool = False
    """Whether the video itself is wanted in the answer."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was given to a vendor's upload service."""

    content: bytes
    kind: str


@dataclass(slots=True, eq=False)
class Logged:
    """One request as it came in; it is only made readable when somebody asks."""

    at: float
    provider: str
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    body_bytes: int
    status: int = 0

    @classmethod
    def of(cls, request: Request, provider: str, now: float) -> Logged:
        """Keep what is worth it: of a large body only the beginning."""
        return cls(
            now,
            provider,
            request.method,
            request.target,
            request.headers,
            request.body[:KEPT_BODY_BYTES],
            len(request.body),
        )

    def shown(self) -> dict[str, object]:
        """The request for the control API, secrets masked."""
        row = {name: getattr(self, name) for name in self.__slots__}
        body = self.body.decode("utf-8", "replace")
        return row | {"headers": mask_headers(self.headers), "body": body}


class World:
    """One simulated outside world, shared by all vendors; lives in one event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock()
        self.jobs = JobBook(settings.state)
        self.faults = FaultBox()
        self.signer = Signer(f"simulator {settings.seed}")
        self.clips = ClipStore(settings.clip)
        self.uploads: dict[str, Upload] = {}
        self.log: deque[Logged] = deque(maxlen=settings.kept_requests)
        self._pace = Pace(settings.speed, settings.seconds)
        # The jobs of an earlier life must not get their ids a second time.
        self.rng = random.Random(f"{settings.seed} {len(self.jobs)}")
        self._numbers = itertools.count(1)

    def accept(self, provider: str, path: str, order: Order, plan: Plan) -> Job:
        """Make the planned job and charge it."""
        queue, run = self._pace.draw(plan.real_seconds, self.rng)
        start, end = start_and_end(order.values)
        plan.clip.start = self.clips.keep_picture(start)
        plan.clip.end = self.clips.keep_picture(end)
        job = Job(
            provider,
            plan.id,
            order.key,
            order.model,
            order.prompt,
            order.token,
            self.clock.now(),
            queue,
            run,
            plan.cost,
            seed=next(self._numbers) if plan.seed is None else plan.seed,
            dialect=order.dialect,
            negative_prompt=plan.negative_prompt,
            clip=plan.clip,
            ignored=plan.ignored,
        )
        self._decide_fate(job, path, job.prompt)
        self.jobs.add(job)
        if job.fate == "done":
            self.clips.prepare(job)
        return job

    def submit_fault(self, provider: str, path: str, order: Order) -> Fault | None:
        """The fault that strikes a submit, before it is checked."""
        scope = "\n".join((provider, order.key, order.prompt))
        text = "\n".join((path, order.key, order.model, order.prompt))
        return self.faults.take(Occasion(provider, "submit", scope, order.prompt, text))

    def job_fault(self, job: Job, stage: Stage, path: str) -> Fault | None:
        """The fault that strikes when somebody asks for this job."""
        if stage != "download":
            self._decide_fate(job, path, "")
        return self.faults.take(self._occasion(job, stage, path, job.prompt))

    def look(
        self, job: Job, fault: Fault | None, origin: str, url_life: float
    ) -> View | None:
        """What an answer tells about a job; None where it is not known."""
        now = self.clock.now()
        job.polls += 1
        self.jobs.settle(job, now)
        view = View(job.state(now), job.progress(now))
        if view.state == "done":
            self.clips.prepare(job)
            self._add_links(view, job, fault, origin, url_life)
        if fault is None or fault.kind != "view":
            return view
        return self._twisted(view, fault)

    def link(self, job: Job, origin: str, life: float, variant: int = 0) -> str:
        """A signed link to the job's video that holds for `life` seconds."""
        if self.settings.url_life is not None and life > 0:
            life = self.settings.url_life
        name = FileName(job.provider, job.id, variant)
        return self.signer.link(origin, name, self.clock.now() + life)

    def keep_upload(self, upload: Upload, origin: str) -> str:
        """Keep a file and give a link to it."""
        name = f"{self.rng.getrandbits(64):016x}"
        self.uploads[name] = upload
        until = self.clock.now() + UPLOAD_LIFE_SECONDS
        return self.signer.link(origin, FileName("", "", upload=name), until)

    def paid(self) -> dict[str, object]:
        """The report of all paid jobs, money given back included."""
        for job in self.jobs:
            self.jobs.settle(job, self.clock.now())
        return paid_report(self.jobs)

    def reset(self) -> None:
        """Forget jobs, money, faults, uploads and the log."""
        self.jobs.clear()
        self.faults.clear()
        self.uploads.clear()
        self.log.clear()

    def _decide_fate(self, job: Job, path: str, prompt: str) -> None:
        for fault in self.faults.take_fates(self._occasion(job, "poll", path, prompt)):
            if fault.name == "slow":
                job.slow_down(fault.seconds)
            elif fault.name == "done-at-once":
                job.slow_down(0)
            else:
                job.fate = FATES[fault.name]

    def _occasion(self, job: Job, stage: Stage, path: str, prompt: str) -> Occasion:
        if not self.faults.is_watchful and "[fault:" not in prompt:
            return Occasion(job.provider, stage, job.id, "", "")
        text = "\n".join((path, job.key, job.model, job.prompt, job.id))
        return Occasion(job.provider, stage, job.id, prompt, text)

    def _add_links(
        self, view: View, job: Job, fault: Fault | None, origin: str, url_life: float
    ) -> None:
        name = fault.name if fault else ""
        life = -EXPIRED_SECONDS_AGO if name == "expired-url" else url_life
        count = 3 if name == "several-results" else 1
        if fault and name == "private-url":
            view.links = [fault.value]
        elif name != "done-without-url":
            view.links = [self.link(job, origin, life, at) for at in range(count)]

    def _twisted(self, view: View, fault: Fault) -> View | None:
        if fault.name == "forgotten":
            return None
        if fault.name == "unknown-status":
            return View(view.state, view.progress, word=fault.value)
        if fault.name == "status-back":
            return View("queued")
        view.inline = fault.name == "inline-result"
        return view
