"""Provider keys outlive the encryption key that they were stored with."""

from __future__ import annotations

from itertools import islice

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet
from django.core.management import call_command
from pytest_django import Settings

from studio.models import ProviderAccount, Team, User, Webhook
from studio.secrets import SecretUnreadable


def test_it_seals_every_key_anew(db: None, settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [old]
    account = ProviderAccount(provider="vtrix")
    account.set_secrets({"api_key": "sk-canary-rotated-0001"})
    account.save()

    settings.ENCRYPTION_KEYS = [new, old]
    call_command("rotate_keys", verbosity=0)
    settings.ENCRYPTION_KEYS = [new]

    account.refresh_from_db()
    assert account.secrets() == {"api_key": "sk-canary-rotated-0001"}


def test_the_secrets_of_webhooks_follow(team: Team, settings: Settings) -> None:
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    webhook = Webhook(team=team, url="https://hooks.example/")
    webhook.set_secret("hook-canary-rotated-0003")
    webhook.save()

    settings.ENCRYPTION_KEYS = [new, old]
    call_command("rotate_keys", verbosity=0)
    settings.ENCRYPTION_KEYS = [new]

    webhook.refresh_from_db()
    assert webhook.secret() == "hook-canary-rotated-0003"


def test_it_says_plainly_when_the_key_is_gone(db: None, settings: Settings) -> None:
    account = ProviderAccount(provider="vtrix")
    account.set_secrets({"api_key": "sk-canary-rotated-0002"})

    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(SecretUnreadable):
        account.secrets()


def test_it_seals_second_factors_anew(db: None, settings: Settings, bob: User) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [old]
    secret = generate_totp_secret()
    TOTP.activate(bob, secret)
    codes = RecoveryCodes.activate(bob)
    before = codes.generate_codes()
    assert codes.validate_code(before[0])

    settings.ENCRYPTION_KEYS = [new, old]
    call_command("rotate_keys", verbosity=0)
    settings.ENCRYPTION_KEYS = [new]

    rows = {row.type: row for row in Authenticator.objects.filter(user=bob)}
    [counter] = islice(yield_hotp_counters_from_time(), 1)
    code = format_hotp_value(hotp_value(secret, counter))
    assert rows["totp"].wrap().validate_code(code)
    left = rows["recovery_codes"].wrap()
    assert left.get_unused_codes() == before[1:]
