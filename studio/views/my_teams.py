"""One's teams: make, rename, delete, bring back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from studio.forms.members import TeamDeleteForm, TeamForm
from studio.http import StudioRequest
from studio.middleware import SESSION_KEY
from studio.models import Event, Role, Team
from studio.pipeline import close_team
from studio.views import access
from studio.views.members import members_context


def may_make_teams(request: StudioRequest) -> bool:
    """Who looks after a team already, or the installation: every team may spend from
    the installation's own keys."""
    return request.user.is_staff or any(
        team.my_role.is_at_least(Role.ADMIN) for team in request.teams
    )


@require_http_methods(["GET", "POST"])
def team_create(request: StudioRequest) -> HttpResponse:
    """A team of one's own."""
    if not may_make_teams(request):
        raise PermissionDenied(_("Only admins of a team can make another one."))
    form = TeamForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "teams/new.html", {"form": form}, status=status)
    made = Team.create(form.cleaned_data["name"], request.user)
    Event.record("team.created", team=made, actor=request.user)
    request.session[SESSION_KEY] = str(made.pk)
    return redirect("home")


@require_POST
def team_rename(request: StudioRequest, team_id: uuid.UUID) -> HttpResponse:
    """Another name for a team."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    form = TeamForm(request.POST)
    if not form.is_valid():
        context = members_context(request, team, rename_form=form)
        return render(request, "teams/members.html", context, status=422)
    before = team.name
    team.rename(form.cleaned_data["name"])
    data = {"before": before, "after": team.name}
    Event.record("team.renamed", team=team, actor=request.user, data=data)
    messages.success(request, _("Saved."))
    return redirect("team-members", team.pk)


@require_POST
def team_delete(request: StudioRequest, team_id: uuid.UUID) -> HttpResponse:
    """Hide a team at once; it is emptied when its time of grace is over."""
    team = access.get_team(request, team_id, need=Role.OWNER)
    form = TeamDeleteForm(request.POST, team=team)
    if not form.is_valid():
        context = members_context(request, team, delete_form=form)
        return render(request, "teams/members.html", context, status=422)
    if close_team.delete_team(team, user=request.user):
        words = _("“%(team)s” was deleted. Under Profile you can bring it back.")
        messages.success(request, words % {"team": team.name})
    return redirect("home")


@require_POST
def team_restore(request: StudioRequest, team_id: uuid.UUID) -> HttpResponse:
    """Bring a deleted team back."""
    now = timezone.now()
    team = Team.objects.restorable_by(request.user, now).filter(pk=team_id).first()
    if team is None:
        raise Http404
    if team.restore(now):
        Event.record("team.restored", team=team, actor=request.user)
        words = _("“%(team)s” is back. Takes that were stopped stay stopped.")
        messages.success(request, words % {"team": team.name})
        request.session[SESSION_KEY] = str(team.pk)
    return redirect("home")
