"""The team: who is in it, its keys at providers, and the models it is offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio import catalog
from studio.catalog import VideoModel
from studio.http import StudioRequest
from studio.models import (
    AT_PROVIDER,
    Event,
    Generation,
    Membership,
    ModelSetting,
    ProviderAccount,
    Role,
    Status,
    Team,
)
from studio.models.offers import laid_over_all
from studio.pipeline.credentials import PLAIN_NAMES
from studio.views import access
from studio.views.model_picker import abilities, price_words

RUNNING = {Status.SUBMITTING, *AT_PROVIDER}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderKeys:
    """One provider with the keys that takes of this team may go with."""

    slug: str
    label: str
    accounts: Sequence[ProviderAccount]  # the team's own
    defaults: Sequence[ProviderAccount]  # the installation's
    has_environment: bool  # the installation's default from the environment

    @property
    def used(self) -> ProviderAccount | None:
        """The one of the team's own that takes go with: the oldest that is on."""
        return next((a for a in self.accounts if a.is_active), None)

    @property
    def is_empty(self) -> bool:
        """Whether there is no key at all."""
        return not (self.accounts or self.defaults or self.has_environment)


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """One model and whether the team is offered it."""

    key: str
    name: str
    facts: str
    price: str
    is_on: bool
    note: str = ""

    @property
    def words(self) -> str:
        """What a search looks through."""
        return f"{self.name} {self.key} {self.facts}".lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchGroup:
    """The models of one provider, folded under its name."""

    slug: str
    label: str
    lines: Sequence[Switch]

    @property
    def on(self) -> int:
        """How many are offered."""
        return sum(line.is_on for line in self.lines)

    @property
    def off(self) -> int:
        """How many are not."""
        return len(self.lines) - self.on


@require_GET
def team(request: StudioRequest) -> HttpResponse:
    """Members for everybody; keys and models for those who look after them."""
    found = access.current_team(request)
    context: dict[str, object] = {
        "team": found,
        "members": members(found),
        "can_manage": found.my_role.is_at_least(Role.ADMIN),
    }
    if context["can_manage"]:
        context |= {
            "providers": provider_keys(found),
            "groups": switches(found),
            "webhooks": found.webhooks.order_by("created_at", "id"),
            "pending_count": Generation.objects.filter(team=found).pending().count(),
            "now": timezone.now(),
        }
    return render(request, "teams/index.html", context)


def members(found: Team) -> Sequence[Membership]:
    """Who is in it, the owner first."""
    rows = found.memberships.select_related("user")
    return sorted(
        rows,
        key=lambda row: (-Role(row.role).rank, row.user.display_name.lower()),
    )


def provider_keys(found: Team) -> list[ProviderKeys]:
    """Every provider that needs a key, with the team's own and what lies beneath."""
    rows = (
        ProviderAccount.objects.filter(Q(team=found) | Q(team=None))
        .annotate(
            running=Count(
                "generations", filter=Q(generations__status__in=list(RUNNING))
            )
        )
        .order_by("created_at", "id")
        .prefetch_related("outages")
    )
    accounts = list(rows)
    return [
        ProviderKeys(
            slug=slug,
            label=label,
            accounts=[a for a in accounts if a.provider == slug and a.team_id],
            defaults=[a for a in accounts if a.provider == slug and not a.team_id],
            has_environment=has_environment(slug),
        )
        for slug, label in ProviderAccount.Provider.choices
    ]


def has_environment(slug: str) -> bool:
    """Whether the installation was started with a key for this provider."""
    values = settings.PROVIDER_DEFAULTS.get(slug, {})
    return any(value for name, value in values.items() if name not in PLAIN_NAMES)


def switches(found: Team) -> list[SwitchGroup]:
    """Every model of the catalog by provider: one query."""
    rows = ModelSetting.for_team(found.pk)
    models = dict(catalog.all_models())
    for row in rows:
        if row.is_new and row.key not in models:
            models[row.key] = catalog.get_model(row.key)
    groups: dict[str, list[Switch]] = {slug: [] for slug in catalog.PROVIDER_LABELS}
    for key, model in models.items():
        own = [row for row in rows if row.key == key]
        groups.setdefault(model.provider, []).append(switch(model, own))
    return [
        SwitchGroup(
            slug=slug, label=catalog.PROVIDER_LABELS.get(slug, slug), lines=listed
        )
        for slug, listed in groups.items()
        if listed
    ]


def switch(model: VideoModel, rows: Sequence[ModelSetting]) -> Switch:
    """One line of the list."""
    shown = laid_over_all(model, rows)
    ended = shown.is_ended(timezone.localdate())
    return Switch(
        key=model.key,
        name=shown.name,
        facts=" · ".join([part for part in (model.maker, *abilities(model)) if part]),
        price=price_words(shown),
        is_on=rows[-1].is_on if rows else True,
        note=_("Ended") if ended else "",
    )


@require_POST
def model_switch(request: StudioRequest) -> HttpResponse:
    """Offer a model to the team, or no longer."""
    found = access.current_team(request, need=Role.ADMIN)
    is_on = "on" in request.POST
    name = request.POST.get("on") or request.POST.get("off") or ""
    model = known_model(name, found)
    provider, _colon, model_id = model.key.partition(":")
    row, _created = ModelSetting.objects.update_or_create(
        team=found,
        provider=provider,
        model=model_id,
        defaults={"is_on": is_on},
    )
    Event.record(
        "model.changed",
        team=found,
        actor=request.user,
        data={"model": row.key, "is_on": is_on},
    )
    if request.htmx:
        [group] = [item for item in switches(found) if item.slug == provider]
        [line] = [item for item in group.lines if item.key == row.key]
        return render(request, "teams/_switched.html", {"group": group, "line": line})
    # A browser opens what is folded around the line that an address names.
    return redirect(f"{reverse('team')}#switch-{slugify(row.key)}")


def known_model(name: str, found: Team) -> VideoModel:
    """A model that is listed here; 404 for any other name."""
    is_listed = name in catalog.all_models() or any(
        row.key == name for row in ModelSetting.for_team(found.pk) if row.is_new
    )
    if not is_listed:
        raise Http404
    return catalog.get_model(name)
