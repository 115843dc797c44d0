"""Pictures that people put in: upload one, choose one that is here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio.forms.fields import read_image
from studio.http import StudioRequest
from studio.media.store import StoreAway
from studio.models import Asset, Moderation, Project, Role, Status, User
from studio.pipeline import uploads
from studio.views import access
from studio.views.addresses import place
from studio.views.card_words import words_of
from studio.views.grid import takes_of_team

PAGE = 36
ROLES = frozenset(
    {"start_image", "end_image", "reference_images", "static_mask", "source_video"}
)

Place = tuple[datetime, uuid.UUID]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """One picture to choose."""

    asset: Asset  # what is chosen
    picture: Asset  # what is seen of it
    words: str
    place: str


@require_POST
def asset_create(request: StudioRequest) -> HttpResponse:
    """One picture for a project's team; answers with its tile, or with why not."""
    project = named_project(request, request.POST.get("project", ""))
    upload = request.FILES.get("image")
    if upload is None:
        return refused(request, _("Choose a picture."))
    try:
        clean = read_image(upload)
    except ValidationError as error:
        return refused(request, " ".join(error.messages))
    try:
        asset = uploads.store_image(
            clean, project=project, user=request.user, name=upload.name or ""
        )
    except StoreAway as away:
        return refused(request, _("%(reason)s: try again.") % {"reason": away})
    return render(request, "assets/_tile.html", {"asset": asset}, status=201)


def refused(request: StudioRequest, sentence: str) -> HttpResponse:
    """Why a picture was not taken."""
    context = {"message": sentence}
    return render(request, "assets/_refused.html", context, status=422)


@require_GET
def asset_picker(request: StudioRequest) -> HttpResponse:
    """The team's pictures, the newest first: uploads, or frames of its takes."""
    project = named_project(request, request.GET.get("project", ""))
    role = request.GET.get("role", "")
    if role not in ROLES:
        raise Http404
    source = "takes" if role == "source_video" else request.GET.get("source", "uploads")
    after = place(request.GET.get("after", ""))
    if source == "takes":
        tiles = takes_to_choose(project, request.user, role, after)
    else:
        tiles = uploads_to_choose(request, project, after)
    context = {
        "tiles": tiles[:PAGE],
        "project": project,
        "role": role,
        "source": source,
        "after": tiles[PAGE - 1].place if len(tiles) > PAGE else "",
    }
    page = "assets/_picker_page.html" if after else "assets/_picker.html"
    return render(request, page, context)


def uploads_to_choose(
    request: StudioRequest, project: Project, after: Place | None
) -> list[Tile]:
    """Pictures that people of the team have put in."""
    visible = Asset.objects.visible_to(request.user).usable_in(project)
    assets = visible.uploads().filter(team=project.team_id)
    if after:
        assets = assets.filter(created_at__lt=after[0])
    newest = assets.order_by("-created_at", "-id")[: PAGE + 1]
    return [
        Tile(
            asset=asset,
            picture=asset,
            words=asset.name,
            place=f"{asset.created_at.isoformat()}_{asset.pk}",
        )
        for asset in newest
    ]


def takes_to_choose(
    project: Project, user: User, role: str, after: Place | None
) -> list[Tile]:
    """Finished takes of the team: their video, or the frame that stands for it."""
    takes = takes_of_team(project.team, user, project.my_role).usable_in(project)
    takes = takes.filter(status=Status.COMPLETED).exclude(moderation=Moderation.BLOCKED)
    if after:
        takes = takes.before(*after)
    tiles = []
    for take in takes.newest_first().with_cards()[: PAGE + 1]:
        chosen = take.video if role == "source_video" else take.poster
        if chosen and take.poster:
            tiles.append(
                Tile(
                    asset=chosen,
                    picture=take.poster_small or take.poster,
                    words=words_of(take.prompt.text),
                    place=f"{take.created_at.isoformat()}_{take.pk}",
                )
            )
    return tiles


def named_project(request: StudioRequest, text: str) -> Project:
    """The project that a request names."""
    try:
        project_id = uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error
    return access.get_project(request, project_id, need=Role.EDITOR)
