"""The team's page: members, keys, models on and off."""

from __future__ import annotations

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from studio import catalog
from studio.models import (
    Event,
    ModelSetting,
    Project,
    ProviderAccount,
    Status,
    Team,
    User,
    offered_models,
)
from studio.pipeline.credentials import account_for
from tests.conftest import ClientFor
from tests.factories import make_generation

MODEL = "vtrix:veo_31_fast"


def page_for(client_for: ClientFor, user: User) -> str:
    """The page's HTML."""
    answer = client_for(user).get(reverse("team"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_sees_the_members(
    client_for: ClientFor, team: Team, victor: User
) -> None:
    page = page_for(client_for, victor)

    for words in ("Alice", "Bob", "Victor", "Owner", "Editor", "Viewer"):
        assert words in page


@pytest.mark.parametrize(("who", "can"), [("alice", True), ("bob", False)])
def test_keys_and_models_are_for_admins(
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    team: Team,
    who: str,
    can: bool,
) -> None:
    page = page_for(client_for, request.getfixturevalue(who))

    assert ("Provider keys" in page) is can
    assert ("Veo 3.1" in page) is can


def test_it_shows_keys_and_what_runs_with_them(
    client_for: ClientFor, team: Team, project: Project, alice: User
) -> None:
    account = ProviderAccount(team=team, provider="vtrix", max_running=3)
    account.set_secrets({"api_key": "vt-canary-0123456789-wxyz"})
    account.save()
    for status in (Status.PROCESSING, Status.SUBMITTING, Status.COMPLETED):
        make_generation(project, status=status, account=account)

    page = page_for(client_for, alice)

    assert "••••wxyz" in page
    assert "2 / 3" in page
    assert "vt-canary-0123456789" not in page


def test_it_says_which_of_two_keys_is_not_used(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    old, new = (
        ProviderAccount.objects.create(team=team, provider="vtrix", name=name)
        for name in ("Old", "New")
    )
    ProviderAccount.objects.create(team=team, provider="segmind")
    words = "Not used: an older key counts first."

    row = page_for(client_for, alice).partition(f'id="key-{new.pk}"')
    assert words not in row[0]
    assert row[2].count(words) == 1
    assert account_for(team.pk, "vtrix") == old

    old.is_active = False
    old.save()
    assert words not in page_for(client_for, alice)
    assert account_for(team.pk, "vtrix") == new


def test_it_names_the_default_keys(
    client_for: ClientFor, team: Team, alice: User, settings: Settings
) -> None:
    settings.PROVIDER_DEFAULTS = {
        "segmind": {"base_url": "", "api_key": "sk-canary-env"}
    }
    ProviderAccount.objects.create(provider="vtrix", hint="qqqq")

    page = page_for(client_for, alice)

    assert page.count("The installation's default key") == 2
    assert "from its environment" in page
    assert "sk-canary-env" not in page
    assert "qqqq" not in page


def test_an_address_alone_is_no_key(
    client_for: ClientFor, team: Team, alice: User, settings: Settings
) -> None:
    settings.PROVIDER_DEFAULTS = {"segmind": {"base_url": "https://a.example"}}

    assert "default key" not in page_for(client_for, alice)


def test_it_shows_no_key_of_another_team(
    client_for: ClientFor, team: Team, alice: User, charlie: User
) -> None:
    ProviderAccount.objects.create(
        team=charlie.memberships.get().team, provider="vtrix", name="Charlie's key"
    )

    assert "Charlie" not in page_for(client_for, alice)


def test_it_asks_the_database_as_often_for_many_keys(
    client_for: ClientFor,
    team: Team,
    alice: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _n in range(10):
        ProviderAccount.objects.create(team=team, provider="vtrix")
        ModelSetting.objects.create(
            team=team, provider="vtrix", model=f"m{_n}", is_new=True
        )
    client = client_for(alice)

    with django_assert_num_queries(9):
        client.get(reverse("team"))


# Models on and off


def is_offered(team: Team) -> bool:
    """Whether the composer has the model."""
    return MODEL in {model.key for model in offered_models(team.pk)}


def test_a_model_goes_off_and_on(
    client_for: ClientFor, team: Team, alice: User, charlie: User
) -> None:
    client = client_for(alice)

    client.post(reverse("model-switch"), {"off": MODEL})
    assert not is_offered(team)
    assert is_offered(charlie.memberships.get().team)

    client.post(reverse("model-switch"), {"on": MODEL})
    assert is_offered(team)
    assert ModelSetting.objects.count() == 1
    assert Event.objects.filter(verb="model.changed", actor=alice).count() == 2


def test_a_switch_keeps_the_rest_of_a_setting(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    provider, _colon, model = MODEL.partition(":")
    ModelSetting.objects.create(
        team=team, provider=provider, model=model, note="Ask Dana first"
    )

    client_for(alice).post(reverse("model-switch"), {"off": MODEL})

    assert ModelSetting.objects.get().note == "Ask Dana first"


def test_htmx_gets_the_line_alone(
    client_for: ClientFor, team: Team, alice: User, htmx: dict[str, str]
) -> None:
    answer = client_for(alice).post(
        reverse("model-switch"), {"off": MODEL}, headers=htmx
    )

    fragment = answer.content.decode()
    assert fragment.startswith("\n<li") or fragment.startswith("<li")
    assert 'aria-checked="false"' in fragment


def test_models_are_folded_under_their_provider_and_counted(
    client_for: ClientFor, team: Team, alice: User, htmx: dict[str, str]
) -> None:
    client = client_for(alice)
    every = sum(key.startswith("vtrix:") for key in catalog.all_models())
    page = client.get(reverse("team")).content.decode()
    assert f'<small id="count-vtrix">{every} on</small>' in page
    assert page.count("data-narrow-group>") == len(catalog.PROVIDER_LABELS)

    answer = client.post(reverse("model-switch"), {"off": MODEL}, headers=htmx)

    count = f'<small id="count-vtrix" hx-swap-oob="true">{every - 1} on · 1 off</small>'
    assert count in answer.content.decode()


def test_a_new_model_of_another_team_is_not_there(
    client_for: ClientFor, team: Team, alice: User, charlie: User
) -> None:
    theirs = charlie.memberships.get().team
    ModelSetting.objects.create(
        team=theirs, provider="vtrix", model="made_up", is_new=True
    )

    answer = client_for(alice).post(reverse("model-switch"), {"off": "vtrix:made_up"})

    assert answer.status_code == 404


def test_it_leads_to_the_members(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    address = reverse("team-members", args=[team.pk])

    assert "Invite and manage" in page_for(client_for, alice)
    assert address in page_for(client_for, bob)


@pytest.mark.parametrize("name", ["", "vtrix:made_up", "nonsense"])
def test_an_unknown_model_is_not_there(
    client_for: ClientFor, team: Team, alice: User, name: str
) -> None:
    answer = client_for(alice).post(reverse("model-switch"), {"off": name})

    assert answer.status_code == 404
    assert not ModelSetting.objects.exists()


def test_an_editor_switches_nothing(
    client_for: ClientFor, team: Team, bob: User
) -> None:
    answer = client_for(bob).post(reverse("model-switch"), {"off": MODEL})

    assert answer.status_code == 403
    assert is_offered(team)


def test_every_model_of_the_catalog_is_listed(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    page = page_for(client_for, alice)

    assert page.count('role="switch"') == len(catalog.all_models())
