"""An invitation is for one address, one team, one role, seven days and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.models import Event, Invitation, Membership, NotAllowed, Role, Team, User
from studio.models.invitations import digest
from tests.factories import make_user

NOW = timezone.now()
PASSWORD = "a long enough phrase"  # noqa: S105  (of nobody)


def invite(team: Team, by: User, email: str = "nora@example.org") -> Invitation:
    """Nora is to come as an editor."""
    return Invitation.make(team, email, Role.EDITOR, by=by, now=NOW)


def opened(token: str) -> Invitation:
    """The invitation of a token, as its reader's request finds it."""
    found = Invitation.find(digest(token), NOW)
    assert found is not None
    return found


def test_it_is_kept_without_its_token(team: Team, alice: User) -> None:
    made = invite(team, alice)
    token = made.new_token(NOW)

    row = Invitation.objects.values().get()
    assert token not in str(row)
    assert row["token_hash"] == digest(token)
    assert len(token) >= 43
    assert token not in str(Event.objects.get(verb="invitation.made").data)


def test_somebody_joins_in_the_role(team: Team, alice: User) -> None:
    nora = make_user("nora")
    token = invite(team, alice, "Nora@Example.org").new_token(NOW)

    assert opened(token).accept(nora, now=NOW)

    assert team.role_of(nora) == Role.EDITOR
    assert Event.objects.get(verb="invitation.accepted").actor == nora


def test_it_works_once(team: Team, alice: User) -> None:
    nora = make_user("nora")
    token = invite(team, alice).new_token(NOW)
    mine, again = opened(token), opened(token)

    assert mine.accept(nora, now=NOW)
    team.memberships.get(user=nora).remove(by=alice)

    assert not again.accept(nora, now=NOW)
    assert Invitation.find(digest(token), NOW) is None
    assert team.role_of(nora) is None


def test_it_is_for_nobody_else(team: Team, alice: User, charlie: User) -> None:
    token = invite(team, alice).new_token(NOW)

    with pytest.raises(NotAllowed):
        opened(token).accept(charlie, now=NOW)

    assert Invitation.find(digest(token), NOW) is not None


def test_it_makes_the_account(team: Team, alice: User) -> None:
    token = invite(team, alice).new_token(NOW)

    nora = opened(token).accept_anew("Nora", PASSWORD, now=NOW)

    assert nora is not None
    assert (nora.email, nora.name) == ("nora@example.org", "Nora")
    assert nora.check_password(PASSWORD)
    assert not (nora.is_staff or nora.is_superuser)
    assert team.role_of(nora) == Role.EDITOR


def test_it_makes_no_account_when_it_was_used(team: Team, alice: User) -> None:
    token = invite(team, alice).new_token(NOW)
    late = opened(token)
    late.revoke(by=alice, now=NOW)

    assert late.accept_anew("Nora", PASSWORD, now=NOW) is None

    assert not User.objects.filter(email="nora@example.org").exists()


def test_it_ends_after_seven_days(team: Team, alice: User) -> None:
    token = invite(team, alice).new_token(NOW)
    late = opened(token)
    nora = make_user("nora")

    assert Invitation.find(digest(token), NOW + timedelta(days=7)) is None
    assert not late.accept(nora, now=NOW + timedelta(days=7))
    assert Invitation.find(digest(token), NOW + timedelta(days=6, hours=23))


def test_a_new_link_ends_the_old_one(team: Team, alice: User) -> None:
    made = invite(team, alice)
    old = made.new_token(NOW)
    stale = opened(old)
    new = made.new_token(NOW)

    assert Invitation.find(digest(old), NOW) is None
    assert not stale.accept(make_user("nora"), now=NOW)
    assert Invitation.find(digest(new), NOW) == made


def test_a_new_invitation_takes_the_place_of_the_old_one(
    team: Team, alice: User
) -> None:
    old = invite(team, alice).new_token(NOW)

    Invitation.make(team, "NORA@example.org", Role.VIEWER, by=alice, now=NOW)

    assert Invitation.find(digest(old), NOW) is None
    assert team.invitations.open(NOW).get().role == Role.VIEWER


def test_nobody_invites_above_their_own_role(team: Team, bob: User) -> None:
    with pytest.raises(NotAllowed):
        invite(team, bob)
    Membership.objects.filter(user=bob).update(role=Role.ADMIN)

    with pytest.raises(NotAllowed, match="higher role"):
        Invitation.make(team, "nora@example.org", Role.OWNER, by=bob, now=NOW)

    assert not Invitation.objects.exists()


def test_a_member_is_not_invited_again(team: Team, alice: User, bob: User) -> None:
    with pytest.raises(NotAllowed, match="in the team already"):
        invite(team, alice, bob.email.upper())


def test_who_joined_meanwhile_stays_what_they_are(team: Team, alice: User) -> None:
    nora = make_user("nora")
    token = invite(team, alice).new_token(NOW)
    Membership.objects.create(team=team, user=nora, role=Role.VIEWER)

    assert opened(token).accept(nora, now=NOW)

    assert team.role_of(nora) == Role.VIEWER


def test_it_opens_no_deleted_team(team: Team, alice: User) -> None:
    token = invite(team, alice).new_token(NOW)

    team.delete_softly(NOW)

    assert Invitation.find(digest(token), NOW) is None
    assert Invitation.find("", NOW) is None


def test_its_mail_is_claimed_once_for_each_time_it_is_asked_for(
    team: Team, alice: User
) -> None:
    made = invite(team, alice)

    assert made.claim_mail(NOW) == ""
    assert made.ask_for_mail()
    assert not made.ask_for_mail()
    assert made.claim_mail(NOW)
    assert made.claim_mail(NOW) == ""
    assert made.ask_for_mail()
