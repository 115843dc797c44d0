"""The rules by which people come, rise and go."""

from __future__ import annotations

import pytest

from studio.models import (
    Event,
    Generation,
    Membership,
    NotAllowed,
    Project,
    Role,
    Status,
    Team,
    User,
)
from tests.factories import make_generation, make_user


def place(team: Team, user: User) -> Membership:
    """Somebody's place."""
    return team.memberships.get(user=user)


def role(team: Team, user: User) -> Role | None:
    """Somebody's role as it is stored."""
    return team.role_of(user)


@pytest.fixture
def adam(team: Team) -> User:
    """An admin of the team."""
    user = make_user("adam")
    Membership.objects.create(team=team, user=user, role=Role.ADMIN)
    return user


def test_it_changes_a_role_and_says_who_did(team: Team, adam: User, bob: User) -> None:
    assert place(team, bob).change_role(Role.ADMIN, by=adam)

    assert role(team, bob) == Role.ADMIN
    event = Event.objects.get(verb="member.role_changed")
    assert (event.actor, event.in_trail) == (adam, True)
    assert event.data == {
        "member": bob.email,
        "before": "editor",
        "after": "admin",
    }


def test_it_says_nothing_of_a_role_that_stays(
    team: Team, adam: User, bob: User
) -> None:
    assert not place(team, bob).change_role(Role.EDITOR, by=adam)

    assert not Event.objects.exists()


def test_nobody_raises_above_their_own_role(team: Team, adam: User, bob: User) -> None:
    for user in (bob, adam):
        with pytest.raises(NotAllowed, match="higher role than their own"):
            place(team, user).change_role(Role.OWNER, by=adam)

    assert (role(team, bob), role(team, adam)) == (Role.EDITOR, Role.ADMIN)


def test_nobody_lowers_or_removes_who_is_above_them(
    team: Team, adam: User, alice: User
) -> None:
    with pytest.raises(NotAllowed, match="higher than yours"):
        place(team, alice).change_role(Role.VIEWER, by=adam)
    with pytest.raises(NotAllowed, match="higher than yours"):
        place(team, alice).remove(by=adam)

    assert role(team, alice) == Role.OWNER


@pytest.mark.parametrize("who", ["bob", "victor", "charlie"])
def test_only_admins_decide(
    request: pytest.FixtureRequest, team: Team, victor: User, who: str
) -> None:
    user = request.getfixturevalue(who)

    with pytest.raises(NotAllowed, match="does not allow"):
        place(team, victor).change_role(Role.EDITOR, by=user)


def test_an_admin_who_was_demoted_meanwhile_decides_nothing(
    team: Team, alice: User, adam: User, bob: User
) -> None:
    found = place(team, bob)  # the page was open
    place(team, adam).change_role(Role.VIEWER, by=alice)

    with pytest.raises(NotAllowed):
        found.change_role(Role.ADMIN, by=adam)


def test_the_last_owner_stays(team: Team, alice: User) -> None:
    mine = place(team, alice)

    with pytest.raises(NotAllowed, match="needs an owner"):
        mine.change_role(Role.ADMIN, by=alice)
    with pytest.raises(NotAllowed, match="needs an owner"):
        mine.leave()

    assert role(team, alice) == Role.OWNER


def test_one_of_two_owners_may_go(team: Team, alice: User, bob: User) -> None:
    place(team, bob).change_role(Role.OWNER, by=alice)

    place(team, alice).leave()

    assert role(team, alice) is None
    assert Event.objects.get(verb="member.left").actor == alice


def test_what_they_made_stays_and_runs_on(
    team: Team, adam: User, bob: User, project: Project
) -> None:
    running = make_generation(project, bob, status=Status.PROCESSING)
    waiting = make_generation(project, bob)

    place(team, bob).remove(by=adam)

    assert not Generation.objects.visible_to(bob).exists()
    for take, status in ((running, Status.PROCESSING), (waiting, Status.QUEUED)):
        take.refresh_from_db()
        assert (take.status, take.created_by) == (status, bob)


def test_who_comes_back_is_not_in_private_projects_again(
    team: Team, adam: User, bob: User, project: Project
) -> None:
    project.choose_people([bob], is_private=True)

    place(team, bob).remove(by=adam)
    Membership.objects.create(team=team, user=bob, role=Role.EDITOR)

    assert not Project.objects.visible_to(bob).exists()


def test_a_team_is_handed_over(team: Team, alice: User, bob: User) -> None:
    place(team, alice).hand_over(place(team, bob))

    assert (role(team, bob), role(team, alice)) == (Role.OWNER, Role.ADMIN)
    assert Event.objects.get(verb="team.handed_over").data == {"member": bob.email}


def test_it_is_handed_over_by_owners_to_members_only(
    team: Team, adam: User, alice: User, charlie: User
) -> None:
    with pytest.raises(NotAllowed, match="Only an owner"):
        place(team, adam).hand_over(place(team, alice))
    with pytest.raises(NotAllowed, match="somebody else of the team"):
        place(team, alice).hand_over(charlie.memberships.get())
