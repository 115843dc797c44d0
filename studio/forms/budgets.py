"""What may be spent, and above which price somebody must agree: in dollars."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.formats import MICRO
from studio.models import Budget, Project, Team, User

MOST_DOLLARS = 100_000_000


class DollarField(forms.DecimalField):
    """An amount above zero, typed in dollars, read as micro-USD."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal("0.01"),
            max_value=MOST_DOLLARS,
            decimal_places=2,
            widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
            **kwargs,
        )

    def clean(self, value: Any) -> int | None:
        """Micro-USD; None where nothing was typed."""
        dollars = super().clean(value)
        return None if dollars is None else int(dollars * MICRO)


def in_dollars(amount: int | None) -> Decimal | None:
    """Micro-USD as a field shows them."""
    return None if amount is None else Decimal(amount) / MICRO


class BudgetForm(forms.Form):
    """A new budget of a team, or a change of one."""

    scope = forms.ChoiceField(label=_("For"))
    period = forms.ChoiceField(label=_("Period"), choices=Budget.Period.choices)
    limit = DollarField(label=_("Limit in US dollars"))
    is_hard = forms.TypedChoiceField(
        label=_("What goes over it"),
        choices=[("yes", _("is refused")), ("no", _("is warned of"))],
        coerce=lambda value: value == "yes",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        team: Team,
        budget: Budget | None = None,
    ) -> None:
        self.team = team
        self.budget = budget
        super().__init__(data, initial=values_of(budget) if budget else None)
        self.projects = projects_of(team)
        self.people = people_of(team)
        self.fields["scope"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("team", _("The whole team")),
            (_("A project"), [(f"project:{pk}", p) for pk, p in self.projects.items()]),
            (_("A person"), [(f"person:{pk}", p) for pk, p in self.people.items()]),
        ]

    def clean(self) -> dict[str, Any]:
        """One budget for the same thing and period is enough."""
        cleaned = super().clean() or {}
        if not {"scope", "period"} <= cleaned.keys():
            return cleaned
        same = self.team.budgets.filter(period=cleaned["period"], **self.target())
        if self.budget is not None:
            same = same.exclude(pk=self.budget.pk)
        if same.exists():
            self.add_error("scope", _("There is such a budget already: change it."))
        return cleaned

    def target(self) -> dict[str, Any]:
        """What it is for, as columns."""
        kind, _colon, pk = self.cleaned_data["scope"].partition(":")
        return {
            "project": self.projects[pk] if kind == "project" else None,
            "person": self.people[pk] if kind == "person" else None,
        }

    def apply_to(self, budget: Budget) -> Budget:
        """The budget with what was asked for."""
        fields = {name: self.cleaned_data[name] for name in ("period", "limit")}
        fields |= {"is_hard": self.cleaned_data["is_hard"], **self.target()}
        for name, value in fields.items():
            setattr(budget, name, value)
        return budget


def values_of(budget: Budget) -> dict[str, Any]:
    """A budget as its form shows it."""
    return {
        "scope": budget.scope,
        "period": budget.period,
        "limit": in_dollars(budget.limit),
        "is_hard": "yes" if budget.is_hard else "no",
    }


def projects_of(team: Team) -> dict[str, Project]:
    """The team's projects by id."""
    rows = team.projects.filter(deleted_at=None).order_by("name", "id")
    return {str(project.pk): project for project in rows}


def people_of(team: Team) -> dict[str, User]:
    """The team's members by id."""
    rows = team.memberships.select_related("user").order_by("user__name", "user_id")
    return {str(member.user_id): member.user for member in rows}


class SpendingRuleForm(forms.Form):
    """Above which price a take waits for a lead."""

    approval_above = DollarField(
        label=_("Approval above, in US dollars"),
        required=False,
        help_text=_(
            "What costs more in one press of Generate, or nobody knows the price of, "
            "waits until an admin agrees. Empty: nothing waits."
        ),
    )
