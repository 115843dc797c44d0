from __future__ import annotations

import hashlib
import random
import socket
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings

from studio.media.ranges import (
    PIECE_BYTES,
    RangeNotSatisfiable,
    parse_range,
    safe_name,
    serve_file,
)

CONTENT = random.Random(1).randbytes(1000)
ETAG = hashlib.sha256(CONTENT).hexdigest()
LARGE = random.Random(2).randbytes(PIECE_BYTES * 2 + 77)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture(scope="module")
def large_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "film.mp4"
    path.write_bytes(LARGE)
    return path


ANSWERS: list[Any] = []


@pytest.fixture(autouse=True)
def sent_by_us(settings: Settings) -> Iterator[None]:
    settings.MEDIA_SENDER = "inline"
    # Closing an answer ends a request, which would look at the database's connection.
    request_finished.disconnect(close_old_connections)
    yield
    while ANSWERS:
        ANSWERS.pop().close()
    request_finished.connect(close_old_connections)


def ask(path: Path, *, method: str = "GET", **options: Any) -> Any:
    """The answer; `download` and `filename` go to the server, the rest are headers."""
    download = options.pop("download", False)
    filename = options.pop("filename", "A film.mp4")
    headers = {name.replace("_", "-"): value for name, value in options.items()}
    request = RequestFactory().generic(method, "/media/x.mp4", headers=headers)
    response = serve_file(
        request,
        path,
        media_type="video/mp4",
        etag=ETAG,
        filename=filename,
        download=download,
    )
    ANSWERS.append(response)
    return response


def body(response: HttpResponse | StreamingHttpResponse) -> bytes:
    streams = isinstance(response, StreamingHttpResponse)
    return response.getvalue() if streams else response.content


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        ("bytes=0-", 1000, (0, 999)),
        ("bytes=0-0", 1000, (0, 0)),
        ("bytes=0-1", 1000, (0, 1)),
        ("bytes=10-19", 1000, (10, 19)),
        ("bytes=999-", 1000, (999, 999)),
        ("bytes=990-5000", 1000, (990, 999)),
        ("bytes=-1", 1000, (999, 999)),
        ("bytes=-5000", 1000, (0, 999)),
        ("BYTES=1-2", 1000, (1, 2)),
        ("bytes= 1-2 ", 1000, (1, 2)),
        ("bytes=-5", 0, None),
        ("", 1000, None),
        ("bytes", 1000, None),
        ("bytes=", 1000, None),
        ("bytes=-", 1000, None),
        ("bytes=a-b", 1000, None),
        ("bytes=1", 1000, None),
        ("bytes=5-4", 1000, None),
        ("bytes=+1-2", 1000, None),
        ("bytes=1_0-20", 1000, None),
        ("bytes=١-٢", 1000, None),
        ("bytes=0-1,5-6", 1000, None),
        ("bytes=0-1,", 1000, None),
        ("frames=0-1", 1000, None),
        ("bytes=" + "9" * 5000 + "-", 1000, None),
    ],
)
def test_it_parses_ranges(
    header: str, size: int, expected: tuple[int, int] | None
) -> None:
    assert parse_range(header, size) == expected


@pytest.mark.parametrize(
    ("header", "size"),
    [
        ("bytes=1000-", 1000),
        ("bytes=1000-1001", 1000),
        ("bytes=99999999999999999999-", 1000),
        ("bytes=-0", 1000),
        ("bytes=0-", 0),
    ],
)
def test_it_knows_ranges_that_cannot_be(header: str, size: int) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, size)


@given(st.text(max_size=250), st.integers(0, 10**12))
@example("bytes=0-", 1)
def test_whatever_is_asked_lies_in_the_file(header: str, size: int) -> None:
    for asked in (header, f"bytes={header}"):
        try:
            wanted = parse_range(asked, size)
        except RangeNotSatisfiable:
            continue
        assert wanted is None or 0 <= wanted[0] <= wanted[1] < size


