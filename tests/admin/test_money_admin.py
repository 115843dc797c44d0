"""Money in Django admin: approvals, what became known later, budgets."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.models import Budget, Event, Generation, Project, User
from tests.factories import make_project, make_team
from tests.money import PRICE, counters, make_budget, press

TAKES = "admin:studio_generation_changelist"


def act(client: Client, action: str, take: Generation) -> Generation:
    """Run an action on one take."""
    sent = {"action": action, "_selected_action": [str(take.pk)]}
    assert client.post(reverse(TAKES), sent).status_code == 302
    return Generation.objects.get(pk=take.pk)


@pytest.fixture
def waiting(project: Project, bob: User) -> Generation:
    """A take that waits for approval."""
    project.team.approval_above = 1
    project.team.save()
    return press(project, bob)[0]


def test_an_operator_approves(
    client: Client, waiting: Generation, operator: User
) -> None:
    assert not act(client, "approve_takes", waiting).awaits_approval
    assert Event.objects.get(verb="generation.spending_approved").actor == operator


def test_an_operator_refuses(client: Client, waiting: Generation) -> None:
    assert act(client, "refuse_takes", waiting).status == "canceled"


@pytest.mark.parametrize(
    ("action", "billed", "charged"),
    [("mark_billed", "yes", PRICE), ("mark_not_billed", "no", 0)],
)
def test_what_was_unsure_becomes_known_once(
    client: Client,
    project: Project,
    alice: User,
    bob: User,
    action: str,
    billed: str,
    charged: int,
) -> None:
    budget = make_budget(project.team, alice)
    (take,) = press(project, bob)
    take.mark_failed("x", "It failed.", now=timezone.now(), billed="unknown")

    for _time in range(2):
        found = act(client, action, take)

    assert found.billed == billed
    assert counters(budget) == (charged, 0)
    assert Event.objects.filter(verb="generation.settled").count() == 1


def test_what_is_known_stays(client: Client, project: Project, bob: User) -> None:
    (take,) = press(project, bob)
    take.mark_failed("x", "It failed.", now=timezone.now(), billed="yes")

    assert act(client, "mark_not_billed", take).billed == "yes"


def sent(project: Project, **changes: str) -> dict[str, str]:
    """What the budget's form sends."""
    fields = {"team": str(project.team_id), "period": "month", "limit": "5000000"}
    return {**fields, "is_hard": "on", **changes}


def test_a_budget_made_here_counts_what_was_spent(
    client: Client, project: Project, bob: User
) -> None:
    press(project, bob)

    client.post(reverse("admin:studio_budget_add"), sent(project))

    assert counters(Budget.objects.get()) == (0, PRICE)
    assert Event.objects.filter(verb="budget.created").exists()


@pytest.mark.parametrize("limit", ["0", "-1", "NaN"])
def test_a_budget_of_nothing_is_refused(
    client: Client, project: Project, limit: str
) -> None:
    answer = client.post(reverse("admin:studio_budget_add"), sent(project, limit=limit))

    assert answer.status_code == 200
    assert not Budget.objects.exists()


def test_a_budget_is_for_what_its_team_has(
    client: Client, project: Project, charlie: User
) -> None:
    other = make_project(make_team(charlie, name="More"))
    add = reverse("admin:studio_budget_add")

    client.post(add, {**sent(project), "project": str(other.pk)})
    client.post(add, sent(project, person=str(charlie.pk)))

    assert not Budget.objects.exists()
