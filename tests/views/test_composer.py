"""The form follows its model."""

from __future__ import annotations

import pytest

from studio import catalog
from studio.models import Project, ProviderAccount, User
from tests.conftest import ClientFor
from tests.factories import make_asset
from tests.views.conftest import Fields

OTHER = "aimlapi:google/veo-3.1-t2v"


@pytest.fixture
def url(project: Project) -> str:
    return f"/projects/{project.pk}/composer"


def test_it_answers_htmx_with_the_fields_alone(
    url: str, bob: User, client_for: ClientFor, fields: Fields, htmx: dict[str, str]
) -> None:
    answer = client_for(bob).post(url, fields(model=OTHER), headers=htmx)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.strip().startswith('<div id="options"')
    assert "<html" not in html
    assert 'id="id_prompt"' not in html
    assert f'<option value="{OTHER}" selected>' in html


def test_it_keeps_what_the_model_can_take(
    url: str, bob: User, client_for: ClientFor, fields: Fields, htmx: dict[str, str]
) -> None:
    sent = fields(model=OTHER, aspect_ratio="9:16", negative_prompt="blur", takes="3")

    html = client_for(bob).post(url, sent, headers=htmx).content.decode()

    assert '<option value="9:16" selected>' in html
    assert "blur</textarea>" in html
    assert "3 takes" in html


def test_it_names_what_it_had_to_drop(
    url: str, bob: User, client_for: ClientFor, fields: Fields, htmx: dict[str, str]
) -> None:
    sent = fields(model=OTHER, frame_rate="30")

    html = client_for(bob).post(url, sent, headers=htmx).content.decode()

    sentence = "Left out for Veo 3.1 (text): Frame rate."
    assert html.count(sentence) == 2  # on screen, and for the screen reader
    assert 'id="live" hx-swap-oob' in html


def test_it_does_not_name_what_nobody_chose(
    url: str, bob: User, client_for: ClientFor, fields: Fields, htmx: dict[str, str]
) -> None:
    sent = fields(model=OTHER, frame_rate="24", from_model="animatic:animatic")

    html = client_for(bob).post(url, sent, headers=htmx).content.decode()

    assert "Left out" not in html


def test_it_keeps_everything_on_a_page_without_scripts(
    url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    html = client_for(bob).post(url, fields(model=OTHER)).content.decode()

    assert "<html" in html
    assert "A lighthouse at dawn</textarea>" in html


def test_it_keeps_pictures(
    url: str,
    project: Project,
    bob: User,
    client_for: ClientFor,
    fields: Fields,
    htmx: dict[str, str],
) -> None:
    asset = make_asset(project.team, on_disk=True)
    sent = fields(start_image_asset=str(asset.pk))

    html = client_for(bob).post(url, sent, headers=htmx).content.decode()

    assert f'data-asset="{asset.pk}"' in html


def test_it_shows_no_picture_of_another_team(
    url: str,
    bob: User,
    charlie: User,
    client_for: ClientFor,
    fields: Fields,
    htmx: dict[str, str],
) -> None:
    asset = make_asset(charlie.memberships.get().team)
    sent = fields(start_image_asset=str(asset.pk))

    html = client_for(bob).post(url, sent, headers=htmx).content.decode()

    assert str(asset.pk) not in html


def test_it_asks_for_an_identifier_that_no_list_holds(
    url: str, bob: User, client_for: ClientFor, fields: Fields, htmx: dict[str, str]
) -> None:
    sent = fields(model="aimlapi:", custom_model="google/veo-99")

    html = client_for(bob).post(url, sent, headers=htmx).content.decode()

    assert '<option value="aimlapi:" selected>' in html
    assert 'name="custom_model"' in html
    assert 'value="google/veo-99"' in html
    assert "price unknown" in html


def test_it_falls_back_for_a_model_that_is_gone(
    url: str, bob: User, client_for: ClientFor, fields: Fields, htmx: dict[str, str]
) -> None:
    html = client_for(bob).post(url, fields(model="nobody:x"), headers=htmx)

    assert ": Model." in html.content.decode()


def test_it_says_that_a_key_is_missing(
    url: str, bob: User, client_for: ClientFor, fields: Fields, htmx: dict[str, str]
) -> None:
    html = client_for(bob).post(url, fields(model=OTHER), headers=htmx)

    assert "There is no key for AI/ML API yet." in html.content.decode()


def test_without_a_key_the_button_says_what_to_do(
    url: str,
    alice: User,
    bob: User,
    client_for: ClientFor,
    fields: Fields,
    htmx: dict[str, str],
) -> None:
    for user, words in (
        (alice, "Add a key for AI/ML API"),
        (bob, "No key for AI/ML API yet"),
    ):
        sent = client_for(user).post(url, fields(model=OTHER), headers=htmx)
        html = sent.content.decode()
        place = html.partition('id="key-place"')[2]
        assert words in place
        assert "button-primary" not in place


def test_with_a_key_the_button_is_ready(
    url: str,
    project: Project,
    bob: User,
    client_for: ClientFor,
    fields: Fields,
    htmx: dict[str, str],
) -> None:
    ProviderAccount.objects.create(team=project.team, provider="aimlapi")

    html = client_for(bob).post(url, fields(model=OTHER), headers=htmx)

    place = html.content.decode().partition('id="key-place"')[2]
    assert "button" not in place.partition("</span>")[0]


@pytest.mark.parametrize("key", sorted(catalog.all_models()))
def test_it_draws_every_model(
    url: str,
    bob: User,
    client_for: ClientFor,
    fields: Fields,
    htmx: dict[str, str],
    key: str,
) -> None:
    answer = client_for(bob).post(url, fields(model=key), headers=htmx)

    html = answer.content.decode()
    assert answer.status_code == 200
    for option in catalog.get_model(key).options:
        assert f'name="{option.name}"' in html
