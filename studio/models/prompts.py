"""What was wanted, in words, with its settings. Never edited: a change is a new one."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from studio.models.projects import Project
from studio.models.teams import Team


class CatalogEntry(models.Model):
    """The catalog's words on a model at the time a take was made."""

    digest = models.CharField(max_length=64, primary_key=True)  # sha256 of the JSON
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=200)
    entry = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("catalog entry")
        verbose_name_plural = _("catalog entries")

    def __str__(self) -> str:
        return f"{self.provider}:{self.model} {self.digest[:8]}"


class Prompt(models.Model):
    """One press of *Generate*: the words and settings that its takes share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="prompts")
    project = models.ForeignKey(Project, models.CASCADE, related_name="prompts")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="prompts"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    text = models.TextField(_("prompt"), blank=True)
    settings = models.JSONField(default=dict)  # as the form had them, for a remix
    takes = models.PositiveSmallIntegerField(default=1)
    # One key per drawn form: a double click or a reload finds its own takes again.
    form_key = models.CharField(max_length=100, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)  # of what was asked

    class Meta:
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["created_by", "form_key"],
                condition=~models.Q(form_key=""),
                name="prompt_once_per_form",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
