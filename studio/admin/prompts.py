"""Prompts and the catalog entries that takes were made with."""

from __future__ import annotations

from django.contrib import admin

from studio.admin.readonly import ReadOnlyAdmin
from studio.models import CatalogEntry, Prompt


@admin.register(Prompt)
class PromptAdmin(ReadOnlyAdmin):
    """What people asked for."""

    list_display = ("__str__", "takes", "team", "project", "created_by", "created_at")
    list_filter = ("team",)
    list_select_related = ("team", "project", "created_by")
    search_fields = ("text", "created_by__email", "=id")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)


@admin.register(CatalogEntry)
class CatalogEntryAdmin(ReadOnlyAdmin):
    """The catalog's words at the time."""

    list_display = ("provider", "model", "created_at", "digest")
    list_filter = ("provider",)
    search_fields = ("model", "digest")
    date_hierarchy = "created_at"
