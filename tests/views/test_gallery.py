"""The gallery of a team."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from studio.models import Project, Status, Team, User
from tests.conftest import ClientFor
from tests.factories import make_generation, make_project, make_team
from tests.views.conftest import ids_of_cards

DAY = datetime(2026, 3, 14, 12, tzinfo=UTC)


def found(client_for: ClientFor, user: User, **query: object) -> list[str]:
    answer = client_for(user).get("/gallery/", query)
    assert answer.status_code == 200
    return ids_of_cards(answer.content.decode())


def test_it_shows_the_takes_of_every_project(
    project: Project, team: Team, victor: User, client_for: ClientFor
) -> None:
    first = make_generation(project)
    second = make_generation(make_project(team))

    assert found(client_for, victor) == [str(second.pk), str(first.pk)]


def test_it_shows_nothing_of_other_teams_nor_of_what_was_deleted(
    project: Project, team: Team, bob: User, charlie: User, client_for: ClientFor
) -> None:
    theirs = charlie.memberships.get().team.projects.get()
    make_generation(theirs)
    gone = make_generation(project)
    gone.delete_softly(now=DAY)
    closed = make_project(team)
    make_generation(closed)
    closed.delete_softly(DAY)

    assert found(client_for, bob) == []


def test_it_follows_the_team_in_the_header(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    make_generation(project)
    other = make_team(bob, name="Bob alone")
    take = make_generation(make_project(other))
    client = client_for(bob)

    client.post("/team/choose", {"team": other.pk})

    html = client.get("/gallery/").content.decode()
    assert ids_of_cards(html) == [str(take.pk)]


def test_it_answers_htmx_with_the_results_alone(
    project: Project, bob: User, client_for: ClientFor, htmx: dict[str, str]
) -> None:
    take = make_generation(project)

    html = client_for(bob).get("/gallery/", headers=htmx).content.decode()

    assert ids_of_cards(html) == [str(take.pk)]
    assert "<html" not in html
    assert 'id="filters"' not in html


@pytest.mark.parametrize("words", ["fox", "FOX snowy", "street fox"])
def test_it_searches_the_prompts(
    project: Project, bob: User, client_for: ClientFor, words: str
) -> None:
    fox = make_generation(project, prompt="A red fox crosses a snowy street")
    make_generation(project, prompt="A snowy street")

    assert found(client_for, bob, q=words) == [str(fox.pk)]


def test_it_takes_signs_of_a_search_literally(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    make_generation(project, prompt="A fox")
    half = make_generation(project, prompt="50% grey")

    assert found(client_for, bob, q="%") == [str(half.pk)]
    assert found(client_for, bob, q="_") == []


def test_it_filters(
    project: Project, team: Team, alice: User, bob: User, client_for: ClientFor
) -> None:
    other = make_project(team)
    wanted = make_generation(
        other,
        alice,
        status=Status.FAILED,
        model="aimlapi:google/veo-3.1-t2v",
        mode="image_to_video",
        options={"aspect_ratio": "9:16"},
        created_at=DAY,
    )
    make_generation(project, bob)
    filters = {
        "project": other.pk,
        "model": "aimlapi:google/veo-3.1-t2v",
        "status": "failed",
        "mode": "image_to_video",
        "ratio": "9:16",
        "person": alice.pk,
        "start": "2026-03-14",
        "end": "2026-03-14",
    }

    for name, value in filters.items():
        if name != "start":
            assert found(client_for, bob, **{name: value}) == [str(wanted.pk)], name
    assert found(client_for, bob, **filters) == [str(wanted.pk)]
    assert len(found(client_for, bob, start="2026-03-14")) == 2
    assert found(client_for, bob, start="2026-03-15", end="2026-03-16") == []


def test_it_ignores_what_means_nothing(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project)

    nonsense = dict.fromkeys(("project", "person", "status", "mode", "start"), "x'--")

    assert found(client_for, bob, **nonsense, after="x") == [str(take.pk)]
    for beyond in ({"end": "9999-12-31"}, {"start": "0001-01-01"}, {"person": 9**30}):
        assert found(client_for, bob, **beyond) == [str(take.pk)]


def test_it_offers_what_there_is_to_filter_by(
    project: Project, bob: User, charlie: User, client_for: ClientFor
) -> None:
    make_generation(project, model="aimlapi:google/veo-3.1-t2v")
    make_generation(charlie.memberships.get().team.projects.get())

    html = client_for(bob).get("/gallery/").content.decode()

    assert "Harbour film</option>" in html
    assert "Veo 3.1 (text)</option>" in html
    assert "Animatic preview</option>" not in html
    assert "Victor</option>" in html
    assert "Theirs" not in html
    assert "Charlie" not in html


def test_it_keeps_the_filters_for_the_next_page(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    for _ in range(50):
        make_generation(project, prompt="A red fox")
    make_generation(project, prompt="Ink")

    html = client_for(bob).get("/gallery/", {"q": "fox"}).content.decode()

    assert 'href="/gallery/page?q=fox&amp;after=' in html


def test_it_says_what_to_do_when_nothing_matches(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    client = client_for(bob)

    assert "Nothing matches" in client.get("/gallery/?q=zebra").content.decode()
    assert "No takes yet" in client.get("/gallery/").content.decode()


@pytest.mark.parametrize("number", [1, 49])
def test_it_asks_as_often_for_many_as_for_few(
    project: Project,
    bob: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    """Session, person, teams: a page on which nothing moves is kept."""
    for _ in range(number):
        make_generation(project, bob, status=Status.COMPLETED)
    client = client_for(bob)
    client.get("/gallery/")

    with django_assert_num_queries(3):
        client.get("/gallery/")


def test_it_shows_at_once_what_changed(
    project: Project, alice: User, client_for: ClientFor
) -> None:
    """Nothing that is kept may be stale."""
    client = client_for(alice)
    take = make_generation(project, status=Status.COMPLETED, prompt="A red fox")

    def html() -> str:
        return client.get("/gallery/").content.decode()

    assert "Harbour film ·" in html()
    client.post(f"/projects/{project.pk}/rename", {"name": "Quay"})
    assert "Quay ·" in html()
    other = make_generation(project, status=Status.COMPLETED)
    assert ids_of_cards(html()) == [str(other.pk), str(take.pk)]
    client.post(f"/takes/{take.pk}/delete")
    assert ids_of_cards(html()) == [str(other.pk)]
    client.post(f"/projects/{project.pk}/delete")
    assert ids_of_cards(html()) == []


def test_it_keeps_nothing_for_another_role(
    project: Project, bob: User, victor: User, client_for: ClientFor
) -> None:
    make_generation(project, status=Status.FAILED)

    assert "Retry" in client_for(bob).get("/gallery/").content.decode()
    assert "Retry" not in client_for(victor).get("/gallery/").content.decode()


def test_it_walks_through_all_pages_without_a_gap(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    takes = [
        make_generation(project, created_at=DAY + timedelta(seconds=n // 7))
        for n in range(100)
    ]
    client = client_for(bob)
    seen: list[str] = []
    address: str | None = "/gallery/"

    while address:
        html = client.get(address).content.decode()
        seen += ids_of_cards(html)
        more = re.findall(r'class="more-takes" href="([^"]+)"', html)
        address = more[0].replace("&amp;", "&") if more else None

    assert len(seen) == len(set(seen)) == len(takes)
