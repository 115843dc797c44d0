"""The gallery of a team: search, filters, endless pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from studio.forms.gallery import (
    MODE_CHOICES,
    ORDERED_CHOICES,
    RATIO_CHOICES,
    STAR_CHOICES,
    STATE_CHOICES,
    VERDICT_CHOICES,
    GalleryForm,
    chosen,
)
from studio.http import StudioRequest
from studio.models import CatalogEntry, Generation, Project, Role, Team, User
from studio.views import access
from studio.views.drawn import Viewer
from studio.views.grid import Grid, grid, takes_of_team, watch

PAGING = frozenset({"after"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """One list of the filter bar."""

    name: str
    label: str
    choices: Sequence[dict[str, object]]


@require_GET
def gallery(request: StudioRequest) -> HttpResponse:
    """The team's takes, the newest first, as far as the filters let them through."""
    team = access.current_team(request)
    query = query_of(request)
    shown = page_of(request, team)
    context = {
        "team": team,
        "current_team": team,
        "grid": shown,
        "query": query,
        "alone": request.user.pk if team.hides else None,
        "can_share": team.my_role.is_at_least(Role.ADMIN),
        "watch": watch(f"team:{team.pk}", team.version, shown.cards, query),
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "gallery/_results.html", context)
    # Called by the template where it has no bar in store.
    context["bar"] = partial(bar, request, team)
    return render(request, "gallery/index.html", context)


@require_GET
def gallery_page(request: StudioRequest) -> HttpResponse:
    """The next page of the gallery."""
    team = access.current_team(request)
    shown = page_of(request, team)
    context = {
        "grid": shown,
        "query": query_of(request),
        "current_team": team,
        "can_share": team.my_role.is_at_least(Role.ADMIN),
    }
    if request.htmx:
        return render(request, "gallery/_page.html", context)
    return render(request, "gallery/takes.html", context)


def page_of(request: StudioRequest, team: Team) -> Grid:
    """One page of what the filters let through."""
    takes = takes_of_team(team, request.user, team.my_role)
    if query_of(request):
        takes = GalleryForm(request.GET).narrowed(takes)
    viewer = Viewer(
        user=request.user,
        role=team.my_role,
        shows_project=True,
        sees_all=not team.hides,
    )
    page = reverse("gallery-page")
    return grid(request, takes, viewer, page=page, of=(team.pk, team.version))


def query_of(request: StudioRequest) -> str:
    """The filters as they stand in the address, without the place in the list."""
    query = request.GET.copy()
    for name in [key for key in query if key in PAGING or not query[key]]:
        del query[name]
    return query.urlencode()


def bar(request: StudioRequest, team: Team) -> dict[str, object]:
    """The filter bar: its form, and the lists to choose from."""
    form = GalleryForm(request.GET)
    return {"form": form, "filters": filters(form, team, request.user)}


def filters(form: GalleryForm, team: Team, user: User) -> list[Filter]:
    """The lists of the filter bar."""
    given = form.given
    offered: dict[str, Sequence[tuple[object, object]]] = {
        "project": [("", _("Any project")), *project_names(team, user)],
        "model": [("", _("Any model")), *model_names(team, user)],
        "status": STATE_CHOICES,
        "mode": MODE_CHOICES,
        "ratio": RATIO_CHOICES,
        "ordered": ORDERED_CHOICES,
        "verdict": VERDICT_CHOICES,
        "star": STAR_CHOICES,
        "person": [("", _("Anyone")), *people(team)],
    }
    return [
        Filter(
            name=name,
            choices=chosen(choices, given.get(name, "")),
            label=str(form.fields[name].label),
        )
        for name, choices in offered.items()
    ]


def project_names(team: Team, user: User) -> list[tuple[object, object]]:
    """The team's projects by name."""
    if not getattr(team, "hides", True):  # the look-up of the team knew
        return [*Project.names_in(team)]
    projects = Project.objects.visible_to(user).filter(team=team)
    return list(projects.order_by("name", "id").values_list("pk", "name"))


def model_names(team: Team, user: User) -> list[tuple[object, object]]:
    """The models that the team has used. Asks the short list of catalog entries, each
    for one take: looking through all takes would grow with them."""
    takes = Generation.objects.filter(catalog_entry=OuterRef("pk"), team=team)
    takes = takes.not_hidden_from(user)
    entries = CatalogEntry.objects.filter(Exists(takes))
    found: dict[object, str] = {
        f"{provider}:{model}": str(name or model)
        for provider, model, name in entries.values_list(
            "provider", "model", "entry__name"
        )
    }
    return [*sorted(found.items(), key=lambda pair: pair[1].lower())]


def people(team: Team) -> list[tuple[object, object]]:
    """Who is in the team."""
    members = team.memberships.select_related("user").order_by("user__name", "pk")
    return [(member.user_id, member.user.display_name) for member in members]
