"""The failure doctor's rules: edited here, used at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.http.response import HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from studio import catalog, queue
from studio.models import Diagnosis, Event, FailureRule, Generation
from studio.models.failure_rules import BUILT_IN
from studio.models.failures import ENDED_BADLY

LOOKED_BACK = timedelta(days=30)


class FailureRuleForm(forms.ModelForm):
    """A rule, with the providers to choose from."""

    provider = forms.ChoiceField(
        label=_("Provider"),
        required=False,
        choices=[("", _("Every provider")), *catalog.PROVIDER_LABELS.items()],
    )

    class Meta:
        model = FailureRule
        fields = (
            "slug",
            "position",
            "is_active",
            "provider",
            "codes",
            "phrases",
            "cause",
            "fault",
            "billed",
            "next_step",
        )


@admin.register(FailureRule)
class FailureRuleAdmin(admin.ModelAdmin):
    """Rules of one's own; the built-in ones are shown below them."""

    form = FailureRuleForm
    change_list_template = "admin/studio/failurerule/change_list.html"
    list_display = ("slug", "position", "is_active", "provider", "cause", "fault")
    list_filter = ("is_active", "fault", "provider")
    search_fields = ("slug", "cause", "phrases", "codes")
    date_hierarchy = "updated_at"
    ordering = ("position", "slug")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, and under it the rules that come with the studio."""
        context = {**(extra_context or {}), "built_in": built_in_lines()}
        return super().changelist_view(request, context)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        """Earlier failures are judged anew by the queue."""
        super().save_model(request, obj, form, change)
        tell(request, obj.slug, "rule.changed" if change else "rule.added")
        if change and form.initial.get("slug") not in (None, obj.slug):
            queue.enqueue("diagnose", slug=form.initial["slug"])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """The built-in rule of this name counts again, if there is one."""
        super().delete_model(request, obj)
        tell(request, obj.slug, "rule.removed")

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """The same for several."""
        slugs = list(queryset.values_list("slug", flat=True))
        super().delete_queryset(request, queryset)
        for slug in slugs:
            tell(request, slug, "rule.removed")


def tell(request: HttpRequest, slug: str, verb: str) -> None:
    """Write down who changed a rule, and have the queue look at earlier failures."""
    Event.record(verb, actor=request.user, data={"rule": slug})
    queue.enqueue("diagnose", slug=slug)


def built_in_lines() -> list[dict[str, Any]]:
    """The built-in rules: what each says, how often, and how to replace it."""
    replaced = set(FailureRule.objects.values_list("slug", flat=True))
    since = timezone.now() - LOOKED_BACK
    lately = Generation.objects.filter(status__in=ENDED_BADLY, status_at__gte=since)
    counts = dict(
        lately.values_list("cause").annotate(number=Count("pk")).order_by("cause")
    )
    return [
        {
            "rule": rule,
            "number": counts.get(rule.slug, 0),
            "is_replaced": rule.slug in replaced,
            "values": urlencode(values_of(rule)),
        }
        for rule in BUILT_IN
    ]


def values_of(rule: Diagnosis) -> dict[str, str]:
    """A rule as the form's first values."""
    return {
        "slug": rule.slug,
        "codes": " ".join(rule.codes),
        "phrases": "\n".join(rule.phrases),
        "cause": str(rule.cause),
        "fault": str(rule.fault),
        "billed": str(rule.billed),
        "next_step": str(rule.next_step),
    }
