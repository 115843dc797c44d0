"""Looks at the stored files, and what they found."""

from __future__ import annotations

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from studio.admin.readonly import ReadOnlyAdmin
from studio.models import FileCheck, FileProblem, Team


@admin.register(FileCheck)
class FileCheckAdmin(ReadOnlyAdmin):
    """The nightly looks."""

    list_display = (
        "started_at",
        "finished_at",
        "files",
        "size_text",
        "problems",
        "strays",
    )
    date_hierarchy = "started_at"
    ordering = ("-id",)
    search_fields = ("=id",)

    @admin.display(description=_("size"), ordering="bytes")
    def size_text(self, check: FileCheck) -> str:
        """How much was read, in words."""
        return filesizeformat(check.bytes)


@admin.register(FileProblem)
class FileProblemAdmin(ReadOnlyAdmin):
    """Files that are not what their rows say: to be brought back from a backup."""

    list_display = ("asset", "kind", "team", "path", "found_at", "seen_at")
    list_filter = ("kind", "asset__team")
    list_select_related = ("asset__team",)
    search_fields = ("asset__path", "=asset__id", "=asset__generation__id")
    date_hierarchy = "found_at"
    ordering = ("-id",)

    @admin.display(description=_("team"), ordering="asset__team__name")
    def team(self, problem: FileProblem) -> Team:
        """Whose file it is."""
        return problem.asset.team

    @admin.display(description=_("path"), ordering="asset__path")
    def path(self, problem: FileProblem) -> str:
        """Where it should be, below the storage folder."""
        return problem.asset.path
