"""Which models a team is offered: the catalog, with what was decided here laid over it.

The catalog is data that ships with the studio. Rows of this module switch a model off,
correct its price, or say that it has ended; a team's row counts before the
installation's.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio import catalog
from studio.catalog import Price, UnknownModel, VideoModel
from studio.catalog.schema import PriceRow
from studio.models.teams import Team


class ModelSetting(models.Model):
    """What was decided here about one model."""

    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="model_settings",
        help_text=gettext_lazy("Empty: for every team of this installation."),
    )
    provider = models.CharField(gettext_lazy("provider"), max_length=40)
    model = models.CharField(gettext_lazy("model"), max_length=200)
    is_on = models.BooleanField(gettext_lazy("on"), default=True)
    # {"unit": ..., "rows": [{"amount": micro-USD, "when": {...}}], "note": ...}
    price = models.JSONField(gettext_lazy("price"), null=True, blank=True)
    ends = models.DateField(gettext_lazy("ends"), null=True, blank=True)
    # An id that the provider lists and the shipped catalog does not.
    is_new = models.BooleanField(gettext_lazy("not in the catalog"), default=False)
    name = models.CharField(gettext_lazy("name"), max_length=120, blank=True)
    note = models.CharField(gettext_lazy("note"), max_length=300, blank=True)
    updated_at = models.DateTimeField(gettext_lazy("changed"), auto_now=True)

    class Meta:
        verbose_name = gettext_lazy("model setting")
        verbose_name_plural = gettext_lazy("model settings")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "provider", "model"],
                condition=~models.Q(team=None),
                name="model_setting_once_per_team",
            ),
            models.UniqueConstraint(
                fields=["provider", "model"],
                condition=models.Q(team=None),
                name="model_setting_once_for_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {'on' if self.is_on else 'off'}"

    # Queries

    @classmethod
    def for_team(cls, team_id: uuid.UUID | None) -> list[ModelSetting]:
        """The installation's, then the team's: later ones count."""
        rows = cls.objects.filter(models.Q(team=None) | models.Q(team_id=team_id))
        return sorted(rows, key=lambda row: row.team_id is not None)

    def laid_over(self, model: VideoModel) -> VideoModel:
        """The entry as it is after this decision."""
        changes: dict[str, Any] = {}
        if self.price:
            changes["price"] = read_price(self.price)
        if self.ends:
            changes["ends"] = self.ends
        if self.note:
            changes["note"] = self.note
        if self.name:
            changes["name"] = self.name
        return replace(model, **changes) if changes else model

    # Properties

    @property
    def key(self) -> str:
        """``provider:id``."""
        return f"{self.provider}:{self.model}"


def read_price(table: dict[str, Any]) -> Price:
    """A price kept as JSON."""
    rows = tuple(
        PriceRow(
            amount=int(row["amount"]),
            when={name: tuple(value) for name, value in row.get("when", {}).items()},
        )
        for row in table.get("rows", [])
    )
    return Price(unit=table["unit"], rows=rows, note=table.get("note", ""))


def offered_models(team_id: uuid.UUID | None) -> list[VideoModel]:
    """Every model that a team may choose, in the order of the catalog."""
    models_by_key = dict(catalog.all_models())
    off: set[str] = set()
    for row in ModelSetting.for_team(team_id):
        if row.is_new and row.key not in models_by_key:
            models_by_key[row.key] = catalog.get_model(row.key)
        if row.key in models_by_key:
            models_by_key[row.key] = row.laid_over(models_by_key[row.key])
        off = off - {row.key} if row.is_on else off | {row.key}
    return [model for key, model in models_by_key.items() if key not in off]


def offered_model(name: str, team_id: uuid.UUID | None) -> VideoModel:
    """The model called so, as this team is offered it. Raises UnknownModel."""
    model = catalog.get_model(name)
    rows = [row for row in ModelSetting.for_team(team_id) if row.key == model.key]
    if rows and not rows[-1].is_on:
        raise UnknownModel(_("%(model)s is switched off.") % {"model": model.name})
    return laid_over_all(model, rows)


def laid_over_all(model: VideoModel, rows: Iterable[ModelSetting]) -> VideoModel:
    """The entry after every decision."""
    for row in rows:
        model = row.laid_over(model)
    return model