@given(st.integers(1, 10**6), st.none() | st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_range_means_what_a_slice_means(
    size: int, first: int | None, last: int
) -> None:
    whole = range(size)
    wanted = whole[first : last + 1] if first is not None else whole[-last:]
    if last == 0 and first is None:
        wanted = whole[size:]
    header = f"bytes={'' if first is None else first}-{last}"
    if first is not None and last < first:
        assert parse_range(header, size) is None
    elif not wanted:
        with pytest.raises(RangeNotSatisfiable):
            parse_range(header, size)
    else:
        assert parse_range(header, size) == (wanted[0], wanted[-1])


def test_it_sends_the_whole_file(film: Path) -> None:
    response = ask(film)

    assert response.status_code == HTTPStatus.OK
    assert body(response) == CONTENT
    assert response["Content-Length"] == "1000"
    assert response["Content-Type"] == "video/mp4"
    assert "Content-Range" not in response


@pytest.mark.parametrize("range_", [None, "bytes=0-9", "bytes=5000-"])
def test_every_answer_is_guarded(film: Path, range_: str | None) -> None:
    response = ask(film, **{"range": range_} if range_ else {})

    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{ETAG}"'
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("header", "shown", "expected"),
    [
        ("bytes=0-1", "bytes 0-1/1000", CONTENT[:2]),
        ("bytes=100-199", "bytes 100-199/1000", CONTENT[100:200]),
        ("bytes=900-", "bytes 900-999/1000", CONTENT[900:]),
        ("bytes=-10", "bytes 990-999/1000", CONTENT[-10:]),
    ],
)
def test_it_sends_a_part(film: Path, header: str, shown: str, expected: bytes) -> None:
    response = ask(film, range=header)

    assert response.status_code == HTTPStatus.PARTIAL_CONTENT
    assert response["Content-Range"] == shown
    assert response["Content-Length"] == str(len(expected))
    assert body(response) == expected


def test_past_the_end_it_tells_the_size(film: Path) -> None:
    response = ask(film, range="bytes=1000-")

    assert response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    assert response["Content-Range"] == "bytes */1000"
    assert body(response) == b""


@pytest.mark.parametrize("header", ["bytes=0-1,5-6", "bytes=9-1", "pages=1-2", "x"])
def test_what_it_cannot_read_it_ignores(film: Path, header: str) -> None:
    response = ask(film, range=header)

    assert response.status_code == HTTPStatus.OK
    assert body(response) == CONTENT


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-99999999", "bytes=5-"])
def test_a_part_is_capped(large_film: Path, header: str) -> None:
    response = ask(large_film, range=header)

    first = 5 if "5-" in header else 0
    assert response.status_code == HTTPStatus.PARTIAL_CONTENT
    assert body(response) == LARGE[first : first + PIECE_BYTES]
    last = first + PIECE_BYTES - 1
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(LARGE)}"


def test_a_resumed_download_gets_all_the_rest(large_film: Path) -> None:
    response = ask(large_film, range="bytes=5-", download=True)

    assert body(response) == LARGE[5:]


@given(start=st.integers(0, len(LARGE) - 1), end=st.integers(0, len(LARGE) * 2))
@example(start=0, end=len(LARGE) * 2)
def test_a_client_that_goes_on_gets_every_byte(
    large_film: Path, start: int, end: int
) -> None:
    """As browsers do: ask for the rest, take what comes, ask again from there."""
    end = max(min(end, len(LARGE) - 1), start)
    received = b""
    while len(received) <= end - start:
        response = ask(large_film, range=f"bytes={start + len(received)}-{end}")
        assert response.status_code == HTTPStatus.PARTIAL_CONTENT
        received += body(response)

    assert received == LARGE[start : end + 1]


def test_head_tells_the_size_and_sends_nothing(film: Path) -> None:
    response = ask(film, method="HEAD", range="bytes=0-9")

    assert response.status_code == HTTPStatus.OK  # ranges are for GET alone
    assert response["Content-Length"] == "1000"
    assert response["Accept-Ranges"] == "bytes"
    assert body(response) == b""


@pytest.mark.parametrize("seen", [f'"{ETAG}"', f'W/"{ETAG}"', "*", f'"x", "{ETAG}"'])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_does_not_send_twice(film: Path, seen: str, method: str) -> None:
    response = ask(film, method=method, if_none_match=seen, range="bytes=5000-")

    assert response.status_code == HTTPStatus.NOT_MODIFIED
    assert response["ETag"] == f'"{ETAG}"'
    assert "immutable" in response["Cache-Control"]
    assert "Content-Type" not in response


def test_another_version_is_sent(film: Path) -> None:
    assert ask(film, if_none_match='"other"').status_code == HTTPStatus.OK


