"""Two at once: threads with a connection each, on one database.

Each race asserts what must be so whoever is first. They run in processes of their own,
several times on one installation.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from studio import catalog, queue
from studio.media.storage import sha256_of
from studio.models import (
    Attempt,
    Generation,
    Lease,
    Order,
    Project,
    ProviderAccount,
    Status,
    User,
)
from studio.pipeline import cancel, create, left_behind, settle, submit
from studio.pipeline.collect import collect_generation
from studio.pipeline.network import Outcome
from studio.pipeline.sweep import Sweep
from studio.providers.base import Operation
from tests.factories import make_generation, make_project, make_team, make_user
from tests.media.clips import make_clip
from tests.pipeline.vendor import MODEL, Vendor

URL = "https://files.example.com/a.mp4"


@dataclass
class Studio:
    """Somebody, a project, and a provider that the team has a key for."""

    bob: User
    project: Project
    vendor: Vendor

    def take(self, **fields: Any) -> Generation:
        """A take of the provider's model."""
        return make_generation(self.project, self.bob, model=MODEL, **fields)

    def collecting(self) -> Generation:
        """A take whose video waits at the provider."""
        return self.take(status=Status.COLLECTING, results=[{"url": URL}], options={})


def run(race: Callable[[Studio], None], times: int) -> None:
    """Run one race several times."""
    bob = make_user("bob")
    project = make_project(make_team(bob))
    account = ProviderAccount(team=project.team, provider="vtrix")
    account.set_secrets({"api_key": "sk-canary-0123456789"})
    account.save()
    for _time in range(times):
        race(Studio(bob, project, Vendor()))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all together; what each returned. Raises what one of them raised."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)
    errors: list[Exception] = []

    def act_in_thread(number: int, act: Callable[[], Any]) -> None:
        connection.ensure_connection()
        start.wait(60)
        try:
            results[number] = act()
        except Exception as error:  # raised again below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=act_in_thread, args=pair) for pair in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if errors:
        raise errors[0]
    return results


@contextmanager
def sweeps(vendor: Vendor, count: int) -> Iterator[list[Sweep]]:
    """Sweeps that all believe to hold the lease."""
    several = [Sweep(transport=vendor.transport) for _ in range(count)]
    try:
        yield several
    finally:
        for sweep in several:
            sweep.close()


def fresh(take: Generation) -> Generation:
    """Another process's view of a take."""
    return Generation.objects.select_related("prompt", "catalog_entry").get(pk=take.pk)


def verbs(take: Generation) -> list[str]:
    """The steps it made."""
    return [event.verb for event in take.events.order_by("id")]


