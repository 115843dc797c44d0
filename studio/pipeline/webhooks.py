"""Call a team's webhook: signed, guarded, and believed by its status alone.

The signature is that of the *Standard Webhooks*: HMAC-SHA256 over the id, the time and
the body. Whoever receives it compares the signature, refuses what is older than some
minutes, and remembers ids: a call may come twice.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.models import Delivery, Generation, Notice, Team, Topic
from studio.outbound import AddressRefused, build_client
from studio.outbound.guard import GuardedBackend
from studio.secrets import SecretUnreadable

SECONDS = 15.0  # for the whole call
PREFIX = "whsec_"  # of a secret that is bytes in base64


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one try."""

    is_done: bool
    said: str
    http_status: int | None = None
    is_final: bool = False  # another try would end the same


def call(delivery: Delivery, transport: httpx.AsyncBaseTransport | None) -> Outcome:
    """One call; any 2xx is a yes."""
    webhook = delivery.webhook
    if webhook is None or not webhook.is_active:
        return Outcome(is_done=False, is_final=True, said=_("It is switched off."))
    try:
        secret = webhook.secret()
    except SecretUnreadable as error:
        return Outcome(is_done=False, said=str(error))
    body = json.dumps(payload(delivery, webhook.team), ensure_ascii=False).encode()
    sent_at = int(timezone.now().timestamp())
    headers = signed(secret, str(delivery.pk), sent_at, body)
    return asyncio.run(post(webhook.url, body, headers, transport))


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    transport: httpx.AsyncBaseTransport | None,
) -> Outcome:
    """Send it and look at the status: nothing of the answer is read or kept."""
    try:
        async with (
            asyncio.timeout(SECONDS),
            build_client(transport=transport, timeout=SECONDS) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            status = answer.status_code
    except AddressRefused as refusal:
        return Outcome(is_done=False, is_final=True, said=str(refusal))
    except (TimeoutError, httpx.TimeoutException):
        return Outcome(is_done=False, said=_("It did not answer in time."))
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError):
        return Outcome(is_done=False, said=_("It could not be reached."))
    is_done = 200 <= status < 300
    said = _("Received.") if is_done else _("It answered with a refusal.")
    # Gone says that nobody wants it any more.
    return Outcome(
        is_done=is_done, said=said, http_status=status, is_final=status == 410
    )


def signed(secret: str, message_id: str, sent_at: int, body: bytes) -> dict[str, str]:
    """The headers of a call."""
    content = f"{message_id}.{sent_at}.".encode() + body
    digest = hmac.new(key_of(secret), content, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "Webhook-Id": message_id,
        "Webhook-Timestamp": str(sent_at),
        "Webhook-Signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def key_of(secret: str) -> bytes:
    """The bytes of a secret: its text, or what is in it behind ``whsec_``."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def payload(delivery: Delivery, team: Team) -> dict[str, Any]:
    """The body of a call."""
    found: dict[str, Any] = {
        "id": str(delivery.pk),
        "type": "webhook.test",
        "at": delivery.created_at.isoformat(),
        "team": {"id": str(team.pk), "name": team.name},
    }
    notice = delivery.notice
    if notice is not None:
        found |= {"type": type_of(notice), "at": notice.at.isoformat()}
        found["generation"] = facts_of(notice)
    return found


def type_of(notice: Notice) -> str:
    """``generation.completed`` and its like; ``approval.asked`` and its like."""
    if notice.topic == Topic.ENDED:
        return f"generation.{notice.status}"
    return f"approval.{notice.topic}"


def facts_of(notice: Notice) -> dict[str, Any]:
    """The take as it is now; no address in it needs more than a login."""
    rows = Generation.objects.select_related("prompt", "project", "created_by")
    take = rows.get(pk=notice.generation_id)
    return {
        "id": str(take.pk),
        "status": notice.status,
        "url": settings.STUDIO_URL + reverse("take", args=[take.pk]),
        "project": {"id": str(take.project_id), "name": take.project.name},
        "prompt": {"id": str(take.prompt_id), "text": take.prompt.text},
        "take": take.take,
        "takes": take.prompt.takes,
        "model": take.model_key,
        "created_by": take.created_by.email if take.created_by else None,
        "created_at": take.created_at.isoformat(),
        "estimate": take.estimate,  # micro-USD, like the cost
        "cost": take.cost,
        "billed": take.billed,
        "error_code": take.error_code or None,
        "error": take.error_message or None,
        "is_as_ordered": take.is_as_ordered,
        "moderation": take.moderation,
    }


def refusal_of(url: str) -> str:
    """Why this address may not be called, in words; nothing where it may.

    Looked at again at each call: a name can lead elsewhere tomorrow.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or {"http": 80}.get(parts.scheme, 443)
    except ValueError:
        return _("This address has no usable port.")
    if parts.username or parts.password:
        return _("An address with a password in it is not called.")
    is_inside = f"{parts.hostname}:{port}" in settings.OUTBOUND_ALLOW
    if parts.scheme != "https" and not is_inside:
        return _("The address must begin with https://.")
    guard = GuardedBackend(settings.OUTBOUND_ALLOW)
    try:
        asyncio.run(guard.addresses(parts.hostname or "", port))
    except AddressRefused as refusal:
        return str(refusal)
    except httpcore.ConnectError:
        return _("There is no such address.")
    return ""
