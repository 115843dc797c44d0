"""A provider that is down is left alone, asked once at a time, and never stormed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import httpx
import pytest
from django.utils import timezone

from studio.models import Generation, Outage, Project, ProviderAccount, Status, User
from studio.pipeline.gates import MISSES, PROBE_TIMEOUT
from studio.pipeline.sweep import Sweep
from studio.pipeline.turns import POSTS_PER_PROVIDER
from tests.factories import make_generation
from tests.pipeline.vendor import MODEL, Vendor

BACK = timedelta(minutes=12)  # longer than any pause


class Clock:
    """Now, and as much later as a test says."""

    def __init__(self) -> None:
        self.start = timezone.now()
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """The time."""
        return self.start + self.ahead

    def go_to(self, moment: datetime) -> None:
        """Let time pass."""
        self.ahead = moment - self.start


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def sweep(vendor: Vendor, clock: Clock) -> Iterator[Sweep]:
    """A sweep that speaks with it."""
    sweep = Sweep(transport=vendor.transport, clock=clock)
    yield sweep
    sweep.close()


@pytest.fixture(autouse=True)
def account(project: Project) -> ProviderAccount:
    """The team's key."""
    account = ProviderAccount(team=project.team, provider="vtrix", max_running=1000)
    account.set_secrets({"api_key": "sk-canary-0123456789"})
    account.save()
    return account


def nobody_there() -> Exception:
    """A provider that is down."""
    return httpx.ConnectError("nobody there")


def wait_out(sweep: Sweep, clock: Clock) -> None:
    """Until the pause ends, and a few scans then."""
    clock.go_to(Outage.objects.get().paused_until + timedelta(milliseconds=1))
    sweep.run_until_idle(rounds=3)


def queue_up(project: Project, user: User, number: int) -> None:
    """Many takes at once."""
    first = make_generation(project, user, model=MODEL)
    names = [f.attname for f in Generation._meta.concrete_fields if not f.primary_key]
    values = {name: getattr(first, name) for name in names}
    Generation.objects.bulk_create(Generation(**values) for _n in range(number - 1))


def test_it_asks_once_when_each_pause_ends(
    sweep: Sweep, vendor: Vendor, clock: Clock, project: Project, bob: User
) -> None:
    queue_up(project, bob, 200)
    vendor.on_submit = nobody_there

    sweep.run_until_idle(rounds=3)
    first = len(vendor.submits)
    ends = [Outage.objects.get().paused_until]
    for _pause in range(8):
        before = len(vendor.submits)
        wait_out(sweep, clock)
        assert len(vendor.submits) == before + 1
        ends.append(Outage.objects.get().paused_until)

    assert first <= POSTS_PER_PROVIDER
    pauses = [(b - a).total_seconds() for a, b in pairwise(ends)]
    assert all(b > a * 1.5 for a, b in pairwise(pauses[:4]))
    assert max(pauses) <= 660


def test_it_ramps_up_when_it_is_well_again(
    sweep: Sweep, vendor: Vendor, clock: Clock, project: Project, bob: User
) -> None:
    queue_up(project, bob, 80)
    vendor.on_submit = nobody_there
    sweep.run_until_idle(rounds=2)
    vendor.on_submit = vendor.accept
    before = len(vendor.submits)

    clock.go_to(Outage.objects.get().paused_until + timedelta(milliseconds=1))
    sweep.sending.submit_queued()
    alone = sweep.network.running
    while sweep.network.running:
        sweep.outcomes.write(sweep.network.take(5))
    sweep.sending.submit_queued()
    then = sweep.network.running

    assert (alone, then) == (1, 2)
    for _scan in range(30):
        clock.ahead += timedelta(seconds=5)
        while sweep.network.running:
            sweep.outcomes.write(sweep.network.take(5))
        sweep.sending.submit_queued()
    assert len(vendor.submits) > before + 70
    assert not Outage.objects.exists()


def test_it_says_why_they_wait(
    sweep: Sweep, vendor: Vendor, clock: Clock, project: Project, bob: User
) -> None:
    queue_up(project, bob, 20)
    vendor.on_submit = nobody_there

    sweep.run_until_idle(rounds=3)

    waiting = Generation.objects.filter(status=Status.QUEUED)
    assert waiting.count() == 20
    assert all("could not be reached" in take.wait_reason for take in waiting)


def test_it_looks_at_nothing_either(
    sweep: Sweep, vendor: Vendor, clock: Clock, project: Project, bob: User
) -> None:
    for _n in range(30):
        make_generation(project, bob, model=MODEL, status=Status.PROCESSING)
    Generation.objects.update(account=ProviderAccount.objects.get())
    vendor.on_poll = nobody_there
    sweep.looks.find_running()
    sweep.run_until_idle(rounds=1)
    polls = len(vendor.polls)

    sweep.run_until_idle(rounds=3)
    assert len(vendor.polls) == polls

    wait_out(sweep, clock)
    assert len(vendor.polls) == polls + 1
    running = Generation.objects.filter(status=Status.PROCESSING)
    assert all("could not be reached" in take.wait_reason for take in running)


