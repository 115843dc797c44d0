"""System checks: what must be right before the first request."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from studio import catalog, object_storage, secrets
from studio.environment import env_secret

# Providers that every organisation reaches under an address of its own.
NEED_ADDRESS = {"globant": "GLOBANT_BASE_URL"}
# What each of the standard's scopes carries (OpenID Connect Core, 5.4); one of an
# issuer's own may carry anything.
STANDARD_SCOPES = {
    "openid": "sub",
    "profile": "name family_name given_name middle_name nickname preferred_username "
    "profile picture website gender birthdate zoneinfo locale updated_at",
    "email": "email email_verified",
    "address": "address",
    "phone": "phone_number phone_number_verified",
    "offline_access": "",
}
# The first release without a very rare race that damages a database in WAL mode.
SAFE_SQLITE = (3, 51, 3)


@register(Tags.models)
def check_catalog(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """Every catalog entry can be read and contradicts nothing."""
    try:
        catalog.all_models()
    except catalog.CatalogError as error:
        return [Error(str(error), id="studio.E001")]
    return []


@register("studio")
def check_providers(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """A default key comes with an address where the provider has none for all."""
    return [
        Warning(
            f"There is a key for {provider}, but no address to use it at.",
            hint=f"Set {variable}.",
            id="studio.W001",
        )
        for provider, variable in NEED_ADDRESS.items()
        if has_key(settings.PROVIDER_DEFAULTS[provider])
        and not settings.PROVIDER_DEFAULTS[provider]["base_url"]
    ]


@register("studio")
def check_proxy(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """Who is behind a proxy says how many: else the limits take all guests for one."""
    is_https = settings.STUDIO_URL.startswith("https://")
    is_behind = is_https or settings.SECURE_PROXY_SSL_HEADER is not None
    if not is_behind or settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return []
    return [
        Warning(
            "The site is behind a proxy, by its settings, but counts none: limits on "
            "wrong passwords and review links then take everybody for one address.",
            hint="Set STUDIO_PROXY_COUNT to the number of proxies before it, mostly 1.",
            id="studio.W006",
        )
    ]


@register("studio")
def check_sign_on(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """Who maps a claim to teams asks for it: else nobody's teams ever follow it."""
    claim = settings.OIDC_CLAIM
    is_mapped = settings.OIDC_ISSUER and settings.OIDC_TEAMS
    if not is_mapped or any(carries(s, claim) for s in settings.OIDC_SCOPES.split()):
        return []
    return [
        Warning(
            f"STUDIO_OIDC_TEAMS follows the claim {claim}, but none of the scopes that "
            f"are asked for ({settings.OIDC_SCOPES}) carries it by the standard.",
            hint="Name the issuer's scope for it as well, such as STUDIO_OIDC_SCOPES="
            f'"openid email profile {claim}". Where the claim comes with every sign-in '
            "all the same, set STUDIO_SILENCED_CHECKS=studio.W007.",
            id="studio.W007",
        )
    ]


def carries(scope: str, claim: str) -> bool:
    """Whether a claim can come with a scope."""
    return scope not in STANDARD_SCOPES or claim in STANDARD_SCOPES[scope].split()


def has_key(defaults: dict[str, str]) -> bool:
    """Whether any secret of a provider is set."""
    return any(defaults.get(name) for name in ("api_key", "oauth_token"))


@register(Tags.security, deploy=True)
def check_keys(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """The keys are there, are keys, and are nobody else's to read."""
    found: list[CheckMessage] = []
    if not env_secret("STUDIO_SECRET_KEY", settings.SECRETS_DIR / "secret_key"):
        found.append(
            Warning(
                "There is no secret key: each process makes up its own.",
                hint="Run manage.py up once, or set STUDIO_SECRET_KEY.",
                id="studio.W002",
            )
        )
    try:
        secrets.cipher()
    except ImproperlyConfigured as error:
        found.append(Warning(str(error), id="studio.W003"))
    found += [
        Warning(f"Others on this machine can read {path}.", id="studio.W004")
        for path in sorted(settings.SECRETS_DIR.glob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    return found


@register("studio", deploy=True)
def check_storage(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """Finished files can be written, or their folder can be made."""
    folder = Path(settings.STORAGE_DIR)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return []
    return [
        Warning(f"The storage folder {folder} cannot be written.", id="studio.W005")
    ]


@register("studio")
def check_bucket(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """A bucket is set up wholly, or not at all."""
    return [
        Error(sentence, id="studio.E002")
        for sentence in object_storage.faults(
            settings.S3, is_https=settings.IS_HTTPS, sender=settings.MEDIA_SENDER
        )
    ]


@register(Tags.database)
def check_sqlite(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Say once, where somebody asks about the database, that SQLite is an old one."""
    vendors = {connections[alias].vendor for alias in databases or ()}
    if "sqlite" not in vendors or sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return []
    wanted = ".".join(map(str, SAFE_SQLITE))
    return [
        Info(
            f"SQLite is {sqlite3.sqlite_version}; from {wanted} on a very rare race "
            "that can damage the database is mended.",
            hint="Make backups, or use PostgreSQL.",
            id="studio.I001",
        )
    ]
