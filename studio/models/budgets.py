"""Budgets: how much a team, a project or a person may spend, by month or in total.

A budget counts what was charged and what is held for takes on their way. Whoever wants
to spend raises the second in one conditional update, so that two people cannot spend
the last dollar. A take counts in the month in which it was asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.formats import dollars, money
from studio.models.projects import Project
from studio.models.teams import Team
from studio.models.users import User

ALWAYS = date.min  # since when a budget in total counts


class BudgetQuerySet(models.QuerySet["Budget"]):
    """Questions about many budgets."""

    def covering(
        self, team_id: uuid.UUID, project_id: uuid.UUID | None, person_id: int | None
    ) -> Self:
        """Those that a take of this person in this project counts in."""
        covers = Q(project=None, person=None)
        if project_id is not None:
            covers |= Q(project_id=project_id)
        if person_id is not None:
            covers |= Q(person_id=person_id)
        return self.filter(covers, team_id=team_id)

    def counting(self, day: date) -> Self:
        """Those whose present period has this day in it."""
        return self.filter(since__in=[ALWAYS, day.replace(day=1)])


class Budget(models.Model):
    """A limit and what has been used of it. Counters change by single updates alone."""

    class Period(models.TextChoices):
        """After which time it starts anew."""

        MONTH = "month", gettext_lazy("Each month")
        TOTAL = "total", gettext_lazy("In total")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="budgets")
    # Neither: of the whole team.
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="budgets"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="budgets",
    )
    period = models.CharField(
        gettext_lazy("period"),
        max_length=5,
        choices=Period.choices,
        default=Period.MONTH,
    )
    limit = models.BigIntegerField(gettext_lazy("limit"))  # micro-USD
    is_hard = models.BooleanField(
        gettext_lazy("refuse what goes over it"),
        default=True,
        help_text=gettext_lazy("Otherwise it only warns."),
    )
    since = models.DateField(editable=False)  # first day of what the counters count
    spent = models.BigIntegerField(default=0, editable=False)  # micro-USD
    reserved = models.BigIntegerField(default=0, editable=False)  # micro-USD
    created_at = models.DateTimeField(gettext_lazy("created"), auto_now_add=True)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("budget")
        verbose_name_plural = gettext_lazy("budgets")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(limit__gt=0), name="budget_limit"),
            models.CheckConstraint(
                condition=Q(project=None) | Q(person=None), name="budget_one_scope"
            ),
            models.UniqueConstraint(
                fields=["team", "period"],
                condition=Q(project=None, person=None),
                name="budget_once_per_team",
            ),
            models.UniqueConstraint(
                fields=["project", "period"],
                condition=~Q(project=None),
                name="budget_once_per_project",
            ),
            models.UniqueConstraint(
                fields=["team", "person", "period"],
                condition=~Q(person=None),
                name="budget_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.whose} · {self.get_period_display()}"

    def clean(self) -> None:
        """A project must be of the team, a person in it."""
        if self.team_id is None:
            return  # said by its own field
        if self.project is not None and self.project.team_id != self.team_id:
            raise ValidationError({"project": _("This is of another team.")})
        if self.person is not None and self.team.role_of(self.person) is None:
            raise ValidationError({"person": _("They are not in this team.")})

    # Mutators

    def reserve(self, amount: int | None, day: date) -> bool:
        """Hold this much, if there is room; an unknown price needs some room too."""
        since = self.start_of_period(day)
        asked, room = amount or 0, max(amount or 0, 1)
        rows = Budget.objects.filter(pk=self.pk, since__lte=since)
        if self.is_hard:
            used = F("spent") + F("reserved")
            rows = rows.filter(
                Q(since=since, limit__gte=used + room)
                | Q(since__lt=since, limit__gte=room)
            )
        changed = rows.update(
            spent=Case(When(since=since, then=F("spent")), default=0),
            reserved=Case(When(since=since, then=F("reserved")), default=0) + asked,
            since=since,
        )
        # A clock that is behind asks for a month that is over: it is not counted.
        return (
            changed == 1 or Budget.objects.filter(pk=self.pk, since__gt=since).exists()
        )

    # Queries

    @classmethod
    def all_of(cls, team: Team) -> list[Budget]:
        """A team's, each with the name of what it is for: one query.

        In plain SQL, since composing it took three times as long as answering it.
        """
        key = Team._meta.pk.get_db_prep_value(team.pk, connection)
        found: list[Any] = list(cls.objects.raw(NAMED, [key]))
        for budget in found:
            if budget.project_id:
                budget.project = Project(pk=budget.project_id, name=budget.project_name)
            if budget.person_id:
                name, email = budget.person_name, budget.person_email
                budget.person = User(pk=budget.person_id, name=name, email=email)
        return found

    # Properties

    def start_of_period(self, day: date) -> date:
        """The first day of the period that this day is in."""
        return ALWAYS if self.period == self.Period.TOTAL else day.replace(day=1)

    @property
    def is_current(self) -> bool:
        """Whether the counters count the present period; else nothing was used yet."""
        return self.since == self.start_of_period(timezone.localdate())

    @property
    def used(self) -> int:
        """Micro-USD charged and held in the present period."""
        return self.spent + self.reserved if self.is_current else 0

    @property
    def left(self) -> int:
        """Micro-USD that may still be spent; below zero where a warning was ignored."""
        return self.limit - self.used

    @property
    def whose(self) -> str:
        """Whose it is: the team, a project, a person; needs their rows."""
        if self.project is not None:
            return str(self.project)
        return _("The team") if self.person is None else str(self.person)

    @property
    def scope(self) -> str:
        """The same as a value of a form."""
        if self.project_id:
            return f"project:{self.project_id}"
        return f"person:{self.person_id}" if self.person_id else "team"


NAMED = """
    SELECT budget.*, project.name AS project_name,
        person.name AS person_name, person.email AS person_email
    FROM studio_budget budget
    LEFT JOIN studio_project project ON project.id = budget.project_id
    LEFT JOIN studio_user person ON person.id = budget.person_id
    WHERE budget.team_id = %s
