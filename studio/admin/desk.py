"""The reviewers' desk: what failed, by cause, and what waits for moderation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studio.admin.acting import each
from studio.admin.generations import GenerationAdmin
from studio.catalog import PROVIDER_LABELS
from studio.models import FailedTake, Generation, OverBudget, PendingTake, Status
from studio.models.failures import ENDED_BADLY, all_rules
from studio.pipeline import settle

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
MOST_LINES = 40  # of each table
KINDS = {
    "failed": (_("Failed"), Q(status=Status.FAILED)),
    "safety": (_("Blocked by a safety filter"), Q(error_code="content_rejected")),
    "unclear": (_("Unclear"), Q(status=Status.UNKNOWN)),
}
UNNAMED = "-"


class WorkList(ChangeList):
    """A list of some of the takes; every one of them has its page all the same."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        """What the list is for, as far as the filters let it through."""
        rows = super().get_queryset(request, exclude_parameters)
        desk: Any = self.model_admin
        return desk.on_the_list(rows)


class KindFilter(admin.SimpleListFilter):
    """How it ended."""

    title = _("how it ended")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """The kinds."""
        return [(name, label) for name, (label, _rows) in KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the chosen kind."""
        kind = KINDS.get(self.value() or "")
        return queryset.filter(kind[1]) if kind else queryset


class CauseFilter(admin.SimpleListFilter):
    """What the failure doctor says."""

    title = _("cause")
    parameter_name = "cause"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Those that there are in the tables above: the rest would be a long list."""
        rules = {rule.slug: str(rule.cause) for rule in all_rules()}
        found = lately().order_by("cause").values_list("cause", flat=True).distinct()
        named = [(slug, rules.get(slug, slug)) for slug in found if slug]
        return [*named, (UNNAMED, _("No rule fits"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those with the chosen cause."""
        cause = self.value()
        if cause is None:
            return queryset
        return queryset.filter(cause="" if cause == UNNAMED else cause)


@admin.register(FailedTake)
class FailedTakeAdmin(GenerationAdmin):
    """Failed, refused and unclear takes, with their causes counted."""

    change_list_template = "admin/studio/failedtake/change_list.html"
    list_display = (
        "words",
        "cause_text",
        "model_name",
        "team",
        "created_by",
        "status_at",
        "billed",
        "settle_tag",
    )
    list_display_links: Any = ("words",)
    list_filter: ClassVar[Any] = (
        KindFilter,
        CauseFilter,
        "billed",
        "provider",
        "moderation",
        "team",
    )
    date_hierarchy = "status_at"
    ordering = ("-status_at", "-id")
    actions: Any = (
        "retry_takes",
        "release_takes",
        "block_takes",
        "unblock_takes",
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list of those alone."""
        return WorkList

    def on_the_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What went wrong and was not deleted; and all that is unclear, of deleted
        teams as well, since money hangs on it."""
        rows = rows.filter(status__in=ENDED_BADLY)
        there = Q(deleted_at=None)
        return rows.filter(there | Q(status=Status.UNKNOWN))

    def get_urls(self) -> list[URLPattern]:
        """With the page on which an unclear take is settled."""
        view = self.admin_site.admin_view(self.settle)
        address = "<uuid:take_id>/settle/"
        name = "studio_failedtake_settle"
        return [path(address, view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list under its two tables."""
        context = {**(extra_context or {}), **summary()}
        return super().changelist_view(request, context)

    @admin.display(description=_("cause"), ordering="cause")
    def cause_text(self, take: Generation) -> str:
        """The rule's name, and what was written down."""
        text = take.error_message
        short = text if len(text) <= 90 else f"{text[:89]}…"
        return format_html("<b>{}</b> {}", take.cause or UNNAMED, short)

    @admin.display(description=_("settle"))
    def settle_tag(self, take: Generation) -> str:
        """The way to decide what became of an unclear one."""
        if take.status != Status.UNKNOWN:
            return "–"
        address = reverse("admin:studio_failedtake_settle", args=[take.pk])
        return format_html('<a href="{}">{}</a>', address, _("Settle"))

    @admin.action(description=_("Unclear ones never reached the provider: release"))
    def release_takes(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """Somebody has looked at the provider."""
        each(request, rows, settle.it_does_not)

    def settle(self, request: HttpRequest, take_id: UUID) -> HttpResponse:
        """Say what became of one unclear take."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        take = FailedTake.objects.select_related("prompt").filter(pk=take_id).first()
        if take is None or take.status != Status.UNKNOWN:
            raise Http404
        if request.method == "POST" and decide(request, take):
            return redirect("admin:studio_failedtake_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Settle an unclear take"),
            "take": take,
            "provider": PROVIDER_LABELS.get(take.provider, take.provider),
            "opts": self.opts,
        }
        return render(request, "admin/studio/failedtake/settle.html", context)


def decide(request: HttpRequest, take: Generation) -> bool:
    """Carry out the decision that was sent; whether it could be."""
    user: Any = request.user
    try:
        match request.POST.get("decision"):
            case "exists":
                operation_id = request.POST.get("operation_id", "")[:500]
                settle.it_exists(take, operation_id, user=user)
            case "release":
                settle.it_does_not(take, user=user)
            case "again":
                settle.send_again(take, user=user)
            case _other:
                raise settle.CannotSettle(gettext("Choose what became of the take."))
    except (settle.CannotSettle, OverBudget) as error:
        messages.error(request, str(error))
        return False
    messages.success(request, gettext("Settled."))
    return True


def lately() -> QuerySet[Generation]:
    """What went wrong in 30 days."""
    return Generation.objects.filter(
        status__in=ENDED_BADLY,
        deleted_at=None,
        status_at__gte=timezone.now() - MONTH,
    )


def summary() -> dict[str, Any]:
    """Failures of 7 and 30 days, by cause and by model: three queries."""
    week = Count("pk", filter=Q(status_at__gte=timezone.now() - WEEK))
    causes = lately().values("cause").annotate(week=week, month=Count("pk"))
    models = (
        lately().values("provider", "model_name").annotate(week=week, month=Count("pk"))
    )
    rules = {rule.slug: rule for rule in all_rules()}
    return {
        "causes": [
            {**line, "rule": rules.get(line["cause"]), "slug": line["cause"] or UNNAMED}
            for line in causes.order_by("-month", "cause")[:MOST_LINES]
        ],
        "models": [
            {**line, "label": PROVIDER_LABELS.get(line["provider"], line["provider"])}
            for line in models.order_by("-month", "provider", "model_name")[:MOST_LINES]
        ],
    }


@admin.register(PendingTake)
class PendingTakeAdmin(GenerationAdmin):
    """Finished takes that wait for moderation, the oldest first."""

    list_display = (
        "poster_tag",
        "player_tag",
        "words",
        "model_name",
        "team",
        "project",
        "created_by",
        "created_at",
    )
    list_display_links: Any = ("poster_tag", "words")
    list_filter: ClassVar[Any] = ("team", "provider")
    ordering = ("created_at", "id")
    actions: Any = ("pass_takes", "block_takes")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list of those alone."""
        return WorkList

    def on_the_list(self, rows: Any) -> Any:
        """What waits and was not deleted."""
        return rows.pending().filter(deleted_at=None)
