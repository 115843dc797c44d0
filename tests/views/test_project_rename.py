"""Another name for a project."""

from __future__ import annotations

from studio.models import Event, Project, Team, User
from tests.conftest import ClientFor
from tests.factories import make_project


def test_it_works(project: Project, bob: User, client_for: ClientFor) -> None:
    answer = client_for(bob).post(f"/projects/{project.pk}/rename", {"name": "Quay"})

    project.refresh_from_db()
    assert project.name == "Quay"
    assert answer.url == f"/projects/{project.pk}/"
    assert Event.objects.get().data == {"before": "Harbour film", "after": "Quay"}


def test_it_may_change_the_case_alone(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    client_for(bob).post(f"/projects/{project.pk}/rename", {"name": "HARBOUR FILM"})

    project.refresh_from_db()
    assert project.name == "HARBOUR FILM"


def test_it_refuses_a_name_that_is_taken(
    project: Project, team: Team, bob: User, client_for: ClientFor
) -> None:
    make_project(team, name="Quay")

    answer = client_for(bob).post(f"/projects/{project.pk}/rename", {"name": "quay"})

    project.refresh_from_db()
    assert answer.status_code == 422
    assert "exists already" in answer.content.decode()
    assert project.name == "Harbour film"
