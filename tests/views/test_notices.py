"""What has ended while one was on another page, and how one is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from studio.models import (
    Billed,
    Generation,
    Membership,
    NoticeMail,
    Project,
    Status,
    User,
)
from tests.conftest import ClientFor
from tests.factories import make_generation

BEGINNING = "0001-01-01T00:00:00+00:00"  # of time


def look(client: Client, since: object = "") -> dict[str, Any]:
    """What the page's script gets."""
    answer = client.get(reverse("notices"), {"since": str(since)})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def fail(take: Generation) -> None:
    """It ends."""
    take.mark_failed("odd", "It failed.", now=timezone.now(), billed=Billed.NO)


@pytest.fixture
def before() -> str:
    """Some time ago."""
    return (timezone.now() - timedelta(minutes=5)).isoformat()


def test_it_tells_of_ones_own_take(
    client_for: ClientFor, project: Project, bob: User, before: str
) -> None:
    take = make_generation(
        project, bob, status=Status.PROCESSING, prompt="A <b>fox</b>"
    )
    fail(take)

    [notice] = look(client_for(bob), before)["notices"]

    assert notice["words"] == "Failed: A <b>fox</b>"  # the script sets it as text
    assert notice["href"] == reverse("take", args=[take.pk])
    assert notice["take"] == str(take.pk)


def test_it_tells_nothing_of_others(
    client_for: ClientFor, project: Project, bob: User, alice: User, before: str
) -> None:
    fail(make_generation(project, bob, status=Status.PROCESSING))

    assert look(client_for(alice), before)["notices"] == []


def test_it_tells_nothing_of_teams_that_one_has_left(
    client_for: ClientFor, project: Project, bob: User, before: str
) -> None:
    fail(make_generation(project, bob, status=Status.PROCESSING))
    Membership.objects.filter(user=bob).delete()

    assert look(client_for(bob), before)["notices"] == []


def test_a_first_look_tells_nothing_old(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    fail(make_generation(project, bob, status=Status.PROCESSING))

    for nonsense in ("", "yesterday", "2026-01-01", "9" * 40, BEGINNING):
        assert look(client_for(bob), nonsense)["notices"] == []


def test_a_later_look_goes_on_where_the_last_one_ended(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    client = client_for(bob)
    since = look(client)["now"]
    fail(make_generation(project, bob, status=Status.PROCESSING))

    assert len(look(client, since)["notices"]) == 1
    later = (timezone.now() + timedelta(minutes=2)).isoformat()
    assert len(look(client, later)["notices"]) == 1  # a clock that is ahead


def test_it_looks_again_only_while_something_is_in_flight(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.PROCESSING)
    assert look(client_for(bob))["seconds"] > 0

    fail(take)
    assert look(client_for(bob))["seconds"] == 0


def test_many_notices_take_as_many_queries_as_one(
    client_for: ClientFor,
    project: Project,
    bob: User,
    before: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _n in range(5):
        fail(make_generation(project, bob, status=Status.PROCESSING))
    client = client_for(bob)

    with django_assert_num_queries(5):
        assert len(look(client, before)["notices"]) == 5


def test_every_page_looks_for_those_who_are_signed_in(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    address = f'data-notices="{reverse("notices")}"'

    assert address in client_for(bob).get(reverse("gallery")).content.decode()
    assert address not in Client().get(reverse("account_login")).content.decode()


def test_the_profile_says_when_to_send_a_mail(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    client = client_for(bob)
    assert "data-ask-notifications" in client.get(reverse("profile")).content.decode()

    client.post(reverse("profile-notices"), {"notice_mail": "batch"})
    bob.refresh_from_db()
    assert bob.notice_mail == NoticeMail.BATCH

    client.post(reverse("profile-notices"), {"notice_mail": "each", "name": "Rob"})
    bob.refresh_from_db()
    assert (bob.notice_mail, bob.name) == (NoticeMail.BATCH, "Bob")


def test_it_tells_nothing_from_before_a_browsers_first_page(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    early, late = (
        make_generation(project, bob, status=Status.PROCESSING) for _ in range(2)
    )
    fail(early)
    first = timezone.now().isoformat()
    fail(late)
    moments = {"from": first, "since": first}

    found = client_for(bob).get(reverse("notices"), moments).json()["notices"]

    assert [notice["take"] for notice in found] == [str(late.pk)]
