"""The log of telling people and webhooks: looked at, and tried again."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from studio.models import Delivery, Project, Team, Webhook

HOOK = "https://hooks.example/in?token=abc"


@pytest.fixture
def lost(team: Team, project: Project) -> Delivery:
    """A call that was given up."""
    return Delivery.objects.create(
        kind=Delivery.Kind.WEBHOOK,
        webhook=Webhook.objects.create(team=team, url=HOOK),
        state=Delivery.State.GIVEN_UP,
        attempts=9,
        next_at=timezone.now(),
        said="It answered with a refusal.",
        http_status=500,
    )


def test_the_log_says_what_came_of_it_without_the_whole_address(
    client: Client, lost: Delivery
) -> None:
    page = client.get(reverse("admin:studio_delivery_changelist")).content.decode()

    assert "It answered with a refusal." in page
    assert "hooks.example" in page
    assert "token=abc" not in page


def test_what_was_given_up_is_tried_again(client: Client, lost: Delivery) -> None:
    values = {"action": "try_again", "_selected_action": [str(lost.pk)]}

    client.post(reverse("admin:studio_delivery_changelist"), values)

    lost.refresh_from_db()
    assert (lost.state, lost.attempts) == (Delivery.State.WAITING, 0)
    assert OrmQ.objects.get().task["kwargs"] == {"delivery_id": str(lost.pk)}


def test_what_arrived_is_not_sent_again(client: Client, lost: Delivery) -> None:
    Delivery.objects.update(state=Delivery.State.SENT)
    values = {"action": "try_again", "_selected_action": [str(lost.pk)]}

    client.post(reverse("admin:studio_delivery_changelist"), values)

    lost.refresh_from_db()
    assert lost.state == Delivery.State.SENT
    assert not OrmQ.objects.exists()
