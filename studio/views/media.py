"""Files of a team, for its members alone."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from studio.http import StudioRequest
from studio.media.sending import Stored, serve_stored
from studio.models import Asset


@require_safe
def asset_file(request: StudioRequest, asset_id: UUID, suffix: str) -> HttpResponseBase:
    """The file itself, in the ranges that players ask for; 404 to strangers."""
    found = Asset.objects.visible_to(request.user).select_related("generation__prompt")
    asset = found.filter(pk=asset_id).first()
    if asset is None or asset.suffix != suffix:
        raise Http404
    return serve_stored(
        request,
        stored(asset),
        filename=file_name(asset),
        download="download" in request.GET,
    )


def stored(asset: Asset) -> Stored:
    """The file of a row."""
    return Stored(
        name=asset.path,
        size=asset.size,
        sha256=asset.sha256,
        media_type=asset.media_type,
    )


def file_name(asset: Asset) -> str:
    """What a download is called: the prompt's first words and the take's number."""
    generation = asset.generation
    if generation is None:
        stem = slugify(asset.name.rpartition(".")[0])[:60] or "image"
        return f"{stem}.{asset.suffix}"
    words = slugify(generation.prompt.text)[:60].strip("-") or "take"
    return f"{words}-take-{generation.take}.{asset.suffix}"
