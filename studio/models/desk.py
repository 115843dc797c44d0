"""The reviewers' work lists: takes again, under names of their own in Django admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from studio.models.generations import Generation


class FailedTake(Generation):
    """A take that failed, was blocked by a safety filter, or is unclear."""

    class Meta:
        proxy = True
        verbose_name = _("failed take")
        verbose_name_plural = _("failed takes, by cause")


class PendingTake(Generation):
    """A finished take that waits for moderation."""

    class Meta:
        proxy = True
        verbose_name = _("take waiting for moderation")
        verbose_name_plural = _("takes waiting for moderation")
