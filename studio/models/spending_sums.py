"""What was spent, added up by day and by month so that a page need not.

A dozen rows change with every entry of the ledger, in one update: of the day and of the
month, the whole team's and its maker's, each in total, for the project and for the
model. All of them can be made again from the ledger.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from studio.models.teams import Team


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an entry counts."""

    team_id: uuid.UUID
    day: date
    person_id: int | None
    project_id: uuid.UUID | None
    model: str


class SpendingSum(models.Model):
    """A day or a month of one slice of a team's spending. Money is in micro-USD."""

    class Span(models.TextChoices):
        """How long a time it is of."""

        DAY = "day", _("A day")
        MONTH = "month", _("A month")

    class By(models.TextChoices):
        """What a row is of."""

        TOTAL = "total", _("Everything")
        PROJECT = "project", _("A project")
        MODEL = "model", _("A model")

    NUMBERS = (
        "takes",
        "failed",
        "billed",
        "assumed",
        "unsure",
        "estimated",
        "difference",
        "lost",
        "unpriced",
        "held",
        "approved",
    )

    code = models.CharField(max_length=400, unique=True)  # all that says which row
    team = models.ForeignKey(Team, models.CASCADE, related_name="spending_sums")
    span = models.CharField(_("time"), max_length=5, choices=Span.choices)
    day = models.DateField(_("from"))  # its first
    # Nobody: of all people together.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    is_of_one = models.BooleanField(_("of one person"), default=False)
    by = models.CharField(_("by"), max_length=7, choices=By.choices)
    key = models.CharField(_("which"), max_length=240, blank=True)

    takes = models.IntegerField(_("takes that ended"), default=0)
    failed = models.IntegerField(_("failed"), default=0)
    billed = models.BigIntegerField(_("billed by providers"), default=0)
    assumed = models.BigIntegerField(_("by the catalog's price"), default=0)
    unsure = models.BigIntegerField(_("may have been billed"), default=0)
    # Estimates of what was charged, and bills less estimates where both are known
    estimated = models.BigIntegerField(_("estimated"), default=0)
    difference = models.BigIntegerField(_("bill less estimate"), default=0)
    lost = models.BigIntegerField(_("spent without a video"), default=0)
    unpriced = models.IntegerField(_("charged, nobody knows what"), default=0)
    held = models.BigIntegerField(_("held for open takes"), default=0)
    approved = models.BigIntegerField(_("approved video, ms"), default=0)

    class Meta:
        verbose_name = _("spending sum")
        verbose_name_plural = _("spending sums")
        indexes: ClassVar = [
            # The usage page: a team's days or months, or one person's.
            models.Index(
                fields=["team", "is_of_one", "by", "span", "day"], name="sum_of_team"
            ),
            models.Index(fields=["team", "person", "span", "day"], name="sum_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.span} {self.day} {self.by} {self.key}"

    # Properties

    @property
    def spent(self) -> int:
        """All that was charged, or may have been."""
        return self.billed + self.assumed + self.unsure

    @property
    def scope(self) -> str:
        """What a budget for the same would be for."""
        if self.is_of_one:
            return f"person:{self.person_id}"
        return f"project:{self.key}" if self.by == self.By.PROJECT else "team"

    @staticmethod
    def code_of(
        team_id: uuid.UUID, span: str, day: date, whose: object, by: str, key: str
    ) -> str:
        """What a row is called: ``whose`` is a person's id, or ``all``."""
        return f"{team_id}|{span} {day}|{whose}|{by}|{key}"

    # Mutators

    @classmethod
    def add(cls, place: Place, numbers: Mapping[str, int]) -> None:
        """Add to the rows of a place: one update, once they are there."""
        if not any(numbers.values()):
            return
        rows = rows_of(place)
        there = cls.objects.filter(code__in=rows)
        raised = {name: F(name) + n for name, n in numbers.items()}
        if there.update(**raised) == len(rows):
            return
        # The team's feed is held: nobody else adds rows meanwhile.
        for code in there.values_list("code", flat=True):
            del rows[code]
        SpendingSum.objects.bulk_create(
            SpendingSum(code=code, **fields, **numbers) for code, fields in rows.items()
        )


def rows_of(place: Place) -> dict[str, dict[str, Any]]:
    """The rows that an entry changes: what each is of, by its code."""
    spans = (
        (SpendingSum.Span.DAY, place.day),
        (SpendingSum.Span.MONTH, place.day.replace(day=1)),
    )
    slices = (
        (SpendingSum.By.TOTAL, ""),
        (SpendingSum.By.PROJECT, str(place.project_id or "")),
        (SpendingSum.By.MODEL, place.model),
    )
    return {
        SpendingSum.code_of(place.team_id, span, first, whose, by, key): {
            "team_id": place.team_id,
            "span": span,
            "day": first,
            "person_id": person_id,
            "is_of_one": whose != "all",
            "by": by,
            "key": key,
        }
        for span, first in spans
        for whose, person_id in (("all", None), (place.person_id, place.person_id))
        for by, key in slices
    }
