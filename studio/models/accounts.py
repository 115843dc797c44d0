"""Accounts at providers: a team's own, or the installation's for every team."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from studio import secrets
from studio.models.teams import Team

STALE_AFTER = timedelta(minutes=10)  # what is left may be less by then


class ProviderAccountQuerySet(models.QuerySet["ProviderAccount"]):
    """Questions about many accounts."""

    def usable_by(self, team_id: uuid.UUID, provider: str) -> Self:
        """Switched on, the team's own before the installation's."""
        return (
            self.filter(provider=provider, is_active=True)
            .filter(models.Q(team_id=team_id) | models.Q(team=None))
            .order_by(models.F("team_id").asc(nulls_last=True), "created_at", "id")
        )

    def for_teams(self, team_ids: Iterable[uuid.UUID]) -> AccountsOfTeams:
        """Which account pays for what, for several teams in one query; no secrets."""
        rows = self.filter(is_active=True).defer("sealed")
        mine = models.Q(team__in=list(team_ids)) | models.Q(team=None)
        found: dict[tuple[uuid.UUID | None, str], ProviderAccount] = {}
        for account in rows.filter(mine).order_by("created_at", "id"):
            found.setdefault((account.team_id, account.provider), account)
        return AccountsOfTeams(found)


@dataclass(frozen=True)
class AccountsOfTeams:
    """The accounts that count, by team and provider; without a team for all."""

    rows: dict[tuple[uuid.UUID | None, str], ProviderAccount]

    def of(self, team_id: uuid.UUID, provider: str) -> ProviderAccount | None:
        """As ``usable_by`` says: the team's own before the installation's."""
        return self.rows.get((team_id, provider)) or self.rows.get((None, provider))


class ProviderAccount(models.Model):
    """A key at a provider, encrypted, with its limits and what is left on it."""

    class Provider(models.TextChoices):
        """Who can be signed in to."""

        AIMLAPI = "aimlapi", "AI/ML API"
        GLOBANT = "globant", "Globant Enterprise AI"
        SEGMIND = "segmind", "Segmind"
        VTRIX = "vtrix", "Vtrix"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="provider_accounts",
        help_text=_("Empty: for every team of this installation."),
    )
    provider = models.CharField(_("provider"), max_length=40)
    name = models.CharField(_("name"), max_length=100, blank=True)
    base_url = models.CharField(
        _("address"),
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["https", "http"])],
        help_text=_("Empty: the provider's usual one."),
    )
    sealed = models.TextField(editable=False, blank=True)  # Fernet token, see secrets
    hint = models.CharField(_("key ends in"), max_length=8, blank=True, editable=False)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    is_active = models.BooleanField(_("on"), default=True)
    max_running = models.PositiveSmallIntegerField(
        _("running at once"), default=20, help_text=_("Takes at the provider at once.")
    )
    credit_left = models.CharField(_("credit left"), max_length=60, blank=True)
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    check_message = models.CharField(max_length=300, blank=True)
    is_valid = models.BooleanField(_("key works"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ProviderAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider account")
        verbose_name_plural = _("provider accounts")

    def __str__(self) -> str:
        return self.name or f"{self.provider} ••••{self.hint}"

    # Mutators

    def set_secrets(self, values: dict[str, str]) -> None:
        """Keep new secrets; the caller saves ``sealed`` and ``hint``."""
        self.sealed = secrets.seal(values)
        main = values.get("api_key") or next(iter(values.values()), "")
        self.hint = main[-4:] if len(main) >= 12 else ""

    def note_answer(self, *, now: datetime, credit_left: str = "") -> None:
        """Its provider took this key just now, and perhaps said what is left."""
        self.is_valid, self.checked_at = True, now
        fields: dict[str, Any] = {"is_valid": True, "checked_at": now}
        if credit_left:
            fields["credit_left"] = self.credit_left = credit_left[:60]
        ProviderAccount.objects.filter(pk=self.pk).update(**fields)

    # Queries

    def is_stale(self, now: datetime) -> bool:
        """Whether what is known of its credit may be old news."""
        return self.checked_at is None or now - self.checked_at > STALE_AFTER

    def secrets(self) -> dict[str, str]:
        """The secrets in clear: for the pipeline alone."""
        return secrets.unseal(self.sealed)
