"""Keys at providers: typed in, tested, changed, removed, never shown."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studio.models import Event, Project, ProviderAccount, Status, Team, User
from tests.conftest import ClientFor
from tests.factories import make_generation
from tests.segmind import KEY, serving


@pytest.fixture
def segmind(settings: Settings) -> Iterator[str]:
    """The address of a stand-in on this machine."""
    with serving() as pair:
        settings.OUTBOUND_ALLOW = [pair]
        yield f"http://{pair}"


@pytest.fixture
def client(client_for: ClientFor, team: Team, alice: User) -> Client:
    """Alice's browser."""
    return client_for(alice)


def values(address: str, **more: str) -> dict[str, str]:
    """The form as somebody fills it in."""
    return {
        "provider": "segmind",
        "api_key": KEY,
        "base_url": address,
        "max_running": "4",
        "is_active": "on",
        **more,
    }


def make_account(team: Team, **fields: Any) -> ProviderAccount:
    """A key of a team."""
    account = ProviderAccount(team=team, provider="segmind", **fields)
    account.set_secrets({"api_key": KEY})
    account.save()
    return account


def test_a_new_key_is_sealed_and_tested(
    client: Client, team: Team, segmind: str
) -> None:
    answer = client.post(reverse("account-create"), values(segmind), follow=True)

    account = ProviderAccount.objects.get()
    assert (account.team, account.is_valid, account.max_running) == (team, True, 4)
    assert account.secrets() == {"api_key": KEY}
    assert KEY not in account.sealed
    page = answer.content.decode()
    assert "••••abcd" in page
    assert "41.5" in page
    assert KEY not in page


def test_a_wrong_key_is_kept_and_said_to_be_wrong(client: Client, segmind: str) -> None:
    wrong = values(segmind, api_key="sk-canary-wrong-0000")

    answer = client.post(reverse("account-create"), wrong, follow=True)

    assert ProviderAccount.objects.get().is_valid is False
    assert "Refused" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"api_key": ""}, "Type the key in."),
        ({"provider": "globant", "base_url": ""}, "an address for each customer"),
        ({"oauth_token": "t"}, "needs the project"),
        ({"provider": "nobody"}, "Select a valid choice"),
        ({"base_url": "ftp://example.com"}, "must begin with https"),
        ({"base_url": "https://example.com:99999"}, "no usable port"),
        ({"base_url": "https://[::1"}, "no usable port"),
        ({"max_running": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_form_comes_back(
    client: Client, segmind: str, changes: dict[str, str], words: str
) -> None:
    answer = client.post(reverse("account-create"), values(segmind, **changes))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert KEY not in page
    assert not ProviderAccount.objects.exists()


def test_a_name_that_is_none_is_said_of_the_key(client: Client) -> None:
    sent = values("https://xn--0.example")

    page = client.post(reverse("account-create"), sent, follow=True).content.decode()

    assert "must look like https://api.example.com" in page
    assert ProviderAccount.objects.get().is_valid is False


def test_the_form_starts_with_the_provider_asked_for(client: Client) -> None:
    page = client.get(reverse("account-create"), {"provider": "vtrix"})

    assert '<option value="vtrix" selected>' in page.content.decode()


def test_an_empty_key_keeps_the_present_one(
    client: Client, team: Team, segmind: str
) -> None:
    account = make_account(team, base_url=segmind)

    client.post(
        reverse("account-edit", args=[account.pk]),
        values(segmind, api_key="", name="Main", max_running="9"),
    )

    account.refresh_from_db()
    assert (account.name, account.max_running) == ("Main", 9)
    assert account.secrets() == {"api_key": KEY}


def test_its_provider_stays(client: Client, team: Team, segmind: str) -> None:
    account = make_account(team, base_url=segmind)

    client.post(
        reverse("account-edit", args=[account.pk]), values(segmind, provider="vtrix")
    )

    account.refresh_from_db()
    assert account.provider == "segmind"


def test_the_key_never_comes_back(client: Client, team: Team) -> None:
    account = make_account(team)

    page = client.get(reverse("account-edit", args=[account.pk])).content.decode()

    assert KEY not in page


def test_it_is_tested_again(client: Client, team: Team, segmind: str) -> None:
    account = make_account(team, base_url=segmind, is_valid=False)

    answer = client.post(reverse("account-test", args=[account.pk]), follow=True)

    account.refresh_from_db()
    assert account.is_valid is True
    assert "knows this key" in answer.content.decode()


def test_a_silent_provider_proves_nothing(
    client: Client, team: Team, settings: Settings
) -> None:
    settings.OUTBOUND_ALLOW = ["127.0.0.1:9"]
    account = make_account(team, base_url="http://127.0.0.1:9")

    client.post(reverse("account-test", args=[account.pk]))

    account.refresh_from_db()
    assert account.is_valid is None


def test_it_is_removed(client: Client, team: Team) -> None:
    account = make_account(team)

    client.post(reverse("account-delete", args=[account.pk]))

    assert not ProviderAccount.objects.exists()
    assert Event.objects.get(verb="account.removed").data["provider"] == "segmind"


def test_it_stays_while_takes_run_with_it(
    client: Client, team: Team, project: Project
) -> None:
    account = make_account(team)
    make_generation(project, status=Status.PROCESSING, account=account)

    answer = client.post(reverse("account-delete", args=[account.pk]), follow=True)

    assert ProviderAccount.objects.exists()
    assert "Takes still run with this key" in answer.content.decode()


@pytest.mark.parametrize("name", ["account-edit", "account-test", "account-delete"])
def test_other_keys_are_not_there(
    client: Client, charlie: User, name: str, project: Project
) -> None:
    theirs = make_account(charlie.memberships.get().team)
    for_all = ProviderAccount.objects.create(provider="vtrix")

    for pk in (theirs.pk, for_all.pk, uuid.uuid4()):
        assert client.post(reverse(name, args=[pk])).status_code == 404

    assert ProviderAccount.objects.count() == 2
