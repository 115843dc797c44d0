"""The line: what a team has said of it (pause, limits), and whose turn was when."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from studio.models.teams import Team


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many takes may run at once; None where nobody has said so."""

    team: int | None = None
    person: int | None = None


class LineSetting(models.Model):
    """Pause and limits of one team; the row without a team is the installation's.

    The installation's limits hold for every team that has none of its own.
    """

    INSTALLATION = "installation"

    key = models.CharField(max_length=40, primary_key=True, editable=False)
    team = models.OneToOneField(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="line",
        help_text=_("Empty: for every team of this installation."),
    )
    max_running = models.PositiveSmallIntegerField(
        _("takes of a team at once"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    max_running_each = models.PositiveSmallIntegerField(
        _("takes of one person at once"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paused by"),
    )

    objects: ClassVar[models.Manager[LineSetting]]

    class Meta:
        verbose_name = _("pause and limits")
        verbose_name_plural = _("pauses and limits")

    def __str__(self) -> str:
        return str(self.team or _("the installation"))

    # Factories

    @classmethod
    def of(cls, team_id: uuid.UUID | None) -> LineSetting:
        """A team's row, made where it has none; None names the installation."""
        key = cls.key_for(team_id)
        return cls.objects.get_or_create(key=key, defaults={"team_id": team_id})[0]

    @classmethod
    def key_for(cls, team_id: uuid.UUID | None) -> str:
        """One row for each team, and one for the installation."""
        return str(team_id or cls.INSTALLATION)

    # Queries

    @classmethod
    def around(cls, team_ids: Iterable[uuid.UUID]) -> LineSettings:
        """What holds for these teams, in one query."""
        rows = cls.objects.filter(
            models.Q(team__in=list(team_ids)) | models.Q(team=None)
        )
        return LineSettings({row.team_id: row for row in rows})

    # Properties

    @property
    def is_paused(self) -> bool:
        """Whether nothing of it is to be sent."""
        return self.paused_at is not None


@dataclass(frozen=True)
class LineSettings:
    """The rows of some teams and the installation's, laid over one another."""

    rows: dict[uuid.UUID | None, LineSetting]

    def pause(self, team_id: uuid.UUID) -> LineSetting | None:
        """Whose pause holds a team's takes back: the installation's before its own."""
        for key in (None, team_id):
            row = self.rows.get(key)
            if row is not None and row.is_paused:
                return row
        return None

    def limits(self, team_id: uuid.UUID) -> Limits:
        """The team's own limits, each else the installation's."""
        found = [row for key in (team_id, None) if (row := self.rows.get(key))]
        return Limits(
            team=next((r.max_running for r in found if r.max_running), None),
            person=next(
                (r.max_running_each for r in found if r.max_running_each), None
            ),
        )


class Turn(models.Model):
    """When somebody's take was last sent: who has waited longest is next."""

    key = models.CharField(max_length=80, primary_key=True)  # team and person
    team = models.ForeignKey(Team, models.CASCADE, related_name="turns")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Turn]]

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")

    def __str__(self) -> str:
        return f"{self.key} at {self.at:%H:%M:%S}"

    # Factories

    @staticmethod
    def key_for(team_id: uuid.UUID, person_id: int | None) -> str:
        """One row for each person in each team; takes of nobody share one."""
        return f"{team_id}/{person_id or ''}"

    # Mutators

    @classmethod
    def take(cls, people: Iterable[tuple[uuid.UUID, int | None, datetime]]) -> None:
        """Write down whose takes were sent, in one statement."""
        cls.objects.bulk_create(
            [
                cls(key=cls.key_for(team_id, person_id), team_id=team_id, at=at)
                for team_id, person_id, at in people
            ],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["at"],
        )
