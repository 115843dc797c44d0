"""The page of one take."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from studio.models import Attempt, Event, Feed, Generation, Project, Status, Team, User
from tests.conftest import ClientFor
from tests.factories import make_asset, make_generation, make_project, make_prompt


def page_of(client: Client, take: Generation, **headers: str) -> str:
    """The page's HTML."""
    answer = client.get(reverse("take", args=[take.pk]), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_the_player_and_what_was_sent(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(
        project, bob, status=Status.COMPLETED, options={"duration": 6, "seed": 7}
    )

    page = page_of(client_for(bob), take)

    assert "<video controls playsinline" in page
    assert take.prompt.text in page
    assert "6 s" in page
    assert take.operation_id in page
    assert "As ordered" in page


def test_it_says_what_is_not_as_ordered(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(
        project,
        bob,
        status=Status.COMPLETED,
        differences=[{"name": "duration", "asked": "8 s", "got": "5.0 s"}],
    )

    page = page_of(client_for(bob), take)

    assert "Not as ordered" in page
    assert "asked 8 s, got 5.0 s" in page


def test_it_shows_estimate_and_cost(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(
        project,
        bob,
        status=Status.COMPLETED,
        estimate=400_000,
        cost=350_000,
        cost_is_reported=True,
    )

    page = page_of(client_for(bob), take)

    assert "$0.40" in page
    assert "$0.35" in page
    assert "as the provider reported it" in page


def test_it_escapes_what_people_and_providers_say(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    nasty = '<img src=x onerror="alert(1)">'
    parent = make_generation(project, bob, prompt="plain")
    take = make_generation(
        project,
        bob,
        status=Status.FAILED,
        prompt=nasty,
        error_message=nasty,
        parent=parent,
        extra={"a": nasty},
    )

    assert "<img src=x" not in page_of(client_for(bob), take)


def test_it_tells_what_happened(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, provider="vtrix", model="veo_31_fast")
    now = timezone.now()
    take.mark_submitting(now=now, deadline=now + timedelta(minutes=1), account=None)
    take.mark_queued_again(
        now=now, not_before=now, reason="busy", http_status=429, excerpt="slow down"
    )
    Event.record(
        "generation.settled",
        generation=take,
        actor=bob,
        data={"decision": "send_again"},
    )

    page = page_of(client_for(bob), take)

    assert "Sent to Vtrix" in page
    assert "not taken, tried again later · HTTP 429 · slow down" in page
    assert "send it again" in page


def test_it_follows_a_take_in_flight_and_no_other(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    flying = make_generation(project, bob, status=Status.PROCESSING)
    done = make_generation(project, bob, status=Status.COMPLETED)

    assert "every 2s" in page_of(client_for(bob), flying)
    assert "every 2s" not in page_of(client_for(bob), done)


def test_a_playing_video_is_never_replaced(
    client_for: ClientFor, project: Project, bob: User, htmx: dict[str, str]
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED)
    client = client_for(bob)
    address = reverse("take", args=[take.pk])

    arrived = client.get(address, headers=htmx).content.decode()
    playing = client.get(f"{address}?playing", headers=htmx).content.decode()

    assert "<video" in arrived
    assert "<video" not in playing
    assert 'id="take-facts"' in playing
    assert "<html" not in playing


def test_it_shows_the_family_with_what_changed(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    parent = make_generation(project, bob, prompt="A red fox", options={"duration": 4})
    child = make_generation(
        project,
        bob,
        prompt="A white fox",
        options={"duration": 8},
        parent=parent,
        parent_relation="remix",
    )

    for take in (parent, child):
        page = page_of(client_for(bob), take)
        assert "<del>red</del><ins>white</ins>" in page
        assert "<del>4</del> → <ins>8</ins>" in page
        assert "Remix" in page


def test_it_hides_deleted_relatives(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    parent = make_generation(project, bob)
    child = make_generation(project, bob, parent=parent, parent_relation="retry")
    child.delete_softly(now=timezone.now())

    assert str(child.pk) not in page_of(client_for(bob), parent)


def test_it_shows_the_pictures_that_went_in(
    client_for: ClientFor, project: Project, team: Team, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED)
    picture = make_asset(team, bob)
    take.inputs.create(asset=picture, role="start_image")

    page = page_of(client_for(bob), take)

    assert picture.url in page
    assert "Start image" in page


def test_its_neighbours_are_those_of_its_project(
    client_for: ClientFor, project: Project, team: Team, bob: User
) -> None:
    now = timezone.now()
    old, take, new = (
        make_generation(project, bob, created_at=now - timedelta(minutes=age))
        for age in (3, 2, 1)
    )
    make_generation(make_project(team), bob, created_at=now)

    page = page_of(client_for(bob), take)

    assert f'href="{reverse("take", args=[new.pk])}" rel="prev"' in page
    assert f'href="{reverse("take", args=[old.pk])}" rel="next"' in page


def test_takes_of_one_moment_have_neighbours_in_order(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    prompt, now = make_prompt(project, bob, takes=3), timezone.now()
    takes = [
        make_generation(project, bob, prompt=prompt, created_at=now) for _n in range(3)
    ]
    first, middle, last = sorted(takes, key=lambda take: take.pk)

    page = page_of(client_for(bob), middle)

    assert f'href="{reverse("take", args=[last.pk])}" rel="prev"' in page
    assert f'href="{reverse("take", args=[first.pk])}" rel="next"' in page


@pytest.mark.parametrize(
    ("who", "sees", "not_"),
    [
        ("alice", ["Delete", "Remix", "Same again", "Use this frame"], []),
        ("bob", ["Remix", "Same again", "Use this frame"], ["Delete this take"]),
        ("victor", ["Download"], ["Remix", "Same again", "Use this frame"]),
    ],
)
def test_it_offers_what_a_role_may_do(
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    project: Project,
    who: str,
    sees: list[str],
    not_: list[str],
) -> None:
    take = make_generation(project, status=Status.COMPLETED)

    page = page_of(client_for(request.getfixturevalue(who)), take)

    assert [word for word in sees if word not in page] == []
    assert [word for word in not_ if word in page] == []


def test_it_asks_the_database_as_often_for_a_large_family(
    client_for: ClientFor,
    project: Project,
    bob: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED)
    for _n in range(12):
        make_generation(project, bob, status=Status.COMPLETED, parent=take)
        Event.record("generation.queued", generation=take, actor=bob)
    client = client_for(bob)
    page_of(client, take)

    with django_assert_max_num_queries(24):
        page_of(client, take)


def test_it_is_gone_once_deleted(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob)
    take.delete_softly(now=timezone.now())

    answer = client_for(bob).get(reverse("take", args=[take.pk]))

    assert answer.status_code == 404


# To another project


def test_it_moves(
    client_for: ClientFor, project: Project, team: Team, bob: User
) -> None:
    take, target = make_generation(project, bob), make_project(team)
    version = Feed.objects.get(team=team).version

    answer = client_for(bob).post(
        reverse("take-move", args=[take.pk]), {"project": str(target.pk)}
    )

    assert answer.status_code == 302
    take.refresh_from_db()
    assert take.project == target
    assert take.version > version
    assert take.events.get().verb == "generation.moved"


def test_it_moves_once(
    client_for: ClientFor, project: Project, team: Team, bob: User
) -> None:
    take, target = make_generation(project, bob), make_project(team)
    address, there = reverse("take-move", args=[take.pk]), {"project": str(target.pk)}
    client = client_for(bob)

    client.post(address, there)
    client.post(address, there)

    assert take.events.count() == 1


def test_it_does_not_leave_its_team(
    client_for: ClientFor, project: Project, bob: User, charlie: User
) -> None:
    take = make_generation(project, bob)
    theirs = Project.objects.get(name="Theirs")
    theirs.team.memberships.create(user=bob, role="owner")

    for target in (theirs.pk, uuid.uuid4(), "nonsense"):
        answer = client_for(bob).post(
            reverse("take-move", args=[take.pk]), {"project": str(target)}
        )
        assert answer.status_code == 404

    take.refresh_from_db()
    assert take.project == project


def test_attempts_are_told_apart(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob)
    now = timezone.now()
    for n, outcome in ((1, "unknown"), (2, "accepted")):
        Attempt.objects.create(
            generation=take, n=n, token=str(n), deadline=now, outcome=outcome
        )
        Event.record("generation.submitting", generation=take, data={"attempt": n})

    page = page_of(client_for(bob), take)

    assert "attempt 1 · no clear answer" in page
    assert "attempt 2" in page
