"""Review links as the team makes and closes them."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from studio.models import Event, Generation, Project, ShareLink, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation, make_project, make_share_link


@pytest.fixture
def take(project: Project, bob: User) -> Generation:
    """A finished take."""
    return make_generation(project, bob, status=Status.COMPLETED)


def values(take: Generation, **changes: str) -> dict[str, str]:
    """What the form sends."""
    return {
        "name": "First cut",
        "days": "7",
        "takes": str(take.pk),
        "allows_comments": "on",
        **changes,
    }


def address_of(project: Project) -> str:
    """Where links of a project are made."""
    return reverse("share-create", args=[project.pk])


def test_it_makes_a_link_that_works(
    client_for: ClientFor, project: Project, take: Generation, alice: User
) -> None:
    answer = client_for(alice).post(
        address_of(project), values(take, passphrase="open sesame")
    )

    [path] = set(re.findall(r'(/r/[\w-]{32}/)"', answer.content.decode()))
    assert answer.status_code == 201
    assert Client().get(path).status_code == 200
    link = ShareLink.objects.get()
    assert (link.allows_comments, link.allows_verdict) == (True, False)
    assert (link.allows_download, link.shows_name) == (False, False)
    assert 6.9 < (link.expires_at - timezone.now()).total_seconds() / 86400 < 7
    assert path.split("/")[2] not in str(list(Event.objects.values()))


def test_the_take_is_chosen_already(
    client_for: ClientFor, project: Project, take: Generation, alice: User
) -> None:
    client = client_for(alice)
    assert address_of(project) in client.get(f"/takes/{take.pk}/").content.decode()

    page = client.get(f"{address_of(project)}?take={take.pk}&take=x").content.decode()

    assert f'value="{take.pk}" checked' in page


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"days": "0"},
        {"days": "9999"},
        {"takes": ""},
        {"takes": "nonsense"},
        {"passphrase": "short"},
    ],
)
def test_it_refuses_nonsense(
    client_for: ClientFor,
    project: Project,
    take: Generation,
    alice: User,
    changes: dict[str, str],
) -> None:
    answer = client_for(alice).post(address_of(project), values(take, **changes))

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not ShareLink.objects.exists()


def test_it_shares_takes_of_the_project_alone(
    client_for: ClientFor, project: Project, alice: User, charlie: User
) -> None:
    theirs = Project.objects.get(name="Theirs")
    foreign = make_generation(theirs, charlie, status=Status.COMPLETED)
    running = make_generation(project, alice, status=Status.PROCESSING)
    moved = make_generation(make_project(project.team), alice, status=Status.COMPLETED)

    client = client_for(alice)
    for take in (foreign, running, moved):
        assert client.post(address_of(project), values(take)).status_code == 422
    assert not ShareLink.objects.exists()


def test_the_team_sees_and_closes_its_links(
    client_for: ClientFor, project: Project, alice: User, charlie: User
) -> None:
    link, token = make_share_link(project, alice, name="<b>Cut</b>")
    client = client_for(alice)

    page = client.get(reverse("share-list")).content.decode()
    assert "&lt;b&gt;Cut&lt;/b&gt;" in page
    assert f">{date_format(localtime(link.expires_at), 'j M Y H:i')}</td>" in page
    assert token not in page
    assert "Cut" not in client_for(charlie).get(reverse("share-list")).content.decode()
    client.post(reverse("share-revoke", args=[link.pk]))
    assert "Closed" in client.get(reverse("share-list")).content.decode()
    assert Client().get(f"/r/{token}/").status_code == 404
