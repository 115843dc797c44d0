"""A team's webhooks: typed in, tried, changed, removed; the secret never comes out."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ
from pytest_django import Settings

from studio.models import Delivery, Event, Team, User, Webhook
from tests.conftest import ClientFor

SECRET = "hook-canary-0123456789"  # noqa: S105  (of nobody)
HERE = "http://127.0.0.1:8099/in?token=abc"


@pytest.fixture
def owner(client_for: ClientFor, team: Team, alice: User, settings: Settings) -> Client:
    """Alice's browser; one address inside the network is allowed."""
    settings.OUTBOUND_ALLOW = ["127.0.0.1:8099"]
    return client_for(alice)


@pytest.fixture
def hook(owner: Client, team: Team) -> Webhook:
    """A webhook that was typed in."""
    values = {"url": HERE, "secret": SECRET, "is_active": "on"}
    assert owner.post(reverse("webhook-create"), values).status_code == 302
    return Webhook.objects.get(team=team)


def test_it_is_added_with_its_secret_encrypted(
    owner: Client, hook: Webhook, alice: User
) -> None:
    assert hook.secret() == SECRET
    assert SECRET not in hook.sealed
    event = Event.objects.get(verb="webhook.added")
    assert (event.actor, event.data["host"]) == (alice, "127.0.0.1")
    assert "token" not in str(event.data)


def test_the_secret_never_comes_out(owner: Client, hook: Webhook) -> None:
    for address in (
        reverse("team"),
        reverse("webhook-edit", args=[hook.pk]),
    ):
        assert SECRET not in owner.get(address).content.decode()
    wrong = owner.post(reverse("webhook-create"), {"url": "x", "secret": SECRET})
    assert wrong.status_code == 422
    assert SECRET not in wrong.content.decode()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://127.0.0.1/", "not a public address"),
        ("https://10.1.2.3/", "not a public address"),
        ("https://[::1]/", "not a public address"),
        ("https://8.8.8.8:22/", "only the ports 80 and 443"),
        ("http://8.8.8.8/", "must begin with https"),
        ("https://alice:secret@8.8.8.8/", "password"),
        ("ftp://8.8.8.8/", "Enter a valid URL"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused(
    owner: Client, url: str, why: str
) -> None:
    answer = owner.post(
        reverse("webhook-create"), {"url": url, "secret": SECRET, "is_active": "on"}
    )

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Webhook.objects.exists()


def test_a_secret_is_needed_and_long_enough(owner: Client) -> None:
    for secret in ("", "short"):
        values = {"url": HERE, "secret": secret}
        assert owner.post(reverse("webhook-create"), values).status_code == 422


def test_another_address_needs_the_secret_anew(owner: Client, hook: Webhook) -> None:
    address = reverse("webhook-edit", args=[hook.pk])
    other = "http://127.0.0.1:8099/other"

    assert owner.post(address, {"url": other, "secret": ""}).status_code == 422
    kept = owner.post(address, {"url": HERE, "secret": ""})  # only switched off

    assert kept.status_code == 302
    hook.refresh_from_db()
    assert (hook.is_active, hook.secret(), hook.url) == (False, SECRET, HERE)


BAD = "https://10.1.2.3/"
KEPT = "The secret that you typed is kept"


@pytest.fixture
def refused(owner: Client) -> Client:
    """Alice's browser, after a good secret and an address that is refused."""
    values = {"url": BAD, "secret": SECRET, "is_active": "on"}
    answer = owner.post(reverse("webhook-create"), values)
    assert answer.status_code == 422
    assert KEPT in answer.content.decode()
    assert SECRET not in answer.content.decode()
    return owner


def test_a_refused_address_does_not_cost_the_secret(refused: Client) -> None:
    again = refused.post(reverse("webhook-create"), {"url": "x", "secret": ""})
    assert (again.status_code, KEPT in again.content.decode()) == (422, True)

    done = refused.post(reverse("webhook-create"), {"url": HERE, "secret": ""})

    assert done.status_code == 302
    assert Webhook.objects.get().secret() == SECRET
    assert SECRET not in str(dict(refused.session))
    assert "webhook-secret" not in str(dict(refused.session))


def test_it_is_kept_sealed_and_only_for_this_form(refused: Client) -> None:
    assert "webhook-secret" in str(dict(refused.session))
    assert SECRET not in str(dict(refused.session))

    refused.get(reverse("webhook-create"))  # begun anew
    answer = refused.post(reverse("webhook-create"), {"url": HERE, "secret": ""})

    assert answer.status_code == 422
    assert "Type a secret in." in answer.content.decode()


def test_another_secret_that_is_typed_counts(refused: Client) -> None:
    other = "hook-canary-another-one"

    short = refused.post(reverse("webhook-create"), {"url": HERE, "secret": "short"})
    assert (short.status_code, KEPT in short.content.decode()) == (422, False)
    refused.post(reverse("webhook-create"), {"url": HERE, "secret": other})

    assert Webhook.objects.get().secret() == other


def test_a_kept_secret_is_of_no_use_to_another_webhook(
    owner: Client, hook: Webhook
) -> None:
    owner.post(reverse("webhook-create"), {"url": BAD, "secret": "canary-of-another-0"})
    other = {"url": "http://127.0.0.1:8099/other", "secret": ""}

    answer = owner.post(reverse("webhook-edit", args=[hook.pk]), other)

    assert answer.status_code == 422


def test_a_webhook_moves_with_the_secret_of_a_refused_try(
    owner: Client, hook: Webhook
) -> None:
    address = reverse("webhook-edit", args=[hook.pk])
    owner.post(address, {"url": BAD, "secret": "hook-canary-for-later"})

    owner.post(address, {"url": "http://127.0.0.1:8099/other", "secret": ""})

    hook.refresh_from_db()
    assert hook.url == "http://127.0.0.1:8099/other"
    assert hook.secret() == "hook-canary-for-later"


def test_what_cannot_be_read_any_more_is_typed_again(
    refused: Client, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    answer = refused.post(reverse("webhook-create"), {"url": HERE, "secret": ""})

    assert "Type a secret in." in answer.content.decode()


def test_a_trial_is_sent_by_the_queue(owner: Client, hook: Webhook) -> None:
    OrmQ.objects.all().delete()

    page = owner.post(reverse("webhook-test", args=[hook.pk]), follow=True)

    assert "Trial" in page.content.decode()
    delivery = Delivery.objects.get()
    assert (delivery.webhook, delivery.notice) == (hook, None)
    assert OrmQ.objects.get().task["kwargs"] == {"delivery_id": str(delivery.pk)}


def test_it_is_removed(owner: Client, hook: Webhook) -> None:
    owner.post(reverse("webhook-delete", args=[hook.pk]))

    assert not Webhook.objects.exists()
    assert Event.objects.filter(verb="webhook.removed").exists()


def test_other_teams_do_not_find_it(
    client_for: ClientFor, hook: Webhook, charlie: User
) -> None:
    client = client_for(charlie)

    assert client.get(reverse("webhook-edit", args=[hook.pk])).status_code == 404
    assert client.post(reverse("webhook-test", args=[hook.pk])).status_code == 404
