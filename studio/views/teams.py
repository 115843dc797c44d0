"""The team that the header shows."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from studio.http import StudioRequest
from studio.middleware import SESSION_KEY
from studio.views import access


@require_POST
def team_choose(request: StudioRequest) -> HttpResponse:
    """Show another team from now on."""
    try:
        team_id = uuid.UUID(request.POST.get("team", ""))
    except ValueError as error:
        raise Http404 from error
    team = access.get_team(request, team_id)
    request.session[SESSION_KEY] = str(team.pk)
    return redirect("home")
