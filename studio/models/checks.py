"""The nightly look at stored files, and what it found."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.assets import Asset
from studio.models.events import Event


class FileCheck(models.Model):
    """One look at all files, from the first to the last; a kill costs a few seconds."""

    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cursor = models.UUIDField(_("looked at up to"), null=True, blank=True)
    files = models.PositiveIntegerField(_("files"), default=0)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    problems = models.PositiveIntegerField(_("problems"), default=0)
    strays = models.PositiveIntegerField(_("files of no row"), default=0)

    class Meta:
        verbose_name = _("file check")
        verbose_name_plural = _("file checks")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    # Factories

    @classmethod
    def open_one(cls) -> Self:
        """The look that is under way, or a new one. The caller holds the lease."""
        is_open = cls.objects.filter(finished_at=None).order_by("id")
        return is_open.first() or cls.objects.create()

    # Mutators

    def note(self) -> None:
        """Write down how far it is."""
        self.save(update_fields=["cursor", "files", "bytes", "problems"])

    def finish(self, strays: int, *, now: datetime) -> None:
        """Every file was looked at."""
        self.finished_at, self.strays = now, strays
        self.save(update_fields=["finished_at", "strays"])

    # Queries

    @classmethod
    def is_due(cls, now: datetime) -> bool:
        """Whether one is under way, or the last one began on an earlier day."""
        last = cls.objects.order_by("-started_at", "-id").first()
        if last is None or last.finished_at is None:
            return True
        began = timezone.localtime(last.started_at).date()
        return began < timezone.localtime(now).date()


class FileProblem(models.Model):
    """A file that is not what its row says, until it is again."""

    class Kind(models.TextChoices):
        """What is wrong with it."""

        MISSING = "missing", _("Missing")
        DAMAGED = "damaged", _("Damaged")
        UNREADABLE = "unreadable", _("Cannot be read")

    asset = models.OneToOneField(
        Asset, models.CASCADE, related_name="problem", verbose_name=_("file")
    )
    kind = models.CharField(_("what is wrong"), max_length=10, choices=Kind.choices)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    class Meta:
        verbose_name = _("file problem")
        verbose_name_plural = _("file problems")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.asset_id}"

    # Factories

    @classmethod
    def report(cls, asset: Asset, kind: str, *, now: datetime) -> bool:
        """Write it down; whether it is news. News are told in the trail once."""
        with transaction.atomic():
            cls.objects.filter(asset=asset).exclude(kind=kind).delete()
            _problem, is_new = cls.objects.update_or_create(
                asset=asset,
                kind=kind,
                defaults={"seen_at": now},
                create_defaults={"seen_at": now, "found_at": now},
            )
            if is_new:
                record(f"file.{kind}", asset)
        return is_new

    @classmethod
    def resolve(cls, asset: Asset) -> bool:
        """It is whole; whether it was not before."""
        with transaction.atomic():
            gone, _rows = cls.objects.filter(asset=asset).delete()
            if gone:
                record("file.whole_again", asset)
        return bool(gone)


def record(verb: str, asset: Asset) -> None:
    """Tell it in the trail of the file's team and take."""
    take = asset.generation
    Event.record(
        verb,
        team_id=asset.team_id,
        project_id=take.project_id if take else None,
        generation=take,
        data={"file": str(asset.pk), "kind": asset.kind, "path": asset.path},
    )