@cache
def clip(seconds: float) -> bytes:
    """A whole little video."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        return make_clip(path, size=(64, 36), seconds=seconds).read_bytes()


# Races


def a_form_sent_twice(studio: Studio) -> None:
    order = Order(
        model=catalog.get_model("animatic"),
        mode="text_to_video",
        prompt="A lighthouse",
        takes=2,
        form_key=uuid4().hex,
    )

    def send() -> set[Any]:
        takes = create.create_takes(order, user=studio.bob, project=studio.project)
        return {take.pk for take in takes}

    first, second = at_once(send, send)

    assert first == second
    assert len(first) == 2
    assert Generation.objects.filter(prompt__form_key=order.form_key).count() == 2


def two_claims(studio: Studio) -> None:
    take = studio.take()
    mine, theirs = fresh(take), fresh(take)

    claims = at_once(
        lambda: submit.claim(mine, timezone.now()),
        lambda: submit.claim(theirs, timezone.now()),
    )

    assert sum(claim is not None for claim in claims) == 1
    assert Attempt.objects.filter(generation=take).count() == 1


def two_sweeps(studio: Studio) -> None:
    takes = [studio.take() for _ in range(6)]
    studio.vendor.on_poll = studio.vendor.done
    studio.vendor.on_submit = lambda: httpx.Response(
        200, json={"id": uuid4().hex, "status": "in_progress"}
    )

    with sweeps(studio.vendor, 2) as (mine, theirs):
        at_once(
            lambda: mine.run_until_idle(rounds=6),
            lambda: theirs.run_until_idle(rounds=6),
        )

    assert len(studio.vendor.submits) == len(takes)
    for take in takes:
        assert fresh(take).status == Status.COLLECTING
        assert verbs(take).count("generation.collecting") == 1


def four_for_a_lease(studio: Studio) -> None:
    Lease.objects.all().delete()
    now = timezone.now()

    taken = at_once(
        *(lambda name=name: Lease.take("sweep", name, now) for name in "abcd")
    )

    assert sorted(taken) == [False, False, False, True]


def a_cancel_and_the_claim(studio: Studio) -> None:
    take = studio.take()
    mine, theirs = fresh(take), fresh(take)

    _claim, done = at_once(
        lambda: submit.claim(theirs, timezone.now()),
        lambda: cancel.cancel_take(mine, user=studio.bob),
    )

    take.refresh_from_db()
    assert done is True
    assert take.status in {Status.CANCELED, Status.SUBMITTING}
    assert (take.status == Status.CANCELED) == (not take.attempts.exists())


def a_cancel_and_the_finish(studio: Studio) -> None:
    take = make_generation(studio.project, studio.bob, status=Status.PROCESSING)
    mine, theirs = fresh(take), fresh(take)

    finished, canceled = at_once(
        lambda: theirs.mark_collecting([], now=timezone.now()),
        lambda: cancel.cancel_take(mine, user=studio.bob),
    )

    take.refresh_from_db()
    assert {finished, canceled} == {True, False}
    assert take.status == (Status.CANCELED if canceled else Status.COLLECTING)


def a_cancel_and_a_no(studio: Studio) -> None:
    """Canceled in the air, and turned away: it must not wait in the line for ever."""
    take = studio.take()

    def refuse() -> httpx.Response:
        at_once(lambda: cancel.cancel_take(fresh(take), user=studio.bob))
        return httpx.Response(429, json={"message": "slow down"})

    studio.vendor.on_submit = refuse
    with sweeps(studio.vendor, 1) as (sweep,):
        sweep.run_until_idle(rounds=2)

    assert fresh(take).status == Status.CANCELED
    assert len(studio.vendor.submits) == 1


def two_people_settle(studio: Studio) -> None:
    for first in DECISIONS:
        for second in DECISIONS:
            settle_both(studio, first, second)


DECISIONS: dict[str, Callable[[Generation, User], bool]] = {
    "it_exists": lambda t, user: settle.it_exists(t, f"op-{t.pk}", user=user),
    "it_does_not": lambda t, user: settle.it_does_not(t, user=user),
    "send_again": lambda t, user: settle.send_again(t, user=user),
}


def settle_both(studio: Studio, first: str, second: str) -> None:
    """One decides this, the other that: one of them is heard."""
    take = studio.take()
    submit.claim(fresh(take), timezone.now())
    fresh(take).mark_unknown("The answer was lost.", now=timezone.now())
    mine, theirs = fresh(take), fresh(take)

    results = at_once(
        lambda: DECISIONS[first](mine, studio.bob),
        lambda: DECISIONS[second](theirs, studio.bob),
    )

    assert sorted(results) == [False, True]
    decision = take.events.get(verb="generation.settled").data["decision"]
    assert decision == (first if results[0] else second)
    outcome = take.attempts.get().outcome
    assert outcome == ("accepted" if decision == "it_exists" else "settled")


def a_late_answer_and_a_decision(studio: Studio) -> None:
    """The answer comes, among others, while somebody settles the take."""
    take, other = studio.take(), studio.take()
    late = submit.claim(take, timezone.now())
    usual = submit.claim(other, timezone.now())
    assert late is not None and usual is not None
    fresh(take).mark_unknown("The answer was lost.", now=timezone.now())
    theirs = fresh(take)
    answers = [Operation(id=f"a-{other.pk}"), Operation(id=f"a-{take.pk}")]

    with sweeps(studio.vendor, 1) as (sweep,):
        at_once(
            lambda: sweep.outcomes.write(
                [Outcome(usual, value=answers[0]), Outcome(late, value=answers[1])]
            ),
            lambda: settle.send_again(theirs, user=studio.bob),
        )

    assert fresh(other).status == Status.SUBMITTED
    assert take.attempts.get(n=1).operation_id == f"a-{take.pk}"  # never lost
    assert fresh(take).status in {Status.SUBMITTED, Status.QUEUED}


def a_late_answer_and_the_reaper(studio: Studio) -> None:
    take = studio.take()
    submission = submit.claim(fresh(take), timezone.now())
    assert submission is not None
    theirs = fresh(take)

    at_once(
        lambda: submit.accept(
            submission.generation, Operation(id=f"op-{take.pk}"), timezone.now()
        ),
        lambda: submit.reap(theirs, timezone.now()),
    )

    take.refresh_from_db()
    assert (take.status, take.operation_id) == (Status.SUBMITTED, f"op-{take.pk}")
    assert take.attempts.get().outcome == "accepted"


def serving(content: bytes, asked: list[str]) -> httpx.MockTransport:
    """A file host."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=content)

    return httpx.MockTransport(answer)


