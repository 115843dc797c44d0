"""What happened, who did it: append-only, so nothing can be edited here."""

from __future__ import annotations

from django.contrib import admin

from studio.admin.readonly import ReadOnlyAdmin
from studio.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The trail."""

    list_display = ("at", "verb", "actor", "team", "project", "generation")
    list_filter = ("verb", "team")
    list_select_related = ("actor", "team", "project", "generation")
    search_fields = ("verb", "actor__email", "=generation__id")
    date_hierarchy = "at"
    ordering = ("-id",)
