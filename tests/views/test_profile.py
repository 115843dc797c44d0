"""One's own account, and the pages of signing in."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from studio.models import Team, User
from studio.templatetags.browsers import browser
from tests.conftest import ClientFor
from tests.factories import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)


def test_the_name_can_be_changed(client_for: ClientFor, team: Team, bob: User) -> None:
    answer = client_for(bob).post(reverse("profile"), {"name": "  Bob   the Great "})

    assert answer.status_code == 302
    bob.refresh_from_db()
    assert bob.name == "Bob the Great"


def test_nothing_else_can(client_for: ClientFor, team: Team, bob: User) -> None:
    client_for(bob).post(
        reverse("profile"), {"name": "Bob", "email": "x@x.org", "is_staff": "on"}
    )

    bob.refresh_from_db()
    assert (bob.email, bob.is_staff) == ("bob@example.org", False)


def test_a_name_that_is_too_long_comes_back(
    client_for: ClientFor, team: Team, bob: User
) -> None:
    answer = client_for(bob).post(reverse("profile"), {"name": "b" * 101})

    assert answer.status_code == 422
    assert "at most 100 characters" in answer.content.decode()


def test_it_leads_to_password_second_factor_and_sessions(
    client_for: ClientFor, team: Team, bob: User
) -> None:
    page = client_for(bob).get(reverse("profile")).content.decode()

    for name in ("account_change_password", "mfa_index", "usersessions_list"):
        assert reverse(name) in page
    assert "Northlight" in page


def test_somebody_in_no_team_has_a_profile(client_for: ClientFor, bob: User) -> None:
    assert client_for(bob).get(reverse("profile")).status_code == 200


# Signing in


def sign_in(client: Client, password: str = PASSWORD) -> int:
    """Fill the form in as bob; the status of the answer."""
    answer = client.post(
        reverse("account_login"), {"login": "bob@example.org", "password": password}
    )
    return answer.status_code


def sign_in_twice(client: Client) -> None:
    """What leads to the pages about the second factor: the password once more."""
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def test_it_signs_in(client: Client, bob: User) -> None:
    assert sign_in(client) == 302
    assert client.get(reverse("home")).status_code == 200


def test_a_wrong_password_is_answered_by_the_form(client: Client, bob: User) -> None:
    assert sign_in(client, "wrong") == 200
    assert client.get(reverse("home")).status_code == 302


def test_sign_in_has_plain_labels(client: Client, db: None) -> None:
    page = client.get(reverse("account_login")).content.decode()

    for name in ("Email", "Password"):
        assert re.search(rf'<label for="id_\w+">{name}</label>', page)
    assert re.search(r"<button[^>]*>Sign in</button>", page)
    assert "sign up" not in page.lower()


def test_nobody_registers(client: Client, db: None) -> None:
    page = client.get(reverse("account_signup")).content.decode()

    assert "by invitation" in page
    answer = client.post(
        reverse("account_signup"),
        {"email": "eve@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert answer.status_code == 200
    assert not User.objects.exists()


PAGES = [
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "usersessions_list",
    "account_logout",
]


@pytest.mark.parametrize("name", PAGES)
def test_every_account_page_is_ours_and_has_nothing_inline(
    client: Client, bob: User, name: str
) -> None:
    sign_in_twice(client)

    page = client.get(reverse(name)).content.decode()

    assert "css/account.css" in page
    assert "style=" not in page
    assert "data:image" not in page
    scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)
    assert all("application/json" in attributes for attributes in scripts)


def test_the_authenticators_code_is_a_picture(client: Client, bob: User) -> None:
    sign_in_twice(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()

    picture = client.get(reverse("authenticator-code"))

    assert reverse("authenticator-code") in page
    assert client.session[SECRET_SESSION_KEY] in page
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    assert b"<svg" in picture.content


def test_there_is_no_code_when_none_is_being_set_up(
    client_for: ClientFor, bob: User
) -> None:
    assert client_for(bob).get(reverse("authenticator-code")).status_code == 404


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", "Unknown"),
    ],
)
def test_it_recognises_browsers(words: str, name: str) -> None:
    assert browser(words) == name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_change_password", "Change the password"),
        ("usersessions_list", "Sign out"),
    ],
)
def test_account_pages_are_written_as_the_others(
    client_for: ClientFor, bob: User, name: str, words: str
) -> None:
    page = client_for(bob).get(reverse(name)).content.decode()

    assert words in page
    assert not re.search(r"(Change|New|Current) Password|Sign Out", page)


def test_a_link_for_a_new_password_goes_out(
    client: Client, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    page = client.get(reverse("account_reset_password")).content.decode()
    assert "A new password" in page

    client.post(reverse("account_reset_password"), {"email": bob.email})

    [mail] = mailoutbox
    assert mail.to == [bob.email]
    assert "/accounts/password/reset/key/" in mail.body


def test_nobody_gives_themselves_another_address(client: Client, bob: User) -> None:
    sign_in_twice(client)
    for act in ("action_add", "action_primary"):
        client.post(
            "/accounts/email/", {act: "", "email": "boss@example.org"}, follow=True
        )

    bob.refresh_from_db()
    assert bob.email != "boss@example.org"
    assert not bob.emailaddress_set.filter(email="boss@example.org").exists()
