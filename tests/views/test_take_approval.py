"""A take above the team's price waits for an admin."""

from __future__ import annotations

import pytest
from django.utils import timezone

from studio.models import (
    Event,
    Generation,
    Membership,
    Project,
    Role,
    Status,
    Team,
    Timing,
    User,
)
from studio.pipeline import approve, cancel
from studio.views.approvals import approvers
from tests.conftest import ClientFor
from tests.factories import make_user
from tests.money import PRICE, counters, make_budget, press


@pytest.fixture
def waiting(project: Project, bob: User) -> Generation:
    """A take that costs more than half a dollar."""
    project.team.approval_above = 500_000
    project.team.save()
    return press(project, bob)[0]


def decide(client_for: ClientFor, user: User, take: Generation, decision: str) -> int:
    client = client_for(user)
    answer = client.post(f"/takes/{take.pk}/approval", {"decision": decision})
    take.refresh_from_db()
    return answer.status_code


def test_it_is_not_sent_before_somebody_agrees(waiting: Generation) -> None:
    now = timezone.now()

    assert waiting.awaits_approval
    assert waiting not in Generation.objects.ready_to_submit(now)
    assert not waiting.mark_submitting(now=now, deadline=now, account=None)


def test_an_admin_agrees(
    client_for: ClientFor, waiting: Generation, alice: User
) -> None:
    decide(client_for, alice, waiting, "approve")

    assert (waiting.awaits_approval, waiting.wait_reason) == (False, "")
    assert waiting in Generation.objects.ready_to_submit(timezone.now())
    event = Event.objects.get(verb="generation.spending_approved")
    assert (event.actor, event.data) == (alice, {"estimate": PRICE})


def test_an_admin_refuses_and_nothing_is_spent(
    client_for: ClientFor, project: Project, waiting: Generation, alice: User
) -> None:
    budget = make_budget(project.team, alice)

    decide(client_for, alice, waiting, "refuse")

    assert (waiting.status, waiting.billed) == (Status.CANCELED, "no")
    assert waiting.error_message == "Alice did not approve what this costs."
    assert counters(budget) == (0, 0)


def test_it_is_decided_once(
    client_for: ClientFor, waiting: Generation, alice: User
) -> None:
    decide(client_for, alice, waiting, "approve")
    decide(client_for, alice, waiting, "refuse")

    assert waiting.status == Status.QUEUED
    assert not Event.objects.filter(verb="generation.spending_refused").exists()


def test_a_nonsense_decision_changes_nothing(
    client_for: ClientFor, waiting: Generation, alice: User
) -> None:
    decide(client_for, alice, waiting, "maybe")

    assert waiting.awaits_approval


def test_an_editor_may_not_agree(
    client_for: ClientFor, waiting: Generation, bob: User
) -> None:
    assert decide(client_for, bob, waiting, "approve") == 403
    assert waiting.awaits_approval


def test_its_maker_can_cancel_it(waiting: Generation, bob: User) -> None:
    assert cancel.cancel_take(waiting, user=bob)


def test_an_admins_own_take_need_not_wait(
    waiting: Generation, project: Project, alice: User
) -> None:
    assert not press(project, alice)[0].awaits_approval


def test_it_is_the_whole_press_that_counts(project: Project, bob: User) -> None:
    project.team.approval_above = PRICE
    project.team.save()

    assert not press(project, bob)[0].awaits_approval
    assert all(take.awaits_approval for take in press(project, bob, takes=2))


def test_a_price_that_nobody_knows_waits_and_a_free_take_does_not(
    waiting: Generation, project: Project, bob: User
) -> None:
    assert press(project, bob, price=None)[0].awaits_approval
    assert not press(project, bob, price=0)[0].awaits_approval


def test_the_queue_page_lists_it_with_buttons_for_admins(
    client_for: ClientFor, waiting: Generation, alice: User, bob: User
) -> None:
    theirs = client_for(alice).get("/queue/").content.decode()
    his = client_for(bob).get("/queue/").content.decode()

    assert (
        f'id="approval-{waiting.pk}"' in theirs and f"{waiting.pk}/approval" in theirs
    )
    assert f'id="approval-{waiting.pk}"' in his and f"{waiting.pk}/approval" not in his
    assert "it costs more than $0.50" in his


def test_a_take_that_waits_says_for_whom_and_promises_nothing(
    client_for: ClientFor, waiting: Generation, project: Project, bob: User
) -> None:
    Timing.add(waiting.timing_key(), 15)
    client = client_for(bob)

    queue = client.get("/queue/").content.decode()
    page = client.get(f"/takes/{waiting.pk}/").content.decode()
    card = client.get(f"/projects/{project.pk}/").content.decode()

    for shown in (queue, page, card):
        assert "Waiting for approval" in shown
        assert "usually" not in shown and "no history" not in shown
    assert "Alice can approve it." in queue and "Alice can approve it." in page
    assert "An admin of the team can approve it." in card


def test_an_admin_gets_from_the_take_to_the_decision(
    client_for: ClientFor, waiting: Generation, alice: User
) -> None:
    client = client_for(alice)
    link = f'href="/queue/#approval-{waiting.pk}"'

    assert link in client.get(f"/takes/{waiting.pk}/").content.decode()
    approve.approve_take(waiting, user=alice)
    assert link not in client.get(f"/takes/{waiting.pk}/").content.decode()


def test_who_can_approve_is_named_as_far_as_a_line_bears_it(
    team: Team, alice: User
) -> None:
    assert approvers(team) == "Alice can approve it."
    for name in ("adam", "ada", "axel"):
        lead = make_user(name)
        Membership.objects.create(team=team, user=lead, role=Role.ADMIN)
    make_user("amy", is_active=False).memberships.create(team=team, role=Role.ADMIN)

    assert approvers(team) == "Alice, Adam, Ada or another admin can approve it."


def test_nothing_is_said_to_run_while_all_wait_for_a_word(
    client_for: ClientFor, waiting: Generation, alice: User
) -> None:
    client = client_for(alice)

    assert "Waiting for a decision" in client.get("/").content.decode()
    approve.approve_take(waiting, user=alice)
    assert "Running now" in client.get("/").content.decode()
