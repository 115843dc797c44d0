"""A server on this machine that says exactly the bytes a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from studio.outbound import build_client

Writer = asyncio.StreamWriter
Script = Callable[[bytes, Writer], Awaitable[None]]
Build = Callable[..., httpx.AsyncClient]


@dataclass
class Loopback:
    """Where it listens, and the heads of the requests it has got."""

    port: int
    heads: list[bytes] = field(default_factory=list)
    open_now: int = 0
    open_most: int = 0

    @property
    def pair(self) -> str:
        """For the list of allowed pairs."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://{self.pair}"

    def lines(self, number: int = -1) -> list[str]:
        """The lines of one request's head."""
        return self.heads[number].decode("latin-1").split("\r\n")


@contextlib.asynccontextmanager
async def serving(
    script: Script, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Loopback]:
    """Run a server that answers one request each connection by ``script``."""
    here = Loopback(port=0)

    talks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: Writer) -> None:
        here.open_now += 1
        here.open_most = max(here.open_most, here.open_now)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            here.heads.append(head)
            await script(head, writer)
            await writer.drain()
        here.open_now -= 1

    async def talk(reader: asyncio.StreamReader, writer: Writer) -> None:
        try:
            await answer(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: Writer) -> None:
        talks.add(asyncio.ensure_future(talk(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=tls)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        server.close()
        for one in talks:
            one.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


@contextlib.asynccontextmanager
async def visiting(
    script: Script, build: Build = build_client, **details: Any
) -> AsyncIterator[tuple[Loopback, httpx.AsyncClient]]:
    """Such a server, and a client that may go there."""
    async with serving(script) as here:
        details.setdefault("allow", [here.pair])
        async with build(**details) as client:
            yield here, client


def reply(
    body: bytes = b"", *, status: str = "200 OK", length: int | None = -1, **more: str
) -> bytes:
    """A whole answer; ``length`` None leaves Content-Length out."""
    head = [f"HTTP/1.1 {status}", "Connection: close", "Content-Type: video/mp4"]
    if length is not None:
        head.append(f"Content-Length: {len(body) if length < 0 else length}")
    head += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join([*head, "", ""]).encode() + body


def saying(*answers: bytes) -> Script:
    """A script that gives these answers in turn, the last one for ever."""
    rest = list(answers)

    async def script(head: bytes, writer: Writer) -> None:
        writer.write(rest.pop(0) if len(rest) > 1 else rest[0])

    return script
