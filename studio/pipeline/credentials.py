"""Which account pays for a take, and how to reach its provider."""

from __future__ import annotations

import uuid

from django.conf import settings

from studio.catalog import PROVIDER_LABELS
from studio.models import ProviderAccount
from studio.providers import provider_class
from studio.providers.base import Credentials
from studio.providers.errors import ProviderNotConfigured

# What the environment gives that is no secret.
PLAIN_NAMES = frozenset({"base_url", "project_id"})


def account_for(team_id: uuid.UUID, provider: str) -> ProviderAccount | None:
    """The team's account, else the installation's; None for the environment's key."""
    return ProviderAccount.objects.usable_by(team_id, provider).first()


def installation_account(provider: str) -> ProviderAccount | None:
    """The account that every team may use."""
    rows = ProviderAccount.objects.filter(provider=provider, team=None, is_active=True)
    return rows.order_by("created_at", "id").first()


def credentials_of(provider: str, account: ProviderAccount | None) -> Credentials:
    """Address and secrets. Raises ProviderNotConfigured where there is no key."""
    if not provider_class(provider).needs_key:
        return Credentials()
    if account is not None:
        return Credentials(
            base_url=account.base_url,
            secrets=account.secrets(),
            settings=account.settings,
        )
    return credentials_of_environment(provider)


def credentials_of_environment(provider: str) -> Credentials:
    """The installation's default key, from environment variables."""
    values = settings.PROVIDER_DEFAULTS.get(provider, {})
    secrets = {k: v for k, v in values.items() if v and k not in PLAIN_NAMES}
    if not secrets:
        raise ProviderNotConfigured(
            f"There is no key for {PROVIDER_LABELS.get(provider, provider)}. "
            "An admin can add one on the team page."
        )
    return Credentials(
        base_url=values.get("base_url", ""),
        secrets=secrets,
        settings={"project_id": values.get("project_id", "")},
    )


def is_configured(provider: str, team_id: uuid.UUID) -> bool:
    """Whether a take of this provider has a key to go with, or needs none."""
    if not provider_class(provider).needs_key:
        return True
    try:
        credentials_of(provider, account_for(team_id, provider))
    except ProviderNotConfigured:
        return False
    return True
