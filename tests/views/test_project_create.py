"""A new project."""

from __future__ import annotations

from studio.models import Event, Project, Team, User
from tests.conftest import ClientFor
from tests.factories import make_project


def test_it_works(team: Team, bob: User, client_for: ClientFor) -> None:
    answer = client_for(bob).post("/projects/", {"name": " Night shoot "})

    made = Project.objects.get()
    assert (made.name, made.team, made.created_by) == ("Night shoot", team, bob)
    assert answer.url == f"/projects/{made.pk}/"
    assert Event.objects.get().verb == "project.created"


def test_it_refuses_a_name_that_is_taken(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    answer = client_for(bob).post("/projects/", {"name": "HARBOUR film"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "A project of this name exists already." in html
    assert 'value="HARBOUR film"' in html
    assert Project.objects.count() == 1


def test_it_takes_the_name_of_a_deleted_one(
    team: Team, bob: User, client_for: ClientFor
) -> None:
    gone = make_project(team, name="Harbour film")
    gone.delete_softly(gone.created_at)

    client_for(bob).post("/projects/", {"name": "Harbour film"})

    assert Project.objects.filter(deleted_at=None).count() == 1


def test_it_needs_a_name(team: Team, bob: User, client_for: ClientFor) -> None:
    assert client_for(bob).post("/projects/", {"name": "  "}).status_code == 422
