"""The members' page: roles, removing, leaving, handing over."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from studio.models import (
    Asset,
    Invitation,
    Membership,
    Project,
    Role,
    Status,
    Team,
    User,
)
from tests.conftest import ClientFor
from tests.factories import make_generation, make_team, make_user

HTML = "<script>alert(1)</script>"


def url(name: str, team: Team, user: User | None = None) -> str:
    """An address of the team, or of a member of it."""
    if user is None:
        return reverse(name, args=[team.pk])
    return reverse(name, args=[team.pk, team.memberships.get(user=user).pk])


def page(client_for: ClientFor, user: User, team: Team) -> str:
    """The page as somebody sees it."""
    answer = client_for(user).get(url("team-members", team))
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_everybody_with_role_and_last_visit(
    client_for: ClientFor, team: Team, victor: User
) -> None:
    nora = make_user("nora")
    Membership.objects.create(team=team, user=nora, role=Role.ADMIN)

    html = page(client_for, victor, team)

    for words in ("Alice", "Bob", "Victor", "Owner", "Editor", "last seen: now"):
        assert words in html
    assert html.count("not here yet") == 1
    assert "member-role" not in html
    assert "/role" not in html
    assert "Invite somebody" not in html


def test_a_visit_is_noted(client_for: ClientFor, team: Team, bob: User) -> None:
    Membership.objects.filter(user=bob).update(seen_at=None)

    client_for(bob).get("/")

    assert team.memberships.get(user=bob).seen_at is not None
    assert team.memberships.get(user__name="Alice").seen_at is not None


def test_a_role_is_changed(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    answer = client_for(alice).post(
        url("member-role", team, bob), {"role": "admin"}, follow=True
    )

    assert team.role_of(bob) == Role.ADMIN
    assert "Bob is now: Admin." in answer.content.decode()


@pytest.mark.parametrize("role", ["owner", "god", "", "OWNER"])
def test_a_forged_form_raises_nobody(
    client_for: ClientFor, team: Team, bob: User, role: str
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.ADMIN)

    client_for(bob).post(url("member-role", team, bob), {"role": role})

    assert team.role_of(bob) == Role.ADMIN


def test_the_form_offers_no_higher_role(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.ADMIN)

    assert '<option value="owner"' not in page(client_for, bob, team)
    assert '<option value="owner"' in page(client_for, alice, team)


def test_nobody_is_changed_through_another_team(
    client_for: ClientFor, team: Team, alice: User, bob: User, charlie: User
) -> None:
    other = charlie.memberships.get()
    address = reverse("member-role", args=[team.pk, other.pk])

    assert client_for(alice).post(address, {"role": "viewer"}).status_code == 404

    other.refresh_from_db()
    assert other.role == Role.OWNER


def test_who_is_removed_loses_everything_at_once(
    client_for: ClientFor, team: Team, project: Project, alice: User, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED, files=True)
    poster = take.assets.get(kind=Asset.Kind.POSTER)
    open_page = client_for(bob)
    pages = [
        f"/projects/{project.pk}/",
        f"/takes/{take.pk}/",
        f"/takes/{take.pk}/card",
        poster.url,
        f"/updates?since=0&scope=project:{project.pk}",
        f"/updates?since=0&scope=team:{team.pk}",
    ]
    for address in pages:
        answer = open_page.get(address)
        answer.getvalue()  # a file is closed once it is read
        assert answer.status_code == 200

    client_for(alice).post(url("member-remove", team, bob))

    assert [open_page.get(address).status_code for address in pages] == [404] * 6
    cancel = open_page.post(f"/takes/{take.pk}/cancel")
    assert cancel.status_code == 404
    assert "in no team" in open_page.get("/").content.decode()


def test_somebody_leaves(client_for: ClientFor, team: Team, bob: User) -> None:
    answer = client_for(bob).post(url("team-leave", team), follow=True)

    assert team.role_of(bob) is None
    assert "You are no longer in “Northlight”." in answer.content.decode()


def test_the_last_owner_is_told_to_hand_it_over(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    answer = client_for(alice).post(url("team-leave", team), follow=True)

    assert team.role_of(alice) == Role.OWNER
    assert "hand it over to somebody else first" in answer.content.decode()


def test_it_is_the_team_of_the_address_that_is_left(
    client_for: ClientFor, team: Team, bob: User
) -> None:
    own = make_team(bob, name="Bob alone")
    client = client_for(bob)
    client.post("/team/choose", {"team": own.pk})  # in another tab

    client.post(url("team-leave", team))

    assert own.role_of(bob) == Role.OWNER
    assert team.role_of(bob) is None


def test_it_is_handed_over(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    place = team.memberships.get(user=bob)

    client_for(alice).post(url("team-hand-over", team), {"member": place.pk})

    assert (team.role_of(bob), team.role_of(alice)) == (Role.OWNER, Role.ADMIN)


@pytest.mark.parametrize("member", ["", "x", "0", "9" * 30, "-1"])
def test_it_is_handed_over_to_nobody(
    client_for: ClientFor, team: Team, alice: User, member: str
) -> None:
    answer = client_for(alice).post(url("team-hand-over", team), {"member": member})

    assert answer.status_code == 404
    assert team.role_of(alice) == Role.OWNER


def test_names_do_not_run(client_for: ClientFor, team: Team, alice: User) -> None:
    nora = make_user("nora")
    User.objects.filter(pk=nora.pk).update(name=HTML)
    Membership.objects.create(team=team, user=nora, role=Role.VIEWER)
    Team.objects.filter(pk=team.pk).update(name=f"N{HTML}")
    Invitation.make(team, "x@example.org", Role.VIEWER, by=alice, now=timezone.now())
    User.objects.filter(pk=alice.pk).update(name=f'A"{HTML}')

    html = page(client_for, alice, team)

    assert HTML not in html
    assert html.count("&lt;script&gt;") >= 4


def test_it_asks_the_database_as_often_for_many(
    client_for: ClientFor,
    team: Team,
    alice: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(12):
        user = make_user(f"person-{number}")
        Membership.objects.create(team=team, user=user, role=Role.VIEWER)
        email = f"guest-{number}@example.org"
        Invitation.make(team, email, Role.VIEWER, by=alice, now=timezone.now())
    client = client_for(alice)

    with django_assert_num_queries(5):
        client.get(url("team-members", team))
