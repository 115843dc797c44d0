"""Stopping a take."""

from __future__ import annotations

from studio.models import Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation
from tests.views.conftest import ids_of_cards


def test_it_works(project: Project, bob: User, client_for: ClientFor) -> None:
    take = make_generation(project, bob, status=Status.QUEUED)

    answer = client_for(bob).post(f"/takes/{take.pk}/cancel", follow=True)

    take.refresh_from_db()
    assert take.status == Status.CANCELED
    assert "The take is being stopped." in answer.content.decode()


def test_it_answers_htmx_with_the_card_alone(
    project: Project, bob: User, client_for: ClientFor, htmx: dict[str, str]
) -> None:
    take = make_generation(project, bob)

    answer = client_for(bob).post(f"/takes/{take.pk}/cancel", headers=htmx)

    html = answer.content.decode()
    assert ids_of_cards(html) == [str(take.pk)]
    assert html.startswith("<article")
    assert "Canceled" in html


def test_it_is_for_admins_where_the_take_is_anothers(
    project: Project, alice: User, bob: User, client_for: ClientFor
) -> None:
    hers = make_generation(project, alice)
    his = make_generation(project, bob)

    assert client_for(bob).post(f"/takes/{hers.pk}/cancel").status_code == 403
    client_for(alice).post(f"/takes/{his.pk}/cancel")

    hers.refresh_from_db()
    his.refresh_from_db()
    assert (hers.status, his.status) == (Status.QUEUED, Status.CANCELED)


def test_it_says_when_it_is_too_late(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED)

    answer = client_for(bob).post(f"/takes/{take.pk}/cancel", follow=True)

    take.refresh_from_db()
    assert take.status == Status.COMPLETED
    assert "too late" in answer.content.decode()
