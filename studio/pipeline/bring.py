"""The bytes of a result onto this machine, while the take's lease is held."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import faults
from studio.models import Generation, Status
from studio.outbound.client import build_client
from studio.outbound.download import DownloadLimits, download_file
from studio.outbound.failures import DownloadFailed
from studio.pipeline.credentials import credentials_of
from studio.providers import get_provider
from studio.providers.errors import ProviderError, ProviderNotConfigured
from studio.secrets import SecretUnreadable

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 10.0
LIMITS = DownloadLimits(max_bytes=4 * 2**30, deadline=840)


class Stopped(Exception):
    """Another worker has this take now."""


def hold(generation: Generation, owner: str, lease: timedelta, **fields: Any) -> None:
    """Renew the lease. Raises Stopped where it is not ours any more."""
    changed = Generation.objects.filter(
        pk=generation.pk, status=Status.COLLECTING, lease_by=owner
    ).update(lease_until=timezone.now() + lease, **fields)
    if changed != 1:
        raise Stopped


def bring(
    generation: Generation,
    owner: str,
    part: Path,
    transport: httpx.AsyncBaseTransport | None,
) -> None:
    """The result's bytes into ``part``: from the spool, or from the provider's link."""
    result = generation.results[0] if generation.results else {}
    if "path" in result:
        source = Path(settings.STORAGE_DIR) / result["path"]
        if not source.exists():
            raise DownloadFailed(
                _("The received file is gone from the storage."), permanent=True
            )
        os.link(source, part)
        return
    if not result.get("url"):
        raise DownloadFailed(_("There is no link to the video."), permanent=True)
    watch = Watch()
    with ThreadPoolExecutor(1) as thread:
        # The download has an event loop, where rows must not be touched.
        download = thread.submit(
            download_file,
            result["url"],
            part,
            limits=LIMITS,
            headers=headers_for(generation, result["url"]),
            on_progress=watch,
            transport=transport,
        )
        renew_until_done(generation, owner, download, watch)


def headers_for(generation: Generation, url: str) -> Mapping[str, str]:
    """What the provider's own host wants to see, read now and kept nowhere.

    Empty where the key cannot be had any more: most links need none.
    """
    slug = generation.provider
    try:
        credentials = credentials_of(slug, generation.account)
        return get_provider(slug, credentials, build_client()).download_headers(url)
    except (ProviderError, ProviderNotConfigured, SecretUnreadable):
        return {}


@dataclass
class Watch:
    """How far a download is, and whether it is still wanted."""

    received: int = 0  # bytes
    total: int | None = None
    is_over: bool = False

    def __call__(self, received: int, total: int | None) -> None:
        """Called as bytes arrive. Raises Stopped when the lease was lost."""
        faults.point("collect.receiving")
        self.received, self.total = received, total
        if self.is_over:
            raise Stopped

    @property
    def fraction(self) -> float | None:
        """From 0 to 1, where it is known."""
        return self.received / self.total if self.total else None


def renew_until_done(
    generation: Generation, owner: str, download: Future[Any], watch: Watch
) -> None:
    """Keep the lease while a download runs. Raises what the download raises."""
    try:
        while not wait([download], timeout=RENEW_SECONDS).done:
            hold(generation, owner, LEASE, fraction=watch.fraction)
    finally:
        watch.is_over = True
    download.result()
