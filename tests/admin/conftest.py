"""An operator, and rows of every kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.models import (
    Attempt,
    Budget,
    CatalogEntry,
    Comment,
    Decision,
    Delivery,
    Event,
    FailureRule,
    Fault,
    FileCheck,
    FileProblem,
    Generation,
    Heartbeat,
    Invitation,
    Lease,
    LineSetting,
    ModelSetting,
    Notice,
    Outage,
    ProviderAccount,
    Role,
    Status,
    Team,
    Timing,
    Turn,
    User,
    Webhook,
    ledger,
)
from tests.factories import (
    make_asset,
    make_generation,
    make_project,
    make_share_link,
    make_user,
)

Fill = Callable[[int], None]
STATES = (Status.COMPLETED, Status.FAILED, Status.PROCESSING)


@pytest.fixture
def operator(db: None) -> User:
    """May do everything in Django admin, and is in no team."""
    return make_user("operator", is_staff=True, is_superuser=True)


@pytest.fixture
def client(operator: User) -> Client:
    """The operator's browser."""
    client = Client()
    client.force_login(operator)
    return client


def fill(number: int) -> None:
    """So many rows of every model, each with relations of its own."""
    for n in range(number):
        owner = make_user(f"person-{number}-{n}")
        team = Team.create(f"Team {number}-{n}", owner)
        project = make_project(team, created_by=owner)
        account = ProviderAccount.objects.create(team=team, provider="vtrix")
        take = make_generation(
            project,
            owner,
            status=STATES[n % 3],
            account=account,
            files=STATES[n % 3] == Status.COMPLETED,
        )
        picture = make_asset(team, owner)
        take.inputs.create(asset=picture, role="start_image")
        FileProblem.objects.create(asset=picture, kind="missing")
        FileCheck.objects.create(finished_at=timezone.now())
        Attempt.objects.create(
            generation=take, n=1, token=f"{number}-{n}", deadline=timezone.now()
        )
        fill_review(take, owner)
        ledger.reserve([take], timezone.localdate())
        Generation.objects.filter(pk=take.pk).update(billed="unknown")
        ledger.close(Generation.objects.get(pk=take.pk))
        Budget.objects.create(team=team, person=owner, limit=1, since=date.min)
        Event.record(
            "generation.queued",
            team=team,
            project=project,
            generation=take,
            actor=owner,
        )
        owner.identities.create(issuer="https://a.example", subject=f"{number}-{n}")
        project.choose_people([owner], is_private=True)
        Invitation.make(
            team, f"guest-{n}@example.org", Role.VIEWER, by=owner, now=timezone.now()
        )
        ModelSetting.objects.create(team=team, provider="vtrix", model=f"m{n}")
        Timing.add(f"animatic:animatic|{number}|{n}", 4.0)
        CatalogEntry.objects.create(
            digest=f"{number:032d}{n:032d}", provider="vtrix", model="m", entry={}
        )
        webhook = Webhook.objects.create(team=team, url="https://hooks.example/")
        notice = Notice.objects.create(
            team=team,
            generation=take,
            user=owner,
            status=take.status,
            at=timezone.now(),
        )
        Delivery.objects.create(
            kind=Delivery.Kind.WEBHOOK,
            webhook=webhook,
            notice=notice,
            next_at=timezone.now(),
        )
        FailureRule.objects.create(
            slug=f"rule-{number}-{n}",
            codes="odd",
            cause=f"person-{number}-{n}",
            fault=Fault.PROVIDER,
            next_step="Retry.",
        )
        now = timezone.now()
        Heartbeat.objects.create(queue=f"q{number}-{n}", at=now)
        Lease.objects.create(
            name=f"lease{number}-{n}", owner="me", until=now + timedelta(minutes=1)
        )
        LineSetting.of(team.pk)
        Turn.take([(team.pk, owner.pk, now)])
        Outage.note_failure("vtrix", account.pk, "Down.", sent_at=now, now=now)


def fill_review(take: Generation, owner: User) -> None:
    """What was said of a take, and a link to it."""
    now = timezone.now()
    comment = Comment.say(take, "<b>Slower</b>", author=owner, now=now)
    comment.mentions.create(user=owner)
    take.verdicts.create(decision=Decision.APPROVED, author=owner)
    make_share_link(take.project, owner, takes=[take])


@pytest.fixture
def rows() -> Fill:
    """Makes rows of every model."""
    return fill
