"""Cards that are kept show nothing stale and nothing to the wrong person."""

from __future__ import annotations

from studio.models import Generation, Project, Role, Status, User
from studio.views.drawn import Viewer, drawn
from tests.factories import make_generation


def html_of(project: Project, user: User, role: Role) -> str:
    takes = Generation.objects.filter(project=project).newest_first()
    return "".join(card.html for card in drawn(takes, Viewer(user=user, role=role)))


def test_it_draws_a_take_anew_when_it_changed(project: Project, bob: User) -> None:
    take = make_generation(project, bob, status=Status.UNKNOWN)
    assert "Unclear" in html_of(project, bob, Role.EDITOR)

    take.mark_failed(
        "lost", "It was lost.", now=take.created_at, billed="no", frm={Status.UNKNOWN}
    )

    assert "It was lost." in html_of(project, bob, Role.EDITOR)


def test_it_draws_for_each_role(project: Project, bob: User, victor: User) -> None:
    make_generation(project, bob, status=Status.FAILED)

    assert "Retry" in html_of(project, bob, Role.EDITOR)
    assert "Retry" not in html_of(project, victor, Role.VIEWER)


def test_it_keeps_no_token_and_no_act_of_one_person_in_a_card(
    project: Project, bob: User
) -> None:
    make_generation(project, bob, status=Status.FAILED)

    assert "csrf" not in html_of(project, bob, Role.EDITOR)


def test_it_never_keeps_a_take_on_its_way(project: Project, bob: User) -> None:
    take = make_generation(project, bob, status=Status.PROCESSING, fraction=0.1)
    html_of(project, bob, Role.EDITOR)

    Generation.objects.filter(pk=take.pk).update(fraction=0.7)

    assert 'value="70"' in html_of(project, bob, Role.EDITOR)
