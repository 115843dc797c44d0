"""Many people press *Generate* at once, in processes and threads of their own."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.db import connection, connections, transaction
from django.utils import timezone

from studio.models import (
    Budget,
    Decision,
    Generation,
    OverBudget,
    Project,
    Team,
    User,
    Verdict,
    approved,
    budget_changes,
    ledger_check,
)
from tests.factories import make_files, make_project, make_team, make_user
from tests.money import PRICE, press

TAKES = 4  # of one press
PRESSES = 50  # of one process
PATIENCE = 250  # seconds


def prepare(limit: int) -> tuple[str, int]:
    """A project whose team may make so many takes; its id and somebody's."""
    bob = make_user("bob")
    project = make_project(make_team(bob))
    budget = Budget(team=project.team, limit=limit * PRICE)
    budget_changes.keep_budget(budget, user=bob)
    return str(project.pk), bob.pk


def rush(project_id: str, user_id: int, at: float) -> int:
    """Fifty presses at once, from this moment on; how many takes were made."""
    if connection.vendor == "sqlite":  # four hundred wait for one lock
        connections.databases["default"]["OPTIONS"]["timeout"] = PATIENCE
        connection.close()
    project = Project.objects.select_related("team").get(pk=project_id)
    bob = User.objects.get(pk=user_id)

    def one(_number: int) -> int:
        time.sleep(max(0.0, at - time.time()))
        try:
            with suppress(OverBudget):
                return len(press(project, bob, takes=TAKES))
            return 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads()) as pool:
        return sum(pool.map(one, range(PRESSES)))


def prepare_ended(number: int) -> tuple[str, int]:
    """So many takes on their way; their project and somebody's id."""
    project_id, user_id = prepare(number)
    project = Project.objects.get(pk=project_id)
    press(project, User.objects.get(pk=user_id), takes=number)
    return project_id, user_id


def judge(project_id: str, user_id: int, at: float) -> int:
    """Ends, approves, judges otherwise and deletes what others do as well, at once."""
    bob, now = User.objects.get(pk=user_id), timezone.now()
    takes = list(Generation.objects.filter(project=project_id).order_by("pk"))
    time.sleep(max(0.0, at - time.time()))
    for number, take in enumerate(takes):
        if number % 5 == 4:
            take.mark_failed("x", "It failed.", now=now, billed="yes")
        elif take.mark_submitting(now=now, deadline=now, account=None):
            take.mark_submitted(f"op-{take.pk}", now=now)
            take.mark_collecting([], now=now)
            with transaction.atomic():
                take.mark_completed(now=now, billed="yes")
                make_files(take)
                take.assets.filter(kind="video").update(duration=number / 8)
    for number, take in enumerate(takes):
        decision = random.choice(Decision.values)  # noqa: S311  (no secret)
        Verdict.give(take, Decision(decision), author=bob, now=now)
        if number % 7 == 6:
            take.delete_softly(now=now)
    return len(takes)


def counted() -> tuple[int, int, list[str]]:
    """Milliseconds approved by the sums and by the takes, and what disagrees."""
    team = Team.objects.get()
    total = team.spending_sums.get(is_of_one=False, by="total", span="month")
    approved_takes = sum(approved.approved_of(team).values())
    return total.approved, approved_takes, ledger_check.wrong(team)


def threads() -> int:
    """As many as presses; a server of a hundred connections has room for ten each."""
    return PRESSES if connection.vendor == "sqlite" else 10


def count() -> tuple[int, int, list[str]]:
    """How many takes there are, how much is held for them, and what disagrees."""
    budget = Budget.objects.get()
    wrong = ledger_check.disagreements(budget.team)
    return Generation.objects.count(), budget.reserved, wrong
