"""A person says what became of an unclear take."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from studio.models import Billed, Generation, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation


@pytest.fixture
def take(project: Project, bob: User) -> Generation:
    """Nobody knows what became of it."""
    return make_generation(project, bob, status=Status.UNKNOWN)


def settle(client: Client, take: Generation, **values: str) -> str:
    """The queue's page after a decision; the take is read again."""
    answer = client.post(reverse("take-settle", args=[take.pk]), values, follow=True)
    assert answer.redirect_chain == [(reverse("queue"), 302)]
    take.refresh_from_db()
    return answer.content.decode()


def test_it_exists(client_for: ClientFor, alice: User, take: Generation) -> None:
    settle(client_for(alice), take, decision="exists", operation_id=" job-77 ")

    assert (take.status, take.operation_id) == (Status.SUBMITTED, "job-77")
    event = take.events.get(verb="generation.settled")
    assert event.actor == alice


def test_it_does_not_exist(
    client_for: ClientFor, alice: User, take: Generation
) -> None:
    settle(client_for(alice), take, decision="release")

    assert (take.status, take.billed) == (Status.FAILED, Billed.NO)


def test_it_is_sent_again(client_for: ClientFor, alice: User, take: Generation) -> None:
    settle(client_for(alice), take, decision="again")

    assert take.status == Status.QUEUED


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"decision": "exists"}, "Give the provider&#x27;s id"),
        ({"decision": "exists", "operation_id": "a\0b"}, "Give the provider&#x27;s id"),
        ({"decision": "perhaps"}, "Choose what became of the take."),
        ({}, "Choose what became of the take."),
    ],
)
def test_it_needs_a_clear_word(
    client_for: ClientFor,
    alice: User,
    take: Generation,
    values: dict[str, str],
    words: str,
) -> None:
    page = settle(client_for(alice), take, **values)

    assert words in page
    assert take.status == Status.UNKNOWN


def test_an_id_belongs_to_one_take(
    client_for: ClientFor, alice: User, project: Project, take: Generation
) -> None:
    make_generation(project, status=Status.SUBMITTED, operation_id="job-77")

    page = settle(client_for(alice), take, decision="exists", operation_id="job-77")

    assert "Another take has this id already." in page
    assert take.status == Status.UNKNOWN


def test_the_second_decision_changes_nothing(
    client_for: ClientFor, alice: User, take: Generation
) -> None:
    client = client_for(alice)
    settle(client, take, decision="release")

    page = settle(client, take, decision="again")

    assert "Somebody else settled this take before." in page
    assert take.status == Status.FAILED


def test_its_maker_cannot(client_for: ClientFor, bob: User, take: Generation) -> None:
    answer = client_for(bob).post(
        reverse("take-settle", args=[take.pk]), {"decision": "again"}
    )

    assert answer.status_code == 403
