"""Budgets, the ledger and its sums. Entries of the ledger are looked at, no more."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from studio.admin.acting import staff
from studio.admin.readonly import ReadOnlyAdmin
from studio.formats import dollars
from studio.models import Budget, LedgerEntry, SpendingSum, budget_changes


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin):
    """What may be spent; the counters follow the ledger."""

    list_display = ("team", "project", "person", "period", "limit_text", "used_text")
    list_filter = ("period", "is_hard", "team")
    list_select_related = ("team", "project", "person")
    search_fields = ("team__name", "project__name", "person__email")
    autocomplete_fields = ("team", "project", "person")
    fields = ("team", "project", "person", "period", "limit", "is_hard", "used_text")
    readonly_fields = ("used_text",)
    date_hierarchy = "created_at"
    ordering = ("team", "id")

    @admin.display(description=_("limit"), ordering="limit")
    def limit_text(self, budget: Budget) -> str:
        """In dollars."""
        return dollars(budget.limit)

    @admin.display(description=_("used"))
    def used_text(self, budget: Budget) -> str:
        """Charged and held in the present period."""
        return dollars(budget.used) if budget.since else "–"

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        """Counted anew and written down, as on the team's own page."""
        budget_changes.keep_budget(obj, user=staff(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Written down."""
        budget_changes.remove_budget(obj, user=staff(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Each written down."""
        for budget in queryset:
            self.delete_model(request, budget)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Every change of what is held and of what was charged."""

    list_display = (
        "at",
        "kind",
        "held_text",
        "charged_text",
        "basis",
        "outcome",
        "model",
        "person",
        "project",
        "team",
        "generation_id",
    )
    list_filter = ("kind", "basis", "outcome", "team")
    list_select_related = ("person", "project", "team")
    search_fields = ("model", "person__email", "=generation__id")
    date_hierarchy = "at"
    ordering = ("-id",)

    @admin.display(description=_("held"), ordering="reserved")
    def held_text(self, entry: LedgerEntry) -> str:
        """In dollars."""
        return dollars(entry.reserved)

    @admin.display(description=_("charged"), ordering="charged")
    def charged_text(self, entry: LedgerEntry) -> str:
        """In dollars."""
        return dollars(entry.charged)


@admin.register(SpendingSum)
class SpendingSumAdmin(ReadOnlyAdmin):
    """What the usage page reads; ``manage.py check_ledger --rebuild`` makes it anew."""

    list_display = ("day", "span", "by", "key", "person", "spent_text", "takes", "team")
    list_filter = ("span", "by", "team")
    list_select_related = ("person", "team")
    search_fields = ("key", "person__email", "team__name")
    date_hierarchy = "day"
    ordering = ("-day", "id")

    @admin.display(description=_("spent"))
    def spent_text(self, row: SpendingSum) -> str:
        """In dollars."""
        return dollars(row.spent)
