"""Turns and limits: nobody's batch stands before another's single take."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.models import (
    Generation,
    LineSetting,
    Project,
    ProviderAccount,
    Status,
    Team,
    User,
)
from studio.pipeline import left_behind
from studio.pipeline.gates import Gate
from studio.pipeline.sweep import Sweep
from studio.pipeline.turns import MOST_AHEAD, Scan
from tests.factories import make_generation, make_project, make_team
from tests.pipeline.vendor import MODEL, Vendor

SLOW = "segmind:kling-3.0-video"


@pytest.fixture(autouse=True)
def account(db: None) -> ProviderAccount:
    """The installation's key, with room for many."""
    account = ProviderAccount(provider="vtrix", max_running=1000)
    account.set_secrets({"api_key": "sk-canary-0123456789"})
    account.save()
    return account


def order_of_turns(most: int) -> list[str]:
    """Whose takes a sweep would send, scan by scan, were each to run for ever."""
    names: list[str] = []
    while len(names) < most:
        scan = Scan(Gate(), Counter(), timezone.now())
        for head in scan.picks(1):
            take = Generation.objects.select_related("created_by").get(pk=head.pk)
            assert take.mark_submitting(now=scan.now, deadline=scan.now, account=None)
            assert take.created_by is not None
            names.append(take.created_by.name)
            scan.sent(head)
        scan.finish()
    return names


def batch(project: Project, user: User, number: int, **fields: str) -> None:
    """Takes asked for at once."""
    for _n in range(number):
        make_generation(project, user, model=MODEL, **fields)


def test_a_batch_does_not_stand_before_anothers_take(
    project: Project, alice: User, bob: User
) -> None:
    batch(project, alice, 40)
    batch(project, bob, 1)

    assert order_of_turns(3) == ["Alice", "Bob", "Alice"]


def test_people_of_a_team_take_turns(project: Project, alice: User, bob: User) -> None:
    batch(project, alice, 3)
    batch(project, bob, 2)

    assert order_of_turns(5) == ["Alice", "Bob", "Alice", "Bob", "Alice"]


def test_teams_take_turns_however_many_people_they_have(
    project: Project, alice: User, bob: User, charlie: User
) -> None:
    batch(project, alice, 3)
    batch(project, bob, 3)
    batch(Project.objects.get(name="Theirs"), charlie, 2)

    names = order_of_turns(4)

    assert Counter(names) == {"Alice": 1, "Bob": 1, "Charlie": 2}


def test_who_had_no_turn_for_long_gets_one_and_not_many(
    project: Project, alice: User, bob: User
) -> None:
    batch(project, alice, 6)
    order_of_turns(3)
    batch(project, bob, 3)

    assert order_of_turns(4) == ["Bob", "Alice", "Bob", "Alice"]


def test_it_sends_anothers_take_within_one_turn(
    sweep: Sweep, vendor: Vendor, project: Project, alice: User, bob: User
) -> None:
    batch(project, alice, 40, prompt="Hers")
    batch(project, bob, 1, prompt="His")

    sweep.sending.submit_queued()
    while sweep.network.running:
        sweep.outcomes.write(sweep.network.take(5))

    sent = [str(body) for body in vendor.submits]
    assert any("His" in body for body in sent[:2])


def test_it_draws_in_turns_too(
    sweep: Sweep, project: Project, alice: User, bob: User
) -> None:
    for _n in range(5):
        make_generation(project, alice)
    his = make_generation(project, bob)

    sweep.run_until_idle()

    his.refresh_from_db()
    assert his.status == Status.SUBMITTED
    started = Generation.objects.filter(status=Status.SUBMITTED)
    assert started.count() == MOST_AHEAD


@pytest.mark.parametrize("number", [20, 400])
def test_it_asks_the_database_as_often_for_many(
    number: int, project: Project, alice: User, bob: User
) -> None:
    batch(project, bob, 1)
    first = make_generation(project, alice, model=MODEL)
    copies = [clone(first) for _n in range(number)]
    Generation.objects.bulk_create(copies)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        scan = Scan(Gate(), Counter(), timezone.now())
        for head in scan.picks(8):
            scan.sent(head)
        scan.finish()

    assert len(queries) == 7


def clone(take: Generation) -> Generation:
    """Another one like it."""
    names = [f.attname for f in Generation._meta.concrete_fields if not f.primary_key]
    return Generation(**{name: getattr(take, name) for name in names})


