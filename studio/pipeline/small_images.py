"""A small picture beside an uploaded one: what tiles and wells show of it."""

from __future__ import annotations

import hashlib
import uuid
from io import BytesIO

from PIL import Image

from studio.media.images import CleanImage, ImageRefused, thumbnail
from studio.media.store import store
from studio.models import Asset, Project, User

WIDTH = 400  # pixels: a well on a screen with two pixels to each of ours
LIGHT = 40_000  # bytes, up to which a picture is shown as it is
MEDIA_TYPE = "image/webp"


def store_small(
    clean: CleanImage, *, team_id: uuid.UUID, shelf: Project | None, user: User
) -> Asset | None:
    """The picture made small, as a file and a row; None where that gains nothing.

    ``shelf`` is the private project that the picture belongs to.
    """
    if len(clean.content) <= LIGHT:
        return None
    try:
        content = thumbnail(clean.content, WIDTH)
    except ImageRefused:
        return None
    if len(content) * 2 > len(clean.content):
        return None
    with Image.open(BytesIO(content)) as picture:
        width, height = picture.size
    asset_id = uuid.uuid4()
    path = Asset.new_path(team_id, asset_id, MEDIA_TYPE)
    store().place_bytes(content, path, MEDIA_TYPE)
    return Asset.objects.create(
        id=asset_id,
        team_id=team_id,
        project=shelf,
        kind=Asset.Kind.IMAGE_SMALL,
        created_by=user,
        path=path,
        media_type=MEDIA_TYPE,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        width=width,
        height=height,
    )
