"""What a card says of the comments on its take."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from studio.models import Comment, Generation, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation, make_share_link
from tests.views.test_updates import address_on


@pytest.fixture
def take(project: Project, bob: User) -> Generation:
    """A finished take."""
    return make_generation(project, bob, status=Status.COMPLETED)


def say(take: Generation, user: User | None, **fields: object) -> Comment:
    return Comment.say(take, "Slower", author=user, now=timezone.now(), **fields)  # type: ignore[arg-type]  # handed on


def counted(take: Generation) -> tuple[int, int]:
    """As it is stored."""
    row = Generation.objects.get(pk=take.pk)
    return row.comments_said, row.comments_open


def test_it_counts_comments_and_open_threads(
    take: Generation, alice: User, bob: User
) -> None:
    head, other = say(take, alice), say(take, bob)
    say(take, bob, parent=head)
    assert counted(take) == (3, 2)

    head.resolve(user=bob, now=timezone.now())
    assert counted(take) == (3, 1)
    head.reopen(user=bob)
    assert counted(take) == (3, 2)
    other.delete_softly(user=bob, now=timezone.now())
    assert counted(take) == (2, 1)


def test_it_counts_what_guests_say(project: Project, alice: User) -> None:
    link, _token = make_share_link(project, alice)
    take = link.takes.get()

    say(take, None, guest_name="Gina", link=link)

    assert counted(take) == (1, 1)


@pytest.mark.parametrize("page", ["gallery", "project"])
def test_a_card_says_how_many_and_how_many_are_open(
    take: Generation, bob: User, client_for: ClientFor, page: str
) -> None:
    args = [take.project_id] if page == "project" else []
    address = reverse(page, args=args)
    client = client_for(bob)
    assert "#message-square" not in client.get(address).content.decode()
    say(take, bob)
    head = say(take, bob)

    html = client.get(address).content.decode()
    assert f'href="{reverse("take", args=[take.pk])}#comments"' in html
    assert "2 comments, 2 open</span>" in html
    head.resolve(user=bob, now=timezone.now())
    assert "2 comments, 1 open</span>" in client.get(address).content.decode()


def test_a_card_without_an_open_one_says_the_number_alone(
    take: Generation, bob: User, client_for: ClientFor
) -> None:
    say(take, bob).resolve(user=bob, now=timezone.now())

    assert ">1 comment</span>" in client_for(bob).get("/gallery/").content.decode()


def test_the_live_update_brings_a_new_comment(
    take: Generation, alice: User, bob: User, client_for: ClientFor
) -> None:
    client = client_for(bob)
    address = address_on(client, reverse("project", args=[take.project_id]))
    assert client.get(address).status_code == 204

    say(take, alice)

    html = client.get(address).content.decode()
    assert f'id="take-{take.pk}" hx-swap-oob="true"' in html
    assert "1 comment, 1 open" in html


def test_it_takes_no_query_more(
    project: Project,
    bob: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_for(bob)
    client.get("/gallery/")
    for _ in range(12):
        say(make_generation(project, bob, status=Status.COMPLETED), bob)

    # Session and person, teams, the page's takes, their cards with files and inputs.
    with django_assert_num_queries(7):
        client.get("/gallery/page")