"""


@dataclass(frozen=True, slots=True)
class Purse:
    """What somebody may still spend in a project: every budget that counts there."""

    budgets: Sequence[Budget] = ()

    @classmethod
    def of(cls, project: Project, person_id: int) -> Self:
        """The budgets of the team, the project and the person: one query."""
        found = Budget.objects.covering(project.team_id, project.pk, person_id)
        return cls(tuple(found.select_related("project", "person").order_by("pk")))

    @property
    def tightest(self) -> Budget | None:
        """The one with the least left; of two, the one that refuses."""
        return min(self.budgets, key=lambda b: (b.left, not b.is_hard), default=None)

    def short_for(self, amount: int | None, *, is_hard: bool) -> Budget | None:
        """The first that has not so much left; any amount, where it is not known."""
        if amount == 0:
            return None
        needed = amount or 1
        short = (b for b in self.budgets if b.is_hard == is_hard and b.left < needed)
        return next(short, None)


class OverBudget(Exception):
    """There is not so much left. Nothing was written; the text is for the asker."""

    def __init__(self, budget: Budget, asked: int | None) -> None:
        self.budget = budget
        advice = _("Nothing was sent. Ask for less, or ask an admin for more.")
        super().__init__(f"{shortage(budget, asked)} {advice}")


def shortage(budget: Budget, asked: int | None) -> str:
    """How much is asked for, how much is left, and of what."""
    names = {
        "asked": money(asked),
        "left": dollars(budget.left),
        "limit": dollars(budget.limit),
        "budget": str(budget),
    }
    if asked is None or budget.left <= 0:
        return _("The budget of %(limit)s is used up (%(budget)s).") % names
    words = _(
        "This costs about %(asked)s, and %(left)s is left of the budget of %(limit)s "
        "(%(budget)s)."
    )
    return words % names
