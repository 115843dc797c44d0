"""The sign-in library's pages are in sentence case, like all others."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from studio.models import User
from tests.factories import PASSWORD

CATALOG = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES"
NAMES = {"Dailies", "IP", "TOTP", "Alice"}  # may have a capital anywhere
HEADINGS = re.compile(
    r"<(title|h1|h2|h3|label|legend|button)\b[^>]*>(.*?)</\1>", re.DOTALL
)
TAGS = re.compile(r"<[^>]+>")


def headings(html: str) -> list[str]:
    """Titles, headings, labels and buttons of the page itself."""
    main = html[html.index("<main") :]
    title = HEADINGS.findall(html[: html.index("</title>") + 8])
    found = [TAGS.sub(" ", text) for _tag, text in [*title, *HEADINGS.findall(main)]]
    return [" ".join(text.split()) for text in found]


def is_title_case(text: str) -> bool:
    """Whether a word inside a phrase begins with a capital."""
    phrases = re.split(r"[·:.?!]", text)
    words = [word for phrase in phrases for word in phrase.split()[1:]]
    return any(word[0].isupper() and word not in NAMES for word in words)


@pytest.fixture
def signed_in(alice: User) -> Client:
    """A browser in which somebody has just typed the password."""
    cache.clear()  # of how often somebody has signed in
    client = Client()
    values = {"login": alice.email, "password": PASSWORD}
    client.post(reverse("account_login"), values)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def with_factor(signed_in: Client, alice: User) -> Client:
    """The same browser, after an authenticator app was added."""
    TOTP.activate(alice, generate_totp_secret())
    RecoveryCodes.activate(alice)
    return signed_in


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "usersessions_list",
    ],
)
def test_no_page_of_an_account_is_in_title_case(signed_in: Client, name: str) -> None:
    html = signed_in.get(reverse(name), follow=True).content.decode()

    found = headings(html)
    assert found
    assert [text for text in found if is_title_case(text)] == []


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    ],
)
def test_the_second_factor_is_called_so_on_each_page(
    with_factor: Client, name: str
) -> None:
    answer = with_factor.get(reverse(name))

    assert answer.status_code == 200
    html = answer.content.decode()
    assert [text for text in headings(html) if is_title_case(text)] == []
    assert "two-factor" not in html.lower()


def test_the_second_factor_is_called_so_at_the_door(
    with_factor: Client, alice: User
) -> None:
    values = {"login": alice.email, "password": PASSWORD}

    html = Client().post(reverse("account_login"), values, follow=True).content.decode()

    assert "asks for a second factor" in html
    assert "two-factor" not in html.lower()


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done"]
)
def test_no_page_at_the_door_is_in_title_case(db: None, name: str) -> None:
    found = headings(Client().get(reverse(name)).content.decode())

    assert found
    assert [text for text in found if is_title_case(text)] == []


def test_the_compiled_words_are_those_that_are_written() -> None:
    text = (CATALOG / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.MULTILINE)
    with (CATALOG / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert len(pairs) > 60
    assert [pair for pair in pairs if compiled.gettext(pair[0]) != pair[1]] == []
