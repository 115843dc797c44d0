"""A file from an address: whole, bounded, and the address as it was given."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from pathlib import Path

import httpx
import pytest

from studio.outbound import (
    DownloadFailed,
    DownloadLimits,
    build_client,
    download,
    download_file,
)
from studio.outbound.addresses import raw_target
from tests.outbound.fetching import FILM, LIMITS, failure, fetch
from tests.outbound.loopback import (
    Writer,
    reply,
    saying,
    serving,
)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "f.part"


def test_it_stores_the_file(target: Path) -> None:
    found, here = fetch(saying(reply(FILM)), target)

    assert target.read_bytes() == FILM
    assert found.size == len(FILM)
    assert found.sha256 == hashlib.sha256(FILM).hexdigest()
    assert found.content_type == "video/mp4"
    assert "Accept-Encoding: identity" in here.lines()


def test_it_stores_a_file_of_unknown_length(target: Path) -> None:
    fetch(saying(reply(FILM, length=None)), target)

    assert target.read_bytes() == FILM


def test_it_tells_how_far_it_is(target: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    fetch(saying(reply(FILM)), target, on_progress=lambda *at: seen.append(at))

    assert seen[-1] == (len(FILM), len(FILM))
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    "path",
    [
        "/f%2F1.mp4?Signature=a%2fb%2Fc+d==&X-Amz-Date=1%202&q='()*!~,;:@/?",
        "/a//b/../c/./d.mp4",
        '/[1]{2}|3^`".mp4?a=[1]&b={2}|^`"<>\\',
        "?only=a+query&b=%zz",
        "/empty-query?",
        "/%7Euser/~user",
    ],
)
def test_it_keeps_the_address_byte_for_byte(target: Path, path: str) -> None:
    _, here = fetch(saying(reply(FILM)), target, path)

    wanted = path if path.startswith("/") else f"/{path}"
    assert here.lines()[0] == f"GET {wanted} HTTP/1.1"


def test_it_leaves_the_fragment_out_and_escapes_what_cannot_be_sent() -> None:
    assert raw_target("https://a.example/ü b?q=ä#top") == b"/%C3%BC%20b?q=%C3%A4"
    assert raw_target("https://a.example#top") == b"/"


def test_it_keeps_the_address_of_a_redirect_too(target: Path) -> None:
    moved = reply(status="307 Moved", Location="/b%2Fc.mp4?Signature=x%2Fy+z==")
    _, here = fetch(saying(moved, reply(FILM)), target)

    assert here.lines()[0] == "GET /b%2Fc.mp4?Signature=x%2Fy+z== HTTP/1.1"
    assert target.read_bytes() == FILM


def test_it_sends_a_key_to_the_first_host_only(target: Path) -> None:
    moved = reply(status="302 Found", Location="/elsewhere")
    headers = {"X-Key": "sk-canary"}
    _, here = fetch(saying(moved, reply(FILM)), target, headers=headers)

    assert "X-Key: sk-canary" in here.lines(0)
    assert "sk-canary" not in here.heads[1].decode()


def test_it_follows_three_redirects_and_no_more(target: Path) -> None:
    moved = reply(status="302 Found", Location="/on")
    fetch(saying(moved, moved, moved, reply(FILM)), target)
    assert target.read_bytes() == FILM

    error = failure(saying(moved), target)
    assert error.permanent


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/",
        "http://localhost:1/",
        "http://xn--0.example/",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_redirect_passes_the_guard(target: Path, location: str) -> None:
    error = failure(saying(reply(status="302 Found", Location=location)), target)

    assert error.permanent
    assert not target.exists()


def test_a_redirect_never_leaves_tls(target: Path) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http":
            return httpx.Response(200, content=FILM)
        return httpx.Response(302, headers={"location": "http://cdn.example/f.mp4"})

    with pytest.raises(DownloadFailed) as caught:
        download_file(
            "https://cdn.example/f.mp4",
            target,
            limits=LIMITS,
            transport=httpx.MockTransport(handler),
        )
    assert caught.value.permanent


@pytest.mark.parametrize(
    "url",
    [
        "gs://bucket/f.mp4",
        "file:///etc/passwd",
        "f.mp4",
        "",
        "https://u:p@a.example/",
        "https://xn--0.example/f.mp4",
    ],
)
def test_it_refuses_what_is_no_address_of_the_web(target: Path, url: str) -> None:
    with pytest.raises(DownloadFailed) as caught:
        download_file(url, target, limits=LIMITS)
    assert caught.value.permanent


# Limits


def test_it_refuses_a_length_that_is_too_large(target: Path) -> None:
    error = failure(saying(reply(b"x", length=2**40)), target)

    assert error.permanent
    assert not target.exists()


def test_it_stops_an_endless_body(target: Path) -> None:
    async def endless(head: bytes, writer: Writer) -> None:
        writer.write(reply(length=None))
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    error = failure(endless, target)

    assert error.permanent
    assert target.stat().st_size <= LIMITS.max_bytes


def test_it_takes_a_file_of_just_the_limit(target: Path) -> None:
    limits = DownloadLimits(max_bytes=len(FILM))
    fetch(saying(reply(FILM)), target, limits=limits)

    assert target.stat().st_size == len(FILM)


def test_it_gives_up_on_a_drip(target: Path) -> None:
    async def drip(head: bytes, writer: Writer) -> None:
        writer.write(reply(length=1000))
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    limits = DownloadLimits(stall_seconds=0.5, stall_bytes=1000)
    error = failure(drip, target, limits=limits)

    assert not error.permanent
    assert "slowly" in str(error)


def test_it_gives_up_after_its_deadline(target: Path) -> None:
    async def steady(head: bytes, writer: Writer) -> None:
        writer.write(reply(length=None))
        while True:
            writer.write(b"x" * 1000)
            await writer.drain()
            await asyncio.sleep(0.01)

    limits = DownloadLimits(deadline=0.2, stall_bytes=1)
    error = failure(steady, target, limits=limits)

    assert not error.permanent
    assert "in time" in str(error)


def test_it_gives_up_on_a_silent_server(target: Path) -> None:
    async def silent(head: bytes, writer: Writer) -> None:
        await asyncio.sleep(600)

    error = failure(silent, target, limits=DownloadLimits(stall_seconds=0.05))

    assert not error.permanent


def test_it_refuses_a_packed_answer(target: Path) -> None:
    bomb = reply(b"\x1f\x8b", Content_Encoding="gzip")
    error = failure(saying(bomb), target)

    assert error.permanent
    assert not target.exists()


def test_its_memory_is_bounded(target: Path) -> None:
    size = 32 * 2**20

    async def large(head: bytes, writer: Writer) -> None:
        writer.write(reply(length=size))
        for _ in range(size // 2**18):
            writer.write(b"x" * 2**18)
            await writer.drain()

    tracemalloc.start()
    try:
        fetch(large, target, limits=DownloadLimits(max_bytes=size))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert target.stat().st_size == size
    assert peak < size // 4


# What goes wrong


@pytest.mark.parametrize(
    ("status", "is_permanent"),
    [
        (400, True),
        (401, True),
        (403, True),
        (404, True),
        (408, False),
        (410, True),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_it_tells_gone_from_not_now(
    target: Path, status: int, is_permanent: bool
) -> None:
    error = failure(saying(reply(b"no", status=f"{status} No")), target)

    assert error.permanent is is_permanent
    assert error.http_status == status
    assert not target.exists()


def test_it_says_that_a_link_has_expired(target: Path) -> None:
    assert "expired" in str(failure(saying(reply(status="403 Forbidden")), target))


def test_it_notices_a_short_body(target: Path) -> None:
    error = failure(saying(reply(FILM, length=len(FILM) + 1)), target)

    assert not error.permanent
    assert target.stat().st_size <= len(FILM)


def test_it_says_that_nobody_is_there(target: Path) -> None:
    async def run() -> None:
        async with serving(saying(reply())) as here:
            pair, url = here.pair, here.url
        async with build_client(allow=[pair]) as client:
            await download(client, url, target, limits=LIMITS)

    with pytest.raises(DownloadFailed) as caught:
        asyncio.run(run())
    assert not caught.value.permanent


def test_it_says_that_it_cannot_be_stored(tmp_path: Path) -> None:
    error = failure(saying(reply(FILM)), tmp_path / "no" / "folder" / "f.part")

    assert not error.permanent
    assert "stored" in str(error)


def test_no_failure_shows_the_signature(target: Path) -> None:
    for answer in (reply(status="403 No"), b"nonsense", reply(FILM, length=10**6)):
        with pytest.raises(DownloadFailed) as caught:
            fetch(saying(answer), target, "/f?Signature=canary")
        shown = str(caught.value) + repr(caught.value) + repr(caught.value.__cause__)
        assert "canary" not in shown


def test_it_works_without_an_event_loop(target: Path) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=FILM))
    found = download_file(
        "https://cdn.example/f.mp4", target, limits=LIMITS, transport=transport
    )

    assert found.size == len(FILM)
    assert target.read_bytes() == FILM
