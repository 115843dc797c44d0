"""The next page of the gallery."""

from __future__ import annotations

from studio.models import Project, User
from tests.conftest import ClientFor
from tests.factories import make_generation
from tests.views.conftest import ids_of_cards


def test_it_begins_after_the_last_one_seen(
    project: Project, bob: User, client_for: ClientFor, htmx: dict[str, str]
) -> None:
    old, seen = make_generation(project), make_generation(project)
    after = f"{seen.created_at.isoformat()}_{seen.pk}"

    html = (
        client_for(bob)
        .get("/gallery/page", {"after": after}, headers=htmx)
        .content.decode()
    )

    assert ids_of_cards(html) == [str(old.pk)]
    assert "<html" not in html


def test_it_is_a_page_of_its_own_without_scripts(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    make_generation(project, prompt="A red fox")

    html = client_for(bob).get("/gallery/page", {"q": "fox"}).content.decode()

    assert "<html" in html
    assert len(ids_of_cards(html)) == 1
