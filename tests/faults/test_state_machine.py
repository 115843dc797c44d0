"""Any order of pressing, polling, crashing, canceling, deleting and settling.

The provider counts what it was paid for. Whatever happens in whatever order, a take is
paid for at most once per word of a person, its job is never forgotten, it ends whole or
says why, and each of its steps is one that may be made.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from itertools import count, pairwise
from pathlib import Path

import httpx
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from studio import catalog, faults
from studio.media.storage import sha256_of
from studio.models import (
    Attempt,
    Feed,
    Generation,
    Order,
    Outage,
    ProviderAccount,
    Status,
    ledger,
    ledger_check,
)
from studio.pipeline import cancel, create, left_behind, line, pause, replace, settle
from studio.pipeline.collect import collect_generation
from studio.pipeline.sweep import Sweep
from tests.factories import make_generation, make_project, make_team, make_user
from tests.media.clips import make_clip
from tests.money import PRICE, counters, make_budget
from tests.pipeline.vendor import MODEL

MOST_TAKES = 4
QUIET = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),  # shrinking takes minutes
    suppress_health_check=list(HealthCheck),
)
ANSWERS = st.sampled_from(["accept", "accept", "lost", "refuse", "busy", "away"])
POINTS = st.sampled_from(
    [
        "submit.claiming",
        "submit.claimed",
        "submit.answered",
        "submit.accepted",
        "sweep.committed",
        "poll.looking",
        "poll.answered",
        "poll.collecting_marked",
    ]
)
COLLECT_POINTS = st.sampled_from(
    ["collect.claimed", "collect.fetched", "collect.video_placed", "collect.placed"]
)
STEPS = {
    "queued": {"submitting", "canceled", "failed"},
    "submitting": {"submitted", "queued", "unknown", "failed"},
    "unknown": {"submitted", "queued", "failed"},
    "submitted": {"processing", "collecting", "failed", "canceled"},
    "processing": {"collecting", "failed", "canceled"},
    "collecting": {"completed", "failed", "processing"},
}
CLIP: list[bytes] = []  # drawn once


class Crash(BaseException):
    """The process ends here."""


class Provider:
    """Takes jobs, counts them, and answers as it was told to."""

    def __init__(self) -> None:
        self.next = "accept"
        self.jobs: dict[str, str] = {}  # id -> prompt
        self.ends: dict[str, str] = {}  # id -> done or failed
        self.video = b"no video"
        self.numbers = count(1)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """One request, whoever asks."""
        if request.url.host.startswith("files"):
            return httpx.Response(200, content=self.video)
        if request.method == "GET":
            return self.tell(request.url.path.rpartition("/")[2])
        return self.take(request.content.decode())

    def take(self, body: str) -> httpx.Response:
        """A submit; what was told comes true once."""
        told, self.next = self.next, "accept"
        if told == "away":
            raise httpx.ConnectError("nobody there")
        if told == "refuse":
            return httpx.Response(422, json={"message": "no"})
        if told == "busy":
            return httpx.Response(429, json={"message": "later"})
        job = f"job-{next(self.numbers)}"
        found = re.search(r"wish \d+", body)
        assert found is not None
        self.jobs[job] = found[0]
        if told == "lost":
            raise httpx.ReadTimeout("no answer")
        return httpx.Response(200, json={"id": job, "status": "in_progress"})

    def tell(self, job: str) -> httpx.Response:
        """How a job stands."""
        end = self.ends.get(job, "in_progress")
        body: dict[str, object] = {"id": job, "status": end}
        if end == "completed":
            url = f"https://files.example.com/{job}.mp4"
            body["output"] = [{"content": [{"type": "video", "url": url}]}]
        return httpx.Response(200, json=body)


class Life(RuleBasedStateMachine):
    """Takes of one project, whatever happens to them."""

    takes = Bundle("takes")

    @initialize()
    def open_studio(self) -> None:
        """A project with a key, in a transaction that is rolled back at the end."""
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.bob = make_user("bob")
        self.project = make_project(make_team(self.bob))
        account = ProviderAccount(team=self.project.team, provider="vtrix")
        account.set_secrets({"api_key": "sk-canary-0123456789"})
        account.save()
        self.budget = make_budget(self.project.team, self.bob, limit=10**12)
        self.provider = Provider()
        self.again: Counter[str] = Counter()  # prompt -> times a person said so
        self.given_up: set[str] = set()  # prompts that a person said are not there
        self.version = 0
        self.whole_collects = 0
        self.sweep = self.new_sweep()

    def new_sweep(self) -> Sweep:
        """A worker's life begins."""
        return Sweep(transport=httpx.MockTransport(self.provider))

    # What people do

    @precondition(lambda self: Generation.objects.count() < MOST_TAKES)
    @rule(target=takes)
    def press(self) -> Generation:
        """A new take."""
        wish = f"wish {Generation.objects.count() + 1}"
        take = make_generation(
            self.project, self.bob, model=MODEL, prompt=wish, estimate=PRICE
        )
        ledger.reserve([take], timezone.localdate())
        return take

    @rule(take=takes)
    def cancel(self, take: Generation) -> None:
        """Stop it."""
        cancel.cancel_take(seen(take), user=self.bob)

    @rule(take=takes)
    def delete(self, take: Generation) -> None:
        """Take it from the pages."""
        seen(take).delete_softly(now=timezone.now())

    @precondition(lambda self: Generation.objects.count() < MOST_TAKES)
    @rule(take=takes)
    def retry(self, take: Generation) -> None:
        """The same once more, where that is offered; it is a take of its own."""
        if seen(take).can_be_retried:
            again = create.retry_take(
                seen(take), user=self.bob, accepts_unknown_price=True
            )
            again.prompt.text = f"wish {Generation.objects.count()}"
            again.prompt.save(update_fields=["text"])

    @precondition(lambda self: Generation.objects.count() < MOST_TAKES)
    @rule(take=takes)
    def edit(self, take: Generation) -> None:
        """Other words in its place, where it still waits."""
        wish = f"wish {Generation.objects.count() + 1}"
        model = catalog.get_model(MODEL)
        order = Order(model=model, mode="text_to_video", prompt=wish)
        with suppress(replace.SentMeanwhile):
            replace.replace_take(seen(take), order, user=self.bob)

    @rule(take=takes, where=st.sampled_from(line.MOVES))
    def move(self, take: Generation, where: str) -> None:
        """Change places among what waits."""
        line.move(seen(take), where, user=self.bob)

    @rule(is_paused=st.booleans())
    def pause(self, is_paused: bool) -> None:
        """Let nothing new go, or let it."""
        act = pause.pause if is_paused else pause.resume
        act(self.project.team, user=self.bob)

    @rule(take=takes, decision=st.sampled_from(["exists", "not", "again"]))
    def settle(self, take: Generation, decision: str) -> None:
        """Say what became of it, in earnest: they looked."""
        take, wish = seen(take), take.prompt.text
        job = next((j for j, w in self.provider.jobs.items() if w == wish), "")
        with suppress(settle.CannotSettle):  # taken already, or deleted
            if decision == "exists" and job:
                settle.it_exists(take, job, user=self.bob)
            elif decision == "not" and settle.it_does_not(take, user=self.bob):
                self.given_up.add(wish)
            elif decision == "again" and settle.send_again(take, user=self.bob):
                self.again[wish] += 1

    # What the world does

    @rule(answer=ANSWERS)
    def decide(self, answer: str) -> None:
        """How the provider takes the next request."""
        self.provider.next = answer

    @rule(is_well=st.booleans())
    def end_jobs(self, is_well: bool) -> None:
        """What runs at the provider ends."""
        for job in self.provider.jobs:
            self.provider.ends.setdefault(job, "completed" if is_well else "failed")

    @rule()
    def pass_time(self) -> None:
        """Pauses, leases and deadlines run out."""
        step = timedelta(minutes=15)
        for name in ("lease_until", "submit_deadline", "not_before", "status_at"):
            Generation.objects.update(**{name: F(name) - step})
        for name in ("paused_until", "probe_until", "recovered_at"):
            Outage.objects.update(**{name: F(name) - step})

    # What the machine does

    @rule()
    def work(self) -> None:
        """A sweep, as far as it goes."""
        left_behind.reap_lost(timezone.now())
        self.sweep.run_until_idle(rounds=2)

    @rule(point=POINTS)
    def crash(self, point: str) -> None:
        """A sweep that dies on its way, and the next one."""
        with crashing_at(point), suppress(Crash):
            self.sweep.run_until_idle(rounds=2)
        self.sweep.close()
        self.sweep = self.new_sweep()

    @rule(take=takes)
    def collect(self, take: Generation) -> None:
        """A whole video once in each life; it takes a while to look at one."""
        self.provider.video = b"no video" if self.whole_collects else CLIP[0]
        if seen(take).status == Status.COLLECTING:
            self.whole_collects += 1
        collect_generation(str(take.pk), httpx.MockTransport(self.provider))

    @precondition(lambda self: self.whole_collects < 1)
    @rule(take=takes, point=COLLECT_POINTS)
    def crash_collecting(self, take: Generation, point: str) -> None:
        """A collect that dies on its way."""
        self.provider.video = CLIP[0]
        if seen(take).status == Status.COLLECTING:
            self.whole_collects += 1
        with crashing_at(point), suppress(Crash):
            collect_generation(str(take.pk), httpx.MockTransport(self.provider))

    # What must be so

    @invariant()
    def is_paid_once(self) -> None:
        """Once, and once more for each word of a person."""
        for wish, paid in Counter(self.provider.jobs.values()).items():
            assert paid <= 1 + self.again[wish], f"{wish} was paid {paid} times"
            rows = Attempt.objects.filter(generation__prompt__text=wish)
            assert paid <= rows.count()

    @invariant()
    def forgets_no_job(self) -> None:
        """Each job is linked, or its take says that nobody knows."""
        for job, wish in self.provider.jobs.items():
            take = Generation.objects.get(prompt__text=wish)
            known = {take.operation_id, *take.attempts.values_list("operation_id")}
            is_open = take.status in {Status.SUBMITTING, Status.UNKNOWN}
            is_known = job in known or (job,) in known
            assert is_known or is_open or wish in self.given_up or self.again[wish]

    @invariant()
    def shows_whole_files_alone(self) -> None:
        """A completed take has its four files; no other has any."""
        for take in Generation.objects.prefetch_related("assets"):
            files = list(take.assets.all())
            assert len(files) == (4 if take.status == Status.COMPLETED else 0)
            for asset in files:
                assert sha256_of(asset.full_path) == (asset.sha256, asset.size)

    @invariant()
    def makes_allowed_steps(self) -> None:
        """Each step is one event, and may follow the one before."""
        for take in Generation.objects.all():
            verbs = take.events.order_by("id").values_list("verb", flat=True)
            words = [verb.removeprefix("generation.") for verb in verbs]
            states = ["queued", *(word for word in words if word in set(Status))]
            states = states[1:] if states[1:2] == ["queued"] else states
            for before, after in pairwise(states):
                assert after in STEPS[before], states
            assert states[-1] == take.status

    @invariant()
    def keeps_the_books(self) -> None:
        """What is open is held, what has ended is charged or released, once."""
        assert ledger_check.wrong(self.project.team) == []
        open_takes = Generation.objects.open().exclude(estimate=None)
        assert counters(self.budget)[1] == open_takes.count() * PRICE

    @invariant()
    def raises_the_feed(self) -> None:
        """A page that has seen a version misses nothing."""
        version = Feed.objects.get(team=self.project.team).version
        assert version >= self.version
        self.version = version

    def teardown(self) -> None:
        """Left alone for a day, everything comes to an end."""
        try:
            self.come_to_rest()
        finally:
            self.sweep.close()
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def come_to_rest(self) -> None:
        """All that is open ends, or waits for a person."""
        self.provider.next, self.provider.video = "accept", b"no video"
        pause.resume(self.project.team, user=self.bob)
        for _round in range(8):
            self.end_jobs(is_well=True)
            self.pass_time()
            self.work()
            for take in Generation.objects.filter(status=Status.COLLECTING):
                collect_generation(str(take.pk), httpx.MockTransport(self.provider))
        assert not Generation.objects.in_flight().exists()
        self.is_paid_once()
        self.forgets_no_job()
        self.makes_allowed_steps()
        self.keeps_the_books()


class crashing_at:  # noqa: N801  (reads as a word)
    """The named point raises, in this process."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        faults.point = self.die

    def __exit__(self, *_: object) -> None:
        faults.point = faults.nothing

    def die(self, name: str) -> None:
        """Pass a point."""
        if name == self.name:
            raise Crash


def seen(take: Generation) -> Generation:
    """A take as a page shows it now."""
    return Generation.objects.select_related("prompt").get(pk=take.pk)


def test_no_order_of_things_breaks_a_promise(db: None, tmp_path: Path) -> None:
    CLIP[:] = [make_clip(tmp_path / "a.mp4", size=(64, 36), seconds=0.5).read_bytes()]

    run_state_machine_as_test(Life, settings=QUIET)
