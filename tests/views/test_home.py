"""The first page."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from studio.models import Asset, Project, Status, Team, User
from tests.conftest import ClientFor
from tests.factories import make_generation, make_project, make_user


def test_it_shows_the_teams_projects(
    project: Project, charlie: User, bob: User, client_for: ClientFor
) -> None:
    html = client_for(bob).get("/").content.decode()

    assert "Harbour film" in html
    assert "Theirs" not in html


def test_it_shows_the_newest_poster_as_cover(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    make_generation(project, status=Status.COMPLETED)
    newest = make_generation(project, status=Status.COMPLETED)
    gone = make_generation(project, status=Status.COMPLETED)
    gone.delete_softly(now=gone.created_at)
    make_generation(project, status=Status.FAILED)

    html = client_for(bob).get("/").content.decode()

    poster = newest.assets.get(kind=Asset.Kind.POSTER)
    assert poster.url in html
    assert html.count("/media/") == 1


def test_a_tall_cover_is_shown_whole(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, status=Status.COMPLETED)
    client = client_for(bob)
    assert "is-narrow" not in client.get("/").content.decode()

    take.assets.filter(kind=Asset.Kind.POSTER).update(width=360, height=640)

    assert "is-narrow" in client.get("/").content.decode()


def test_it_puts_the_project_worked_in_last_first(
    project: Project, team: Team, bob: User, client_for: ClientFor
) -> None:
    make_project(team, name="Empty shelf")
    make_generation(project)

    html = client_for(bob).get("/").content.decode()

    assert html.index("Harbour film") < html.index("Empty shelf")


def test_it_lists_what_runs_and_looks_again(
    project: Project, bob: User, client_for: ClientFor, htmx: dict[str, str]
) -> None:
    make_generation(project, bob, status=Status.PROCESSING, prompt="Ink in water")
    make_generation(project, bob, status=Status.COMPLETED, prompt="Done")
    client = client_for(bob)

    html = client.get("/", headers=htmx).content.decode()

    assert "<html" not in html
    assert "Ink in water" in html
    assert "Done" not in html
    assert "every 5s" in html


def test_it_looks_no_more_when_all_is_done(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    make_generation(project, bob, status=Status.UNKNOWN)

    assert "every 5s" not in client_for(bob).get("/").content.decode()


def test_it_says_what_this_month_cost(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    client = client_for(bob)
    assert "this month" not in client.get("/").content.decode()

    for cost in (1_200_000, 350_000):
        take = make_generation(project, status=Status.COLLECTING)
        take.mark_completed(now=timezone.now(), billed="yes", cost=cost)

    assert "$1.55 this month" in client.get("/").content.decode()


def test_it_says_what_to_do_without_a_project(
    team: Team, bob: User, victor: User, client_for: ClientFor
) -> None:
    assert "New project" in client_for(bob).get("/").content.decode()
    html = client_for(victor).get("/").content.decode()
    assert "New project" not in html
    assert "No projects yet" in html


def test_it_says_what_to_do_without_a_team(db: None, client_for: ClientFor) -> None:
    html = client_for(make_user("dora")).get("/").content.decode()

    assert "You are in no team yet" in html


@pytest.mark.parametrize("number", [1, 12])
def test_it_asks_as_often_for_many_as_for_few(
    team: Team,
    bob: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    for _ in range(number):
        made = make_project(team)
        make_generation(made, bob, status=Status.COMPLETED)
        make_generation(made, bob, status=Status.QUEUED)
    client = client_for(bob)
    client.get("/")

    with django_assert_num_queries(15):
        client.get("/")
