"""The catalog against the providers' own lists, in the admin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studio.models import Event, ModelSetting, ProviderAccount, User
from tests.conftest import ClientFor
from tests.segmind import KEY, serving

NEW = "new|segmind:brand-new-video"
PAGE = "admin:studio_modelsetting_refresh"


@pytest.fixture
def lists(settings: Settings, db: None) -> Iterator[None]:
    """Segmind has a list, and every other provider is silent."""
    with serving() as pair:
        settings.OUTBOUND_ALLOW = [pair]
        for slug in ProviderAccount.Provider.values:
            account = ProviderAccount(provider=slug, base_url=f"http://{pair}/{slug}")
            account.set_secrets(
                {"api_key": KEY if slug == "segmind" else "canary-wrong"}
            )
            account.save()
        yield


def test_the_list_leads_to_it(client: Client, db: None) -> None:
    page = client.get(reverse("admin:studio_modelsetting_changelist"))

    assert reverse(PAGE) in page.content.decode()


def test_it_shows_what_is_new_and_what_has_ended(client: Client, lists: None) -> None:
    page = client.get(reverse(PAGE)).content.decode()

    assert NEW in page
    assert "No longer listed" in page
    assert '|segmind:veo-2"' not in page  # still there, as the catalog says
    assert KEY not in page
    assert not ModelSetting.objects.exists()


def test_it_takes_over_what_is_ticked_alone(
    client: Client, lists: None, operator: User
) -> None:
    answer = client.post(
        reverse(PAGE), {"change": [NEW, "new|segmind:not-on-the-list"]}, follow=True
    )

    setting = ModelSetting.objects.get()
    assert (setting.key, setting.is_new, setting.team) == (
        "segmind:brand-new-video",
        True,
        None,
    )
    assert "1 change was taken over." in answer.content.decode()
    assert Event.objects.get(verb="catalog.taken_over").actor == operator


def test_what_was_taken_over_is_new_no_more(client: Client, lists: None) -> None:
    client.post(reverse(PAGE), {"change": [NEW]})

    assert NEW not in client.get(reverse(PAGE)).content.decode()


def test_it_is_for_staff(client_for: ClientFor, alice: User) -> None:
    answer = client_for(alice).get(reverse(PAGE))

    assert answer.status_code == 302
