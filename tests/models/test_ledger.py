"""The ledger: held before anything is sent, charged or released however it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db.models import Sum
from django.utils import timezone

from studio.models import (
    TERMINAL,
    Billed,
    Budget,
    Generation,
    LedgerEntry,
    OverBudget,
    Project,
    SpendingSum,
    Status,
    User,
    ledger,
    ledger_check,
)
from studio.pipeline import cancel, create, move, settle
from tests.factories import make_generation, make_project
from tests.faults.test_state_machine import STEPS
from tests.money import PRICE, counters, make_budget, press

NOW = timezone.now()
LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def take(project: Project, bob: User, budget: Budget) -> Generation:
    """A take that was asked for, with a budget in force."""
    return press(project, bob)[0]


@pytest.fixture
def budget(project: Project, alice: User) -> Budget:
    """The team's, ten dollars each month."""
    return make_budget(project.team, alice)


def sums_of(take: Generation) -> tuple[int, int]:
    """What was charged and what is held for a take, by its entries."""
    sums = take.ledger.aggregate(charged=Sum("charged"), reserved=Sum("reserved"))
    return sums["charged"], sums["reserved"]


def todays_sum() -> SpendingSum:
    """Of all people and everything."""
    return SpendingSum.objects.get(span="day", by="total", is_of_one=False)


# The steps of a life


def claimed(take: Generation) -> None:
    take.mark_submitting(now=NOW, deadline=LATER, account=None)


def lost(take: Generation) -> None:
    claimed(take)
    take.mark_unknown("The answer was lost.", now=NOW)


def sent(take: Generation) -> None:
    claimed(take)
    take.mark_submitted(f"op-{take.pk}", now=NOW)


def running(take: Generation) -> None:
    sent(take)
    take.mark_processing(now=NOW)


def arriving(take: Generation) -> None:
    running(take)
    take.mark_collecting([], now=NOW)


def arriving_with_a_bill(take: Generation) -> None:
    running(take)
    take.mark_collecting([], now=NOW, cost=800_000, cost_is_reported=True)


class End(NamedTuple):
    """A way to end, and what it comes to."""

    before: Callable[[Generation], None] | None
    last: str
    fields: dict[str, Any]
    charged: int
    basis: str


def failing(billed: str, **fields: Any) -> dict[str, Any]:
    return {"code": "x", "message": "It failed.", "billed": billed, **fields}


def stopped(billed: str, *frm: Status) -> dict[str, Any]:
    return {"billed": billed, "frm": set(frm)}


BILL = {"cost": 900_000, "cost_is_reported": True}
COST = {"cost": PRICE, "billed": "yes"}
UNKNOWN = frozenset({Status.UNKNOWN})
ENDS = {
    "queued, canceled": End(None, "canceled", stopped("no", Status.QUEUED), 0, ""),
    "queued, failed": End(None, "failed", failing("no"), 0, ""),
    "submitting, refused": End(claimed, "failed", failing("no"), 0, ""),
    "unknown, never there": End(lost, "failed", failing("no", frm=UNKNOWN), 0, ""),
    "submitted, failed": End(sent, "failed", failing("no"), 0, ""),
    "submitted, failed and billed": End(
        sent, "failed", failing("yes"), PRICE, "catalog"
    ),
    "submitted, canceled": End(
        sent, "canceled", stopped("no", Status.SUBMITTED), 0, ""
    ),
    "processing, failed with a bill": End(
        running, "failed", failing("yes", **BILL), 900_000, "bill"
    ),
    "processing, not told whether billed": End(
        running, "failed", failing("unknown"), PRICE, "unsure"
    ),
    "processing, told a figure and not whether billed": End(
        running, "failed", failing("unknown", **BILL), 900_000, "unsure"
    ),
    "processing, canceled and nobody says": End(
        running, "canceled", stopped("unknown", Status.PROCESSING), PRICE, "unsure"
    ),
    "collecting, completed": End(arriving, "completed", COST, PRICE, "catalog"),
    "collecting, completed with a bill": End(
        arriving_with_a_bill, "completed", {"billed": "yes"}, 800_000, "bill"
    ),
    "collecting, lost": End(arriving, "failed", failing("yes"), PRICE, "catalog"),
}


@pytest.mark.parametrize("name", ENDS)
def test_every_end_settles_what_was_held(
    take: Generation, budget: Budget, name: str
) -> None:
    end = ENDS[name]
    assert counters(budget) == (0, PRICE)

    if end.before:
        end.before(take)
    made = getattr(take, f"mark_{end.last}")(now=NOW, **end.fields)

    assert made
    assert sums_of(take) == (end.charged, 0)
    assert counters(budget) == (end.charged, 0)
    closing = take.ledger.get(takes=1)
    assert (closing.basis, closing.outcome) == (end.basis, end.last)
    assert closing.kind == ("charge" if end.basis else "release")
    assert ledger_check.wrong(take.team) == []


def test_every_state_is_left_above_in_each_way_that_ends_it() -> None:
    walked = {(name.partition(",")[0], end.last) for name, end in ENDS.items()}

    assert walked == {
        (state, end)
        for state, following in STEPS.items()
        for end in following & TERMINAL
    }


@pytest.mark.parametrize("step", [claimed, lost, sent, running, arriving])
def test_it_stays_held_until_the_end(
    take: Generation, budget: Budget, step: Callable[[Generation], None]
) -> None:
    step(take)

    assert sums_of(take) == (0, PRICE)
    assert counters(budget) == (0, PRICE)


