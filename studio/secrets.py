"""Secrets at rest: encrypted with Fernet keys that live outside the database."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class SecretUnreadable(ImproperlyConfigured):
    """A stored secret was encrypted with a key that is not here."""


def new_key() -> str:
    """A fresh Fernet key, as text."""
    return Fernet.generate_key().decode()


def cipher() -> MultiFernet:
    """All keys of the settings: the first encrypts, every one decrypts."""
    keys = settings.ENCRYPTION_KEYS
    if not keys:
        raise ImproperlyConfigured(
            "There is no encryption key: run manage.py up once, or set "
            "STUDIO_ENCRYPTION_KEYS."
        )
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        # The cause would print the key: it is left out on purpose.
        raise ImproperlyConfigured(
            "STUDIO_ENCRYPTION_KEYS holds something that is not a Fernet key."
        ) from None


def seal(values: Mapping[str, str]) -> str:
    """Encrypted text of a small table of secrets."""
    return cipher().encrypt(json.dumps(dict(values)).encode()).decode()


def unseal(token: str) -> dict[str, str]:
    """The table that ``seal`` was given; empty for an empty text."""
    if not token:
        return {}
    try:
        return dict(json.loads(cipher().decrypt(token.encode())))
    except InvalidToken:
        raise SecretUnreadable(
            "A stored key was encrypted with another encryption key. Put the old "
            "key behind the new one in STUDIO_ENCRYPTION_KEYS, or type the provider "
            "key in again."
        ) from None


def reseal(token: str) -> str:
    """The same secret under the newest key."""
    return cipher().rotate(token.encode()).decode() if token else ""
