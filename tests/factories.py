"""Rows for tests: functions with defaults, every one overridable by keyword."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image

from studio import catalog
from studio.media import storage
from studio.models import (
    TERMINAL,
    Asset,
    Billed,
    CatalogEntry,
    Feed,
    Generation,
    Membership,
    Project,
    Prompt,
    Role,
    ShareLink,
    Status,
    Team,
    User,
)
from studio.pipeline import create

ANIMATIC = "animatic:animatic"
PASSWORD = "correct horse battery staple"  # noqa: S105  (of nobody)
numbers = count(1)


def make_user(name: str, **fields: Any) -> User:
    """A person; the password is ``PASSWORD``."""
    fields.setdefault("email", f"{name}@example.org")
    return User.objects.create_user(
        password=PASSWORD, **{"name": name.capitalize(), **fields}
    )


def make_team(owner: User, *, name: str = "Northlight", **roles: User) -> Team:
    """A team; further members by role: ``make_team(alice, editor=bob)``."""
    team = Team.create(name, owner)
    for role, user in roles.items():
        Membership.objects.create(
            team=team, user=user, role=Role(role), seen_at=timezone.now()
        )
    return team


def make_project(team: Team, **fields: Any) -> Project:
    """A project of a team."""
    fields.setdefault("name", f"Project {next(numbers)}")
    return Project.objects.create(team=team, **fields)


def make_prompt(project: Project, user: User | None = None, **fields: Any) -> Prompt:
    """One press of *Generate*."""
    fields.setdefault("text", "A lighthouse at dawn")
    fields.setdefault("settings", {"model": ANIMATIC, "options": {}, "inputs": []})
    return Prompt.objects.create(
        team_id=project.team_id, project=project, created_by=user, **fields
    )


def make_entry(model: str = ANIMATIC) -> CatalogEntry:
    """The catalog's words on a model, kept once."""
    return create.catalog_entry(catalog.get_model(model))


def make_generation(
    project: Project,
    user: User | None = None,
    *,
    status: str = Status.QUEUED,
    model: str = ANIMATIC,
    prompt: Prompt | str | None = None,
    files: bool | None = None,
    **fields: Any,
) -> Generation:
    """One take in any state, with the fields that the state asks for.

    A completed one has its video, posters and preview as rows; with ``files=True``
    the poster is a true picture on disk as well.
    """
    video_model = catalog.get_model(model)
    if not isinstance(prompt, Prompt):
        words = {} if prompt is None else {"text": prompt}
        prompt = make_prompt(project, user, **words)
    now = fields.get("created_at") or timezone.now()
    with transaction.atomic():
        values: dict[str, Any] = {
            "provider": video_model.provider,
            "model": video_model.id,
            "model_name": video_model.name,
            "mode": video_model.modes[0],
            "options": video_model.defaults(video_model.modes[0]),
            "catalog_entry": make_entry(model),
            "estimate": video_model.estimate(video_model.modes[0], {}),
            "version": Feed.advance(project.team_id),
            "created_at": now,
            "status_at": now,
            **fields_of(Status(status), now),
            **fields,
        }
        take = Generation.objects.create(
            team_id=project.team_id,
            project=project,
            prompt=prompt,
            created_by=user,
            status=status,
            **values,
        )
    if status == Status.COMPLETED:
        make_files(take, on_disk=bool(files))
    return take


def fields_of(status: Status, now: datetime) -> dict[str, Any]:
    """What the database insists on in a state, and what a page shows of it."""
    fields: dict[str, Any] = {}
    if status == Status.SUBMITTING:
        fields["submit_deadline"] = now + timedelta(minutes=2)
    if status in {
        Status.SUBMITTED,
        Status.PROCESSING,
        Status.COLLECTING,
        Status.COMPLETED,
    }:
        fields |= {"operation_id": f"op-{next(numbers)}", "submitted_at": now}
    if status in {Status.PROCESSING, Status.COLLECTING, Status.COMPLETED}:
        fields["running_at"] = now
    if status in {Status.COLLECTING, Status.COMPLETED}:
        fields["finished_at"] = now
    if status == Status.COMPLETED:
        fields |= {"completed_at": now, "billed": Billed.YES, "cost": 0}
    if status == Status.FAILED:
        fields |= {
            "billed": Billed.NO,
            "error_code": "provider_error",
            "error_message": "The provider could not make this video.",
        }
    if status == Status.CANCELED:
        fields["billed"] = Billed.NO
    if status == Status.UNKNOWN:
        fields |= {
            "billed": Billed.UNKNOWN,
            "error_code": "submission_uncertain",
            "error_message": "The answer was lost on the way.",
        }
    assert status in TERMINAL or "cost" not in fields
    return fields


FILES = {
    Asset.Kind.VIDEO: ("video/mp4", 1280, 720),
    Asset.Kind.POSTER: ("image/webp", 640, 360),
    Asset.Kind.POSTER_SMALL: ("image/webp", 320, 180),
    Asset.Kind.PREVIEW: ("video/mp4", 480, 270),
}


def make_files(take: Generation, *, on_disk: bool = False) -> list[Asset]:
    """What a completed take leaves behind."""
    return [
        make_asset(
            take.team,
            kind=kind,
            generation=take,
            media_type=media_type,
            width=width,
            height=height,
            on_disk=on_disk,
        )
        for kind, (media_type, width, height) in FILES.items()
    ]


def make_asset(
    team: Team,
    user: User | None = None,
    *,
    kind: str = Asset.Kind.IMAGE,
    media_type: str = "image/png",
    on_disk: bool = False,
    content: bytes = b"",
    **fields: Any,
) -> Asset:
    """A file's row; with ``on_disk`` a picture of its size lies in its place."""
    asset = Asset(
        team=team, kind=kind, created_by=user, media_type=media_type, **fields
    )
    asset.width, asset.height = asset.width or 64, asset.height or 36
    if on_disk and not content and media_type.startswith("image/"):
        content = picture_bytes(asset.width, asset.height, media_type)
    asset.path = Asset.new_path(team.pk, asset.pk, media_type)
    asset.size, asset.sha256 = len(content), sha256(content).hexdigest()
    if on_disk:
        storage.store_bytes(content, asset.full_path)
    asset.save(force_insert=True)
    return asset


def picture_bytes(
    width: int = 64, height: int = 36, media_type: str = "image/png"
) -> bytes:
    """A true picture of this size."""
    file = BytesIO()
    Image.new("RGB", (width, height), (90, 70, 40)).save(
        file, format=media_type.partition("/")[2]
    )
    return file.getvalue()


def picture_upload(name: str = "shot.png", **size: int) -> SimpleUploadedFile:
    """The same as an upload."""
    return SimpleUploadedFile(name, picture_bytes(**size), content_type="image/png")


def make_share_link(
    project: Project,
    user: User,
    *,
    takes: list[Generation] | None = None,
    **fields: Any,
) -> tuple[ShareLink, str]:
    """A review link to these takes, or to a new one, and its token."""
    if takes is None:
        takes = [make_generation(project, user, status=Status.COMPLETED, files=True)]
    values = {
        "name": "For the client",
        "shows_name": False,
        "expires_at": timezone.now() + timedelta(days=7),
    }
    return ShareLink.make(project.team, takes, user=user, **{**values, **fields})
