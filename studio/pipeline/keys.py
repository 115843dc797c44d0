"""Find out at no cost whether a key works, and what is left on its account."""

from __future__ import annotations

import asyncio

import httpx
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import queue
from studio.models import Event, Outage, ProviderAccount, User
from studio.outbound.client import build_client
from studio.pipeline.credentials import credentials_of
from studio.providers import get_provider, provider_class
from studio.providers.base import Credentials, KeyReport
from studio.providers.errors import ProviderError, ProviderNotConfigured
from studio.secrets import SecretUnreadable

PATIENCE = 20  # seconds


def check_account(
    account: ProviderAccount,
    *,
    user: User,
    transport: httpx.AsyncBaseTransport | None = None,
) -> KeyReport:
    """Ask the provider because somebody wants to know, and write down that they did."""
    report = look_again(account, transport)
    Event.record(
        "account.tested",
        team=account.team,
        actor=user,
        data={"provider": account.provider, "is_valid": report.is_valid},
    )
    return report


def look_again(
    account: ProviderAccount, transport: httpx.AsyncBaseTransport | None = None
) -> KeyReport:
    """Ask the provider, and keep what it says on the account."""
    report = ask(account, transport)
    account.is_valid = report.is_valid
    account.check_message = report.message[:300]
    account.checked_at = timezone.now()
    if report.credit_left:
        account.credit_left = report.credit_left[:60]
    account.save(
        update_fields=["is_valid", "check_message", "checked_at", "credit_left"]
    )
    if report.is_valid:
        Outage.end_pause(account, now=account.checked_at)
    return report


def look_soon(account: ProviderAccount | None) -> None:
    """Have the credit asked for after a take was paid, where that is free to ask."""
    if account is None or not account.is_stale(timezone.now()):
        return
    if provider_class(account.provider).tells_credit:
        queue.enqueue("check_key", account_id=str(account.pk))


def check_stale(
    account_id: str, transport: httpx.AsyncBaseTransport | None = None
) -> None:
    """Look again, unless somebody did meanwhile."""
    account = ProviderAccount.objects.filter(pk=account_id, is_active=True).first()
    if account is not None and account.is_stale(timezone.now()):
        look_again(account, transport)


def ask(
    account: ProviderAccount, transport: httpx.AsyncBaseTransport | None
) -> KeyReport:
    """One free call to the provider, and its answer in plain words."""
    try:
        credentials = credentials_of(account.provider, account)
        return asyncio.run(call(account.provider, credentials, transport))
    except (ProviderNotConfigured, SecretUnreadable) as error:
        return KeyReport(is_valid=False, message=str(error))
    except ProviderError as error:
        return KeyReport(is_valid=None, message=error.message)
    except TimeoutError:
        message = _("The provider did not answer within %(seconds)d seconds.")
        return KeyReport(is_valid=None, message=message % {"seconds": PATIENCE})


async def call(
    slug: str, credentials: Credentials, transport: httpx.AsyncBaseTransport | None
) -> KeyReport:
    """The call itself."""
    async with asyncio.timeout(PATIENCE), build_client(transport=transport) as client:
        return await get_provider(slug, credentials, client).test_key()
