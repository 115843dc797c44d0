"""Takes, as a work list: what happened, why, and what can be done."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from studio.admin.acting import each, staff, tell
from studio.admin.assets import file_address
from studio.admin.moderation import ModerationActions
from studio.admin.readonly import ReadOnlyAdmin
from studio.catalog import UnknownModel
from studio.formats import money
from studio.models import (
    Attempt,
    Event,
    Generation,
    GenerationInput,
    OverBudget,
)
from studio.pipeline import approve, cancel, create
from studio.pipeline.settle import clear_up


class ShownInline(admin.TabularInline):
    """Rows that belong to a take; nobody writes them by hand."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the pipeline adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the pipeline changes."""
        return False


class EventInline(ShownInline):
    """What happened and when."""

    model = Event
    fields = ("at", "verb", "actor", "data")
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """With who did it, in one query."""
        return super().get_queryset(request).select_related("actor")


class AttemptInline(ShownInline):
    """Each time it was sent."""

    model = Attempt
    fields = ("n", "outcome", "opened_at", "closed_at", "operation_id", "excerpt")
    ordering = ("n",)


class InputInline(ShownInline):
    """What it was made from."""

    model = GenerationInput
    fields = ("role", "position", "asset")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GenerationInput]:
        """With the files' names, in one query."""
        return super().get_queryset(request).select_related("asset")