def test_a_demand_for_another_version_fails(film: Path) -> None:
    response = ask(film, if_match='"other"')

    assert response.status_code == HTTPStatus.PRECONDITION_FAILED


@pytest.mark.parametrize(
    ("validator", "status"),
    [
        (f'"{ETAG}"', 206),
        ('"other"', 200),
        (f'W/"{ETAG}"', 200),
        (ETAG, 200),
        ("Sat, 01 Nov 2025 10:00:00 GMT", 200),
        ("", 200),
    ],
)
def test_if_range_goes_on_only_with_the_same_file(
    film: Path, validator: str, status: int
) -> None:
    response = ask(film, range="bytes=500-", if_range=validator)

    assert response.status_code == status
    assert body(response) == CONTENT[500 if status == 206 else 0 :]


def test_an_empty_file_is_sent_empty(tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()

    response = ask(empty)

    assert (response["Content-Length"], body(response)) == ("0", b"")


def test_a_missing_file_is_the_callers_affair(tmp_path: Path) -> None:
    for method in ("GET", "HEAD"):
        with pytest.raises(FileNotFoundError):
            ask(tmp_path / "gone.mp4", method=method)


def test_the_file_is_closed_when_the_reader_goes(large_film: Path) -> None:
    response = ask(large_film)
    chunks = iter(response)
    next(chunks)

    response.close()

    with pytest.raises(ValueError, match="closed"):
        next(chunks)


def test_a_stalled_reader_of_a_whole_file_is_let_go(film: Path) -> None:
    ours, theirs = socket.socketpair()
    request = RequestFactory().get("/media/x.mp4")
    request.META["gunicorn.socket"] = ours
    response = serve_file(
        request, film, media_type="video/mp4", etag=ETAG, filename="a.mp4"
    )

    assert ours.gettimeout() == 30
    response.close()
    ours.close()
    theirs.close()


@pytest.mark.parametrize(
    ("filename", "download", "expected"),
    [
        ("a film.mp4", False, 'inline; filename="a film.mp4"'),
        ("a film.mp4", True, 'attachment; filename="a film.mp4"'),
        ("夢.mp4", True, "attachment; filename*=utf-8''%E5%A4%A2.mp4"),
    ],
)
def test_the_name_is_told(
    film: Path, filename: str, download: bool, expected: str
) -> None:
    response = ask(film, filename=filename, download=download)

    assert response["Content-Disposition"] == expected


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("../../etc/passwd.mp4", "-..-etc-passwd.mp4"),
        ("a\r\nSet-Cookie: x.mp4", "aSet-Cookie- x.mp4"),
        ("a\0b.mp4", "ab.mp4"),
        ("\u202e4pm.exe.mp4", "4pm.exe.mp4"),
        ('say "hi".mp4', "say -hi-.mp4"),
        ("C:\\films\\a.mp4", "C--films-a.mp4"),
        ("x" * 300 + ".mp4", "x" * 150 + ".mp4"),
        ("x" * 300, "x" * 150),
        (" . ", "file"),
        ("", "file"),
    ],
)
def test_names_are_made_harmless(filename: str, expected: str) -> None:
    assert safe_name(filename) == expected


@given(st.text())
def test_any_name_makes_a_header(filename: str) -> None:
    name = safe_name(filename)

    assert name.isprintable()
    assert not set(name) & set('/\\"\r\n\0')
    assert 0 < len(name) <= 165


def test_nginx_is_told_where_the_file_is(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_SENDER = "accel"
    settings.STORAGE_DIR = tmp_path
    settings.MEDIA_ACCEL_PREFIX = "/protected/"
    film = tmp_path / "team 1" / "夢 50%.mp4"

    response = ask(film, range="bytes=0-9")

    assert response.status_code == HTTPStatus.OK
    assert response["X-Accel-Redirect"] == ("/protected/team%201/%E5%A4%A2%2050%25.mp4")
    assert response["Content-Type"] == "video/mp4"
    assert body(response) == b""


def test_nginx_is_told_of_no_file_elsewhere(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_SENDER = "accel"
    settings.STORAGE_DIR = tmp_path / "media"

    with pytest.raises(ValueError, match="passwd"):
        ask(Path("/etc/passwd"))
    with pytest.raises(ValueError, match="secret"):
        ask(tmp_path / "media" / ".." / "secret")
