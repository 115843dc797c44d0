"""HTTP clients: guarded, bounded, without cookies, proxies or automatic redirects."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from types import TracebackType
from typing import Self

import h11
import httpcore
import httpx
from django.conf import settings

from studio.outbound.guard import GuardedBackend

# Above some forty, httpcore spends more time on walking its list of connections than
# on the requests.
MAX_CONNECTIONS = 20
# Longer than the usual pause between two polls: no new TLS handshake for each.
KEEPALIVE_EXPIRY = 60.0  # seconds
TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=10.0)
HEADERS = {"User-Agent": "Dailies", "Accept-Encoding": "identity"}


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx over httpcore's pool, connecting through the guard."""

    def __init__(
        self,
        backend: httpcore.AsyncNetworkBackend,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or tls_context(),
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEPALIVE_EXPIRY,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpx's errors."""
        url = request.url
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme,
                host=url.raw_host,
                port=url.port,
                target=url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with as_httpx_errors():
            response = await self.pool.handle_async_request(sent)
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=Body(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self.pool.aclose()


class Body(httpx.AsyncByteStream):
    """A response's bytes as they come, with httpx's errors."""

    def __init__(self, response: httpcore.Response) -> None:
        self.response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with as_httpx_errors():
            async for chunk in self.response.aiter_stream():
                yield chunk

    async def aclose(self) -> None:
        """Give the connection back."""
        await self.response.aclose()


@contextmanager
def as_httpx_errors() -> Iterator[None]:
    """httpcore's and h11's errors under the same names in httpx."""
    try:
        yield
    except ERRORS as error:
        kind = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise kind(str(error)) from error


ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    h11.ProtocolError,
)


@cache
def tls_context() -> ssl.SSLContext:
    """One context for all clients: reading the list of authorities takes a while."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def build_client(
    *,
    allow: Sequence[str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    timeout: httpx.Timeout | float = TIMEOUT,
) -> httpx.AsyncClient:
    """A client for one provider, to be used in one event loop.

    ``allow`` lists host:port pairs that need not be public; without it, the settings'
    OUTBOUND_ALLOW holds. ``transport`` stands in for the network in tests.
    """
    if transport is None:
        pairs = settings.OUTBOUND_ALLOW if allow is None else allow
        transport = GuardedTransport(GuardedBackend(pairs))
    return Client(
        transport=transport,
        timeout=timeout,
        headers=HEADERS,
        follow_redirects=False,
        trust_env=False,
    )


class NoCookies(httpx.Cookies):
    """Keeps none: even to refuse them takes httpx longer than to send a request."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Look at none."""


NO_COOKIES = NoCookies()


class Client(httpx.AsyncClient):
    """Two accounts may share one: no cookie of one may go out with the other."""

    @property  # type: ignore[misc]  # there are none to be set
    def cookies(self) -> httpx.Cookies:
        """Always none."""
        return NO_COOKIES


class ClientPool:
    """One client for each provider, in one event loop."""

    def __init__(self, make: Callable[[], httpx.AsyncClient] = build_client) -> None:
        self.make = make
        self.clients: dict[str, httpx.AsyncClient] = {}

    def client(self, provider: str) -> httpx.AsyncClient:
        """The client of a provider."""
        if provider not in self.clients:
            self.clients[provider] = self.make()
        return self.clients[provider]

    async def aclose(self) -> None:
        """Close all of them."""
        while self.clients:
            _provider, client = self.clients.popitem()
            await client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
