"""How long takes have taken here: what waiting times and polling are learned from."""

from __future__ import annotations

from statistics import quantiles
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

KEPT = 50  # durations per model and settings


class Timing(models.Model):
    """The last durations of one model with one duration and resolution."""

    key = models.CharField(max_length=300, primary_key=True)
    durations = models.JSONField(default=list)  # seconds, oldest first
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("timing")
        verbose_name_plural = _("timings")

    def __str__(self) -> str:
        return self.key

    # Factories

    @staticmethod
    def key_for(model: str, options: dict[str, Any]) -> str:
        """What shares a history: model, duration and resolution."""
        parts = [model, options.get("duration"), options.get("resolution")]
        return "|".join("" if part is None else str(part) for part in parts)[:300]

    # Mutators

    @classmethod
    def add(cls, key: str, seconds: float) -> None:
        """Remember one more."""
        timing, _created = cls.objects.get_or_create(key=key)
        timing.durations = [*timing.durations, round(seconds, 2)][-KEPT:]
        timing.save(update_fields=["durations", "updated_at"])

    # Properties

    @property
    def model_key(self) -> str:
        """Whose history it is: ``provider:id``."""
        return self.key.partition("|")[0]

    @property
    def median(self) -> float | None:
        """Seconds that half of them took; None with no history."""
        ordered: list[float] = sorted(self.durations)
        return ordered[len(ordered) // 2] if ordered else None

    @property
    def p90(self) -> float | None:
        """Seconds that nine in ten took; None with fewer than two."""
        if len(self.durations) < 2:
            return self.median
        return float(quantiles(self.durations, n=10, method="inclusive")[-1])
