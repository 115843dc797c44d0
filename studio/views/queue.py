"""The queue: everything of the team that is in flight, and what waits for a person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio import catalog
from studio.forms.line import LimitsForm
from studio.http import StudioRequest
from studio.models import (
    Generation,
    LineSetting,
    Outage,
    OverBudget,
    Role,
    Status,
    Team,
)
from studio.pipeline import line, settle
from studio.views import access
from studio.views.approvals import waiting_of
from studio.views.cards import Card, cards
from studio.views.grid import open_takes

MOST = 200  # rows on the page; more than that is said, not shown
POLL_SECONDS = 3
IDLE_SECONDS = 15  # where nothing is in flight


@require_GET
def queue(request: StudioRequest) -> HttpResponse:
    """The page; for htmx only the part that changes by itself."""
    team = access.current_team(request)
    role = team.my_role
    flying = in_flight(request, team, role)
    context = {
        "team": team,
        "lines": flying[:MOST],
        "troubles": troubles(team),
        "hidden": max(len(flying) - MOST, 0),
        "seconds": POLL_SECONDS if flying else IDLE_SECONDS,
    }
    if request.htmx:
        return render(request, "queue/_lines.html", context)
    context["unclear"] = unclear(request, team, role)
    context["waiting"] = waiting_of(request, team, role)
    context["can_settle"] = role.is_at_least(Role.ADMIN)
    if context["can_settle"]:
        context["limits"] = LimitsForm(instance=line_of(team))
    return render(request, "queue/index.html", context)


def line_of(team: Team) -> LineSetting:
    """The team's pause and limits; nothing is set where it has no row."""
    setting = LineSetting.objects.filter(team=team).first()
    return setting or LineSetting(team=team)


def troubles(team: Team) -> list[tuple[Outage, str]]:
    """Providers that are down for the team, with their names."""
    now = timezone.now()
    return [
        (outage, catalog.PROVIDER_LABELS.get(outage.provider, outage.provider))
        for outage in line.troubles(team.pk, now)
    ]


def in_flight(request: StudioRequest, team: Team, role: Role) -> list[Card]:
    """What the machine works on: what was sent first, then the line in its order."""
    takes = (
        open_takes(team, request.user, role)
        .in_flight()
        .order_by("created_at", "take", "id")
        .with_cards()[: MOST + 1]
    )
    shown = cards(takes, request.user, role, timezone.now())
    return sorted(shown, key=lambda card: -1 if card.before is None else card.before)


def unclear(request: StudioRequest, team: Team, role: Role) -> Sequence[Card]:
    """What a person must settle."""
    seen = open_takes(team, request.user, role)
    takes = seen.filter(status=Status.UNKNOWN)
    rows = takes.order_by("created_at", "id").with_cards()[:MOST]
    return cards(rows, request.user, role, timezone.now())


@require_POST
def take_settle(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """Say what became of an unclear take."""
    take = access.get_generation(request, generation_id, need=Role.ADMIN)
    try:
        done = decide(request, take)
    except (settle.CannotSettle, OverBudget) as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, _("Settled."))
        else:
            messages.info(request, _("Somebody else settled this take before."))
    return redirect("queue")


def decide(request: StudioRequest, take: Generation) -> bool:
    """Carry out the decision that was posted. Raises CannotSettle and OverBudget."""
    match request.POST.get("decision"):
        case "exists":
            operation_id = request.POST.get("operation_id", "")[:500]
            return settle.it_exists(take, operation_id, user=request.user)
        case "release":
            return settle.it_does_not(take, user=request.user)
        case "again":
            return settle.send_again(take, user=request.user)
    raise settle.CannotSettle(_("Choose what became of the take."))
