"""Moderation: what waits for an admin of the team, and what was decided."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio.http import StudioRequest
from studio.models import Role
from studio.pipeline import moderate
from studio.views import access
from studio.views.cards import cards
from studio.views.grid import takes_of_team

MOST = 60  # takes on the page; the rest follows when these are decided
DECISIONS = {
    "pass": moderate.pass_take,
    "block": moderate.block_take,
    "unblock": moderate.unblock_take,
}


@require_GET
def moderation(request: StudioRequest) -> HttpResponse:
    """The takes that wait, the oldest first."""
    team = access.current_team(request, need=Role.ADMIN)
    pending = takes_of_team(team, request.user, team.my_role).pending()
    rows = list(pending.order_by("created_at", "id").with_cards()[: MOST + 1])
    context = {
        "team": team,
        "cards": cards(rows[:MOST], request.user, team.my_role, timezone.now()),
        "has_more": len(rows) > MOST,
    }
    return render(request, "teams/moderation.html", context)


@require_POST
def moderation_switch(request: StudioRequest) -> HttpResponse:
    """New takes wait for moderation, or no longer."""
    team = access.current_team(request, need=Role.ADMIN)
    is_on = "on" in request.POST
    if moderate.require(team, is_on, user=request.user):
        messages.success(
            request,
            _("New takes wait for moderation now.")
            if is_on
            else _("New takes are seen by the whole team at once."),
        )
    return redirect(f"{reverse('team')}#moderation")


@require_POST
def take_moderate(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """Let the others see a take, or take it from them."""
    take = access.get_generation(request, generation_id, need=Role.ADMIN)
    act = DECISIONS.get(request.POST.get("decision", ""))
    if act is None:
        raise Http404
    if not act(take, user=request.user):
        messages.info(request, _("Somebody else has decided this before."))
    return redirect(next_page(request) or reverse("take", args=[take.pk]))


def next_page(request: StudioRequest) -> str:
    """The page that the form stands on, where it says so."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_ours and page.startswith("/") else ""
