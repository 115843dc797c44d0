"""Budgets on screen: made, changed and removed by admins, and nonsense refused."""

from __future__ import annotations

import pytest

from studio.models import Budget, Event, Project, Team, User
from tests.conftest import ClientFor
from tests.factories import make_project, make_team
from tests.money import DOLLAR, PRICE, make_budget, press


def sent(**changes: str) -> dict[str, str]:
    """What the form sends."""
    fields = {"scope": "team", "period": "month", "limit": "25", "is_hard": "yes"}
    return {**fields, **changes}


def test_an_admin_makes_one(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    press(project, bob)

    answer = client_for(alice).post("/usage/budgets/", sent(scope=f"person:{bob.pk}"))

    budget = Budget.objects.get()
    assert answer.status_code == 302
    assert (budget.person, budget.limit, budget.is_hard) == (bob, 25 * DOLLAR, True)
    assert budget.reserved == PRICE
    assert Event.objects.get(verb="budget.created").actor == alice


@pytest.mark.parametrize(
    "limit",
    ["0", "-5", "NaN", "sNaN", "Infinity", "-Infinity", "", "x", "0.001", "1e30"],
)
def test_it_refuses_what_is_no_amount(
    client_for: ClientFor, team: Team, alice: User, limit: str
) -> None:
    answer = client_for(alice).post("/usage/budgets/", sent(limit=limit))

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not Budget.objects.exists()


@pytest.mark.parametrize("above", ["0", "-1", "NaN", "x"])
def test_it_refuses_what_is_no_price(
    client_for: ClientFor, team: Team, alice: User, above: str
) -> None:
    answer = client_for(alice).post(
        "/usage/budgets/approval", {"approval_above": above}
    )

    team.refresh_from_db()
    assert (answer.status_code, team.approval_above) == (422, None)


def test_it_refuses_what_is_of_another_team(
    client_for: ClientFor, team: Team, alice: User, charlie: User
) -> None:
    theirs = charlie.memberships.get().team.projects.get()
    client = client_for(alice)

    for scope in (f"project:{theirs.pk}", f"person:{charlie.pk}", "x", "person:"):
        assert client.post("/usage/budgets/", sent(scope=scope)).status_code == 422

    assert not Budget.objects.exists()


def test_it_refuses_a_second_one_for_the_same(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    make_budget(team, alice)

    answer = client_for(alice).post("/usage/budgets/", sent())

    assert answer.status_code == 422
    assert "There is such a budget already" in answer.content.decode()


def test_it_is_changed_and_removed(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    budget = make_budget(team, alice)
    client = client_for(alice)

    client.post(f"/usage/budgets/{budget.pk}/", sent(limit="12.50", is_hard="no"))
    budget.refresh_from_db()
    assert (budget.limit, budget.is_hard) == (12_500_000, False)

    client.post(f"/usage/budgets/{budget.pk}/delete")
    assert not Budget.objects.exists()
    verbs = Event.objects.filter(verb__startswith="budget.").order_by("id")
    assert [event.verb for event in verbs] == [
        "budget.created",
        "budget.changed",
        "budget.deleted",
    ]


def test_the_form_shows_it_as_it_is(
    client_for: ClientFor, project: Project, alice: User
) -> None:
    budget = make_budget(project.team, alice, project=project, limit=12_500_000)

    page = client_for(alice).get(f"/usage/budgets/{budget.pk}/").content.decode()

    assert 'value="12.5"' in page
    assert f'value="project:{project.pk}" selected' in page


def test_another_teams_is_not_there(
    client_for: ClientFor, team: Team, alice: User, charlie: User
) -> None:
    theirs = make_budget(make_team(charlie, name="More"), charlie)
    client = client_for(alice)

    assert client.get(f"/usage/budgets/{theirs.pk}/").status_code == 404
    assert client.post(f"/usage/budgets/{theirs.pk}/delete").status_code == 404
    assert Budget.objects.filter(pk=theirs.pk).exists()


def test_editors_see_what_counts_for_them(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    make_budget(team, alice)
    make_budget(team, alice, person=alice)
    make_budget(team, alice, person=bob)
    make_budget(team, alice, project=make_project(team, name="Fog"))

    page = client_for(bob).get("/usage/").content.decode()

    assert page.count('class="budget') - page.count('class="budget-') == 2
    assert "/usage/budgets/" not in page


def test_the_rule_is_kept_and_written_down(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    client_for(alice).post("/usage/budgets/approval", {"approval_above": "5"})

    team.refresh_from_db()
    assert team.approval_above == 5 * DOLLAR
    event = Event.objects.get(verb="team.approval_changed")
    assert event.data == {"above": 5 * DOLLAR}
