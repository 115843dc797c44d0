"""Two at once about a team: who is in it, and who owns it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone

from studio.models import Event, Invitation, Membership, NotAllowed, Role, Team, User
from studio.models.invitations import digest
from studio.pipeline import sign_on
from tests.factories import make_team, make_user, numbers
from tests.faults.races import Studio, at_once


def invited(studio: Studio) -> tuple[str, str]:
    """An address that is nobody's, and the hash of its invitation's token."""
    email = f"guest-{next(numbers)}@example.org"
    team, now = studio.project.team, timezone.now()
    made = Invitation.make(team, email, Role.EDITOR, by=studio.bob, now=now)
    return email, digest(made.new_token(now))


def found(token_hash: str) -> Invitation:
    """The invitation as one request finds it."""
    invitation = Invitation.find(token_hash, timezone.now())
    assert invitation is not None
    return invitation


def tried(act: Callable[[], Any]) -> Callable[[], bool]:
    """The act, with a rule against it as an answer."""

    def run() -> bool:
        try:
            act()
        except NotAllowed:
            return False
        return True

    return run


def an_invitation_used_twice(studio: Studio) -> None:
    email, token_hash = invited(studio)
    user = User.objects.create_user(email)
    both = [found(token_hash) for _time in range(4)]

    done = at_once(*(lambda i=i: i.accept(user, now=timezone.now()) for i in both))

    assert sorted(done) == [False, False, False, True]
    assert Membership.objects.filter(user=user).count() == 1
    assert Event.objects.filter(verb="invitation.accepted", actor=user).count() == 1


def an_account_made_twice(studio: Studio) -> None:
    email, token_hash = invited(studio)
    both = [found(token_hash) for _time in range(4)]

    made = at_once(
        *(lambda i=i: i.accept_anew("G", "x" * 20, now=timezone.now()) for i in both)
    )

    assert len([user for user in made if user]) == 1
    assert User.objects.filter(email=email).count() == 1
    assert Membership.objects.filter(user__email=email).count() == 1


def an_accept_and_a_revoke(studio: Studio) -> None:
    email, token_hash = invited(studio)
    user = User.objects.create_user(email)
    mine, theirs = found(token_hash), found(token_hash)

    joined, revoked = at_once(
        lambda: mine.accept(user, now=timezone.now()),
        lambda: theirs.revoke(by=studio.bob, now=timezone.now()),
    )

    assert joined != revoked
    assert Membership.objects.filter(user=user).exists() is joined


def two_mails(studio: Studio) -> None:
    _email, token_hash = invited(studio)
    both = [found(token_hash) for _time in range(2)]
    both[0].ask_for_mail()

    tokens = at_once(*(lambda i=i: i.claim_mail(timezone.now()) for i in both))

    assert len([token for token in tokens if token]) == 1


def owners() -> tuple[Team, list[Membership]]:
    """A team with two owners."""
    users = [make_user(f"owner-{next(numbers)}") for _time in range(2)]
    team = make_team(users[0])
    Membership.objects.create(team=team, user=users[1], role=Role.OWNER)
    return team, list(team.memberships.select_related("team", "user").order_by("pk"))


def two_owners_leave(studio: Studio) -> None:
    team, (one, other) = owners()

    done = at_once(tried(one.leave), tried(other.leave))

    assert sorted(done) == [False, True]
    assert team.memberships.get().role == Role.OWNER


def two_owners_demote_each_other(studio: Studio) -> None:
    team, (one, other) = owners()

    at_once(
        tried(lambda: one.change_role(Role.VIEWER, by=other.user)),
        tried(lambda: other.change_role(Role.VIEWER, by=one.user)),
    )

    assert team.memberships.filter(role=Role.OWNER).count() == 1


def two_windows_sign_on(studio: Studio) -> None:
    team, subject = studio.project.team, f"person-{next(numbers)}"
    settings.OIDC_ISSUER = "https://issuer.example"
    settings.OIDC_TEAMS = (("crew", str(team.pk), "viewer"),)
    claims = {
        "sub": subject,
        "email": f"{subject}@example.org",
        "email_verified": True,
        "groups": ["crew"],
    }

    found = at_once(*(lambda: sign_on.admit_once(claims) for _time in range(3)))

    assert len({user.pk for user in found}) == 1
    assert Membership.objects.filter(user=found[0]).count() == 1


RACES: dict[Callable[[Studio], None], int] = {
    an_invitation_used_twice: 5,
    an_account_made_twice: 3,
    an_accept_and_a_revoke: 5,
    two_mails: 5,
    two_owners_leave: 5,
    two_owners_demote_each_other: 5,
    two_windows_sign_on: 4,
}
