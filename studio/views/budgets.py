"""Budgets: how they stand, how long they last; made and changed by admins."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from studio.formats import dollars
from studio.forms.budgets import BudgetForm, SpendingRuleForm, in_dollars
from studio.http import StudioRequest
from studio.models import Budget, Role, Team, budget_changes
from studio.models.forecast import ends_on
from studio.models.usage import pace_of
from studio.views import access

SOON = 7  # days that are called by their name


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetLine:
    """A budget with what is worth knowing of it."""

    budget: Budget
    percent: int
    left: str
    outlook: str
    is_tight: bool  # it is used up, or will be within days


def budget_lines(team: Team, person_id: int | None) -> list[BudgetLine]:
    """All of a team's, or those of the team and of one person in it."""
    budgets = Budget.all_of(team)
    if person_id is not None:
        theirs = (None, person_id)
        budgets = [b for b in budgets if not b.project_id and b.person_id in theirs]
    listed = sorted(budgets, key=lambda b: (bool(b.project), bool(b.person), b.whose))
    if not listed:
        return []
    today = timezone.localdate()
    paces = pace_of(listed, today)
    return [line(budget, paces.get(budget.scope, 0), today) for budget in listed]


def line(budget: Budget, pace: float, today: date) -> BudgetLine:
    """One line."""
    day, left = ends_on(budget, pace, today), budget.left
    return BudgetLine(
        budget=budget,
        percent=min(100, 100 * (budget.limit - left) // budget.limit),
        left=left_words(left, budget.limit),
        outlook=_("Used up.") if left <= 0 else outlook(budget, pace, day, today),
        is_tight=day is not None and (day - today).days < SOON,
    )


def left_words(left: int, limit: int) -> str:
    """How much is left of how much; or how much was spent over it."""
    amounts = {"left": dollars(abs(left)), "limit": dollars(limit)}
    if left < 0:
        return _("%(left)s over %(limit)s") % amounts
    return _("%(left)s left of %(limit)s") % amounts


def outlook(budget: Budget, pace: float, day: date | None, today: date) -> str:
    """How long what is left of it lasts, in words."""
    if pace <= 0:
        return _("Nothing was spent in the last seven days.")
    if day is None and budget.period == Budget.Period.MONTH:
        return _("At this pace it lasts until the month ends.")
    if day is None:
        return _("At this pace it lasts more than a year.")
    if day == today:
        return _("At this pace it ends today.")
    form = "j F" if day.year == today.year else "j F Y"
    if (day - today).days < SOON:
        form = "l"
    return _("At this pace it ends on %(day)s.") % {"day": date_format(day, form)}


def get_budget(team: Team, budget_id: uuid.UUID) -> Budget:
    """A budget of this very team."""
    found = team.budgets.select_related("project", "person").filter(pk=budget_id)
    budget = found.first()
    if budget is None:
        raise Http404
    return budget


def posted(request: StudioRequest) -> QueryDict | None:
    """What was sent; None for somebody who only looks."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
def budgets(request: StudioRequest) -> HttpResponse:
    """All of a team's budgets, and the form for another one."""
    team = access.current_team(request, need=Role.ADMIN)
    form = BudgetForm(posted(request), team=team)
    if form.is_bound and form.is_valid():
        return kept(request, form.apply_to(Budget(team=team)))
    return page(request, team, form=form, status=422 if form.is_bound else 200)


def page(
    request: StudioRequest,
    team: Team,
    *,
    form: BudgetForm | None = None,
    rule: SpendingRuleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with its two forms."""
    present = {"approval_above": in_dollars(team.approval_above)}
    context = {
        "team": team,
        "budgets": budget_lines(team, None),
        "form": form or BudgetForm(team=team),
        "rule": rule or SpendingRuleForm(initial=present),
    }
    return render(request, "usage/budgets.html", context, status=status)


@require_http_methods(["GET", "POST"])
def budget_edit(request: StudioRequest, budget_id: uuid.UUID) -> HttpResponse:
    """Another limit, or another thing to limit."""
    team = access.current_team(request, need=Role.ADMIN)
    budget = get_budget(team, budget_id)
    form = BudgetForm(posted(request), team=team, budget=budget)
    if form.is_bound and form.is_valid():
        return kept(request, form.apply_to(budget))
    context = {"team": team, "budget": budget, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "usage/budget.html", context, status=status)


def kept(request: StudioRequest, budget: Budget) -> HttpResponse:
    """Save it, and back to all of them."""
    try:
        budget_changes.keep_budget(budget, user=request.user)
    except IntegrityError:  # somebody else was faster
        messages.error(request, _("There is such a budget already: change it."))
    else:
        messages.success(request, _("The budget is in force."))
    return redirect("budgets")


@require_POST
def budget_delete(request: StudioRequest, budget_id: uuid.UUID) -> HttpResponse:
    """Limit this no more."""
    team = access.current_team(request, need=Role.ADMIN)
    budget_changes.remove_budget(get_budget(team, budget_id), user=request.user)
    messages.success(request, _("The budget was removed."))
    return redirect("budgets")


@require_POST
def spending_rule(request: StudioRequest) -> HttpResponse:
    """Above which price takes wait for an admin."""
    team = access.current_team(request, need=Role.ADMIN)
    rule = SpendingRuleForm(request.POST)
    if not rule.is_valid():
        return page(request, team, rule=rule, status=422)
    above = rule.cleaned_data["approval_above"]
    budget_changes.keep_rule(team, above, user=request.user)
    messages.success(request, _("Saved."))
    return redirect("budgets")
