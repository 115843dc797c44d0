"""What a restored database may not simply go on with."""

from __future__ import annotations

from django.utils import timezone

from studio.keeping.reopen import reopen
from studio.models import Delivery, Notice, Outage, Project, Status, User, Webhook
from tests.factories import make_generation


def test_it_calls_nobody_once_more(project: Project, bob: User) -> None:
    now = timezone.now()
    take = make_generation(project, bob, status=Status.FAILED)
    notice = Notice.objects.create(
        team=project.team, generation=take, user=bob, status=Status.FAILED, at=now
    )
    hook = Webhook.objects.create(team=project.team, url="https://hooks.example/")
    delivery = Delivery.objects.create(
        kind=Delivery.Kind.WEBHOOK, webhook=hook, notice=notice, next_at=now
    )

    reopen(now)

    delivery.refresh_from_db()
    notice.refresh_from_db()
    assert delivery.state == Delivery.State.GIVEN_UP
    assert notice.spread_at is not None


def test_it_knows_nothing_of_who_was_down_then(project: Project) -> None:
    now = timezone.now()
    Outage.note_failure("vtrix", None, "Down.", sent_at=now, now=now)

    reopen(now)

    assert not Outage.objects.exists()
