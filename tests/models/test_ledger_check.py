"""Ledger, takes, budgets and sums: what disagrees is found, and counted anew."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from studio import tasks
from studio.models import (
    Budget,
    Event,
    Generation,
    LedgerEntry,
    Project,
    SpendingSum,
    User,
    ledger_check,
)
from tests.factories import make_generation
from tests.money import PRICE, counters, make_budget, press

NOW = timezone.now()


@pytest.fixture
def budget(project: Project, alice: User, bob: User) -> Budget:
    """Some takes on their way and some that ended, and a budget that counts them."""
    budget = make_budget(project.team, alice)
    takes = press(project, bob, takes=3)
    takes[0].mark_failed("x", "It failed.", now=NOW, billed="yes")
    takes[1].mark_canceled(now=NOW, frm={"queued"}, billed="no")
    return budget


def test_nothing_is_wrong_after_what_may_happen(budget: Budget) -> None:
    assert ledger_check.disagreements(budget.team) == []


def test_it_finds_a_budget_that_miscounts(budget: Budget) -> None:
    Budget.objects.update(spent=1)

    [line] = ledger_check.disagreements(budget.team)

    assert "counts 1 spent" in line and f"the ledger {PRICE} and {PRICE}" in line


def test_it_finds_a_sum_that_miscounts(budget: Budget) -> None:
    SpendingSum.objects.filter(span="day", by="total").update(takes=99)

    [line] = ledger_check.disagreements(budget.team)

    assert "2 sums of day" in line


def test_it_finds_a_sum_that_is_missing_and_one_too_many(budget: Budget) -> None:
    SpendingSum.objects.filter(by="model", is_of_one=False, span="month").delete()
    some = SpendingSum.objects.filter(by="total").first()
    assert some is not None
    some.pk, some.code = None, some.code.replace("|", "|month 1999-01-01 or |", 1)
    some.save()

    assert len(ledger_check.disagreements(budget.team)) == 2


@pytest.mark.parametrize("status", ["failed", "completed", "canceled"])
def test_it_finds_a_take_that_ended_behind_its_back(
    budget: Budget, status: str
) -> None:
    Generation.objects.filter(status="queued").update(
        status=status, operation_id="op-1"
    )

    lines = ledger_check.disagreements(budget.team)

    assert any(f"{status} and the ledger has no end of it" in line for line in lines)
    assert any(f"{PRICE} is held for it" in line for line in lines)


def test_it_finds_an_open_take_for_which_nothing_is_held(budget: Budget) -> None:
    open_take = Generation.objects.get(status="queued")
    open_take.ledger.update(reserved=0)

    lines = ledger_check.disagreements(budget.team)

    assert any(f"take {open_take.pk} is queued and 0 is held" in line for line in lines)


def test_it_finds_a_take_that_is_not_in_the_ledger(
    budget: Budget, project: Project, bob: User
) -> None:
    take = make_generation(project, bob)

    assert ledger_check.disagreements(budget.team) == [
        f"take {take.pk} is queued and is not in the ledger"
    ]


def test_counting_anew_mends_all_of_it_and_takes_nothing_out(
    budget: Budget, project: Project, bob: User
) -> None:
    make_generation(project, bob, status="completed", estimate=PRICE, cost=PRICE)
    make_generation(project, bob, status="processing", estimate=PRICE)
    Generation.objects.filter(status="queued").update(status="failed", billed="no")
    Budget.objects.update(spent=7, reserved=-9)
    SpendingSum.objects.all().delete()
    entries = set(LedgerEntry.objects.values_list("pk", flat=True))

    added = ledger_check.rebuild(budget.team)

    assert ledger_check.disagreements(budget.team) == []
    assert counters(budget) == (2 * PRICE, PRICE)
    assert entries <= set(LedgerEntry.objects.values_list("pk", flat=True))
    assert added == 4  # both holds, the end of the completed and of the failed one


def test_the_command_says_what_is_wrong_and_mends_it(budget: Budget) -> None:
    Budget.objects.update(spent=1)
    out, errors = StringIO(), StringIO()

    with pytest.raises(SystemExit):
        call_command("check_ledger", stdout=out, stderr=errors)
    rest = ["--rebuild", "--data", "elsewhere"]  # which manage.py has read before
    call_command("check_ledger", *rest, stdout=out, stderr=errors)

    assert "counts 1 spent" in errors.getvalue()
    assert out.getvalue().endswith("Ledger, takes, budgets and sums agree.\n")
    assert counters(budget) == (PRICE, PRICE)


def test_each_night_it_is_written_down(
    budget: Budget, caplog: pytest.LogCaptureFixture
) -> None:
    Budget.objects.update(spent=1)

    tasks.check_ledger()

    event = Event.objects.get(verb="ledger.disagrees")
    assert (event.team, event.data["number"]) == (budget.team, 1)
    assert "counts 1 spent" in caplog.text


def test_a_quiet_night_writes_nothing(budget: Budget) -> None:
    tasks.check_ledger()

    assert not Event.objects.filter(verb="ledger.disagrees").exists()