@admin.register(Generation)
class GenerationAdmin(ModerationActions, ReadOnlyAdmin):
    """Every take with its story."""

    list_display: Any = (
        "poster_tag",
        "words",
        "status",
        "model_name",
        "provider",
        "team",
        "project",
        "created_by",
        "created_at",
        "price",
        "billed",
        "error_code",
    )
    list_display_links: Any = ("poster_tag", "words")
    list_filter: ClassVar[Any] = (
        "status",
        "provider",
        "billed",
        "awaits_approval",
        "error_code",
        "mode",
        "moderation",
        "is_as_ordered",
        "verdict",
        ("deleted_at", admin.EmptyFieldListFilter),
        "team",
    )
    search_fields = (
        "prompt__text",
        "model",
        "model_name",
        "operation_id",
        "error_message",
        "created_by__email",
        "=id",
    )
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    inlines = (InputInline, AttemptInline, EventInline)
    actions: Any = (
        "retry_takes",
        "cancel_takes",
        "approve_takes",
        "refuse_takes",
        "mark_billed",
        "mark_not_billed",
        "block_takes",
        "unblock_takes",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "player_tag",
                    "prompt_text",
                    "status",
                    "status_at",
                    "moderation",
                    "page_tag",
                )
            },
        ),
        (
            _("What was asked"),
            {
                "fields": (
                    ("model_name", "provider", "model", "mode"),
                    "options",
                    "extra",
                    ("team", "project", "created_by", "created_at"),
                    ("take", "parent", "parent_relation"),
                )
            },
        ),
        (
            _("What it cost, what went wrong"),
            {
                "fields": (
                    ("price", "estimate_text", "cost_is_reported", "credits", "billed"),
                    ("error_code", "cause", "error_message", "wait_reason"),
                    "provider_words",
                    ("is_as_ordered", "differences", "flaws"),
                )
            },
        ),
        (
            _("At the provider"),
            {
                "fields": (
                    ("account", "operation_id", "attempt"),
                    ("submitted_at", "running_at", "finished_at", "completed_at"),
                    ("poll_failures", "collect_attempts", "cancel_requested_at"),
                    "deleted_at",
                )
            },
        ),
    )
    readonly_fields = (
        "player_tag",
        "poster_tag",
        "prompt_text",
        "page_tag",
        "price",
        "estimate_text",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Generation]:
        """With all that the list and the page show."""
        rows = super().get_queryset(request)
        return rows.select_related(
            "prompt", "team", "project", "created_by", "account", "parent"
        ).prefetch_related(Prefetch("assets", to_attr="files"))

    @admin.display(description=_("poster"))
    def poster_tag(self, take: Generation) -> str:
        """The small poster."""
        poster = take.poster_small
        if poster is None:
            return "–"
        return format_html(
            '<img src="{}" width="96" height="{}" alt="" loading="lazy">',
            file_address(poster),
            round(96 * (poster.height or 9) / (poster.width or 16)),
        )

    @admin.display(description=_("video"))
    def player_tag(self, take: Generation) -> str:
        """The video, playable here."""
        video, poster = take.video, take.poster
        if video is None:
            return "–"
        return format_html(
            '<video controls playsinline preload="none" width="480" src="{}" '
            'poster="{}"></video>',
            file_address(video),
            file_address(poster) if poster else "",
        )

    @admin.display(description=_("prompt"), ordering="prompt__text")
    def words(self, take: Generation) -> str:
        """The prompt's beginning."""
        text = take.prompt.text
        return text if len(text) <= 60 else f"{text[:59]}…"

    @admin.display(description=_("prompt"))
    def prompt_text(self, take: Generation) -> str:
        """All of the prompt."""
        return take.prompt.text

    @admin.display(description=_("page"))
    def page_tag(self, take: Generation) -> str:
        """The take's own page on the site."""
        address = reverse("take", args=[take.pk])
        return format_html('<a href="{}">{}</a>', address, _("Open the take"))

    @admin.display(description=_("cost"), ordering="cost")
    def price(self, take: Generation) -> str:
        """What it cost, as far as is known."""
        return money(take.cost)

    @admin.display(description=_("estimate"), ordering="estimate")
    def estimate_text(self, take: Generation) -> str:
        """What it was expected to cost."""
        return money(take.estimate)

    @admin.action(description=_("Ask for the same once more (costs again)"))
    def retry_takes(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """Failed and canceled takes, as new ones."""
        done = 0
        for take in rows:
            done += self.retry(request, take)
        tell(request, done, rows.count())

    def retry(self, request: HttpRequest, take: Generation) -> bool:
        """The same once more; not where it went well, or its model is switched off."""
        if not take.can_be_retried:
            return False
        try:
            create.retry_take(take, user=staff(request))
        except (
            OverBudget,
            UnknownModel,
            create.PriceUnknown,
            create.ProjectGone,
        ) as error:
            self.message_user(request, str(error), messages.ERROR)
            return False
        return True

    @admin.action(description=_("Cancel"))
    def cancel_takes(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """What can still be stopped."""
        each(request, rows, cancel.cancel_take)

    @admin.action(description=_("Approve what it costs: send it"))
    def approve_takes(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """What waits for a lead's word."""
        each(request, rows, approve.approve_take)

    @admin.action(description=_("Refuse what it costs: send nothing"))
    def refuse_takes(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """What waits for a lead's word."""
        each(request, rows, approve.refuse_take)

    @admin.action(description=_("It was billed after all"))
    def mark_billed(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """Ended takes that may have been billed: now it is known."""
        each(request, rows, partial(clear_up, was_billed=True))

    @admin.action(description=_("It was not billed after all"))
    def mark_not_billed(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """The same, the other way."""
        each(request, rows, partial(clear_up, was_billed=False))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lists and actions need it; the form has only read-only fields."""
        return obj is None and super(ReadOnlyAdmin, self).has_change_permission(request)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """Every time a take was sent."""

    list_display = ("generation", "n", "outcome", "opened_at", "operation_id")
    list_filter: ClassVar[Any] = ("outcome", "http_status")
    search_fields = ("operation_id", "token", "=generation__id")
    list_select_related = ("generation__prompt",)
    date_hierarchy = "opened_at"
    ordering = ("-opened_at",)


@admin.register(GenerationInput)
class GenerationInputAdmin(ReadOnlyAdmin):
    """Which files went into which takes."""

    list_display = ("generation", "role", "position", "asset")
    list_filter: ClassVar[Any] = ("role",)
    list_select_related = ("generation", "asset")
    search_fields = ("=generation__id", "asset__name")
