"""Pictures that people put in become files of their team."""

from __future__ import annotations

import uuid
from pathlib import Path

from studio.media.images import CleanImage
from studio.media.store import store
from studio.models import Asset, Project, User
from studio.pipeline.small_images import store_small


def store_image(clean: CleanImage, *, project: Project, user: User, name: str) -> Asset:
    """The clean picture as a file and a row: first the file, whole, then the row.

    The same picture put in twice by a team is kept once; what goes into a private
    project is that project's own.
    """
    shelf = project if project.is_private else None
    known = Asset.objects.uploads().filter(
        team=project.team_id, project=shelf, sha256=clean.sha256, deleted_at=None
    )
    if found := known.first():
        return found
    asset_id = uuid.uuid4()
    path = Asset.new_path(project.team_id, asset_id, clean.media_type)
    store().place_bytes(clean.content, path, clean.media_type)
    return Asset.objects.create(
        id=asset_id,
        team_id=project.team_id,
        project=shelf,
        kind=Asset.Kind.IMAGE,
        created_by=user,
        name=Path(name.replace("\x00", "").replace("\\", "/")).name[:255],
        path=path,
        media_type=clean.media_type,
        size=len(clean.content),
        sha256=clean.sha256,
        width=clean.width,
        height=clean.height,
        small=store_small(clean, team_id=project.team_id, shelf=shelf, user=user),
    )
