"""How long the budgets last, and at which pace money is spent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from studio.models import Budget, Project, SpendingSum, User
from studio.models.forecast import ends_on
from studio.models.spending_sums import Place
from studio.models.usage import Time, pace_of
from studio.views.budgets import line
from tests.money import DOLLAR

MONDAY = date(2026, 11, 9)


def budget(limit: int = 100, spent: int = 0, period: str = "month") -> Budget:
    """A budget of so many dollars, counted this month."""
    since = timezone.localdate().replace(day=1) if period == "month" else date.min
    return Budget(
        limit=limit * DOLLAR, spent=spent * DOLLAR, period=period, since=since
    )


@pytest.mark.parametrize(
    ("spent", "pace", "day"),
    [
        (70, 10, date(2026, 11, 12)),  # thirty left at ten a day: on Thursday
        (100, 10, MONDAY),
        (120, 10, MONDAY),
        (0, 0, None),
        (0, 4, None),  # not within this month
    ],
)
def test_it_tells_the_day(spent: int, pace: int, day: date | None) -> None:
    assert ends_on(budget(spent=spent), pace * DOLLAR, MONDAY) == day


def test_one_in_total_may_end_in_another_month() -> None:
    assert ends_on(budget(period="total"), DOLLAR, MONDAY) == date(2027, 2, 17)
    assert ends_on(budget(period="total"), 1, MONDAY) is None


@pytest.mark.parametrize(
    ("spent", "pace", "words"),
    [
        (70, 10, "At this pace it ends on Thursday."),
        (80, 2, "At this pace it ends on 19 November."),
        (99, 2, "At this pace it ends today."),
        (100, 2, "Used up."),
        (0, 0, "Nothing was spent in the last seven days."),
        (0, 1, "At this pace it lasts until the month ends."),
    ],
)
def test_it_says_it_in_words(spent: int, pace: int, words: str) -> None:
    assert line(budget(spent=spent), pace * DOLLAR, MONDAY).outlook == words


def test_the_pace_is_of_the_last_seven_days(project: Project, bob: User) -> None:
    team = project.team
    for days_ago, amount in ((0, 1), (3, 7), (9, 99)):
        place = Place(
            team_id=team.pk,
            day=MONDAY - timedelta(days=days_ago),
            person_id=bob.pk,
            project_id=project.pk,
            model="a:b",
        )
        numbers = dict.fromkeys(SpendingSum.NUMBERS, 0)
        SpendingSum.add(place, {**numbers, "billed": amount * DOLLAR})

    # Eight dollars in the four days since the first of them
    budgets = [
        Budget(team=team),
        Budget(team=team, person=bob),
        Budget(team=team, project=project),
    ]
    assert pace_of(budgets, MONDAY) == {
        "team": 2 * DOLLAR,
        f"person:{bob.pk}": 2 * DOLLAR,
        f"project:{project.pk}": 2 * DOLLAR,
    }


def test_a_month_has_all_its_days() -> None:
    assert len(Time.month(date(2024, 2, 14)).steps()) == 29
    assert len(Time.month(date(2026, 12, 31)).steps()) == 31
    assert len(Time.year(2026).steps()) == 12
