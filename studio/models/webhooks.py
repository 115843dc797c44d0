"""Addresses of a team's own that are told what has ended."""

from __future__ import annotations

import uuid
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from studio import secrets
from studio.models.teams import Team


class Webhook(models.Model):
    """One address, and the secret that its calls are signed with, encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="webhooks")
    url = models.CharField(
        _("address"),
        max_length=500,
        validators=[URLValidator(schemes=["https", "http"])],
        help_text=_("Begins with https:// and is on the public internet."),
    )
    sealed = models.TextField(editable=False, blank=True)  # Fernet token, see secrets
    is_active = models.BooleanField(_("on"), default=True)
    # A receiver that does not answer is left alone for a while, by every call.
    failures = models.PositiveSmallIntegerField(_("failed in a row"), default=0)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.host

    # Mutators

    def set_secret(self, secret: str) -> None:
        """Keep a new secret; the caller saves ``sealed``."""
        self.sealed = secrets.seal({"secret": secret})

    def note(self, is_done: bool, *, paused_until: datetime | None) -> None:
        """What came of the last call."""
        failures = 0 if is_done else models.F("failures") + 1
        Webhook.objects.filter(pk=self.pk).update(
            failures=failures, paused_until=None if is_done else paused_until
        )

    # Queries

    def secret(self) -> str:
        """The secret in clear: for the pipeline alone."""
        return secrets.unseal(self.sealed).get("secret", "")

    # Properties

    @property
    def host(self) -> str:
        """Where it is. The rest of an address may itself be a secret."""
        return urlsplit(self.url).hostname or "?"
