"""Provider accounts: keys go in and never come out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from studio.forms.accounts import KeyForm
from studio.models import Event, ProviderAccount


class ProviderAccountForm(KeyForm):
    """The team page's form, for the accounts of any team and of all teams."""

    class Meta(KeyForm.Meta):
        fields: ClassVar[tuple[str, ...]] = (*KeyForm.Meta.fields, "team", "settings")


@admin.register(ProviderAccount)
class ProviderAccountAdmin(admin.ModelAdmin):
    """Keys, limits, credit left."""

    form = ProviderAccountForm
    list_display = (
        "__str__",
        "provider",
        "team",
        "is_active",
        "hint",
        "is_valid",
        "credit_left",
        "checked_at",
        "max_running",
    )
    list_filter = ("provider", "is_active", "is_valid", "team")
    list_select_related = ("team",)
    search_fields = ("name", "team__name")
    date_hierarchy = "created_at"
    autocomplete_fields = ("team",)
    readonly_fields = ("hint", "is_valid", "credit_left", "checked_at", "check_message")

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        """Seal what was typed in, and write down that it was."""
        typed = form.typed_secrets()
        if typed:
            obj.set_secrets(typed)
        super().save_model(request, obj, form, change)
        Event.record(
            "account.changed" if change else "account.added",
            team=obj.team,
            actor=request.user,
            data={
                "provider": obj.provider,
                "key": bool(typed),
                "is_active": obj.is_active,
            },
        )
