"""When a budget ends, if people go on as they did these days."""

from __future__ import annotations

from datetime import date, timedelta

from studio.models.budgets import Budget

FAR = 400  # days; nobody knows what is then


def ends_on(budget: Budget, pace: float, today: date) -> date | None:
    """The day on which nothing is left; None where it lasts its period, or for long.

    ``pace`` is in micro-USD a day.
    """
    left = budget.left
    if left <= 0:
        return today
    days = left / pace if pace > 0 else FAR
    if days >= FAR:
        return None
    day = today + timedelta(days=int(days))
    is_monthly = budget.period == Budget.Period.MONTH
    is_next = (day.year, day.month) != (today.year, today.month)
    return None if is_monthly and is_next else day