def limits(team: Team | None, **fields: int) -> None:
    """What an admin has set."""
    setting = LineSetting.of(team.pk if team else None)
    LineSetting.objects.filter(pk=setting.pk).update(**fields)


@pytest.mark.parametrize(
    ("field", "words"),
    [("max_running", "of the team run"), ("max_running_each", "of one person run")],
)
def test_it_keeps_to_the_limits_of_a_team_and_says_so(
    sweep: Sweep, vendor: Vendor, project: Project, alice: User, field: str, words: str
) -> None:
    limits(project.team, **{field: 2})
    batch(project, alice, 5)

    sweep.run_until_idle(rounds=3)

    waiting = Generation.objects.filter(status=Status.QUEUED)
    assert len(vendor.submits) == 2
    assert waiting.count() == 3
    assert all(f"2 takes {words}" in take.wait_reason for take in waiting)


def test_a_persons_limit_holds_nobody_else_up(
    sweep: Sweep, project: Project, alice: User, bob: User
) -> None:
    limits(project.team, max_running_each=1)
    batch(project, alice, 5)
    batch(project, bob, 1)

    sweep.run_until_idle(rounds=3)

    running = Generation.objects.exclude(status=Status.QUEUED)
    assert {take.created_by for take in running} == {alice, bob}
    assert running.count() == 2


def test_a_full_account_holds_no_other_provider_up(
    sweep: Sweep, project: Project, alice: User, account: ProviderAccount
) -> None:
    ProviderAccount.objects.filter(pk=account.pk).update(max_running=1)
    batch(project, alice, 3)
    drawn = make_generation(project, alice)

    sweep.run_until_idle(rounds=3)

    drawn.refresh_from_db()
    assert drawn.status == Status.SUBMITTED


def test_the_installations_limits_hold_where_a_team_has_none(
    sweep: Sweep, vendor: Vendor, project: Project, alice: User
) -> None:
    limits(None, max_running=1)
    batch(project, alice, 3)

    sweep.run_until_idle(rounds=3)

    assert len(vendor.submits) == 1


def test_a_reason_goes_when_there_is_room(
    sweep: Sweep, vendor: Vendor, project: Project, alice: User
) -> None:
    limits(project.team, max_running=1)
    batch(project, alice, 3)
    sweep.run_until_idle(rounds=2)

    limits(project.team, max_running=2)
    sweep.run_until_idle(rounds=1)
    limits(project.team, max_running=20)
    sweep.run_until_idle(rounds=1)

    assert not Generation.objects.exclude(wait_reason="").exists()
    assert len(vendor.submits) == 3


def test_open_pages_see_why_a_take_waits(
    sweep: Sweep, project: Project, alice: User
) -> None:
    limits(project.team, max_running=1)
    batch(project, alice, 3)
    before = project.team.feed.version

    sweep.run_until_idle(rounds=2)

    waiting = Generation.objects.filter(status=Status.QUEUED)
    assert all(take.version > before for take in waiting)


def test_requests_that_take_minutes_take_turns_too(
    sweep: Sweep, project: Project, alice: User, bob: User
) -> None:
    key = ProviderAccount(provider="segmind", settings={"version": "v1"})
    key.set_secrets({"api_key": "sk-canary-0123456789"})
    key.save()
    slow = [make_generation(project, alice, model=MODEL) for _n in range(4)]
    slow.append(make_generation(project, bob, model=MODEL))
    for take in slow:
        entry = {**take.catalog_entry.entry}
        entry["transport"] = {**entry.get("transport", {}), "submit_timeout": 600}
        take.catalog_entry.entry = entry
        take.catalog_entry.save(update_fields=["entry"])

    sweep.run_until_idle(rounds=3)

    handed = Generation.objects.running(timezone.now())
    assert {take.created_by for take in handed} == {alice, bob}
    assert handed.count() == MOST_AHEAD
    assert left_behind.queue.waiting("submit") == MOST_AHEAD


def test_two_teams_keys_do_not_limit_each_other(
    sweep: Sweep,
    vendor: Vendor,
    project: Project,
    alice: User,
    account: ProviderAccount,
) -> None:
    ProviderAccount.objects.filter(pk=account.pk).update(max_running=1)
    second = make_project(make_team(alice, name="Second"))
    own = ProviderAccount(team=second.team, provider="vtrix", max_running=1)
    own.set_secrets({"api_key": "sk-canary-9876543210"})
    own.save()
    batch(project, alice, 2)
    batch(second, alice, 2)

    sweep.run_until_idle(rounds=3)

    assert len(vendor.submits) == 2
