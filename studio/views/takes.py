"""The page of one take, and what can be done from it."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio import catalog
from studio.catalog import VideoModel
from studio.http import StudioRequest
from studio.models import Asset, Generation, Role, Status, offered_model, offered_models
from studio.pipeline import frames, move
from studio.views import access
from studio.views.take_page import context_of

FRAME_ROLES = ("start_image", "end_image", "reference_images")


@require_GET
def take(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """One take, in full; for htmx only what can change while it is on its way."""
    found = access.get_generation(request, generation_id)
    context = context_of(request, found)
    if not request.htmx:
        return render(request, "takes/detail.html", context)
    context["keeps_player"] = "playing" in request.GET
    context["announcement"] = announcement(found)
    return render(request, "takes/_changed.html", context)


def announcement(found: Generation) -> str:
    """One polite word when it has ended."""
    words = {
        Status.COMPLETED: _("The take is ready."),
        Status.FAILED: _("The take failed."),
        Status.CANCELED: _("The take was canceled."),
    }
    return words.get(Status(found.status), "")


@require_POST
def take_frame(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """A frame of this take as a picture for the next one, in the composer."""
    found = access.get_generation(request, generation_id, need=Role.EDITOR)
    role = request.POST.get("role", "start_image")
    if role not in FRAME_ROLES:
        raise Http404
    try:
        if request.POST.get("frame") == "last":
            asset = frames.keep_last_frame(found, user=request.user)
        else:
            at_seconds = read_seconds(request.POST.get("at", ""))
            asset = frames.keep_frame(found, at_seconds, user=request.user)
    except frames.NoFrame as trouble:
        messages.error(request, str(trouble))
        return redirect("take", found.pk)
    return HttpResponseRedirect(composer_address(found, role, asset))


def read_seconds(text: str) -> float:
    """A time within a clip. Raises NoFrame."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as error:
        raise frames.NoFrame(_("Give a time in seconds.")) from error


def composer_address(found: Generation, role: str, asset: Asset) -> str:
    """The composer with this take's words and settings and the picture."""
    values = {
        "remix": str(found.pk),
        "parent_relation": "continue",
        f"{role}_asset": str(asset.pk),
    }
    model = model_that_takes(found, role)
    if model and model.key != found.model_key:
        values["model"] = model.key
    return f"{reverse('project', args=[found.project_id])}?{urlencode(values)}"


def model_that_takes(found: Generation, role: str) -> VideoModel | None:
    """Its own model where that takes such a picture; otherwise the nearest relation."""
    try:
        own = offered_model(found.model_key, found.team_id)
    except catalog.UnknownModel:
        own = found.video_model()
    if own.input(role):
        return own
    today = timezone.localdate()
    able = [
        model
        for model in offered_models(found.team_id)
        if model.input(role) and not model.is_ended(today)
    ]
    same_provider = [model for model in able if model.provider == own.provider]
    kin = [model for model in same_provider if own.family == model.family != ""]
    return next(iter([*kin, *same_provider]), None)


@require_POST
def take_move(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """To another project of the team."""
    found = access.get_generation(request, generation_id, need=Role.EDITOR)
    try:
        project_id = uuid.UUID(request.POST.get("project", ""))
    except ValueError as error:
        raise Http404 from error
    project = access.get_project(request, project_id, need=Role.EDITOR)
    if project.team_id != found.team_id:
        raise Http404
    if move.move_take(found, project, user=request.user):
        words = _("Moved to “%(project)s”.") % {"project": project.name}
        messages.success(request, words)
    return redirect("take", found.pk)
