"""Files: uploads, and what a take left behind. A new version is a new row."""

from __future__ import annotations

import uuid
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.moderation import files_in_sight
from studio.models.projects import Project, hidden_from
from studio.models.teams import Team

if TYPE_CHECKING:
    from studio.models.users import User

SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
}


class AssetQuerySet(models.QuerySet["Asset"]):
    """Questions about many files."""

    def visible_to(self, user: User) -> Self:
        """The files of somebody's teams, without those of deleted takes and of
        projects that are hidden from them."""
        return (
            self.filter(
                files_in_sight(user),
                team__memberships__user_id=user.pk,
                team__deleted_at=None,
                deleted_at=None,
            )
            .exclude(generation__deleted_at__isnull=False)
            .exclude(original__deleted_at__isnull=False)
            .exclude(generation__project__in=hidden_from(user))
            .exclude(project__in=hidden_from(user))
            # A small picture is seen by whoever sees its original.
            .exclude(original__deleted_at__isnull=False)
            .exclude(original__project__in=hidden_from(user))
        )

    def usable_in(self, project: Project) -> Self:
        """What may go into a take there: nothing out of another private project."""
        uploaded = Q(project=None) | Q(project__is_private=False) | Q(project=project)
        made = Q(generation=None) | Q(generation__project__is_private=False)
        return self.filter(uploaded, made | Q(generation__project=project))

    def uploads(self) -> Self:
        """Pictures that people put in."""
        return self.filter(kind=Asset.Kind.IMAGE)


class Asset(models.Model):
    """One stored file and what is known of it."""

    class Kind(models.TextChoices):
        """What a file is for."""

        IMAGE = "image", _("Image")
        IMAGE_SMALL = "image_small", _("Small image")
        VIDEO = "video", _("Video")
        POSTER = "poster", _("Poster")
        POSTER_SMALL = "poster_small", _("Small poster")
        PREVIEW = "preview", _("Hover preview")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="assets")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    generation = models.ForeignKey(
        "studio.Generation",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="assets",
    )
    # What was put into a private project is as hidden as the project.
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="assets"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=255, blank=True)  # the user's words
    path = models.CharField(_("path"), max_length=255, unique=True)  # ours, relative
    media_type = models.CharField(_("type"), max_length=50)
    size = models.PositiveBigIntegerField(_("size"))  # bytes
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    duration = models.FloatField(null=True, blank=True)  # seconds
    facts = models.JSONField(default=dict, blank=True)  # codecs, frame rate, sound
    # The same picture for tiles, where it is much smaller: a WebP.
    small = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="original",
        verbose_name=_("small image"),
    )

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes: ClassVar = [
            # The composer's picker: a team's uploads, newest first.
            models.Index(fields=["team", "kind", "-created_at"], name="asset_picker"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "image",
                        "image_small",
                        "video",
                        "poster",
                        "poster_small",
                        "preview",
                    ]
                ),
                name="asset_kind_known",
            ),
            # A repeated collect finds its file again instead of adding a second one.
            models.UniqueConstraint(
                fields=["generation", "kind"],
                condition=models.Q(generation__isnull=False),
                name="asset_once_per_take",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_kind_display()} {self.pk}"

    # Factories

    @staticmethod
    def new_path(team_id: uuid.UUID, asset_id: uuid.UUID, media_type: str) -> str:
        """Where a new file goes: never a word of the user's in it."""
        month = timezone.now().strftime("%Y/%m")
        name = f"{asset_id}.{SUFFIXES[media_type]}"
        return str(PurePosixPath(str(team_id)) / month / name)

    # Properties

    @property
    def suffix(self) -> str:
        """The file's ending, by its detected type."""
        return SUFFIXES.get(self.media_type, "bin")

    @property
    def full_path(self) -> Path:
        """Where the file is, unless a bucket holds it: ask `media.store` for it."""
        return Path(settings.STORAGE_DIR) / self.path

    @property
    def url(self) -> str:
        """Its address on this site."""
        return reverse("asset-file", args=[self.pk, self.suffix])

    @property
    def small_url(self) -> str:
        """The address of the small picture, or its own where there is none."""
        if self.small_id is None:
            return self.url
        return reverse("asset-file", args=[self.small_id, SUFFIXES["image/webp"]])

    @property
    def is_video(self) -> bool:
        """Whether it plays."""
        return self.kind in {self.Kind.VIDEO, self.Kind.PREVIEW}