def check_files(take: Generation) -> None:
    """Whole, and one of each."""
    files = list(take.assets.all())
    assert sorted(asset.kind for asset in files) == sorted(
        ["video", "poster", "poster_small", "preview"]
    )
    for asset in files:
        assert sha256_of(asset.full_path) == (asset.sha256, asset.size)


def three_collects(studio: Studio) -> None:
    asked: list[str] = []
    take = studio.collecting()

    def collect() -> None:
        collect_generation(str(take.pk), serving(clip(0.5), asked))

    at_once(collect, collect, collect)

    assert len(asked) == 1
    assert verbs(take).count("generation.completed") == 1
    check_files(take)


def a_collect_that_was_overtaken(studio: Studio) -> None:
    """It slept through its lease, and what it fetched is another file."""
    take = studio.collecting()

    def overtake(request: httpx.Request) -> httpx.Response:
        Generation.objects.filter(pk=take.pk).update(lease_until=None)
        collect_generation(str(take.pk), serving(clip(0.5), []))
        connections.close_all()
        return httpx.Response(200, content=clip(1.0))

    transport = httpx.MockTransport(lambda request: on_a_thread(overtake, request))
    collect_generation(str(take.pk), transport)

    assert fresh(take).status == Status.COMPLETED
    check_files(take)
    assert not list(Path(settings.INCOMING_DIR).glob(f"{take.pk}*"))


def on_a_thread(act: Callable[..., Any], *given: Any) -> Any:
    """Away from the event loop, where rows must not be touched."""
    return at_once(lambda: act(*given))[0]


def a_delete_and_the_collect(studio: Studio) -> None:
    take = studio.collecting()

    _none, deleted = at_once(
        lambda: collect_generation(str(take.pk), serving(clip(0.5), [])),
        lambda: fresh(take).delete_softly(now=timezone.now()),
    )

    take.refresh_from_db()
    assert deleted
    assert take.deleted_at is not None and take.status == Status.COMPLETED
    check_files(take)


def a_revival_and_a_full_queue(studio: Studio) -> None:
    """What waits in the line already is not put there again and again."""
    ago = timezone.now() - left_behind.ABANDONED * 2
    for _take in range(5):
        Generation.objects.filter(pk=studio.collecting().pk).update(status_at=ago)

    for _round in range(10):
        left_behind.revive_abandoned(timezone.now())

    assert queue.waiting("collect") <= left_behind.MOST_WAITING


RACES: dict[Callable[[Studio], None], int] = {
    a_form_sent_twice: 5,
    two_claims: 5,
    two_sweeps: 2,
    four_for_a_lease: 5,
    a_cancel_and_the_claim: 5,
    a_cancel_and_the_finish: 5,
    a_cancel_and_a_no: 1,
    two_people_settle: 1,
    a_late_answer_and_a_decision: 5,
    a_late_answer_and_the_reaper: 5,
    three_collects: 1,
    a_collect_that_was_overtaken: 1,
    a_delete_and_the_collect: 1,
    a_revival_and_a_full_queue: 1,
}
