"""Review links as the team sees them: make one, look after them, revoke."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from studio.forms.shares import ShareLinkForm
from studio.http import StudioRequest
from studio.models import Generation, Project, Role, ShareLink, Status, Team
from studio.models.generation_queries import GenerationQuerySet
from studio.models.share_links import MOST_TAKES
from studio.views import access
from studio.views.addresses import read_ids
from studio.views.cards import Card, card

OFFERED = 60  # takes to choose from, the newest first
MOST_CHOSEN = 2 * MOST_TAKES  # shown as chosen; a link bears half of them
MOST_LINKS = 200  # on the team's page


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A take that can go into the link."""

    card: Card
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Whose takes can go into the link: a project's, or all of a team."""

    team: Team
    role: Role
    takes: GenerationQuerySet
    project: Project | None = None

    @property
    def name(self) -> str:
        """What the link is called, until somebody calls it otherwise."""
        return self.project.name if self.project else self.team.name


@require_http_methods(["GET", "POST"])
def share_create(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """A link to chosen takes of a project. Its address is shown this once."""
    project = access.get_project(request, project_id, need=Role.ADMIN)
    source = Source(
        team=project.team,
        role=project.my_role,
        takes=finished(request).filter(project=project),
        project=project,
    )
    return make(request, source)


@require_http_methods(["GET", "POST"])
def share_chosen(request: StudioRequest) -> HttpResponse:
    """A link to takes chosen in the gallery; of one project, it is the project's."""
    team = access.current_team(request, need=Role.ADMIN)
    takes = finished(request).filter(team=team)
    if request.method == "GET":
        ids = read_ids(request.GET.getlist("take"))
        projects = set(takes.filter(pk__in=ids).values_list("project", flat=True))
        if len(projects) == 1:
            address = reverse("share-create", args=[*projects])
            return redirect(f"{address}?{request.GET.urlencode()}")
    return make(request, Source(team=team, role=team.my_role, takes=takes))


def make(request: StudioRequest, source: Source) -> HttpResponse:
    """Show the form, or make the link."""
    if request.method == "GET":
        initial = {"name": source.name, "allows_comments": True}
        initial |= {"allows_verdict": True}
        form = ShareLinkForm(offered=source.takes, initial=initial)
        return page(request, source, form, request.GET.getlist("take"), status=200)
    form = ShareLinkForm(request.POST, offered=source.takes)
    if not form.is_valid():
        return page(request, source, form, request.POST.getlist("takes"), status=422)
    link, token = ShareLink.make(
        source.team,
        form.cleaned_data["takes"],
        user=request.user,
        **form.fields_of_link(timezone.now()),
    )
    path = reverse("guest-door", args=[token])
    context = {
        "current_team": source.team,
        "project": source.project,
        "link": link,
        "address": f"{settings.STUDIO_URL}{path}",
    }
    return render(request, "shares/made.html", context, status=201)


def finished(request: StudioRequest) -> GenerationQuerySet:
    """The takes that have a video."""
    visible = Generation.objects.visible_to(request.user)
    return visible.filter(project__deleted_at=None, status=Status.COMPLETED)


def page(
    request: StudioRequest,
    source: Source,
    form: ShareLinkForm,
    chosen: Sequence[str],
    *,
    status: int,
) -> HttpResponse:
    """The form with the takes to choose from; the chosen ones are always among them."""
    context = {
        "current_team": source.team,
        "project": source.project,
        "form": form,
        "fields": [form[name] for name in form.fields if name != "takes"],
        "offers": offers(request, source, set(chosen)),
    }
    return render(request, "shares/create.html", context, status=status)


def offers(request: StudioRequest, source: Source, chosen: set[str]) -> list[Offer]:
    """The chosen takes first, then the newest. One chosen too many is refused when the
    link is made, and not left out in silence."""
    rows, ids = source.takes, read_ids(chosen)
    wanted = list(rows.filter(pk__in=ids).newest_first().with_cards()[:MOST_CHOSEN])
    others = rows.exclude(pk__in=ids).newest_first().with_cards()[:OFFERED]
    now = timezone.now()
    return [
        Offer(
            card=card(take, request.user, source.role, None, now),
            is_chosen=str(take.pk) in chosen,
        )
        for take in [*wanted, *others]
    ]


@require_GET
def share_list(request: StudioRequest) -> HttpResponse:
    """The links of the team, newest first."""
    team = access.current_team(request, need=Role.ADMIN)
    links = ShareLink.objects.visible_to(request.user).filter(team=team)
    rows = links.select_related("created_by").annotate(number=Count("rows"))
    context = {
        "current_team": team,
        "team": team,
        "now": timezone.now(),
        "links": rows.order_by("-created_at", "-id")[:MOST_LINKS],
    }
    return render(request, "shares/index.html", context)


@require_POST
def share_revoke(request: StudioRequest, link_id: uuid.UUID) -> HttpResponse:
    """Close it, at once and for good."""
    visible = ShareLink.objects.visible_to(request.user).select_related("team")
    link = access.found(visible, link_id, Role.ADMIN)
    if link.revoke(user=request.user, now=timezone.now()):
        messages.success(request, _("“%(name)s” is closed.") % {"name": link.name})
    return redirect("share-list")
