"""Notices, and the log of telling people and webhooks."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio import queue
from studio.admin.acting import tell
from studio.admin.readonly import ReadOnlyAdmin
from studio.models import Delivery, Notice, Webhook


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """What has ended, and what waits for a lead's word."""

    list_display = ("at", "topic", "status", "generation", "user", "team", "spread_at")
    list_filter = ("topic", "status", ("spread_at", admin.EmptyFieldListFilter), "team")
    list_select_related = ("generation__prompt", "user", "team")
    search_fields = ("=id", "=generation__id", "user__email")
    date_hierarchy = "at"
    ordering = ("-at",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Each call and mail with what came of it."""

    list_display = (
        "created_at",
        "kind",
        "webhook",
        "user",
        "state",
        "attempts",
        "next_at",
        "http_status",
        "said",
    )
    list_filter = ("kind", "state", "http_status")
    list_select_related = ("webhook", "user")
    search_fields = ("=id", "webhook__team__name", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    actions = ("try_again",)

    @admin.action(description=_("Try again now"))
    def try_again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        """What waits, and what was given up."""
        State, now = Delivery.State, timezone.now()
        lost = rows.filter(state__in=[State.WAITING, State.GIVEN_UP])
        ids = list(lost.values_list("pk", flat=True))
        again = Delivery.objects.filter(pk__in=ids).exclude(state=State.SENT)
        done = again.update(state=State.WAITING, next_at=now, attempts=0, done_at=None)
        for pk in ids:
            queue.enqueue("deliver", delivery_id=str(pk))
        tell(request, done, rows.count())

    def has_change_permission(
        self, request: HttpRequest, obj: Delivery | None = None
    ) -> bool:
        """The action needs it; nothing can be written by hand."""
        return obj is None and super(ReadOnlyAdmin, self).has_change_permission(request)


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Addresses of teams; they are typed in on the team's page."""

    list_display = ("host", "team", "is_active", "created_by", "created_at")
    list_filter = ("is_active", "team")
    list_select_related = ("team", "created_by")
    search_fields = ("url", "team__name", "created_by__email")
    date_hierarchy = "created_at"
