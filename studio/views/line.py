"""The line: pause and limits of a team, and everybody's own order in it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio.forms.line import LimitsForm
from studio.http import StudioRequest
from studio.models import Event, Generation, LineSetting, Role, Status, Team
from studio.pipeline import line, pause
from studio.views import access


@require_POST
def queue_pause(request: StudioRequest) -> HttpResponse:
    """Send nothing more of the team, or send again."""
    team = access.current_team(request, need=Role.ADMIN)
    if request.POST.get("act") == "resume":
        if pause.resume(team, user=request.user):
            messages.success(request, _("Resumed: what waits is sent again."))
    elif pause.pause(team, user=request.user):
        messages.success(request, _("Paused: nothing new is sent, what runs goes on."))
    return redirect("queue")


@require_POST
def queue_limits(request: StudioRequest) -> HttpResponse:
    """How many takes of the team, and of each person in it, may run at once."""
    team = access.current_team(request, need=Role.ADMIN)
    setting = LineSetting.of(team.pk)
    form = LimitsForm(request.POST, instance=setting)
    if not form.is_valid():
        context = {"team": team, "limits": form}
        return render(request, "queue/limits.html", context, status=422)
    save_limits(form, team, request)
    messages.success(request, _("Saved."))
    return redirect("queue")


def save_limits(form: LimitsForm, team: Team, request: StudioRequest) -> None:
    """Write these two fields alone, and who set them."""
    limits = form.cleaned_data
    LineSetting.objects.filter(pk=form.instance.pk).update(**limits)
    Event.record("line.limits", team=team, actor=request.user, data=limits)


@require_POST
def take_place(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """Move a waiting take among what the same person waits for."""
    take = own_take(request, generation_id)
    where = request.POST.get("where", "")
    if where not in line.MOVES:
        raise Http404
    if take.status != Status.QUEUED:
        messages.info(request, _("It was sent meanwhile."))
    else:
        line.move(take, where, user=request.user)
    return redirect("queue")


@require_GET
def take_edit(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """The composer with a waiting take's words and settings, to change them."""
    take = own_take(request, generation_id)
    if take.status != Status.QUEUED:
        messages.info(request, _("It was sent meanwhile: this is a remix of it."))
        return redirect("take-remix", take.pk)
    address = reverse("project", args=[take.project_id])
    return HttpResponseRedirect(f"{address}?edit={take.pk}")


def own_take(request: StudioRequest, generation_id: uuid.UUID) -> Generation:
    """A take of one's own, or anyone's for admins."""
    take = access.get_generation(request, generation_id, need=Role.EDITOR)
    if take.created_by_id != request.user.pk:
        access.check_role(take.my_role, Role.ADMIN)
    return take
