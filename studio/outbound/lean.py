"""A transport for thousands of short calls: the looks of a sweep.

One call costs less than half the processor time that it costs in httpcore: connections
lie in a stack instead of a list that each request walks, and bytes come from the event
loop itself. HTTP is read by h11 in both. A call is sent whole, and whatever goes wrong
from then on is never one of the errors that mean that nothing was sent.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from time import monotonic
from typing import cast

import h11
import httpcore
import httpx
from django.conf import settings

from studio.outbound.client import (
    KEEPALIVE_EXPIRY,
    TIMEOUT,
    as_httpx_errors,
    build_client,
    tls_context,
)
from studio.outbound.guard import GuardedBackend

MAX_CONNECTIONS = 100
MAX_HEAD = 100 * 2**10  # bytes of an answer's head, as in httpcore
MAX_UNREAD = 2**20  # bytes that come in before the server has to wait
PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]  # scheme, host, port


def build_lean_client(
    *,
    allow: Sequence[str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    timeout: httpx.Timeout | float = TIMEOUT,
) -> httpx.AsyncClient:
    """The same as ``build_client`` with this transport."""
    if transport is None:
        pairs = settings.OUTBOUND_ALLOW if allow is None else allow
        transport = LeanTransport(GuardedBackend(pairs))
    return build_client(transport=transport, timeout=timeout)


class LeanTransport(httpx.AsyncBaseTransport):
    """Keeps connections of one event loop; the last one used is the next one used."""

    def __init__(
        self, guard: GuardedBackend, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.guard = guard
        self.tls = tls or tls_context()
        self.places = asyncio.Semaphore(MAX_CONNECTIONS)
        self.open: set[Connection] = set()
        self.idle: defaultdict[Origin, deque[Connection]] = defaultdict(deque)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpx's errors."""
        origin = origin_of(request.url)
        seconds = request.extensions.get("timeout", {})
        content = await request.aread()
        await self.take_place(seconds.get("pool"))
        connection = None
        try:
            with as_httpx_errors():
                connection = self.idle_one(origin)
                if connection is None:
                    connection = await self.connect(origin, seconds.get("connect"))
                head = await connection.ask(request, content, seconds.get("read"))
        except BaseException:  # also when it is canceled
            self.give_back(origin, connection, reuse=False)
            raise
        return httpx.Response(
            status_code=head.status_code,
            headers=head.headers.raw_items(),
            stream=Body(self, origin, connection),
            extensions={
                "http_version": b"HTTP/" + head.http_version,
                "reason_phrase": head.reason,
            },
        )

    async def take_place(self, seconds: float | None) -> None:
        """Wait until one more connection may be in use."""
        try:
            async with asyncio.timeout(seconds if self.places.locked() else None):
                await self.places.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("All connections are in use.") from None

    def idle_one(self, origin: Origin) -> Connection | None:
        """An open connection that nobody uses, if there is one."""
        waiting = self.idle[origin]
        while waiting and monotonic() - waiting[0].idle_since > KEEPALIVE_EXPIRY:
            waiting.popleft().abort()
        while waiting:
            connection = waiting.pop()
            if connection.is_quiet():
                return connection
            connection.abort()
        return None

    async def connect(self, origin: Origin, seconds: float | None) -> Connection:
        """A new connection to a checked address. TLS verifies the host's name."""
        scheme, host, port = origin
        tls = self.tls if scheme == "https" else None
        loop = asyncio.get_running_loop()

        async def reach(address: str, share: float | None) -> Connection:
            try:
                async with asyncio.timeout(share):
                    _transport, connection = await loop.create_connection(
                        lambda: Connection(self.open),
                        address,
                        port,
                        ssl=tls,
                        server_hostname=host if tls else None,
                    )
            except TimeoutError as error:
                raise httpcore.ConnectTimeout("No answer in time.") from error
            except OSError as error:
                raise httpcore.ConnectError(str(error)) from error
            return connection

        return await self.guard.reach(host, port, seconds, reach)

    def give_back(
        self, origin: Origin, connection: Connection | None, *, reuse: bool = True
    ) -> None:
        """The end of a call, and of its connection unless all has been read."""
        if connection is not None and reuse and connection.is_done():
            connection.rest()
            self.idle[origin].append(connection)
        elif connection is not None:
            connection.abort()
        self.places.release()

    async def aclose(self) -> None:
        """Close every connection."""
        for connection in tuple(self.open):
            connection.abort()
        while self.open:
            await asyncio.sleep(0)


