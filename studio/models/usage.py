"""What was spent in a time, by day, person, project and model: for one page.

Everything comes from the sums that the ledger keeps: few rows, whatever was made.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from studio.models.budgets import Budget
from studio.models.spending_sums import SpendingSum
from studio.models.teams import Team
from studio.models.users import shown_name

By, Span = SpendingSum.By, SpendingSum.Span


@dataclass(kw_only=True, slots=True)
class Sums:
    """Numbers of some slice of the spending; money in micro-USD."""

    takes: int = 0
    failed: int = 0
    billed: int = 0  # by the providers' own figures
    assumed: int = 0  # by the catalog's prices, where no figure came
    unsure: int = 0  # may have been billed
    estimated: int = 0
    difference: int = 0  # figures less estimates, where both are known
    lost: int = 0  # spent without a video
    unpriced: int = 0  # charged, and nobody knows what
    held: int = 0  # for takes that have not ended
    approved: int = 0  # milliseconds of video

    @property
    def spent(self) -> int:
        """All that was charged, or may have been."""
        return self.billed + self.assumed + self.unsure

    @property
    def lacks_estimates(self) -> bool:
        """Whether bills came and nothing is known to hold them against."""
        return self.billed > 0 and not self.estimated and not self.difference

    def add(self, numbers: Iterable[int]) -> None:
        """Count others in, in the order of the fields."""
        for name, number in zip(SpendingSum.NUMBERS, numbers, strict=True):
            if number:
                setattr(self, name, getattr(self, name) + number)

    def __iter__(self) -> Iterator[int]:
        """The numbers, in the order of the fields."""
        return (getattr(self, name) for name in SpendingSum.NUMBERS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Time:
    """A month shown by its days, or a year by its months."""

    first: date
    last: date
    span: str

    @classmethod
    def month(cls, day: date) -> Time:
        """The month that a day is in."""
        first = day.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        return cls(first=first, last=following - timedelta(days=1), span=Span.DAY)

    @classmethod
    def year(cls, year: int) -> Time:
        """A calendar year."""
        return cls(first=date(year, 1, 1), last=date(year, 12, 31), span=Span.MONTH)

    def steps(self) -> list[date]:
        """The first day of each bar."""
        if self.span == Span.MONTH:
            return [self.first.replace(month=n) for n in range(1, 13)]
        number = (self.last - self.first).days + 1
        return [self.first + timedelta(days=n) for n in range(number)]


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What was spent in a time."""

    steps: Mapping[date, Sums]  # every day or month, also those with nothing
    people: Mapping[str | None, Sums]  # by their ids; None of those who are gone
    projects: Mapping[str, Sums]
    models: Mapping[str, Sums]

    @property
    def total(self) -> Sums:
        """All of it."""
        total = Sums()
        for sums in self.steps.values():
            total.add(sums)
        return total


def usage_of(team: Team, time: Time, *, person_id: int | None = None) -> Usage:
    """A team's, or what one person of it spent: one statement, added up there."""
    rows = read(team, time, person_id)
    steps = {step: Sums() for step in time.steps()}
    for kind, key, *numbers in rows:
        if kind == STEP:
            steps[date.fromisoformat(key)] = sums_of(numbers)
    return Usage(
        steps=steps,
        people=ordered(rows, PERSON),
        projects=ordered(rows, By.PROJECT),
        models=ordered(rows, By.MODEL),
    )


# In plain SQL, since composing three queries took longer than answering them. The days
# or months of a time, and the months of each project, model and person added up.
STEP, PERSON = "step", "person"
_NUMBERS = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in SpendingSum.NUMBERS)
_STEPS = f"""
    SELECT 'step', CAST("day" AS VARCHAR(10)), {_NUMBERS}
    FROM studio_spendingsum WHERE team_id = %s AND "day" BETWEEN %s AND %s
    AND {{whose}} AND "by" = 'total' AND span = %s GROUP BY "day"
    UNION ALL
    SELECT "by", "key", {_NUMBERS}
    FROM studio_spendingsum WHERE team_id = %s AND "day" BETWEEN %s AND %s
    AND {{whose}} AND "by" IN ('project', 'model') AND span = 'month'
    GROUP BY "by", "key"
"""  # noqa: S608  (constant text, bound parameters)
ALL = f"""
    {_STEPS.format(whose="is_of_one = FALSE")}
    UNION ALL
    SELECT 'person', CAST(person_id AS VARCHAR(20)), {_NUMBERS}
    FROM studio_spendingsum WHERE team_id = %s AND "day" BETWEEN %s AND %s
    AND is_of_one = TRUE AND "by" = 'total' AND span = 'month'
    GROUP BY person_id
"""  # noqa: S608  (the same)
OWN = _STEPS.format(whose="person_id = %s")


