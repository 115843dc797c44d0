"""Typed reads of environment variables; a bad value stops the start with its name."""

from __future__ import annotations

import os
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
# Seconds; a wake-up is asked for with one second of patience at a time.
REDIS_LIMITS = "socket_connect_timeout=3&socket_timeout=10"
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


def env(name: str, default: str = "") -> str:
    """The variable's text, or the default where it is not set."""
    return os.environ.get(name, default).strip()


def env_bool(name: str, default: bool) -> bool:
    """A yes or no; anything else is refused by name."""
    word = env(name, "1" if default else "0").lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {word!r}.")


def env_int(name: str, default: int, *, minimum: int = 0) -> int:
    """A whole number of at least ``minimum``."""
    text = env(name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) < minimum:
        raise ImproperlyConfigured(
            f"{name} must be a whole number of at least {minimum}, not {text!r}."
        )
    return int(text)


def env_list(name: str, default: str = "") -> list[str]:
    """Comma-separated words, blanks left out."""
    return [word.strip() for word in env(name, default).split(",") if word.strip()]


def env_choice(name: str, default: str, words: Collection[str]) -> str:
    """One of a few words, whatever its case."""
    word = env(name, default)
    for choice in words:
        if word.lower() == choice.lower():
            return choice
    raise ImproperlyConfigured(
        f"{name} must be one of {', '.join(words)}, not {word!r}."
    )


def env_issuer(name: str) -> str:
    """The address of somebody who vouches for people: encrypted, or on this machine."""
    text = env(name)
    parts = urlsplit(text)
    is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if text and not (parts.hostname and (parts.scheme == "https" or is_here)):
        raise ImproperlyConfigured(f"{name} must be an https address, not {text!r}.")
    return text


def env_grants(name: str, roles: Collection[str]) -> tuple[tuple[str, str, str], ...]:
    """What is given to whom: ``who=Team:role; who=Team:role``, in this order."""
    found = []
    for part in env(name).split(";"):
        if not part.strip():
            continue
        who, _equals, what = part.partition("=")
        team, _colon, role = what.rpartition(":")
        if not (who.strip() and team.strip()) or role.strip() not in roles:
            raise ImproperlyConfigured(
                f"{name} must look like group=Team:role; group=Team:role with the "
                f"roles {', '.join(roles)}; this part does not: {part.strip()!r}."
            )
        found.append((who.strip(), team.strip(), role.strip()))
    return tuple(found)


def env_time_zone(name: str, default: str) -> str:
    """A time zone that this machine knows, such as Europe/Berlin."""
    zone = env(name) or default
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as Europe/Berlin, not {zone!r}."
        ) from error
    return zone


def env_database(name: str) -> dict[str, Any] | None:
    """Django's settings of the database that a URL names, None where it is not set."""
    url = env(name)
    if not url:
        return None
    try:
        return dict(dj_database_url.parse(url, conn_max_age=60))
    except (ValueError, dj_database_url.ParseError) as error:
        raise ImproperlyConfigured(
            f"{name} must look like postgres://user:password@host:5432/name."
        ) from error


def env_redis(name: str) -> str:
    """The address of a Redis, with limits on how long anything waits for it."""
    url = env_secret(name)
    if not url:
        return ""
    if urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"{name} must look like redis://host:6379/0.")
    if find_spec("redis") is None:
        raise ImproperlyConfigured(f"{name} needs the extra redis: install it.")
    return url if "?" in url else f"{url}?{REDIS_LIMITS}"


def env_secret(name: str, fallback_file: Path | None = None) -> str:
    """A secret from NAME, from the file that NAME_FILE names, or from a fallback."""
    if value := env(name):
        return value
    named = env(f"{name}_FILE")
    path = Path(named) if named else fallback_file
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        if named:
            raise ImproperlyConfigured(
                f"{name}_FILE names a file that does not exist: {named}"
            ) from error
        return ""
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: cannot read {path}.") from error
