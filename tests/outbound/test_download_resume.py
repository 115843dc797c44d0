"""Going on with a download that stopped."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.outbound.fetching import FILM, failure, fetch
from tests.outbound.loopback import (
    Script,
    Writer,
    reply,
    saying,
)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "f.part"


def partly(film: bytes) -> Script:
    """A server that knows ranges."""

    async def script(head: bytes, writer: Writer) -> None:
        found = [line for line in head.split(b"\r\n") if line.startswith(b"Range")]
        if not found:
            writer.write(reply(film))
            return
        start = int(found[0].partition(b"bytes=")[2].rstrip(b"-"))
        size = len(film)
        if start >= size:
            wrong, where = "416 Range Not Satisfiable", f"bytes */{size}"
            writer.write(reply(status=wrong, Content_Range=where))
            return
        where = f"bytes {start}-{size - 1}/{size}"
        some = "206 Partial Content"
        writer.write(reply(film[start:], status=some, Content_Range=where))

    return script


def test_it_goes_on_where_it_stopped(target: Path) -> None:
    target.write_bytes(FILM[:1000])
    found, here = fetch(partly(FILM), target, resume=True)

    assert f"Range: bytes={1000}-" in here.lines()
    assert target.read_bytes() == FILM
    assert found.size == len(FILM)
    assert found.sha256 == hashlib.sha256(FILM).hexdigest()


def test_it_starts_over_unless_told_to_go_on(target: Path) -> None:
    target.write_bytes(b"something else" * 10_000)
    fetch(partly(FILM), target)

    assert target.read_bytes() == FILM


def test_it_starts_over_where_the_server_knows_no_ranges(target: Path) -> None:
    target.write_bytes(b"x" * 1000)
    fetch(saying(reply(FILM)), target, resume=True)

    assert target.read_bytes() == FILM


def test_it_starts_over_where_another_part_comes(target: Path) -> None:
    target.write_bytes(FILM[:1000])
    wrong = reply(
        FILM[500:], status="206 Some", Content_Range=f"bytes 500-9/{len(FILM)}"
    )
    fetch(saying(wrong, reply(FILM)), target, resume=True)

    assert target.read_bytes() == FILM


def test_it_sees_that_everything_is_there(target: Path) -> None:
    target.write_bytes(FILM)
    found, here = fetch(partly(FILM), target, resume=True)

    assert len(here.heads) == 1
    assert found.sha256 == hashlib.sha256(FILM).hexdigest()


def test_it_starts_over_where_too_much_is_there(target: Path) -> None:
    target.write_bytes(FILM + b"more")
    fetch(partly(FILM), target, resume=True)

    assert target.read_bytes() == FILM


def test_a_broken_download_can_be_gone_on_with(target: Path) -> None:
    failure(saying(reply(FILM[:5000], length=len(FILM))), target)
    fetch(partly(FILM), target, resume=True)

    assert target.read_bytes() == FILM


def test_it_refuses_a_part_that_nobody_asked_for(target: Path) -> None:
    part = reply(b"x", status="206 Some", Content_Range="bytes 5-5/9")
    assert failure(saying(part), target).http_status == 206
