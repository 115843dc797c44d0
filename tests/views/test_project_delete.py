"""Taking a project from every page."""

from __future__ import annotations

from studio.models import Event, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation


def test_it_works(project: Project, alice: User, client_for: ClientFor) -> None:
    client = client_for(alice)

    answer = client.post(f"/projects/{project.pk}/delete", follow=True)

    project.refresh_from_db()
    assert project.deleted_at
    assert "“Harbour film” was deleted." in answer.content.decode()
    assert client.get(f"/projects/{project.pk}/").status_code == 404
    assert Event.objects.get().verb == "project.deleted"


def test_it_leaves_takes_on_their_way_to_be_finished(
    project: Project, alice: User, client_for: ClientFor
) -> None:
    take = make_generation(project, status=Status.PROCESSING)
    client = client_for(alice)

    client.post(f"/projects/{project.pk}/delete")

    take.refresh_from_db()
    assert (take.status, take.deleted_at) == (Status.PROCESSING, None)
    assert client.get(f"/takes/{take.pk}/card").status_code == 404


def test_it_says_what_is_on_its_way(
    project: Project, alice: User, bob: User, client_for: ClientFor
) -> None:
    page = f"/projects/{project.pk}/"
    assert "on its way" not in client_for(alice).get(page).content.decode()
    for status in (Status.SUBMITTED, Status.PROCESSING, Status.COMPLETED):
        make_generation(project, bob, status=status)
    client = client_for(alice)

    assert "2 takes are on their way" in client.get(page).content.decode()
    answer = client.post(f"{page}delete", follow=True)
    assert "2 takes are on their way" in answer.content.decode()


def test_what_waits_is_stopped_with_it(
    project: Project, alice: User, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, bob, status=Status.QUEUED, awaits_approval=True)

    client_for(alice).post(f"/projects/{project.pk}/delete")

    take.refresh_from_db()
    assert take.status == Status.CANCELED


def test_an_unclear_take_is_settled_first(
    project: Project, alice: User, bob: User, client_for: ClientFor
) -> None:
    make_generation(project, bob, status=Status.UNKNOWN)

    client_for(alice).post(f"/projects/{project.pk}/delete")

    project.refresh_from_db()
    assert project.deleted_at is None
