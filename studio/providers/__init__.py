"""One adapter per provider, imported when first used."""

from __future__ import annotations

from functools import cache
from pydoc import locate

import httpx

from studio.providers.base import Credentials, VideoProvider

PROVIDERS = {
    "animatic": "studio.providers.animatic.AnimaticProvider",
    "aimlapi": "studio.providers.aimlapi.AimlapiProvider",
    "globant": "studio.providers.globant.GlobantProvider",
    "segmind": "studio.providers.segmind.SegmindProvider",
    "vtrix": "studio.providers.vtrix.VtrixProvider",
}


@cache
def provider_class(slug: str) -> type[VideoProvider]:
    """The adapter class of a provider. Raises LookupError for an unknown one."""
    found = locate(PROVIDERS[slug]) if slug in PROVIDERS else None
    if not isinstance(found, type) or not issubclass(found, VideoProvider):
        raise LookupError(f"There is no provider called {slug}.")
    return found


def get_provider(
    slug: str, credentials: Credentials, client: httpx.AsyncClient
) -> VideoProvider:
    """An adapter that speaks with these credentials through this client."""
    return provider_class(slug)(credentials, client)
