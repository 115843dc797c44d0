"""The audit trail: complete, filtered, exported, harmless."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from studio.models import Event, Project, Team, User
from tests.conftest import ClientFor
from tests.factories import make_generation


def get(client_for: ClientFor, user: User, team: Team, **query: str) -> str:
    """The page."""
    answer = client_for(user).get(reverse("team-trail", args=[team.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client_for: ClientFor, user: User, team: Team, **query: str) -> list[Any]:
    """The CSV, read again."""
    answer = client_for(user).get(reverse("team-trail-csv", args=[team.pk]), query)
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.reader(StringIO(text)))


def test_it_shows_what_people_did(
    client_for: ClientFor, team: Team, project: Project, alice: User, bob: User
) -> None:
    client = client_for(alice)
    take = make_generation(project, bob)
    client.post(
        reverse("member-role", args=[team.pk, team.memberships.get(user=bob).pk]),
        {"role": "viewer"},
    )
    client.post("/team/models", {"off": "vtrix:veo_31_fast"})
    client.post(f"/takes/{take.pk}/delete")
    client.post(f"/projects/{project.pk}/delete")

    html = get(client_for, alice, team).partition('<ol class="trail">')[2]

    assert html.index("Project deleted") < html.index("Take deleted")
    assert html.index("Take deleted") < html.index("Model setting changed")
    assert html.index("Model setting changed") < html.index("Role changed")
    assert "bob@example.org" in html


def test_money_is_told_as_money(client_for: ClientFor, team: Team, alice: User) -> None:
    client_for(alice).post("/usage/budgets/approval", {"approval_above": "2.50"})

    assert "$2.50" in get(client_for, alice, team)


def test_a_budget_names_whom_it_is_for(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    values = {"period": "month", "limit": "15", "is_hard": "yes"}
    scope = f"person:{bob.pk}"
    client_for(alice).post("/usage/budgets/", values | {"scope": scope})

    html = get(client_for, alice, team)

    assert '<span class="trail-name">for</span> <span>Bob</span>' in html
    assert scope not in html


def test_another_team_has_its_own(
    client_for: ClientFor, team: Team, alice: User, charlie: User
) -> None:
    theirs = charlie.memberships.get().team
    Event.record("team.renamed", team=theirs, actor=charlie, data={"after": "Quay"})

    assert "Quay" not in get(client_for, alice, team)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, "abc"),
        ({"verb": "team.renamed"}, "ac"),
        ({"start": "2026-03-02"}, "bc"),
        ({"end": "2026-03-02"}, "ab"),
        ({"start": "2026-03-02", "end": "2026-03-02"}, "b"),
        ({"start": "nonsense", "verb": "x", "person": "x", "after": "x_y"}, "abc"),
        ({"start": "0001-01-01", "end": "9999-12-31"}, "abc"),
        ({"after": "0001-01-01T00:00:00+20:00_5"}, "abc"),
    ],
)
def test_it_is_filtered(
    client_for: ClientFor, team: Team, alice: User, query: dict[str, str], shown: str
) -> None:
    for day, (mark, verb) in enumerate(
        [("a", "team.renamed"), ("b", "team.created"), ("c", "team.renamed")], 1
    ):
        at = datetime(2026, 3, day, 23, 59, 59, tzinfo=UTC)
        data = {"after": f"mark-{mark}-"}
        Event.record(verb, team=team, actor=alice, at=at, data=data)

    html = get(client_for, alice, team, **query)
    listed = rows(client_for, alice, team, **query)

    assert [m for m in "abc" if f"mark-{m}-" in html] == list(shown)
    assert len(listed) == len(shown) + 1


def test_it_is_filtered_by_person(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    Event.record("team.renamed", team=team, actor=alice, data={"after": "by-a"})
    Event.record("team.renamed", team=team, actor=bob, data={"after": "by-b"})
    team.memberships.get(user=bob).leave()  # and is still somebody who did things

    html = get(client_for, alice, team, person=str(bob.pk))

    assert ("by-a" in html, "by-b" in html) == (False, True)


def test_it_goes_on_where_the_page_ended(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    at = timezone.now()  # all in one moment
    for number in range(150):
        Event.record("team.renamed", team=team, at=at, data={"after": f"n{number}."})

    first = get(client_for, alice, team, verb="team.renamed")
    after = f"{at.isoformat()}_{Event.objects.order_by('-id')[99].pk}"
    second = get(client_for, alice, team, verb="team.renamed", after=after)

    both = [[n for n in range(150) if f"n{n}." in html] for html in (first, second)]
    assert both == [list(range(50, 150)), list(range(50))]
    assert "Older" in first
    assert "Older" not in second


@pytest.mark.parametrize("start", "=+-@")
def test_no_cell_is_a_formula(
    client_for: ClientFor, team: Team, project: Project, alice: User, start: str
) -> None:
    bad = f"{start}cmd|' /C calc'!A0"
    User.objects.filter(pk=alice.pk).update(name=bad)
    Project.objects.filter(pk=project.pk).update(name=f" {bad}")
    Event.record("project.renamed", team=team, project=project, actor=alice)

    [_head, line] = rows(client_for, alice, team)

    assert line[1] == f"'{bad}"
    assert line[4] == f"' {bad}"


def test_names_and_details_do_not_run(
    client_for: ClientFor, team: Team, project: Project, alice: User
) -> None:
    bad = "<script>alert(1)</script>"
    User.objects.filter(pk=alice.pk).update(name=bad)
    Project.objects.filter(pk=project.pk).update(name=bad)
    Event.record(
        bad[:60], team=team, project=project, actor=alice, data={bad: [bad], "b": bad}
    )

    html = get(client_for, alice, team)

    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 6


def test_it_asks_the_database_as_often_for_many(
    client_for: ClientFor,
    team: Team,
    project: Project,
    alice: User,
    bob: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    take = make_generation(project, bob)
    for number in range(60):
        Event.record(
            "generation.settled",
            team=team,
            project=project,
            generation=take,
            actor=(alice, bob)[number % 2],
            at=timezone.now() - timedelta(hours=number),
        )
    client = client_for(alice)

    with django_assert_num_queries(5):
        client.get(reverse("team-trail", args=[team.pk]))
    with django_assert_num_queries(4):
        answer = client.get(reverse("team-trail-csv", args=[team.pk]))
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]
