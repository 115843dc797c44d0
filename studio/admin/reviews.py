"""Comments, verdicts and review links: operators look, and can close a link."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.admin.acting import staff
from studio.admin.readonly import ReadOnlyAdmin
from studio.models import Comment, Mention, ShareLink, ShareLinkTake, Verdict


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """What was said of takes."""

    list_display = (
        "created_at",
        "generation",
        "author",
        "guest_name",
        "words",
        "resolved_at",
        "deleted_at",
    )
    list_filter = (
        ("resolved_at", admin.EmptyFieldListFilter),
        ("deleted_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("generation", "author")
    search_fields = ("text", "author__email", "guest_name", "=generation__id")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")

    @admin.display(description=_("text"), ordering="text")
    def words(self, comment: Comment) -> str:
        """Its beginning."""
        return comment.text if len(comment.text) <= 60 else f"{comment.text[:59]}…"


@admin.register(Mention)
class MentionAdmin(ReadOnlyAdmin):
    """Who was named where."""

    list_display = ("user", "comment", "read_at")
    list_select_related = ("user", "comment")
    search_fields = ("user__email", "=comment__id")
    ordering = ("-id",)


@admin.register(Verdict)
class VerdictAdmin(ReadOnlyAdmin):
    """Every decision, also those that another one followed."""

    list_display = ("created_at", "generation", "decision", "author", "guest_name")
    list_filter = ("decision",)
    list_select_related = ("generation", "author")
    search_fields = ("author__email", "guest_name", "=generation__id")
    date_hierarchy = "created_at"
    ordering = ("-id",)


class ShareLinkTakeInline(admin.TabularInline):
    """What a link shows."""

    model = ShareLinkTake
    fields = ("position", "generation")
    ordering = ("position",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Links are made on the site."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Links are made on the site."""
        return False


@admin.register(ShareLink)
class ShareLinkAdmin(ReadOnlyAdmin):
    """Addresses for guests: never their keys."""

    list_display = (
        "name",
        "team",
        "created_by",
        "created_at",
        "expires_at",
        "revoked_at",
        "has_passphrase",
        "views",
        "last_viewed_at",
    )
    list_filter = (
        ("revoked_at", admin.EmptyFieldListFilter),
        "allows_download",
        "team",
    )
    list_select_related = ("team", "created_by")
    search_fields = ("name", "created_by__email", "team__name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    exclude = ("token_hash", "passphrase")
    inlines = (ShareLinkTakeInline,)
    actions = ("revoke_links",)

    @admin.display(description=_("passphrase"), boolean=True)
    def has_passphrase(self, link: ShareLink) -> bool:
        """Whether guests are asked for one."""
        return bool(link.passphrase)

    @admin.action(description=_("Close these links"))
    def revoke_links(self, request: HttpRequest, rows: QuerySet[ShareLink]) -> None:
        """At once and for good."""
        now = timezone.now()
        done = sum(link.revoke(user=staff(request), now=now) for link in rows)
        text = ngettext("%(n)d link closed.", "%(n)d links closed.", done)
        self.message_user(request, text % {"n": done}, messages.SUCCESS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lists and actions need it; the form has only read-only fields."""
        return obj is None and super(ReadOnlyAdmin, self).has_change_permission(request)