def test_a_look_asks_before_a_submit_does(
    sweep: Sweep, vendor: Vendor, clock: Clock, project: Project, bob: User
) -> None:
    make_generation(project, bob, model=MODEL, status=Status.PROCESSING)
    Generation.objects.update(account=ProviderAccount.objects.get())
    queue_up(project, bob, 5)
    vendor.on_submit = vendor.on_poll = nobody_there
    sweep.run_until_idle(rounds=2)
    submits, polls = len(vendor.submits), len(vendor.polls)

    wait_out(sweep, clock)

    assert (len(vendor.submits), len(vendor.polls)) == (submits, polls + 1)


def test_one_failed_look_is_one_failed_look(
    sweep: Sweep, vendor: Vendor, project: Project, bob: User
) -> None:
    make_generation(project, bob, model=MODEL, status=Status.PROCESSING)
    vendor.on_poll = nobody_there
    sweep.looks.find_running()

    sweep.run_until_idle(rounds=MISSES - 1)

    assert not Outage.objects.exists()


def test_trouble_of_one_take_stops_no_other(
    sweep: Sweep, vendor: Vendor, project: Project, bob: User
) -> None:
    make_generation(project, bob, model=MODEL, status=Status.PROCESSING)
    vendor.on_poll = lambda: httpx.Response(500, text="oops")

    sweep.run_until_idle(rounds=MISSES + 3)

    assert not Outage.objects.exists()


def test_it_pauses_as_long_as_it_is_told(
    sweep: Sweep, vendor: Vendor, clock: Clock, project: Project, bob: User
) -> None:
    queue_up(project, bob, 5)
    headers = {"Retry-After": "1800"}
    vendor.on_submit = lambda: httpx.Response(429, headers=headers, json={})

    sweep.run_until_idle(rounds=3)

    assert Outage.objects.get().paused_until > clock() + timedelta(seconds=1700)


def test_another_account_goes_on(
    sweep: Sweep,
    vendor: Vendor,
    project: Project,
    bob: User,
    charlie: User,
    account: ProviderAccount,
) -> None:
    other = ProviderAccount(provider="vtrix")
    other.set_secrets({"api_key": "sk-canary-9876543210"})
    other.save()
    key = Outage.key_for("vtrix", account.pk)
    now = timezone.now()
    Outage.note_failure("vtrix", account.pk, "Down.", sent_at=now, now=now)
    queue_up(project, bob, 3)
    theirs = make_generation(Project.objects.get(name="Theirs"), charlie, model=MODEL)

    sweep.run_until_idle(rounds=2)

    theirs.refresh_from_db()
    assert theirs.status == Status.PROCESSING
    assert len(vendor.submits) == 1
    assert Outage.objects.get().key == key


def test_what_was_in_the_air_makes_no_pause_longer(account: ProviderAccount) -> None:
    now = timezone.now()
    sent_at = now - timedelta(seconds=5)

    for _answer in range(4):
        Outage.note_failure("vtrix", account.pk, "Down.", sent_at=sent_at, now=now)

    assert Outage.objects.get().pause_count == 1


def test_a_dead_worker_does_not_keep_the_question(account: ProviderAccount) -> None:
    now = timezone.now()
    Outage.note_failure("vtrix", account.pk, "Down.", sent_at=now, now=now)
    outage, later = Outage.objects.get(), now + BACK
    assert outage.take_probe(now=later, timeout=PROBE_TIMEOUT)

    other = Outage.objects.get()
    assert other.allowed(later) == 0
    assert not other.take_probe(now=later, timeout=PROBE_TIMEOUT)
    assert other.allowed(later + BACK) == 1


def test_an_outage_right_after_one_pauses_for_longer(account: ProviderAccount) -> None:
    now = timezone.now()
    Outage.note_failure("vtrix", account.pk, "Down.", sent_at=now, now=now)
    well = now + BACK
    Outage.objects.get().note_success(sent_at=well, now=well)

    soon, late = well + timedelta(seconds=5), well + timedelta(hours=1)
    Outage.note_failure("vtrix", account.pk, "Down.", sent_at=soon, now=soon)
    assert Outage.objects.get().pause_count == 2

    Outage.objects.get().note_success(sent_at=soon + BACK, now=soon + BACK)
    Outage.note_failure("vtrix", account.pk, "Down.", sent_at=late, now=late)
    assert Outage.objects.get().pause_count == 1


def test_a_slice_that_ends_leaves_the_question_to_the_next(
    sweep: Sweep, clock: Clock, project: Project, bob: User
) -> None:
    account = ProviderAccount.objects.get()
    make_generation(
        project, bob, model=MODEL, status=Status.PROCESSING, account=account
    )
    now = clock()
    Outage.note_failure("vtrix", account.pk, "Down.", sent_at=now, now=now)
    clock.ahead += BACK
    sweep.gate.load(clock())
    sweep.looks.find_running()
    [watched] = sweep.looks.watched.values()
    assert sweep.looks.look(watched)
    assert Outage.objects.get().probe_until

    sweep.gate.give_back()

    assert Outage.objects.get().probe_until is None


def test_a_key_that_was_tested_and_works_is_asked_at_once(
    sweep: Sweep, vendor: Vendor, clock: Clock, project: Project, bob: User
) -> None:
    account = ProviderAccount.objects.get()
    now = clock() - timedelta(seconds=5)
    Outage.note_failure("vtrix", account.pk, "Down.", sent_at=now, now=now)
    take = make_generation(project, bob, model=MODEL)

    Outage.end_pause(account, now=now)
    sweep.run_until_idle(rounds=2)

    take.refresh_from_db()
    assert take.status == Status.PROCESSING