def test_a_step_that_comes_too_late_books_nothing(
    take: Generation, budget: Budget
) -> None:
    same = Generation.objects.get(pk=take.pk)
    cancel.stop(take, NOW)

    assert not same.mark_failed("x", "Too late.", now=NOW, billed=Billed.YES)

    assert sums_of(take) == (0, 0)
    assert take.ledger.count() == 2


def test_going_back_to_the_line_holds_no_more(take: Generation) -> None:
    claimed(take)

    take.mark_queued_again(now=NOW, not_before=LATER, reason="Busy")

    assert sums_of(take) == (0, PRICE)


def test_sending_again_holds_again_and_counts_the_first_as_perhaps_billed(
    take: Generation, budget: Budget, alice: User
) -> None:
    lost(take)

    assert settle.send_again(take, user=alice)

    assert sums_of(take) == (PRICE, PRICE)
    assert counters(budget) == (PRICE, PRICE)
    assert todays_sum().unsure == PRICE


def test_sending_again_needs_room_in_the_budget(
    take: Generation, budget: Budget, alice: User
) -> None:
    lost(take)
    Budget.objects.update(limit=PRICE)

    with pytest.raises(OverBudget):
        settle.send_again(take, user=alice)

    take.refresh_from_db()
    assert take.status == Status.UNKNOWN
    assert sums_of(take) == (0, PRICE)


def test_a_take_that_exists_after_all_is_charged_once(
    take: Generation, budget: Budget, alice: User
) -> None:
    lost(take)
    settle.it_exists(take, "op-1", user=alice)
    take.mark_collecting([], now=NOW)

    take.mark_completed(now=NOW, **COST)

    assert counters(budget) == (PRICE, 0)


def test_a_retry_is_a_take_with_a_hold_of_its_own(
    take: Generation, budget: Budget, bob: User
) -> None:
    take.mark_failed("x", "It failed.", now=NOW, billed=Billed.YES)

    again = create.retry_take(take, user=bob)

    assert sums_of(again) == (0, PRICE)
    assert counters(budget) == (PRICE, PRICE)


def test_a_moved_take_is_paid_where_it_was_asked_for(
    take: Generation, project: Project, alice: User
) -> None:
    here = make_budget(project.team, alice, project=project)
    other = make_project(project.team)
    there = make_budget(project.team, alice, project=other)
    move.move_take(take, other, user=alice)

    arriving(Generation.objects.get(pk=take.pk))
    Generation.objects.get(pk=take.pk).mark_completed(now=NOW, **COST)

    assert (counters(here), counters(there)) == ((PRICE, 0), (0, 0))


def test_a_take_from_before_the_ledger_is_charged(project: Project, bob: User) -> None:
    take = make_generation(project, bob, status="collecting", estimate=PRICE)

    take.mark_completed(now=NOW, **COST)

    assert sums_of(take) == (PRICE, 0)


def test_a_free_take_is_counted_and_costs_nothing(
    project: Project, bob: User, budget: Budget
) -> None:
    (take,) = press(project, bob, price=0)
    arriving(take)

    take.mark_completed(now=NOW, billed=Billed.NO, cost=0)

    assert counters(budget) == (0, 0)
    day = todays_sum()
    assert (day.takes, day.assumed, day.unpriced) == (1, 0, 0)


def test_a_price_that_nobody_knew_is_counted_as_such(
    project: Project, bob: User
) -> None:
    (take,) = press(project, bob, price=None)
    arriving(take)

    take.mark_completed(now=NOW, billed=Billed.YES)

    day = todays_sum()
    assert (day.takes, day.unpriced, day.assumed) == (1, 1, 0)


@pytest.mark.parametrize(("was_billed", "charged"), [(True, PRICE), (False, 0)])
def test_what_was_unsure_can_be_cleared_up_once(
    take: Generation, budget: Budget, was_billed: bool, charged: int
) -> None:
    running(take)
    take.mark_failed("x", "It failed.", now=NOW, billed=Billed.UNKNOWN)

    cleared = [ledger.clear_up(take, was_billed=was_billed) for _time in range(2)]

    assert cleared == [1, 0]
    assert counters(budget) == (charged, 0)
    day = todays_sum()
    assert (day.unsure, day.assumed, day.lost, day.takes) == (0, charged, charged, 1)
    assert ledger_check.wrong(take.team) == []


@pytest.mark.parametrize(("was_billed", "charged"), [(True, 900_000), (False, 0)])
def test_a_figure_told_before_the_end_can_be_cleared_up(
    take: Generation, budget: Budget, alice: User, was_billed: bool, charged: int
) -> None:
    running(take)
    take.mark_failed("x", "It failed.", now=NOW, billed=Billed.UNKNOWN, **BILL)

    assert settle.clear_up(take, was_billed, user=alice)

    take.refresh_from_db()
    assert take.billed == ("yes" if was_billed else "no")
    assert counters(budget) == (charged, 0)
    day = todays_sum()
    assert (day.unsure, day.billed, day.unpriced) == (0, charged, 0)
    assert day.difference == (900_000 - PRICE if was_billed else 0)
    assert ledger_check.wrong(take.team) == []


def test_it_is_held_before_anything_is_written(
    project: Project, bob: User, alice: User
) -> None:
    make_budget(project.team, alice, limit=PRICE)

    with pytest.raises(OverBudget):
        press(project, bob, takes=2)

    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()
