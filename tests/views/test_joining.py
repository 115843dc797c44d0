"""Opening an invitation, and coming in."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from studio.models import Invitation, Role, Team, User
from tests.conftest import ClientFor
from tests.factories import PASSWORD, make_user

NEW = {"name": "Nora Lind", "password": "a long enough phrase"}


@pytest.fixture(autouse=True)
def no_wrong_links_yet() -> None:
    """Every test begins with none."""
    cache.clear()


@pytest.fixture
def made(team: Team, alice: User) -> Invitation:
    """Nora's invitation."""
    return Invitation.make(
        team, "nora@example.org", Role.VIEWER, by=alice, now=timezone.now()
    )


@pytest.fixture
def link(made: Invitation) -> str:
    """Its address."""
    return f"/invitation/{made.new_token(timezone.now())}"


def test_the_token_leaves_the_address_at_once(link: str) -> None:
    client = Client()

    answer = client.get(link)

    token = link.rpartition("/")[2]
    assert (answer.status_code, answer.url) == (302, "/invitation/")
    assert token not in str(dict(client.session))
    html = client.get("/invitation/").content.decode()
    assert "Join “Northlight”" in html
    assert "nora@example.org" in html
    assert token not in html


def test_it_makes_the_account_and_signs_in(link: str, team: Team) -> None:
    client = Client()
    client.get(link)

    answer = client.post("/invitation/", NEW, follow=True)

    nora = User.objects.get(email="nora@example.org")
    assert answer.redirect_chain == [("/", 302)]
    assert "Welcome to “Northlight”." in answer.content.decode()
    assert client.session["_auth_user_id"] == str(nora.pk)
    assert team.role_of(nora) == Role.VIEWER
    assert client.get("/invitation/").status_code == 404


@pytest.mark.parametrize("password", ["short", "12345678901", "password123"])
def test_the_account_needs_a_good_password(link: str, password: str) -> None:
    client = Client()
    client.get(link)

    answer = client.post("/invitation/", {**NEW, "password": password})

    assert answer.status_code == 422
    assert "Nora Lind" in answer.content.decode()
    assert not User.objects.filter(email="nora@example.org").exists()


def test_a_forged_form_changes_neither_address_nor_role(link: str, team: Team) -> None:
    client = Client()
    client.get(link)

    forged = {**NEW, "email": "eve@example.org", "role": "owner", "is_staff": "on"}
    client.post("/invitation/", forged)

    assert not User.objects.filter(email="eve@example.org").exists()
    nora = User.objects.get(email="nora@example.org")
    assert team.role_of(nora) == Role.VIEWER
    assert not nora.is_staff


def test_an_account_of_the_address_signs_in_and_comes_back(
    link: str, team: Team
) -> None:
    nora = make_user("nora")
    client = Client()
    client.get(link)
    page = client.get("/invitation/").content.decode()
    assert "/accounts/login/?next=/invitation/" in page
    assert client.post("/invitation/", NEW).status_code == 200  # no second account

    back = client.post(
        "/accounts/login/",
        {"login": nora.email, "password": PASSWORD, "next": "/invitation/"},
    )
    client.post(back.url)

    assert team.role_of(nora) == Role.VIEWER
    assert User.objects.filter(email__iexact=nora.email).count() == 1


def test_the_wrong_person_is_told_plainly(
    link: str, client_for: ClientFor, charlie: User, team: Team
) -> None:
    client = client_for(charlie)
    client.get(link)

    html = client.get("/invitation/").content.decode()
    sent = client.post("/invitation/")

    assert "You are signed in as charlie@example.org." in html
    assert "This invitation is for nora@example.org" in html
    assert sent.status_code == 403
    assert team.role_of(charlie) is None


def test_what_is_over_says_so(made: Invitation, link: str, alice: User) -> None:
    client = Client()
    client.get(link)
    made.revoke(by=alice, now=timezone.now())

    for answer in (client.get("/invitation/"), client.post("/invitation/", NEW)):
        assert answer.status_code == 404
        assert "This invitation opens nothing" in answer.content.decode()
    assert not User.objects.filter(email="nora@example.org").exists()


def test_a_replay_opens_nothing(link: str, team: Team) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        client.get(link)
    first.post("/invitation/", NEW)
    first.post("/accounts/logout/")

    assert second.post("/invitation/", NEW).status_code == 404
    assert first.get(link, follow=True).status_code == 404
    assert team.memberships.filter(user__email="nora@example.org").count() == 1


def test_guessing_ends_soon(db: None, link: str) -> None:
    client = Client()

    found = [client.get(f"/invitation/{n:043}").status_code for n in range(25)]

    assert found == [302] * 20 + [429] * 5
    assert client.get(link).status_code == 302  # a right one is no guess


def test_right_links_are_no_guesses(link: str) -> None:
    client = Client()

    found = {client.get(link).status_code for _n in range(25)}

    assert found == {302}


def test_no_token_is_logged(link: str, caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    wrong = f"/invitation/{'w' * 43}"

    for address in (link, wrong):
        client.get(address, follow=True)
        client.head(address)

    assert "Not Found: /invitation/" in caplog.text
    assert "w" * 43 not in caplog.text
    assert link.rpartition("/")[2] not in caplog.text


def test_nobody_registers_without_one(db: None) -> None:
    client = Client()

    answer = client.post(
        "/accounts/signup/",
        {"email": "eve@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert "by invitation" in answer.content.decode()
    assert not User.objects.exists()
