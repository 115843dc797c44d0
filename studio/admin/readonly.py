"""Rows that only the pipeline writes: operators look, and act through actions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nothing can be added, changed or deleted here by hand."""

    show_full_result_count = False  # no count of a hundred thousand rows
    list_per_page = 50
    actions: Any = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from the pipeline."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are changed by the pipeline's conditional updates alone."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was paid for is kept."""
        return False
