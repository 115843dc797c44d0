"""Whether ledger, budgets, sums and takes agree; and making the sums again.

Nothing is ever taken out of the ledger. Where a take has no entry for what happened to
it, the entry is added; budgets and sums are counted anew from the entries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from studio.models import approved, ledger
from studio.models.budgets import ALWAYS, Budget
from studio.models.generations import Generation
from studio.models.ledger import LedgerEntry
from studio.models.spending_sums import Place, SpendingSum, rows_of
from studio.models.statuses import OPEN, TERMINAL
from studio.models.teams import Feed, Team

CHUNK = 2000


def disagreements(team: Team) -> list[str]:
    """What does not agree, a line each.

    Looked at while work goes on, which may show what is only half written; so what is
    found is looked at once more, with the team's changes waiting meanwhile.
    """
    if not wrong(team):
        return []
    with transaction.atomic():
        Feed.advance(team.pk)
        return wrong(team)


def wrong(team: Team) -> list[str]:
    """Every kind of disagreement."""
    return [*wrong_takes(team), *wrong_budgets(team), *wrong_sums(team)]


def rebuild(team: Team) -> int:
    """Add what is missing, and count everything anew; how many entries were added."""
    with transaction.atomic():
        Feed.advance(team.pk)
        added = add_missing(team)
        for budget in team.budgets.all():
            recount(budget)
        recount_sums(team)
    return added


# Takes


def takes_without_entries(team: Team) -> QuerySet[Generation]:
    """Nothing was ever written of them."""
    entries = LedgerEntry.objects.filter(generation=OuterRef("pk"))
    return Generation.objects.filter(~Exists(entries), team=team)


def ended_but_open(team: Team) -> QuerySet[Generation]:
    """They have ended, and the ledger does not know."""
    entries = LedgerEntry.objects.filter(generation=OuterRef("pk"))
    has_no_end = Exists(entries) & ~Exists(entries.filter(takes=1))
    return Generation.objects.filter(has_no_end, team=team, status__in=TERMINAL)


def wrong_takes(team: Team) -> Iterator[str]:
    """Takes for which the ledger says something else than their state."""
    for take in takes_without_entries(team).only("status"):
        yield f"take {take.pk} is {take.status} and is not in the ledger"
    for take in ended_but_open(team).only("status"):
        yield f"take {take.pk} is {take.status} and the ledger has no end of it"
    entries = LedgerEntry.objects.filter(team=team, generation__isnull=False)
    takes = entries.values_list("generation", "generation__status")
    held = takes.annotate(held=Sum("reserved"))
    is_over = Q(generation__status__in=TERMINAL) & ~Q(held=0)
    is_open = Q(generation__status__in=OPEN)
    is_other = is_open & ~Q(held=Coalesce(F("generation__estimate"), 0))
    for pk, status, amount in held.filter(is_over | is_other).order_by():
        yield f"take {pk} is {status} and {amount} is held for it"


def add_missing(team: Team) -> int:
    """The entries that were never written."""
    added = 0
    for take in takes_without_entries(team).iterator(CHUNK):
        ledger.opening_of(take, ledger.day_of(take)).save(force_insert=True)
        added += 1
    for take in ended_but_open(team).iterator(CHUNK):
        ledger.close(take)
        added += 1
    return added


# Budgets


def counted(budget: Budget) -> tuple[int, int]:
    """What was charged and what is held in its present period, by the ledger."""
    entries = LedgerEntry.objects.filter(team_id=budget.team_id)
    if budget.project_id:
        entries = entries.filter(project_id=budget.project_id)
    if budget.person_id:
        entries = entries.filter(person_id=budget.person_id)
    if budget.since != ALWAYS:
        following = (budget.since.replace(day=28) + timedelta(days=4)).replace(day=1)
        entries = entries.filter(day__gte=budget.since, day__lt=following)
    sums = entries.aggregate(
        spent=Coalesce(Sum("charged"), 0), reserved=Coalesce(Sum("reserved"), 0)
    )
    return sums["spent"], sums["reserved"]


def recount(budget: Budget) -> None:
    """Count it from the ledger. Call it in a transaction with the feed advanced."""
    budget.spent, budget.reserved = counted(budget)
    budget.save(update_fields=["spent", "reserved"])


def wrong_budgets(team: Team) -> Iterator[str]:
    """Budgets whose counters are not what the ledger says."""
    for budget in team.budgets.all():
        says = counted(budget)
        has = budget.spent, budget.reserved
        if says != has:
            yield (
                f"budget {budget.pk} counts {has[0]} spent and {has[1]} held, "
                f"the ledger {says[0]} and {says[1]}"
            )


# Sums of days and months

Sums = dict[str, tuple[dict[str, Any], dict[str, int]]]  # code -> what of, numbers


def counted_sums(team: Team) -> Sums:
    """Every sum as the ledger has it, and the verdicts."""
    places: dict[Place, Counter[str]] = defaultdict(Counter)
    for entry in LedgerEntry.objects.filter(team=team).iterator(CHUNK):
        places[entry.place].update(entry.numbers())
    for place, milliseconds in approved.approved_of(team).items():
        places[place]["approved"] += milliseconds
    found: Sums = {}
    for place, numbers in places.items():
        if any(numbers.values()):
            for code, fields in rows_of(place).items():
                sums = found.setdefault(code, (fields, empty()))[1]
                for name, number in numbers.items():
                    sums[name] += number
    return found


def empty() -> dict[str, int]:
    """The numbers of a row without entries."""
    return dict.fromkeys(SpendingSum.NUMBERS, 0)


def recount_sums(team: Team) -> None:
    """Make every sum again from the ledger."""
    SpendingSum.objects.filter(team=team).delete()
    SpendingSum.objects.bulk_create(
        (
            SpendingSum(code=code, **fields, **numbers)
            for code, (fields, numbers) in counted_sums(team).items()
        ),
        batch_size=CHUNK,
    )


def wrong_sums(team: Team) -> Iterator[str]:
    """Days and months whose sums are not what the ledger and the verdicts say."""
    should = {code: numbers for code, (_fields, numbers) in counted_sums(team).items()}
    rows = team.spending_sums.values("code", *SpendingSum.NUMBERS).iterator(CHUNK)
    there = {row.pop("code"): row for row in rows}
    wrong_ones: Counter[str] = Counter()
    for code in should.keys() | there.keys():
        if should.get(code, empty()) != there.get(code, empty()):
            wrong_ones[code.split("|")[1]] += 1
    for span, number in sorted(wrong_ones.items()):
        yield f"{number} sums of {span} are not what the ledger says"
