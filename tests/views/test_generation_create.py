"""Pressing *Generate*."""

from __future__ import annotations

import re

from django.test import Client

from studio.models import Asset, Generation, Prompt, User
from tests.conftest import ClientFor
from tests.factories import picture_upload
from tests.views.conftest import Fields, ids_of_cards


def test_it_works(
    generate_url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    answer = client_for(bob).post(generate_url, fields(takes="2"), follow=True)

    takes = Generation.objects.order_by("take")
    assert [take.take for take in takes] == [1, 2]
    assert {take.created_by for take in takes} == {bob}
    assert answer.redirect_chain[0][1] == 302
    assert "2 takes queued." in answer.content.decode()


def test_it_answers_htmx_with_the_new_cards_alone(
    generate_url: str,
    bob: User,
    client_for: ClientFor,
    fields: Fields,
    htmx: dict[str, str],
) -> None:
    answer = client_for(bob).post(generate_url, fields(), headers=htmx)

    html = answer.content.decode()
    assert ids_of_cards(html) == [str(Generation.objects.get().pk)]
    assert "<html" not in html
    assert 'hx-swap-oob="afterbegin:#takes"' in html
    assert "1 take queued." in html
    assert answer["HX-Reswap"] == "none"
    assert answer["HX-Trigger"] == "takes-started"


def test_it_hands_out_a_fresh_key(
    generate_url: str,
    bob: User,
    client_for: ClientFor,
    fields: Fields,
    htmx: dict[str, str],
) -> None:
    answer = client_for(bob).post(generate_url, fields(), headers=htmx)

    [key] = re.findall(r'id="id_form_key"[^>]* value="(\w+)"', answer.content.decode())
    assert key != "key-1"


def test_it_makes_one_set_from_a_double_click(
    generate_url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    client = client_for(bob)

    client.post(generate_url, fields())
    client.post(generate_url, fields())

    assert Generation.objects.count() == 1


def test_it_asks_again_where_a_sent_page_was_changed(
    generate_url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    client = client_for(bob)
    client.post(generate_url, fields())

    answer = client.post(generate_url, fields(prompt="A fox"))

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Press Generate once more" in html
    assert 'value="key-1"' not in html
    assert Generation.objects.count() == 1


def test_it_answers_a_fault_by_its_field_and_keeps_the_rest(
    generate_url: str,
    bob: User,
    client_for: ClientFor,
    fields: Fields,
    htmx: dict[str, str],
) -> None:
    wrong = fields(prompt="", duration="99", negative_prompt="blur")

    answer = client_for(bob).post(generate_url, wrong, headers=htmx)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<html" not in html
    assert 'id="id_duration_error"' in html
    assert "blur" in html
    assert 'name="form_key" value="key-1"' in html
    assert not Prompt.objects.exists()


def test_it_shows_the_whole_page_without_htmx(
    generate_url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    answer = client_for(bob).post(generate_url, fields(prompt=""))

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<html" in html
    assert 'aria-describedby="id_prompt_error"' in html


def test_it_keeps_a_picture_although_a_field_is_wrong(
    generate_url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    wrong = fields(prompt="x", duration="99")

    answer = client_for(bob).post(
        generate_url, {**wrong, "start_image": picture_upload()}
    )

    asset = Asset.objects.get()
    assert asset.created_by == bob
    html = answer.content.decode()
    assert f'name="start_image_asset" value="{asset.pk}"' in html


def test_it_makes_a_take_from_a_picture(
    generate_url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    client_for(bob).post(generate_url, {**fields(), "start_image": picture_upload()})

    take = Generation.objects.get()
    assert take.mode == "image_to_video"
    assert [given.role for given in take.inputs.all()] == ["start_image"]


def test_it_says_why_a_file_is_no_picture(
    generate_url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    bad = picture_upload()
    bad.file.write(b"not a picture")
    bad.file.seek(0)

    answer = client_for(bob).post(generate_url, {**fields(), "start_image": bad})

    assert answer.status_code == 422
    assert 'id="id_start_image_error"' in answer.content.decode()


def test_it_needs_a_token(generate_url: str, bob: User, fields: Fields) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)

    assert client.post(generate_url, fields()).status_code == 403
    assert not Generation.objects.exists()


def test_it_makes_nothing_that_has_no_key(
    generate_url: str, bob: User, client_for: ClientFor
) -> None:
    sent = {"model": "aimlapi:veo2", "prompt": "A fox", "form_key": "key-1"}

    answer = client_for(bob).post(generate_url, sent)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "There is no key for AI/ML API yet." in html
    assert "A fox</textarea>" in html
    assert not Prompt.objects.exists()
