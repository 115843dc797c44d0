"""Budgets made, changed and removed: each change is written down, and counted anew."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from studio.models import ledger_check
from studio.models.budgets import Budget
from studio.models.events import Event
from studio.models.teams import Feed, Team
from studio.models.users import User


def keep_budget(budget: Budget, *, user: User) -> None:
    """Save it and count what was used of it so far.

    The team's feed is held, so that no take slips in between counting and saving.
    """
    is_new = budget._state.adding
    with transaction.atomic():
        Feed.advance(budget.team_id)
        budget.since = budget.start_of_period(timezone.localdate())
        budget.spent, budget.reserved = ledger_check.counted(budget)
        budget.save()
        note(budget, user, "budget.created" if is_new else "budget.changed")


def remove_budget(budget: Budget, *, user: User) -> None:
    """It limits nothing any more; the ledger keeps what was spent."""
    with transaction.atomic():
        Feed.advance(budget.team_id)
        note(budget, user, "budget.deleted")
        budget.delete()


def keep_rule(team: Team, approval_above: int | None, *, user: User) -> None:
    """Above which price a take of this team waits for a lead."""
    with transaction.atomic():
        team.approval_above = approval_above
        team.save(update_fields=["approval_above"])
        Event.record(
            "team.approval_changed",
            team=team,
            actor=user,
            data={"above": approval_above},
        )


def note(budget: Budget, user: User, verb: str) -> None:
    """Who did what to which budget."""
    Event.record(
        verb,
        team_id=budget.team_id,
        project_id=budget.project_id,
        actor=user,
        data={
            "budget": str(budget.pk),
            "for": str(budget.whose),
            "period": budget.period,
            "limit": budget.limit,
            "is_hard": budget.is_hard,
        },
    )
