"""Each time a take was sent to its provider: written before the request leaves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Attempt(models.Model):
    """One submit, open until its outcome is known."""

    class Outcome(models.TextChoices):
        """How it ended."""

        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        NOT_SENT = "not_sent", _("Not sent")
        UNKNOWN = "unknown", _("Unknown")
        SETTLED = "settled", _("Settled by a person")

    generation = models.ForeignKey(
        "studio.Generation", models.CASCADE, related_name="attempts"
    )
    n = models.PositiveSmallIntegerField()
    token = models.CharField(max_length=64, unique=True)
    outcome = models.CharField(
        max_length=10, choices=Outcome.choices, default=Outcome.OPEN
    )
    opened_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # Kept even when the generation has moved on: a job nobody must lose.
    operation_id = models.CharField(max_length=500, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    excerpt = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["generation", "n"], name="attempt_once"),
            models.UniqueConstraint(
                fields=["generation"],
                condition=models.Q(outcome="open"),
                name="attempt_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id} attempt {self.n}: {self.outcome}"
