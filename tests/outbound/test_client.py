"""Clients carry nothing from one call to the next, and stay small."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from studio.outbound import ClientPool, build_client
from studio.outbound.client import MAX_CONNECTIONS
from studio.outbound.lean import build_lean_client
from tests.outbound.loopback import Build, Writer, reply, saying, serving, visiting


@pytest.fixture(params=[build_client, build_lean_client])
def build(request: pytest.FixtureRequest) -> Build:
    """Both kinds."""
    kind: Build = request.param
    return kind


def test_it_asks_for_plain_bytes_under_our_name(build: Build) -> None:
    async def fetch() -> list[str]:
        async with visiting(saying(reply()), build) as (here, client):
            await client.get(here.url)
            return here.lines()

    lines = asyncio.run(fetch())
    assert "User-Agent: Dailies" in lines
    assert "Accept-Encoding: identity" in lines


def test_it_keeps_no_cookies(build: Build) -> None:
    async def fetch() -> list[str]:
        answer = reply(Set_Cookie="session=of-another-account; Path=/")
        async with visiting(saying(answer), build) as (here, client):
            await client.get(here.url)
            await client.get(here.url)
            return here.lines()

    assert not [line for line in asyncio.run(fetch()) if "cookie" in line.lower()]


def test_it_follows_no_redirect(build: Build) -> None:
    async def fetch() -> int:
        answer = reply(status="302 Found", Location="http://127.0.0.1/elsewhere")
        async with visiting(saying(answer), build) as (here, client):
            return (await client.get(here.url)).status_code

    assert asyncio.run(fetch()) == 302


def test_it_ignores_proxies_of_the_environment(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    async def fetch() -> bytes:
        async with visiting(saying(reply(b"direct")), build) as (here, client):
            return (await client.get(here.url)).content

    assert asyncio.run(fetch()) == b"direct"


def test_it_opens_no_more_than_twenty_connections() -> None:
    gate = asyncio.Event()

    async def crowd(head: bytes, writer: Writer) -> None:
        await gate.wait()
        writer.write(reply(b"in"))

    async def fetch() -> tuple[int, set[bytes]]:
        async with visiting(crowd) as (here, client):
            calls = [
                asyncio.ensure_future(client.get(here.url))
                for _ in range(MAX_CONNECTIONS + 5)
            ]
            while here.open_now < MAX_CONNECTIONS:
                await asyncio.sleep(0)
            gate.set()
            answers = await asyncio.gather(*calls)
            return here.open_most, {answer.content for answer in answers}

    assert asyncio.run(fetch()) == (MAX_CONNECTIONS, {b"in"})


def test_it_does_not_use_a_connection_that_its_server_closed(build: Build) -> None:
    silent_about_it = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nonce"

    async def fetch() -> list[bytes]:
        async with visiting(saying(silent_about_it), build) as (here, client):
            first = await client.get(here.url)
            await asyncio.sleep(0.1)  # until the end has come in
            return [first.content, (await client.get(here.url)).content]

    assert asyncio.run(fetch()) == [b"once", b"once"]


def test_errors_have_their_names_in_httpx(build: Build) -> None:
    async def fetch(answer: bytes) -> None:
        async with visiting(saying(answer), build) as (here, client):
            await client.get(here.url)

    with pytest.raises(httpx.RemoteProtocolError):
        asyncio.run(fetch(b"what is this\r\n\r\n"))
    with pytest.raises(httpx.RemoteProtocolError):  # while the body is read
        asyncio.run(fetch(reply(b"short", length=10)))


def test_a_silent_server_is_a_read_timeout(build: Build) -> None:
    async def silent(head: bytes, writer: Writer) -> None:
        await asyncio.sleep(600)

    impatient = httpx.Timeout(60, read=0.05)

    async def fetch() -> None:
        async with visiting(silent, build, timeout=impatient) as (here, client):
            await client.get(here.url)

    with pytest.raises(httpx.ReadTimeout):
        asyncio.run(fetch())


def test_a_closed_door_is_a_connect_error(build: Build) -> None:
    async def fetch() -> None:
        async with serving(saying(reply())) as here:
            pair, url = here.pair, here.url
        async with build(allow=[pair]) as client:
            await client.get(url)

    with pytest.raises(httpx.ConnectError):
        asyncio.run(fetch())


def test_a_pool_has_one_client_for_each_provider() -> None:
    async def look() -> None:
        async with ClientPool() as pool:
            first, second = pool.client("vtrix"), pool.client("vtrix")
            other = pool.client("segmind")
            assert first is second
            assert first is not other
        assert first.is_closed
        assert other.is_closed

    asyncio.run(look())
