"""How allauth behaves here: closed sign-up, second factors encrypted at rest."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from studio import secrets

SEED = "seed"


class StudioAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by admins and invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: nobody registers on their own."""
        return False


class StudioMFAAdapter(DefaultMFAAdapter):
    """Seeds and recovery codes are stored like provider keys: sealed."""

    def encrypt(self, text: str) -> str:
        """For the database."""
        return secrets.seal({SEED: text})

    def decrypt(self, encrypted_text: str) -> str:
        """For checking a code."""
        return secrets.unseal(encrypted_text)[SEED]