def read(team: Team, time: Time, person_id: int | None) -> list[tuple[Any, ...]]:
    """What each row is of, its key, and the numbers in the order of the fields."""
    days = [connection.ops.adapt_datefield_value(d) for d in (time.first, time.last)]
    part = [Team._meta.pk.get_db_prep_value(team.pk, connection), *days]
    own = [] if person_id is None else [person_id]
    parameters = [*part, *own, time.span, *part, *own]
    with connection.cursor() as cursor:
        if own:
            cursor.execute(OWN, parameters)
        else:
            cursor.execute(ALL, [*parameters, *part])
        return list(cursor.fetchall())


def names_of(team: Team, people: Iterable[str | None]) -> dict[str, dict[str, str]]:
    """What a team's projects are called, also deleted ones, and these people."""
    ids = [int(pk) for pk in people if pk is not None]
    statement = PROJECT_NAMES
    if ids:
        places = ", ".join(["%s"] * len(ids))
        statement += PERSON_NAMES.format(places)
    key = Team._meta.pk.get_db_prep_value(team.pk, connection)
    found: dict[str, dict[str, str]] = {By.PROJECT: {}, PERSON: {}}
    with connection.cursor() as cursor:
        cursor.execute(statement, [key, *ids])
        for kind, pk, name, email in cursor.fetchall():
            known = str(uuid.UUID(pk)) if kind == By.PROJECT else pk
            found[kind][known] = shown_name(name, email)
    return found


PROJECT_NAMES = """
    SELECT 'project', CAST(id AS VARCHAR(36)), name, ''
    FROM studio_project WHERE team_id = %s
"""
PERSON_NAMES = """
    UNION ALL
    SELECT 'person', CAST(id AS VARCHAR(20)), name, email
    FROM studio_user WHERE id IN ({})
"""


def sums_of(numbers: Iterable[int]) -> Sums:
    """Numbers that come in the order of the fields."""
    return Sums(**dict(zip(SpendingSum.NUMBERS, numbers, strict=True)))


def ordered(rows: Iterable[tuple[Any, ...]], kind: str) -> dict[Any, Sums]:
    """Those of one kind, the dearest first."""
    found = [(key, sums_of(numbers)) for what, key, *numbers in rows if what == kind]
    return dict(sorted(found, key=lambda item: (-item[1].spent, -item[1].takes)))


PACE = """
    SELECT code, billed + assumed + unsure FROM studio_spendingsum
    WHERE code IN ({}) AND billed + assumed + unsure <> 0
"""


def pace_of(budgets: Iterable[Budget], today: date, days: int = 7) -> dict[str, float]:
    """Micro-USD a day of late, by what these budgets of a team are for: one query.

    The days count from the first one of them on which anything was spent.
    """
    latest = [today - timedelta(days=n) for n in range(days)]
    scopes = {
        code_of(budget, day): (budget.scope, day)
        for budget in budgets
        for day in latest
    }
    if not scopes:
        return {}
    places = ", ".join(["%s"] * len(scopes))
    spent: dict[str, int] = defaultdict(int)
    since: dict[str, date] = {}
    with connection.cursor() as cursor:
        cursor.execute(PACE.format(places), [*scopes])
        for code, amount in cursor.fetchall():
            scope, day = scopes[code]
            spent[scope] += amount
            since[scope] = min(day, since.get(scope, today))
    return {
        scope: amount / ((today - since[scope]).days + 1)
        for scope, amount in spent.items()
    }


def code_of(budget: Budget, day: date) -> str:
    """The sum of a day of what a budget is for."""
    by = By.PROJECT if budget.project_id else By.TOTAL
    key = str(budget.project_id or "")
    whose = budget.person_id or "all"
    return SpendingSum.code_of(budget.team_id, Span.DAY, day, whose, by, key)
