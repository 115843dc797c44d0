"""The pipeline's own rows: leases, heartbeats, timings, feeds."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from studio.admin.readonly import ReadOnlyAdmin
from studio.models import Feed, Heartbeat, Lease, Timing


@admin.register(Lease)
class LeaseAdmin(ReadOnlyAdmin):
    """Who acts now."""

    list_display = ("name", "owner", "until", "token")
    search_fields = ("name", "owner")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """When each queue last ran a task."""

    list_display = ("queue", "at")
    search_fields = ("queue",)


@admin.register(Timing)
class TimingAdmin(ReadOnlyAdmin):
    """How long takes took here."""

    list_display = ("key", "number", "median", "p90", "updated_at")
    search_fields = ("key",)
    date_hierarchy = "updated_at"

    @admin.display(description=_("takes"))
    def number(self, timing: Timing) -> int:
        """How many durations are kept."""
        return len(timing.durations)


@admin.register(Feed)
class FeedAdmin(ReadOnlyAdmin):
    """The version of each team's takes."""

    list_display = ("team", "version")
    list_select_related = ("team",)
    search_fields = ("team__name",)
