"""The line: pauses and limits, outages, and whose turn was when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.admin.acting import staff
from studio.admin.readonly import ReadOnlyAdmin
from studio.models import Event, LineSetting, Outage, Turn
from studio.pipeline import pause


@admin.register(LineSetting)
class LineSettingAdmin(admin.ModelAdmin):
    """Pause and limits of each team; the row without a team is for all of them."""

    list_display = (
        "__str__",
        "paused_at",
        "paused_by",
        "max_running",
        "max_running_each",
    )
    list_select_related = ("team", "paused_by")
    list_filter = (("paused_at", admin.EmptyFieldListFilter),)
    search_fields = ("team__name",)
    fields = ("team", "max_running", "max_running_each", "paused_at", "paused_by")
    readonly_fields = ("paused_at", "paused_by")
    autocomplete_fields = ("team",)
    ordering = ("key",)
    actions = ("pause_all", "resume_all")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The installation has its row from the start."""
        LineSetting.of(None)
        return super().changelist_view(request, extra_context)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose row it is stays as it is."""
        return (*self.readonly_fields, "team") if obj else self.readonly_fields

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        """The key follows from the team; who set which limits is written down."""
        obj.key = LineSetting.key_for(obj.team_id)
        super().save_model(request, obj, form, change)
        limits = {"team": obj.max_running, "person": obj.max_running_each}
        Event.record("line.limits", team=obj.team, actor=request.user, data=limits)

    @admin.action(description=_("Pause: send nothing more"))
    def pause_all(self, request: HttpRequest, rows: QuerySet[LineSetting]) -> None:
        """Of the teams chosen, or of everybody."""
        done = sum(pause.pause(row.team, user=staff(request)) for row in rows)
        self.tell(request, done)

    @admin.action(description=_("Resume"))
    def resume_all(self, request: HttpRequest, rows: QuerySet[LineSetting]) -> None:
        """Likewise."""
        done = sum(pause.resume(row.team, user=staff(request)) for row in rows)
        self.tell(request, done)

    def tell(self, request: HttpRequest, done: int) -> None:
        """How many changed."""
        text = ngettext("%(n)d line changed.", "%(n)d lines changed.", done)
        level = messages.SUCCESS if done else messages.WARNING
        self.message_user(request, text % {"n": done}, level)


@admin.register(Outage)
class OutageAdmin(ReadOnlyAdmin):
    """Providers that are down, and since when."""

    list_display = (
        "provider",
        "account",
        "reason",
        "began_at",
        "pause_count",
        "paused_until",
        "recovered_at",
    )
    list_filter = ("provider",)
    list_select_related = ("account",)
    search_fields = ("provider", "reason")


@admin.register(Turn)
class TurnAdmin(ReadOnlyAdmin):
    """Who had a turn when."""

    list_display = ("key", "team", "at")
    list_select_related = ("team",)
    search_fields = ("key", "team__name")
