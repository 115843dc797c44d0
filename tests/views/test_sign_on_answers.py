"""Single sign-on: which answers of the issuer are believed."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from studio.models import Identity, Role, Team, User
from tests.issuer import CLIENT, SECRET, Issuer
from tests.views.conftest import come_back, is_in, said


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"exp": 1},
        {"exp": "never"},
        {"iat": 2**33},
        {"nonce": "of another browser"},
        {"sub": ""},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_right_opens_nothing(
    team: Team, issuer: Issuer, claims: dict[str, Any], caplog: Any
) -> None:
    issuer.claims = {"groups": ["leads"], **claims}
    client = Client()

    answer = come_back(client, issuer)

    assert "does not work at the moment" in said(client, answer)
    assert "The ID token is not right" in caplog.text
    assert not is_in(client)
    assert not Identity.objects.exists()


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512"])
def test_a_token_needs_a_signature_that_is_known(
    team: Team, issuer: Issuer, algorithm: str, caplog: Any
) -> None:
    issuer.claims, issuer.algorithm = {"groups": ["leads"]}, algorithm
    client = Client()

    come_back(client, issuer)

    assert "not signed by the issuer" in caplog.text
    assert not is_in(client)


def test_a_token_that_was_changed_opens_nothing(team: Team, issuer: Issuer) -> None:
    issuer.claims, issuer.tampered = {"groups": ["leads"]}, True
    client = Client()

    come_back(client, issuer)

    assert not is_in(client)


def test_the_other_kind_of_key_works(team: Team, issuer: Issuer) -> None:
    issuer.claims, issuer.algorithm = {"groups": ["crew"]}, "ES256"
    client = Client()

    come_back(client, issuer)

    assert is_in(client)


def test_what_only_the_issuers_page_on_them_says_counts(
    team: Team, issuer: Issuer
) -> None:
    issuer.userinfo = {"groups": ["crew"], "sub": "person-1"}
    come_back(Client(), issuer)
    assert team.role_of(User.objects.get(name="Nora")) == Role.VIEWER

    issuer.userinfo = {"groups": ["leads"], "sub": "somebody else"}
    come_back(Client(), issuer)

    assert team.role_of(User.objects.get(name="Nora")) == Role.VIEWER  # as before


@pytest.mark.parametrize(
    "changed", [{"state": "forged"}, {"code": ""}, {"state": "\u00e9"}], ids=str
)
def test_it_believes_only_what_this_browser_began(
    team: Team, issuer: Issuer, changed: dict[str, str]
) -> None:
    issuer.claims = {"groups": ["leads"]}
    client = Client()

    answer = come_back(client, issuer, **changed)

    assert "was not finished" in said(client, answer)
    assert "/token" not in [path for path, _headers in issuer.asked]


def test_who_cancels_there_is_told_to_try_again(
    team: Team, issuer: Issuer, caplog: Any
) -> None:
    client = Client()

    answer = come_back(client, issuer, code="", error="access_denied")

    assert "was not finished" in said(client, answer)
    assert "single sign-on" not in caplog.text


def test_what_the_issuer_minds_is_for_the_log(
    team: Team, issuer: Issuer, caplog: Any
) -> None:
    client = Client()
    minds = {"error": "invalid_scope", "error_description": "\nforged line"}

    answer = come_back(client, issuer, code="", **minds)

    assert "does not work at the moment" in said(client, answer)
    assert "The issuer refuses (invalid_scope)." in caplog.text
    assert "forged" not in caplog.text


def test_a_wrong_secret_is_told_by_its_name(
    team: Team, issuer: Issuer, caplog: Any
) -> None:
    issuer.refuses = "invalid_client"
    client = Client()

    answer = come_back(client, issuer)

    assert "does not work at the moment" in said(client, answer)
    assert "status 401 (invalid_client)" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("iss", [{"iss": "https://elsewhere.example"}, {}], ids=str)
def test_an_answer_says_which_issuer_it_is_from(
    team: Team, issuer: Issuer, iss: dict[str, str], caplog: Any
) -> None:
    issuer.claims = {"groups": ["leads"]}
    issuer.described = {"authorization_response_iss_parameter_supported": True}
    client = Client()

    come_back(client, issuer, **iss)
    refused = is_in(client)
    come_back(client, issuer, iss=issuer.url)

    assert "from another issuer" in caplog.text
    assert (refused, is_in(client)) == (False, True)


def test_a_clock_that_is_wrong_is_told_of(
    team: Team, issuer: Issuer, caplog: Any
) -> None:
    issuer.claims = {"iat": time.time() + 3600}

    come_back(Client(), issuer)

    assert re.search(r"not right: time\. It was made 3[56]\d\d s ahead", caplog.text)


def test_it_comes_back_once(team: Team, issuer: Issuer) -> None:
    issuer.claims = {"groups": ["crew"]}
    client = Client()
    state = issuer.went_to(client.get("/sign-on/")["Location"])["state"]
    back = {"code": "the-code", "state": state}
    client.get("/sign-on/back", back)
    client.post("/accounts/logout/")

    client.get("/sign-on/back", back)

    assert not is_in(client)
    assert [path for path, _headers in issuer.asked].count("/token") == 1


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"jwks_uri": ""},
    ],
    ids=str,
)
def test_an_issuer_that_is_another_is_not_asked(
    issuer: Issuer, described: dict[str, str]
) -> None:
    issuer.described = described
    client = Client()

    answer = client.get("/sign-on/")

    assert "does not work at the moment" in said(client, answer)


def test_it_reaches_no_address_inside_the_network(
    issuer: Issuer, settings: Settings, caplog: Any
) -> None:
    settings.OUTBOUND_ALLOW = []
    client = Client()

    answer = client.get("/sign-on/")

    assert "does not work at the moment" in said(client, answer)
    assert "that STUDIO_OUTBOUND_ALLOW does not list" in caplog.text
    assert issuer.asked == []
