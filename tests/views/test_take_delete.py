"""Taking a take from every page."""

from __future__ import annotations

from studio.models import Event, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation


def test_it_works(project: Project, alice: User, client_for: ClientFor) -> None:
    take = make_generation(project, status=Status.COMPLETED)
    client = client_for(alice)

    answer = client.post(f"/takes/{take.pk}/delete")

    take.refresh_from_db()
    assert answer.url == f"/projects/{project.pk}/"
    assert take.deleted_at
    assert client.get(f"/takes/{take.pk}/").status_code == 404
    event = Event.objects.get(verb="generation.deleted")
    assert (event.generation, event.actor) == (take, alice)


def test_it_answers_htmx_with_words_alone(
    project: Project, alice: User, client_for: ClientFor, htmx: dict[str, str]
) -> None:
    take = make_generation(project)

    answer = client_for(alice).post(f"/takes/{take.pk}/delete", headers=htmx)

    html = answer.content.decode()
    assert "Deleted." in html
    assert "<html" not in html
