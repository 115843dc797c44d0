"""The queue: what is on its way, and what waits for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from studio.models import Generation, Project, Status, Timing, User
from tests.conftest import ClientFor
from tests.factories import make_generation, make_project, make_team


def page_for(client_for: ClientFor, user: User, **headers: str) -> str:
    """The page's HTML."""
    answer = client_for(user).get(reverse("queue"), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_what_is_in_flight_and_whose(
    client_for: ClientFor, project: Project, bob: User, victor: User
) -> None:
    make_generation(project, bob, status=Status.PROCESSING, prompt="A red fox")
    make_generation(project, bob, status=Status.COMPLETED, prompt="A done one")

    page = page_for(client_for, victor)

    assert "A red fox" in page
    assert "Bob" in page
    assert "Running" in page
    assert "A done one" not in page


def test_it_says_when_it_is_expected(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    now = timezone.now()
    take = make_generation(
        project,
        bob,
        status=Status.PROCESSING,
        running_at=now - timedelta(seconds=20),
    )
    for seconds in (58, 60, 62):
        Timing.add(take.timing_key(), seconds)

    with time_machine.travel(now, tick=False):
        assert "about 40 s left" in page_for(client_for, bob)


def test_it_counts_who_stands_before(
    client_for: ClientFor, project: Project, bob: User, charlie: User
) -> None:
    now = timezone.now()
    elsewhere = Project.objects.get(name="Theirs")
    make_generation(elsewhere, charlie, created_at=now - timedelta(minutes=2))
    make_generation(project, bob, created_at=now - timedelta(minutes=1))

    page = page_for(client_for, bob)

    assert "1 before it" in page


def test_it_shows_nothing_of_other_teams(
    client_for: ClientFor, project: Project, bob: User, charlie: User
) -> None:
    make_generation(project, bob, prompt="Top secret")
    make_generation(project, bob, status=Status.UNKNOWN, prompt="Secret too")

    page = page_for(client_for, charlie)

    assert "ecret" not in page


def test_only_its_maker_and_admins_can_cancel(
    client_for: ClientFor, project: Project, alice: User, bob: User, victor: User
) -> None:
    take = make_generation(project, bob)
    address = reverse("take-cancel", args=[take.pk])

    offered = {
        user.name: address in page_for(client_for, user)
        for user in (alice, bob, victor)
    }

    assert offered == {"Alice": True, "Bob": True, "Victor": False}


def test_it_looks_again_by_itself(
    client_for: ClientFor, project: Project, bob: User, htmx: dict[str, str]
) -> None:
    assert "every 15s" in page_for(client_for, bob)
    make_generation(project, bob)

    fragment = page_for(client_for, bob, **htmx)

    assert "every 3s" in fragment
    assert "<html" not in fragment


def test_an_unclear_take_waits_for_an_admin(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.UNKNOWN, prompt="Lost one")
    address = reverse("take-settle", args=[take.pk])

    assert address in page_for(client_for, alice)
    page = page_for(client_for, bob)
    assert "Lost one" in page
    assert address not in page


def test_it_asks_the_database_as_often_for_many(
    client_for: ClientFor,
    project: Project,
    bob: User,
    htmx: dict[str, str],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _n in range(30):
        make_generation(project, bob)
    client = client_for(bob)

    with django_assert_num_queries(14):
        client.get(reverse("queue"), headers=htmx)


@pytest.mark.parametrize("kind", ["deleted take", "deleted project"])
def test_it_leaves_out_what_was_deleted(
    client_for: ClientFor, project: Project, bob: User, kind: str
) -> None:
    take = make_generation(project, bob, prompt="Gone")
    owner: Generation | Project = take if kind == "deleted take" else project
    type(owner).objects.filter(pk=owner.pk).update(deleted_at=timezone.now())

    assert "Gone" not in page_for(client_for, bob)


def test_it_shows_the_chosen_team(
    client_for: ClientFor, project: Project, bob: User, alice: User
) -> None:
    make_generation(make_project(make_team(alice, name="Second")), prompt="Other one")
    make_generation(project, bob, prompt="This one")
    client = client_for(alice)
    second = alice.memberships.get(team__name="Second").team

    client.post(reverse("team-choose"), {"team": str(second.pk)})

    page = client.get(reverse("queue")).content.decode()
    assert "Other one" in page
    assert "This one" not in page
