"""Budgets: whose, for how long, and what happens at the limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.models import Budget, Generation, OverBudget, Project, Purse, User
from studio.models import budget_changes as changes
from tests.factories import make_project
from tests.money import DOLLAR, PRICE, counters, make_budget, press


def test_it_lets_through_what_fits_to_the_cent(
    project: Project, alice: User, bob: User
) -> None:
    budget = make_budget(project.team, alice, limit=3 * PRICE)

    press(project, bob, takes=3)
    with pytest.raises(OverBudget):
        press(project, bob)

    assert counters(budget) == (0, 3 * PRICE)
    assert Generation.objects.count() == 3


def test_a_refusal_says_how_much_is_left(
    project: Project, alice: User, bob: User
) -> None:
    make_budget(project.team, alice, limit=PRICE)

    with pytest.raises(OverBudget) as refused:
        press(project, bob, takes=2)

    words = str(refused.value)
    assert "about $1.40, and $0.70 is left of the budget of $0.70" in words
    assert "The team · Each month" in words


@pytest.mark.parametrize("scope", ["team", "project", "person"])
def test_it_counts_what_it_is_for_and_nothing_else(
    project: Project, alice: User, bob: User, scope: str
) -> None:
    other = make_project(project.team)
    target = {"team": {}, "project": {"project": project}, "person": {"person": bob}}
    budget = make_budget(project.team, alice, **target[scope])

    press(project, bob)
    press(other, bob)
    press(project, alice)
    press(other, alice)

    assert counters(budget)[1] == {"team": 4, "project": 2, "person": 2}[scope] * PRICE


def test_all_that_apply_must_have_room(
    project: Project, alice: User, bob: User
) -> None:
    wide = make_budget(project.team, alice)
    make_budget(project.team, alice, person=bob, limit=PRICE - 1)

    with pytest.raises(OverBudget):
        press(project, bob)

    assert counters(wide) == (0, 0)


def test_one_that_warns_lets_everything_through(
    project: Project, alice: User, bob: User
) -> None:
    budget = make_budget(project.team, alice, limit=PRICE, is_hard=False)

    press(project, bob, takes=2)

    assert counters(budget) == (0, 2 * PRICE)
    assert Purse.of(project, bob.pk).budgets[0].left == -PRICE


def test_a_month_starts_anew(project: Project, alice: User, bob: User) -> None:
    budget = make_budget(project.team, alice, limit=PRICE)
    press(project, bob)
    last_month = timezone.localdate().replace(day=1) - timedelta(days=1)
    Budget.objects.update(since=last_month.replace(day=1))

    press(project, bob)

    assert counters(budget) == (0, PRICE)


def test_what_ends_after_its_month_is_not_of_the_next(
    project: Project, alice: User, bob: User
) -> None:
    budget = make_budget(project.team, alice)
    (take,) = press(project, bob)
    following = (budget.since + timedelta(days=40)).replace(day=1)
    Budget.objects.update(since=following, reserved=0)

    take.mark_failed("x", "It failed.", now=timezone.now(), billed="yes")

    assert counters(budget) == (0, 0)


def test_a_clock_that_is_behind_is_not_refused(project: Project, alice: User) -> None:
    budget = make_budget(project.team, alice, limit=PRICE)

    assert budget.reserve(9 * PRICE, budget.since - timedelta(days=1))
    assert counters(budget) == (0, 0)


def test_one_in_total_never_starts_anew(
    project: Project, alice: User, bob: User
) -> None:
    budget = make_budget(project.team, alice, limit=PRICE, period="total")
    press(project, bob)

    assert not budget.reserve(1, date(2999, 1, 1))
    assert counters(budget) == (0, PRICE)


def test_a_free_take_needs_no_budget(project: Project, alice: User, bob: User) -> None:
    make_budget(project.team, alice, limit=PRICE)
    press(project, bob)

    assert press(project, bob, price=0)


def test_an_unknown_price_needs_something_left(
    project: Project, alice: User, bob: User
) -> None:
    make_budget(project.team, alice, limit=PRICE)
    press(project, bob, price=None)
    press(project, bob)

    with pytest.raises(OverBudget):
        press(project, bob, price=None)


def test_a_new_one_counts_what_was_spent_before(
    project: Project, alice: User, bob: User
) -> None:
    first, _second = press(project, bob, takes=2)
    first.mark_failed("x", "It failed.", now=timezone.now(), billed="yes")

    budget = make_budget(project.team, alice)

    assert counters(budget) == (PRICE, PRICE)


def test_a_changed_one_counts_what_it_is_for_now(
    project: Project, alice: User, bob: User
) -> None:
    budget = make_budget(project.team, alice, person=alice)
    press(project, bob)

    budget.person = bob
    changes.keep_budget(budget, user=alice)

    assert counters(budget) == (0, PRICE)


def test_three_budgets_cost_three_more_queries(
    project: Project, alice: User, bob: User
) -> None:
    def queries_of_a_press() -> int:
        with CaptureQueriesContext(connection) as queries:
            press(project, bob, takes=2)
        return len(queries)

    press(project, bob)  # the catalog's entry is kept once
    without = queries_of_a_press()
    make_budget(project.team, alice)
    make_budget(project.team, alice, project=project)
    make_budget(project.team, alice, person=bob)

    assert queries_of_a_press() <= without + 3


def test_the_tightest_is_shown(project: Project, alice: User, bob: User) -> None:
    make_budget(project.team, alice)
    own = make_budget(project.team, alice, person=bob, limit=DOLLAR)
    make_budget(project.team, alice, person=alice, limit=1)

    purse = Purse.of(project, bob.pk)

    assert purse.tightest == own
    assert purse.short_for(DOLLAR + 1, is_hard=True) == own
    assert purse.short_for(DOLLAR, is_hard=True) is None
