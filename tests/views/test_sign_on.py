"""Single sign-on: who comes back is let in by the claim, and nobody else is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from studio.models import Event, Identity, Membership, Role, Team, User
from tests.factories import make_user
from tests.issuer import SECRET, Issuer
from tests.views.conftest import come_back, is_in, said


def test_it_makes_the_account_and_its_place(team: Team, issuer: Issuer) -> None:
    issuer.claims = {"groups": ["crew", "others"]}
    client = Client()

    answer = come_back(client, issuer)

    nora = User.objects.get(email="nora@example.org")
    assert answer["Location"] == "/gallery/"
    assert client.session["_auth_user_id"] == str(nora.pk)
    assert (nora.name, nora.has_usable_password()) == ("Nora", False)
    assert team.role_of(nora) == Role.VIEWER
    event = Event.objects.get(verb="member.joined", team=team)
    assert event.data["by"] == "Single sign-on"


def test_it_goes_there_with_what_the_rules_want(issuer: Issuer) -> None:
    asked = issuer.went_to(Client().get("/sign-on/")["Location"])

    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/sign-on/back"
    assert len(asked["state"]) >= 43
    assert SECRET not in str(asked)


def test_the_highest_of_several_roles_counts(team: Team, issuer: Issuer) -> None:
    issuer.claims = {"groups": ["leads", "crew"]}

    come_back(Client(), issuer)

    assert team.role_of(User.objects.get(name="Nora")) == Role.ADMIN


def test_the_claim_is_the_word_at_each_sign_in(team: Team, issuer: Issuer) -> None:
    roles = []
    for groups in (["leads"], ["crew"], []):
        issuer.claims = {"groups": groups}
        come_back(Client(), issuer)
        roles.append(team.role_of(User.objects.get(name="Nora")))

    assert roles == [Role.ADMIN, Role.VIEWER, None]


def test_owners_and_other_teams_are_left_alone(
    team: Team, issuer: Issuer, alice: User, charlie: User
) -> None:
    theirs = charlie.memberships.get().team
    Membership.objects.create(team=theirs, user=alice, role=Role.EDITOR)
    issuer.claims = {"email": alice.email, "groups": ["crew"]}

    come_back(Client(), issuer)

    assert (team.role_of(alice), theirs.role_of(alice)) == (Role.OWNER, Role.EDITOR)


def test_it_knows_them_by_subject_and_not_by_address(
    team: Team, issuer: Issuer
) -> None:
    issuer.claims = {"groups": ["crew"]}
    come_back(Client(), issuer)
    issuer.claims = {"groups": ["crew"], "email": "new@example.org"}
    client = Client()

    come_back(client, issuer)

    nora = User.objects.get(name="Nora")
    assert client.session["_auth_user_id"] == str(nora.pk)
    assert not User.objects.filter(email="new@example.org").exists()
    assert Identity.objects.count() == 1


def test_it_joins_an_account_of_a_verified_address_only(
    team: Team, issuer: Issuer, bob: User, settings: Settings
) -> None:
    claims = {"email": "Bob@Example.org", "email_verified": False}
    issuer.claims = {**claims, "groups": ["crew"]}
    client = Client()

    refused = come_back(client, issuer)

    assert "not verified there" in said(client, refused)
    assert not is_in(client)
    settings.OIDC_TRUSTS_EMAIL = True
    come_back(client, issuer)
    assert client.session["_auth_user_id"] == str(bob.pk)


def test_why_it_did_not_work_stands_by_the_form_and_stays(
    team: Team, issuer: Issuer, settings: Settings
) -> None:
    settings.OIDC_NAME = "Acme"
    issuer.described = {"issuer": "https://elsewhere.example"}
    client = Client()

    page = said(client, client.get("/sign-on/"))

    start = '<p class="notice notice-error" role="alert">“Acme” does not work'
    assert page.count(start) == page.count("does not work") == 1
    assert page.index("<main") < page.index(start) < page.index("account-form")


def test_it_says_so_where_no_address_comes_along(team: Team, issuer: Issuer) -> None:
    issuer.claims = {"email": None, "email_verified": None, "groups": ["crew"]}
    client = Client()

    answer = come_back(client, issuer)

    assert "No email address came" in said(client, answer)


def test_nobody_comes_in_whom_no_team_is_open_to(team: Team, issuer: Issuer) -> None:
    issuer.claims = {"groups": "nothing"}
    client = Client()

    answer = come_back(client, issuer)

    assert "ask an admin for an invitation" in said(client, answer)
    assert not User.objects.filter(email="nora@example.org").exists()


def test_who_was_refused_can_come_as_somebody_else(team: Team, issuer: Issuer) -> None:
    issuer.claims = {"groups": "nothing"}
    client = Client()
    come_back(client, issuer)

    again = issuer.went_to(client.get("/sign-on/")["Location"])
    after = issuer.went_to(client.get("/sign-on/")["Location"])

    assert again["prompt"] == "login"  # else the issuer sends the same person back
    assert "prompt" not in after


def test_a_claim_that_does_not_come_changes_no_team_and_lets_nobody_in(
    team: Team, issuer: Issuer, bob: User, caplog: Any
) -> None:
    issuer.claims = {"groups": ["leads"], "email": bob.email}
    come_back(Client(), issuer)
    issuer.claims = {"email": bob.email}
    client = Client()

    answer = come_back(client, issuer)

    assert "did not say which teams are open to you" in said(client, answer)
    assert team.role_of(bob) == Role.ADMIN
    assert "no claim groups came along for the subject 'person-1'" in caplog.text
    assert not Event.objects.filter(verb="member.removed").exists()


def test_an_owner_comes_in_without_the_claim(
    team: Team, issuer: Issuer, alice: User
) -> None:
    issuer.claims = {"email": alice.email}
    client = Client()

    come_back(client, issuer)

    assert is_in(client)
    assert team.role_of(alice) == Role.OWNER


@pytest.mark.parametrize("empty", [[], "", None], ids=str)
def test_an_empty_claim_takes_out(team: Team, issuer: Issuer, empty: Any) -> None:
    issuer.claims = {"groups": ["leads"]}
    come_back(Client(), issuer)
    issuer.claims = {"groups": empty}

    come_back(Client(), issuer)

    assert team.role_of(User.objects.get(name="Nora")) is None


def test_nobody_new_comes_in_without_the_claim(team: Team, issuer: Issuer) -> None:
    client = Client()

    answer = come_back(client, issuer)

    assert "did not say which teams are open to you" in said(client, answer)
    assert not User.objects.filter(email="nora@example.org").exists()


def test_without_a_mapping_no_claim_is_missed(
    team: Team, issuer: Issuer, bob: User, settings: Settings, caplog: Any
) -> None:
    settings.OIDC_TEAMS = ()
    issuer.claims = {"email": bob.email}
    client = Client()

    come_back(client, issuer)

    assert is_in(client)
    assert "no claim" not in caplog.text


def test_who_was_switched_off_stays_out(team: Team, issuer: Issuer) -> None:
    make_user("nora", is_active=False)
    client = Client()

    answer = come_back(client, issuer)

    assert "switched off" in said(client, answer)
    assert not is_in(client)
    assert not Identity.objects.exists()


def test_it_leads_to_no_other_site(team: Team, issuer: Issuer) -> None:
    issuer.claims = {"groups": ["crew"]}
    client = Client()
    there = client.get("/sign-on/?next=https://elsewhere.example/trap")
    state = issuer.went_to(there["Location"])["state"]

    answer = client.get("/sign-on/back", {"code": "the-code", "state": state})

    assert answer["Location"] == "/"


def test_it_is_offered_where_it_is_set_up(issuer: Issuer, settings: Settings) -> None:
    settings.OIDC_NAME = "<b>Acme</b>"
    shown = Client().get("/accounts/login/?next=/queue/").content.decode()
    settings.OIDC_ISSUER = ""
    hidden = Client().get("/accounts/login/").content.decode()

    assert 'href="/sign-on/?next=%2Fqueue%2F"' in shown
    assert "&lt;b&gt;Acme&lt;/b&gt;" in shown
    assert "/sign-on/" not in hidden
    assert Client().get("/sign-on/").status_code == 404
