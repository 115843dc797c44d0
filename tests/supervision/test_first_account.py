"""What is there on the first day."""

from __future__ import annotations

import pytest

from studio.models import Project, ProviderAccount, Role, Team, User
from studio.supervision import StartRefused, first_account
from studio.supervision.first_account import (
    SIMULATED,
    admin_email,
    make_first_account,
    set_simulated_accounts,
)

pytestmark = pytest.mark.django_db


def test_it_makes_an_admin_with_a_team_and_a_project() -> None:
    account = make_first_account()

    assert account is not None
    admin = User.objects.get(email=account.email)
    assert admin.is_superuser
    assert admin.is_staff
    assert admin.check_password(account.made_up_password)
    assert Team.objects.get().role_of(admin) == Role.OWNER
    assert Project.objects.visible_to(admin).count() == 1
    assert admin_email() == "admin@localhost"


def test_it_makes_only_one() -> None:
    make_first_account()

    assert make_first_account() is None
    assert (User.objects.count(), Team.objects.count()) == (1, 1)


def test_it_takes_the_address_and_password_that_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STUDIO_ADMIN_EMAIL", "Alice@Example.org")
    monkeypatch.setenv("STUDIO_ADMIN_PASSWORD", "given by hand")

    account = make_first_account()

    assert account is not None
    assert account.made_up_password == ""
    assert User.objects.get(email="alice@example.org").check_password("given by hand")


def test_it_refuses_what_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_ADMIN_EMAIL", "alice")

    with pytest.raises(StartRefused, match="STUDIO_ADMIN_EMAIL"):
        make_first_account()

    assert not User.objects.exists()


def test_it_never_shows_the_password_by_accident() -> None:
    account = make_first_account()

    assert account is not None
    assert account.made_up_password not in repr(account)


def test_it_adds_simulated_accounts_where_there_are_none(alice: User) -> None:
    team = Team.create("Northlight", alice)
    own = ProviderAccount.objects.create(team=team, provider="segmind", name="Ours")

    set_simulated_accounts(is_on=True)
    set_simulated_accounts(is_on=True)

    added = team.provider_accounts.exclude(pk=own.pk)
    assert {a.provider for a in added} == set(SIMULATED) - {"segmind"}
    assert all(a.name.startswith("Simulated ") and a.is_active for a in added)
    assert all(a.secrets()["api_key"].startswith("sim-") for a in added)


def test_it_switches_them_off_without_the_simulator(alice: User) -> None:
    team = Team.create("Northlight", alice)
    own = ProviderAccount.objects.create(team=team, provider="segmind", name="Ours")
    set_simulated_accounts(is_on=True)

    set_simulated_accounts(is_on=False)

    assert list(team.provider_accounts.filter(is_active=True)) == [own]


def test_it_finds_them_again_when_the_simulator_moves(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = Team.create("Northlight", alice)
    set_simulated_accounts(is_on=True)

    monkeypatch.setattr(first_account, "SIMULATOR_PORT", 9001)
    set_simulated_accounts(is_on=True)

    places = set(team.provider_accounts.values_list("base_url", flat=True))
    assert places == {f"http://127.0.0.1:9001/{provider}" for provider in SIMULATED}
