"""Choosing takes on the gallery and in a project, and the link that they go into."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from studio.models import Generation, Project, Role, ShareLink, Status, Team, User
from tests.conftest import ClientFor
from tests.factories import make_generation, make_project
from tests.views.test_share_links import values

CHOSEN = re.compile(r'name="takes" value="([0-9a-f-]+)" checked')


@pytest.fixture
def take(project: Project, bob: User) -> Generation:
    """A finished take."""
    return make_generation(project, bob, status=Status.COMPLETED)


def pages(project: Project) -> list[str]:
    """Where takes can be chosen."""
    of = [project.pk]
    return [
        reverse("gallery"),
        reverse("gallery-page"),
        reverse("project", args=of),
        reverse("project-takes", args=of),
    ]


def test_each_finished_take_has_a_box_of_the_pages_own_form(
    client_for: ClientFor, project: Project, take: Generation, alice: User
) -> None:
    make_generation(project, alice, status=Status.FAILED)

    for page in pages(project):
        html = client_for(alice).get(page).content.decode()
        box = f'<input class="choose" type="checkbox" name="take" value="{take.pk}"'
        assert html.count('class="choose"') == html.count(box) == 1
        assert 'form="choose"' in html
        assert html.count('<form id="choose"') == 1


def test_only_those_choose_who_may_share(
    client_for: ClientFor, project: Project, take: Generation, bob: User
) -> None:
    for page in pages(project):
        html = client_for(bob).get(page).content.decode()
        assert str(take.pk) in html
        assert "data-choosing" not in html and 'class="choose"' not in html


def test_a_card_that_was_kept_is_drawn_for_each_role(
    client_for: ClientFor, take: Generation, bob: User, alice: User, team: Team
) -> None:
    client_for(bob).get("/gallery/")
    assert 'class="choose"' in client_for(alice).get("/gallery/").content.decode()
    team.memberships.filter(user=alice).update(role=Role.EDITOR)
    assert 'class="choose"' not in client_for(alice).get("/gallery/").content.decode()


def test_takes_of_one_project_go_to_its_page(
    client_for: ClientFor, project: Project, take: Generation, alice: User
) -> None:
    other = make_generation(project, alice, status=Status.COMPLETED)
    make_generation(project, alice, status=Status.COMPLETED)
    ids = [str(other.pk), str(take.pk)]

    answer = client_for(alice).get("/team/links/new", {"take": ids}, follow=True)

    assert answer.redirect_chain[0][0].startswith(f"/projects/{project.pk}/share?")
    assert CHOSEN.findall(answer.content.decode()) == ids


def test_takes_of_several_projects_go_into_one_link(
    client_for: ClientFor, project: Project, take: Generation, team: Team, alice: User
) -> None:
    elsewhere = make_project(team, name="Second unit")
    other = make_generation(elsewhere, alice, status=Status.COMPLETED)
    ids = [str(other.pk), str(take.pk)]
    client = client_for(alice)

    answer = client.get("/team/links/new", {"take": ids})

    html = answer.content.decode()
    assert CHOSEN.findall(html) == ids
    assert "Second unit" in html
    assert client.post(
        "/team/links/new", values(take) | {"takes": ids}
    ).status_code == (201)
    shown = ShareLink.objects.get().shown_takes()
    assert {str(row.pk) for row in shown} == set(ids)


def test_what_may_not_be_seen_is_not_chosen(
    client_for: ClientFor,
    take: Generation,
    team: Team,
    alice: User,
    charlie: User,
) -> None:
    theirs = charlie.memberships.get().team.projects.get()
    foreign = make_generation(theirs, charlie, status=Status.COMPLETED)
    ids = [str(take.pk), str(foreign.pk), str(uuid4()), "nonsense"]
    client = client_for(alice)

    html = client.get("/team/links/new", {"take": ids}, follow=True).content.decode()

    assert CHOSEN.findall(html) == [str(take.pk)]
    sent = values(take) | {"takes": str(foreign.pk)}
    assert client.post("/team/links/new", sent).status_code == 422
    assert not ShareLink.objects.exists()


def test_more_than_a_link_bears_are_refused_and_not_left_out(
    client_for: ClientFor, project: Project, take: Generation, alice: User
) -> None:
    more = [
        make_generation(project, alice, status=Status.COMPLETED, prompt=take.prompt)
        for _ in range(100)
    ]
    ids = [str(row.pk) for row in (take, *more)]
    client = client_for(alice)
    address = reverse("share-create", args=[project.pk])

    html = client.get(address, {"take": ids}).content.decode()

    assert len(CHOSEN.findall(html)) == 101
    answer = client.post(address, values(take) | {"takes": ids})
    assert answer.status_code == 422
    assert "Choose at most 100 takes." in answer.content.decode()
