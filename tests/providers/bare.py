"""A provider with nothing of its own, and one request of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from studio.catalog import VideoModel
from studio.outbound import build_client
from studio.providers.answers import Answer
from studio.providers.base import Credentials, Operation, Progress, VideoRequest
from studio.providers.errors import (
    ProviderError,
)
from studio.providers.http import HttpProvider

KEY = "sk-canary-77aa"
Handler = Callable[[httpx.Request], httpx.Response]


class Bare(HttpProvider):
    """Nothing of its own."""

    slug = "bare"
    label = "Bare Films"
    default_base_url = "https://api.bare.example/v1/"
    trusted_hosts = frozenset({"upload.bare.example"})

    async def submit(self, request: VideoRequest) -> Operation:
        raise NotImplementedError

    async def poll(self, operation: Operation, model: VideoModel) -> Progress:
        raise NotImplementedError


class Polite(Bare):
    """Says 503 only where nothing was accepted."""

    refuses_with_503 = True


def ask(
    handler: Handler | httpx.Response | Exception,
    method: str = "GET",
    address: str = "films",
    *,
    kind: type[Bare] = Bare,
    base_url: str = "",
    key: str = KEY,
    **details: Any,
) -> Answer:
    """One request of a bare provider."""

    def answer(request: httpx.Request) -> httpx.Response:
        if isinstance(handler, Exception):
            raise handler
        return handler if isinstance(handler, httpx.Response) else handler(request)

    async def run() -> Answer:
        credentials = Credentials(base_url=base_url, secrets={"api_key": key})
        async with build_client(transport=httpx.MockTransport(answer)) as client:
            return await kind(credentials, client).request(method, address, **details)

    return asyncio.run(run())


def error_of(handler: Any, **details: Any) -> ProviderError:
    """The error that such a request raises."""
    with pytest.raises(ProviderError) as caught:
        ask(handler, **details)
    return caught.value


def seen_by(**details: Any) -> httpx.Request:
    """The request as it arrives."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    ask(handler, **details)
    return seen[0]


def response(status: int = 200, json: Any = None, **more: Any) -> httpx.Response:
    """An answer."""
    return httpx.Response(status, json={} if json is None else json, **more)
