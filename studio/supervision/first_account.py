"""Who may sign in on the first day, and what they find there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from studio.environment import env, env_secret
from studio.models import Project, ProviderAccount, Team, User
from studio.supervision import StartRefused
from studio.supervision.programs import SIMULATOR_PORT

DEFAULT_EMAIL = "admin@localhost"
SIMULATED = {
    "aimlapi": "AI/ML API",
    "globant": "Globant Enterprise AI",
    "segmind": "Segmind",
    "vtrix": "Vtrix",
}
# Accounts at the simulator, whatever its port was when they were made.
AT_SIMULATOR = rf"^http://127\.0\.0\.1:\d+/({'|'.join(SIMULATED)})$"


@dataclass(frozen=True)
class FirstAccount:
    """The account that was just made."""

    email: str
    made_up_password: str = field(repr=False)  # empty where the user gave one


@transaction.atomic
def make_first_account() -> FirstAccount | None:
    """An admin with a team and a project; None where somebody is there already."""
    if User.objects.exists():
        return None
    email = (env("STUDIO_ADMIN_EMAIL") or DEFAULT_EMAIL).lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise StartRefused(
            f"STUDIO_ADMIN_EMAIL must be an e-mail address, not {email!r}."
        ) from error
    given = env_secret("STUDIO_ADMIN_PASSWORD")
    made_up = "" if given else secrets.token_urlsafe(12)
    admin = User.objects.create_superuser(email, given or made_up)
    team = Team.create(_("My team"), admin)
    Project.objects.create(team=team, name=_("First project"), created_by=admin)
    return FirstAccount(email, made_up)


def admin_email() -> str:
    """The address of the admin who has been here longest; empty without one."""
    admins = User.objects.filter(is_superuser=True, is_active=True)
    return admins.order_by("pk").values_list("email", flat=True).first() or ""


@transaction.atomic
def set_simulated_accounts(*, is_on: bool) -> None:
    """Give the first team accounts at the simulator, switched on only while it runs."""
    team = Team.objects.order_by("created_at", "id").first()
    if is_on and team is not None:
        there = set(team.provider_accounts.values_list("provider", flat=True))
        for provider in SIMULATED.keys() - there:
            add_simulated(team, provider)
    for account in ProviderAccount.objects.filter(base_url__regex=AT_SIMULATOR):
        switch(account, is_on=is_on)


def switch(account: ProviderAccount, *, is_on: bool) -> None:
    """Turn a simulated account on or off; its port may be another one today."""
    wanted = (simulator_url(account.provider), is_on)
    if (account.base_url, account.is_active) != wanted:
        account.base_url, account.is_active = wanted
        account.save(update_fields=["base_url", "is_active"])


def simulator_url(provider: str) -> str:
    """Where the simulator plays a provider."""
    return f"http://127.0.0.1:{SIMULATOR_PORT}/{provider}"


def add_simulated(team: Team, provider: str) -> None:
    """One account that costs nothing and says so in its name."""
    account = ProviderAccount(
        team=team,
        provider=provider,
        name=_("Simulated %(provider)s") % {"provider": SIMULATED[provider]},
        base_url=simulator_url(provider),
    )
    account.set_secrets({"api_key": f"sim-{secrets.token_hex(12)}"})
    account.save()
