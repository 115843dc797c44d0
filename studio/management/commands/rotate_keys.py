"""Seal every stored secret anew with the newest encryption key."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from studio import secrets
from studio.models import ProviderAccount, Webhook

SEALED = ("secret", "seed")  # of an authenticator app, of recovery codes


class Command(BaseCommand):
    """``manage.py rotate_keys``: afterwards the older keys may be taken away."""

    help = (
        "Put a new Fernet key first in STUDIO_ENCRYPTION_KEYS, restart, run this, and "
        "then take the old key away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the data is."""
        parser.add_argument("--data", metavar="FOLDER", help="the data folder")

    def handle(self, **options: Any) -> None:
        """Seal one after another; what changed meanwhile is left as it is."""
        done = 0
        for pk, sealed in ProviderAccount.objects.exclude(sealed="").values_list(
            "pk", "sealed"
        ):
            rows = ProviderAccount.objects.filter(pk=pk, sealed=sealed)
            done += rows.update(sealed=secrets.reseal(sealed))
        self.stdout.write(f"{done} provider keys sealed with the newest key.")
        if hooks := reseal_webhooks():
            self.stdout.write(f"{hooks} secrets of webhooks sealed with it, too.")
        ids = list(Authenticator.objects.values_list("pk", flat=True))
        done = sum(reseal_factor(pk) for pk in ids)
        self.stdout.write(f"{done} second factors sealed with the newest key.")


def reseal_webhooks() -> int:
    """The same for what webhooks sign with."""
    done = 0
    for pk, sealed in Webhook.objects.exclude(sealed="").values_list("pk", "sealed"):
        rows = Webhook.objects.filter(pk=pk, sealed=sealed)
        done += rows.update(sealed=secrets.reseal(sealed))
    return done


def reseal_factor(pk: int) -> bool:
    """Seal one person's seed anew; whether there was one.

    Under the row's lock, as a recovery code that is used just then is noted there too.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=pk).first()
        if row is None:
            return False
        held = [name for name in SEALED if row.data.get(name)]
        for name in held:
            row.data[name] = secrets.reseal(row.data[name])
        row.save(update_fields=["data"])
    return bool(held)
