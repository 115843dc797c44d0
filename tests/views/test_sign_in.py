"""Signing in must lose nothing that was typed."""

from __future__ import annotations

from django.test import Client

from studio.models import Generation, Project, User
from tests.conftest import ClientFor
from tests.factories import PASSWORD
from tests.views.conftest import Fields


def test_it_leads_back_to_the_form_with_its_text(
    generate_url: str, project: Project, bob: User, fields: Fields
) -> None:
    client = Client()

    sent = client.post(generate_url, fields(prompt="Not to be lost", duration="7"))

    page = f"/projects/{project.pk}/"
    assert sent.url == f"/accounts/login/?next={page}"
    back = client.post(
        sent.url, {"login": bob.email, "password": PASSWORD, "next": page}, follow=True
    )
    html = back.content.decode()
    assert back.redirect_chain[-1][0] == page
    assert "Not to be lost" in html
    assert '<option value="7" selected>' in html
    assert not Generation.objects.exists()


def test_it_gives_back_what_was_typed_once(
    generate_url: str, project: Project, bob: User, fields: Fields
) -> None:
    client = Client()
    client.post(generate_url, fields(prompt="Not to be lost"))
    client.force_login(bob)
    page = f"/projects/{project.pk}/"

    assert "Not to be lost" in client.get(page).content.decode()
    assert "Not to be lost" not in client.get(page).content.decode()


def test_it_keeps_no_more_than_somebody_types(
    generate_url: str, fields: Fields
) -> None:
    client = Client()

    client.post(generate_url, fields(prompt="x" * 30_000))

    assert "held_form" not in client.session


def test_it_sends_htmx_there_with_the_whole_page(
    generate_url: str, project: Project, fields: Fields, htmx: dict[str, str]
) -> None:
    page = f"/projects/{project.pk}/"
    headers = {**htmx, "HX-Current-URL": f"http://testserver{page}?remix=1"}

    answer = Client().post(generate_url, fields(), headers=headers)

    assert answer.status_code == 200
    assert answer["HX-Redirect"] == f"/accounts/login/?next={page}%3Fremix%3D1"


def test_it_never_leads_to_another_site(
    generate_url: str, project: Project, fields: Fields, htmx: dict[str, str]
) -> None:
    headers = {**htmx, "HX-Current-URL": "https://elsewhere.example/trap"}

    answer = Client().post(generate_url, fields(), headers=headers)

    assert "elsewhere" not in answer["HX-Redirect"]


def test_it_signs_in_first_where_the_token_went_with_the_session(
    generate_url: str, project: Project, fields: Fields
) -> None:
    answer = Client(enforce_csrf_checks=True).post(generate_url, fields())

    assert answer.status_code == 302
    assert answer.url == f"/accounts/login/?next=/projects/{project.pk}/"


def test_it_says_that_a_page_is_old(
    generate_url: str, bob: User, fields: Fields
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)

    answer = client.post(generate_url, fields())

    assert answer.status_code == 403
    assert "This page was out of date" in answer.content.decode()


def test_it_tells_a_waiting_page_that_it_is_signed_out(
    project: Project, htmx: dict[str, str]
) -> None:
    answer = Client().get(f"/updates?since=0&scope=project:{project.pk}", headers=htmx)

    assert answer.status_code == 286
    assert answer["HX-Retarget"] == "#messages"
    assert "You are signed out." in answer.content.decode()


def test_it_comes_back_to_a_page(client_for: ClientFor) -> None:
    assert Client().get("/gallery/?q=fox").url == (
        "/accounts/login/?next=/gallery/%3Fq%3Dfox"
    )


def test_passkeys_are_offered_where_browsers_take_them(db: None) -> None:
    pages = [
        Client().get("/accounts/login/", secure=secure).content.decode()
        for secure in (True, False)
    ]

    assert ['id="passkey_login"' in page for page in pages] == [True, False]