class Body(httpx.AsyncByteStream):
    """An answer's bytes as they come."""

    def __init__(
        self, pool: LeanTransport, origin: Origin, connection: Connection
    ) -> None:
        self.pool = pool
        self.origin = origin
        self.connection: Connection | None = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with as_httpx_errors():
            while self.connection is not None:
                event = await self.connection.event()
                if not isinstance(event, h11.Data):
                    break
                yield bytes(event.data)

    async def aclose(self) -> None:
        """Give the connection back, once."""
        connection, self.connection = self.connection, None
        if connection is not None:
            self.pool.give_back(self.origin, connection)


class Connection(asyncio.Protocol):
    """One connection, with one call at a time."""

    transport: asyncio.Transport

    def __init__(self, open_ones: set[Connection]) -> None:
        self.open_ones = open_ones
        self.http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self.seconds: float | None = None  # to wait for the next bytes
        self.waiter: asyncio.Future[None] | None = None
        self.error: Exception | None = None
        self.unread = 0  # bytes
        self.is_resting = False
        self.idle_since = 0.0

    # What a call does

    async def ask(
        self, request: httpx.Request, content: bytes, seconds: float | None
    ) -> h11.Response:
        """Send a request and wait for the answer's head."""
        self.is_resting, self.seconds = False, seconds
        head = h11.Request(
            method=request.method,
            target=request.url.raw_path,
            headers=request.headers.raw,
        )
        events = (head, h11.Data(content), h11.EndOfMessage())
        # All of it is known to be well formed before the first byte leaves.
        self.transport.write(b"".join([self.http.send(e) or b"" for e in events]))
        while not isinstance(event := await self.event(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise httpx.RemoteProtocolError("The server hung up unasked.")
        return event

    async def event(self) -> object:
        """What the server says next. Raises h11's errors and httpx's."""
        while (event := self.http.next_event()) is h11.NEED_DATA:
            await self.more()
        return event

    async def more(self) -> None:
        """Wait until something has come in."""
        if self.error is not None:
            raise httpx.ReadError(str(self.error))
        if self.unread > MAX_UNREAD:
            self.transport.resume_reading()
        self.unread = 0
        loop = asyncio.get_running_loop()
        self.waiter = loop.create_future()
        late = None
        if self.seconds is not None:
            silence = httpx.ReadTimeout("Nothing came in.")
            late = loop.call_later(self.seconds, self.wake, silence)
        try:
            await self.waiter
        finally:
            self.waiter = None
            if late is not None:
                late.cancel()

    def wake(self, error: Exception | None = None) -> None:
        """Let the call go on, if it waits."""
        if self.waiter is None or self.waiter.done():
            return
        if error is None:
            self.waiter.set_result(None)
        else:
            self.waiter.set_exception(error)

    # Between two calls

    def is_done(self) -> bool:
        """Whether both sides have said all, and nothing more has come in."""
        is_over = self.http.our_state is self.http.their_state is h11.DONE
        return is_over and not self.http.trailing_data[0] and not self.is_closing()

    def rest(self) -> None:
        """Be ready for the next call."""
        self.http.start_next_cycle()
        self.is_resting, self.idle_since = True, monotonic()

    def is_quiet(self) -> bool:
        """Whether it lies idle: bytes or an end that came in meanwhile spoil it."""
        if self.is_closing():
            return False
        poller = select.poll()
        poller.register(self.transport.get_extra_info("socket"), select.POLLIN)
        return not poller.poll(0)

    def is_closing(self) -> bool:
        """Whether one of the two sides has closed it."""
        return self not in self.open_ones or self.transport.is_closing()

    def abort(self) -> None:
        """Close it without a further word."""
        self.transport.abort()

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self.transport = cast("asyncio.Transport", transport)
        self.open_ones.add(self)

    def data_received(self, data: bytes) -> None:
        """Bytes have come in; nobody asked for them where it rests."""
        if self.is_resting:
            self.abort()
            return
        self.http.receive_data(data)
        self.unread += len(data)
        if self.unread > MAX_UNREAD:
            self.transport.pause_reading()
        self.wake()

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed. Some answers end just so."""
        self.open_ones.discard(self)
        self.error = error
        if error is None:
            self.http.receive_data(b"")
        self.wake()


def origin_of(url: httpx.URL) -> Origin:
    """Where a call goes to. Raises UnsupportedProtocol for anything but the web."""
    port = PORTS.get(url.scheme)
    if port is None:
        raise httpx.UnsupportedProtocol(f"{url.scheme!r} is not spoken here.")
    return url.scheme, url.raw_host.decode("ascii"), url.port or port
