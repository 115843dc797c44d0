"""Models on and off, prices corrected, ends announced; the catalog refreshed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio import catalog
from studio.admin.acting import staff
from studio.models import Event, ModelSetting
from studio.pipeline import refresh


@admin.register(ModelSetting)
class ModelSettingAdmin(admin.ModelAdmin):
    """What was decided here about models."""

    list_display = ("key", "team", "is_on", "ends", "is_new", "note", "updated_at")
    list_filter = ("provider", "is_on", "is_new", "team")
    list_select_related = ("team",)
    search_fields = ("model", "name", "note")
    date_hierarchy = "updated_at"
    autocomplete_fields = ("team",)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        """Write down who decided."""
        super().save_model(request, obj, form, change)
        Event.record(
            "model.changed",
            team=obj.team,
            actor=request.user,
            data={"model": obj.key, "fields": sorted(form.changed_data)},
        )

    # The catalog against the providers' own lists

    def get_urls(self) -> list[URLPattern]:
        """With the page of the comparison."""
        page = path(
            "refresh/",
            self.admin_site.admin_view(self.refresh_view),
            name="studio_modelsetting_refresh",
        )
        return [page, *super().get_urls()]

    def refresh_view(self, request: HttpRequest) -> HttpResponse:
        """What the providers list and the catalog does not say; take over what is
        ticked."""
        if not (
            self.has_add_permission(request) and self.has_change_permission(request)
        ):
            raise PermissionDenied
        comparisons = refresh.compare_all()
        if request.method == "POST":
            return self.take_over(request, comparisons)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Refresh the catalog"),
            "comparisons": [
                (catalog.PROVIDER_LABELS.get(item.provider, item.provider), item)
                for item in comparisons
            ],
            "any_change": any(item.changes for item in comparisons),
        }
        template = "admin/studio/modelsetting/refresh.html"
        return TemplateResponse(request, template, context)

    def take_over(
        self, request: HttpRequest, comparisons: list[refresh.Comparison]
    ) -> HttpResponse:
        """Only what is ticked, and only what the providers still say."""
        ticked = set(request.POST.getlist("change"))
        changes = [
            change
            for comparison in comparisons
            for change in comparison.changes
            if change.key in ticked
        ]
        done = refresh.take_over(changes, user=staff(request))
        words = ngettext(
            "%(n)d change was taken over.", "%(n)d changes were taken over.", done
        )
        self.message_user(request, words % {"n": done}, messages.SUCCESS)
        return redirect("admin:studio_modelsetting_changelist")
