"""The transport of the looks: what it reuses, what it drops, and what it never does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest

from studio.outbound.guard import GuardedBackend
from studio.outbound.lean import MAX_UNREAD, LeanTransport, build_lean_client
from tests.outbound.loopback import Writer, reply, saying, visiting

Talk = Callable[["Server", asyncio.StreamReader, Writer], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"


@dataclass
class Server:
    """What it was asked, by connection."""

    port: int = 0
    asked: list[list[bytes]] = field(default_factory=list)
    sent: int = 0  # bytes

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/"

    async def hear(self, reader: asyncio.StreamReader) -> bytes:
        """The next head on a connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked[-1].append(head)
        return head


@contextlib.asynccontextmanager
async def keeping(talk: Talk) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    """A server that keeps its connections, and a client for it."""
    here = Server()
    talks: set[asyncio.Task[None]] = set()

    async def run(reader: asyncio.StreamReader, writer: Writer) -> None:
        here.asked.append([])
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await talk(here, reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: Writer) -> None:
        talks.add(asyncio.ensure_future(run(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    try:
        async with build_lean_client(allow=[f"127.0.0.1:{here.port}"]) as client:
            yield here, client
    finally:
        server.close()
        for one in talks:
            one.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def polite(here: Server, reader: asyncio.StreamReader, writer: Writer) -> None:
    """Answer each request on the same connection."""
    while await here.hear(reader):
        writer.write(HEAD + b"hi")


def count(talk: Talk, times: int = 2, pause: float = 0.0) -> list[int]:
    """How often each connection was used, asking one after another."""

    async def run() -> list[int]:
        async with keeping(talk) as (here, client):
            for _ in range(times):
                assert (await client.get(here.url)).content == b"hi"
                await asyncio.sleep(pause)
            return [len(asked) for asked in here.asked]

    return asyncio.run(run())


def test_it_asks_again_on_the_same_connection() -> None:
    assert count(polite, times=3) == [3]


def test_it_uses_no_connection_on_which_somebody_spoke_unasked() -> None:
    async def chatty(
        here: Server, reader: asyncio.StreamReader, writer: Writer
    ) -> None:
        while await here.hear(reader):
            writer.write(HEAD + b"hi")
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(HEAD + b"no")

    assert count(chatty, pause=0.15) == [1, 1]


def test_it_takes_no_second_answer_for_the_next_one() -> None:
    async def double(
        here: Server, reader: asyncio.StreamReader, writer: Writer
    ) -> None:
        while await here.hear(reader):
            writer.write(HEAD + b"hi" + HEAD + b"no")

    assert count(double) == [1, 1]


def test_it_asks_elsewhere_after_a_last_word() -> None:
    async def brief(here: Server, reader: asyncio.StreamReader, writer: Writer) -> None:
        while await here.hear(reader):
            writer.write(HEAD.replace(b"OK", b"OK\r\nConnection: close") + b"hi")

    assert count(brief) == [1, 1]


def test_it_leaves_a_connection_whose_call_was_given_up() -> None:
    heard, given_up = asyncio.Event(), asyncio.Event()

    async def late(here: Server, reader: asyncio.StreamReader, writer: Writer) -> None:
        while await here.hear(reader):
            heard.set()
            await given_up.wait()
            writer.write(HEAD + b"hi")

    async def run() -> list[int]:
        async with keeping(late) as (here, client):
            call = asyncio.ensure_future(client.get(here.url))
            await heard.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            given_up.set()
            assert (await client.get(here.url)).content == b"hi"
            return [len(asked) for asked in here.asked]

    assert asyncio.run(run()) == [1, 1]


def test_it_leaves_an_answer_that_nobody_read_to_its_end() -> None:
    async def run() -> list[int]:
        async with keeping(polite) as (here, client):
            async with client.stream("GET", here.url):
                pass
            await client.get(here.url)
            return [len(asked) for asked in here.asked]

    assert asyncio.run(run()) == [1, 1]


def test_it_never_sends_a_second_time() -> None:
    """A kept connection that dies under a call is an error, not a new attempt."""

    async def once(here: Server, reader: asyncio.StreamReader, writer: Writer) -> None:
        await here.hear(reader)
        writer.write(HEAD + b"hi")
        await here.hear(reader)

    async def run() -> list[int]:
        async with keeping(once) as (here, client):
            await client.get(here.url)
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                await client.post(here.url, content=b"{}")
            return [len(asked) for asked in here.asked]

    assert asyncio.run(run()) == [2]


def test_it_sends_a_body_whole() -> None:
    bodies = []

    async def read(here: Server, reader: asyncio.StreamReader, writer: Writer) -> None:
        await here.hear(reader)
        bodies.append(await reader.readexactly(2**20))
        writer.write(HEAD + b"hi")

    async def run() -> None:
        async with keeping(read) as (here, client):
            assert (await client.post(here.url, content=b"x" * 2**20)).is_success

    asyncio.run(run())
    assert bodies == [b"x" * 2**20]


def test_what_cannot_be_sent_never_leaves() -> None:
    async def run() -> list[list[bytes]]:
        async with keeping(polite) as (here, client):
            with pytest.raises(httpx.LocalProtocolError):
                await client.get(here.url, headers={"X-Broken": "a\nb"})
            return here.asked

    assert asyncio.run(run()) in ([], [[]])


def test_it_reads_no_faster_than_its_caller() -> None:
    huge = 64 * 2**20

    async def pour(here: Server, reader: asyncio.StreamReader, writer: Writer) -> None:
        await here.hear(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % huge)
        while here.sent < huge:
            writer.write(b"x" * 2**16)
            await writer.drain()
            here.sent += 2**16

    async def run() -> tuple[int, int]:
        async with (
            keeping(pour) as (here, client),
            client.stream("GET", here.url) as answer,
        ):
            chunks = answer.aiter_bytes()
            size = len(await anext(chunks))
            await asyncio.sleep(0.3)
            early = here.sent
            async for chunk in chunks:
                size += len(chunk)
            return early, size

    early, size = asyncio.run(run())
    assert size == huge
    assert early < huge / 2
    assert huge / 2 > 2 * MAX_UNREAD


def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    async def fetch() -> bytes:
        answer = reply(b"till the end", length=None)
        async with visiting(saying(answer), build_lean_client) as (here, client):
            return (await client.get(here.url)).content

    assert asyncio.run(fetch()) == b"till the end"


def test_an_answer_may_come_in_pieces() -> None:
    answer = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n3\r\n by\r\n0\r\n\r\n"
    )

    async def fetch() -> bytes:
        async with visiting(saying(answer), build_lean_client) as (here, client):
            return (await client.get(here.url)).content

    assert asyncio.run(fetch()) == b"piece by"


def test_an_endless_head_is_refused() -> None:
    answer = b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 2**20

    async def fetch() -> None:
        async with visiting(saying(answer), build_lean_client) as (here, client):
            await client.get(here.url)

    with pytest.raises(httpx.RemoteProtocolError):
        asyncio.run(fetch())


def test_who_finds_no_place_was_never_sent() -> None:
    async def run() -> None:
        transport = LeanTransport(GuardedBackend())
        transport.places = asyncio.Semaphore(0)
        request = httpx.Request(
            "GET", "http://vendor.example/", extensions={"timeout": {"pool": 0.01}}
        )
        await transport.handle_async_request(request)

    with pytest.raises(httpx.PoolTimeout):
        asyncio.run(run())


def test_it_gives_every_place_back() -> None:
    async def run() -> tuple[int, int]:
        async with visiting(saying(b""), build_lean_client) as (here, client):
            transport = client._transport
            assert isinstance(transport, LeanTransport)
            before = transport.places._value
            for _ in range(3):
                with pytest.raises(httpx.RemoteProtocolError):
                    await client.get(here.url)
            return before, transport.places._value

    before, after = asyncio.run(run())
    assert before == after
