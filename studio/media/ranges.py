"""Serves a media file by RFC 9110, in pieces: without ranges, browsers cannot seek.

A piece (206) is at most 2 MiB, which the standard allows and players take well: a
reader who asks for everything and then stalls holds no thread. Files never change, so
the SHA-256 is a strong ETag and the browser may keep them for good.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

PIECE_BYTES = 2 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
STALLED_SECONDS = 30  # a reader who takes no chunk for so long is let go
LONGEST_HEADER = 200  # characters; longer ones are nonsense and ignored
LONGEST_NAME = 150  # characters
LONGEST_ENDING = 10

RANGE = re.compile(
    r"bytes=[ \t]*(?P<first>[0-9]*)-(?P<last>[0-9]*)[ \t]*", re.IGNORECASE
)

HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class RangeNotSatisfiable(ValueError):
    """The range is well formed, but no byte of the file lies in it."""


# A strong ETag and the most bytes of one piece: the file, or a piece of it.
Send = Callable[[str, int | None], HttpResponseBase]


class Source(Protocol):
    """What a piece is read from."""

    def seek(self, place: int, /) -> object:
        """Go to where it begins."""

    def read(self, size: int, /) -> bytes | None:
        """The next bytes."""

    def close(self) -> None:
        """Let go of it."""


class Piece:
    """The bytes from `first` to `last` (included) of an open file, chunk by chunk."""

    def __init__(self, file: Source, first: int, last: int) -> None:
        self.file, self.first, self.last = file, first, last

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.first)
        left = self.last - self.first + 1
        while left > 0 and (chunk := self.file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Called by Django when the answer is sent or the reader gone."""
        self.file.close()


def serve_file(
    request: HttpRequest,
    path: Path,
    *,
    media_type: str,
    etag: str,
    filename: str,
    download: bool = False,
) -> HttpResponseBase:
    """Answer GET or HEAD for a file that the caller may see.

    `etag` is the file's SHA-256, unquoted. A download is never cut into pieces: who
    resumes one wants the rest in a single answer. Raises FileNotFoundError.
    """
    return answer_with(
        partial(_send, request, path),
        request,
        media_type=media_type,
        etag=etag,
        filename=filename,
        download=download,
    )


def answer_with(
    send: Send,
    request: HttpRequest,
    *,
    media_type: str,
    etag: str,
    filename: str,
    download: bool,
) -> HttpResponseBase:
    """What `send` makes of it, unless the reader has the file, with its headers."""
    tag = f'"{etag}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=tag)
    if response is None:
        response = send(tag, None if download else PIECE_BYTES)
    response["ETag"] = tag
    for header, value in HEADERS.items():
        response[header] = value
    if response.status_code in (200, 206):
        shown_as = content_disposition_header(download, safe_name(filename))
        response["Content-Type"] = media_type
        response["Content-Disposition"] = shown_as or "attachment"
    return response


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and last byte wanted, both included; None for the whole file.

    None also for what a server ignores: other units, several ranges, malformed ones.
    Raises RangeNotSatisfiable.
    """
    match = RANGE.fullmatch(header) if len(header) <= LONGEST_HEADER else None
    if match is None or match["first"] == match["last"] == "":
        return None
    if not match["first"]:
        return _suffix(int(match["last"]), size)
    first = int(match["first"])
    if match["last"] and int(match["last"]) < first:
        return None
    if first >= size:
        raise RangeNotSatisfiable
    return first, min(int(match["last"] or size), size - 1)


def safe_name(filename: str) -> str:
    """A name for the reader's disk: no folders, no control or direction marks."""
    visible = "".join(map(_harmless, filename)).strip(" .")
    stem, dot, ending = visible.rpartition(".")
    if not dot:
        return visible[:LONGEST_NAME] or "file"
    return f"{stem[:LONGEST_NAME]}.{ending[:LONGEST_ENDING]}"


def _harmless(letter: str) -> str:
    category = unicodedata.category(letter)
    if category[0] == "C" or category in ("Zl", "Zp"):
        return ""
    if category == "Zs":
        return " "
    return "-" if letter in '/\\:*?"<>|' else letter


def _suffix(length: int, size: int) -> tuple[int, int] | None:
    """The last `length` bytes. Of an empty file that is all of it."""
    if length == 0:
        raise RangeNotSatisfiable
    return (max(size - length, 0), size - 1) if size else None


def _send(
    request: HttpRequest, path: Path, tag: str, longest: int | None
) -> HttpResponseBase:
    """The file or a piece of it."""
    if settings.MEDIA_SENDER == "accel":
        return _hand_over(path)
    if request.method == "HEAD":
        return HttpResponse(headers={"Content-Length": str(path.stat().st_size)})
    let_go_of_stalled_readers(request)
    file = path.open("rb", buffering=0)
    size = os.fstat(file.fileno()).st_size
    try:
        return ranged(request, tag, size, partial(Piece, file), longest)
    except RangeNotSatisfiable:
        file.close()
        return nothing_there(size)


def ranged(
    request: HttpRequest,
    tag: str,
    size: int,
    piece: Callable[[int, int], Piece],
    longest: int | None,
) -> StreamingHttpResponse:
    """All of it, or what the reader asked for. Raises RangeNotSatisfiable."""
    wanted = parse_range(_range_header(request, tag), size)
    if wanted is None:
        return _answer(piece(0, size - 1), status=200)
    first, last = wanted
    if longest:
        last = min(last, first + longest - 1)
    response = _answer(piece(first, last), status=206)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def nothing_there(size: int) -> HttpResponse:
    """No byte of the range lies in the file."""
    return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})


def _answer(piece: Piece, *, status: int) -> StreamingHttpResponse:
    response = StreamingHttpResponse(piece, status=status)
    response["Content-Length"] = str(piece.last - piece.first + 1)
    return response


def _range_header(request: HttpRequest, tag: str) -> str:
    """The range asked for, or "" when If-Range speaks of another file.

    A date never matches: we send none, so the reader cannot have it from us.
    """
    if request.headers.get("If-Range", tag) != tag:
        return ""
    return request.headers.get("Range", "")


def _hand_over(path: Path) -> HttpResponse:
    """Let nginx send the file. It answers ranges and conditions by itself."""
    inside = path.resolve().relative_to(Path(settings.STORAGE_DIR).resolve())
    prefix = settings.MEDIA_ACCEL_PREFIX.rstrip("/")
    return HttpResponse(
        headers={"X-Accel-Redirect": f"{prefix}/{quote(inside.as_posix())}"}
    )


def let_go_of_stalled_readers(request: HttpRequest) -> None:
    """A whole file cannot be capped; give its reader a time limit for each chunk.

    gunicorn lends its socket and makes it blocking again before the next request.
    """
    connection = request.META.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(STALLED_SECONDS)
