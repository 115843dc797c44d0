"""The inside of a card's menu."""

from __future__ import annotations

from studio.models import Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation


def words(client_for: ClientFor, user: User, project: Project, status: str) -> str:
    take = make_generation(project, status=status)
    return client_for(user).get(f"/takes/{take.pk}/menu").content.decode()


def test_it_offers_what_the_role_allows(
    project: Project, alice: User, bob: User, victor: User, client_for: ClientFor
) -> None:
    seen = {
        user.name: words(client_for, user, project, Status.COMPLETED)
        for user in (alice, bob, victor)
    }

    assert "Delete" in seen["Alice"]
    assert "Delete" not in seen["Bob"]
    assert "Remix" in seen["Bob"]
    assert "Remix" not in seen["Victor"]
    assert "?download" in seen["Victor"]


def test_it_has_no_download_without_a_video(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    assert "?download" not in words(client_for, bob, project, Status.FAILED)
