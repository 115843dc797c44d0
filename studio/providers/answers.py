"""One call and its answer: what is sent, and how much of the reply is read."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Generator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import time
from typing import Any

import httpx

from studio.providers import reading

MAX_ANSWER = 64 * 2**20  # bytes; some answers carry the video itself
MAX_ERROR = 256 * 2**10  # bytes of an error's body that are read
MAX_SPOOL = 4 * 2**30  # bytes of a video that comes as the answer
HEAD_LENGTH = 16  # bytes that tell a video file from text
LONGEST_PAUSE = 3600.0  # seconds; no Retry-After keeps us away for longer
FILE_TYPES = ("video/", "image/", "application/octet-stream", "binary/")


class SecretHeaders(httpx.Auth):
    """Headers with keys, put on at the last moment: no frame and no repr shows them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers

    def auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the headers and send."""
        request.headers.update(self.headers)
        yield request


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call, before it is made."""

    method: str
    url: httpx.URL = field(repr=False)
    submitting: bool
    json: Any = field(repr=False, default=None)
    params: Mapping[str, Any] | None = field(repr=False, default=None)
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    timeout: float  # seconds, for the whole call
    accept: Collection[int] = ()
    expects: type | tuple[type, ...] | None = dict
    is_signed: bool = True
    max_bytes: int = MAX_ANSWER
    spool: Path | None = None

    def wants(self, status: int) -> bool:
        """Whether an answer of this status is read as one, not as an error."""
        return 200 <= status < 300 or status in self.accept


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A provider's answer, read to its end."""

    status: int
    headers: httpx.Headers = field(repr=False)
    content: bytes = field(repr=False, default=b"")
    path: Path | None = None  # where the content is, when it was spooled
    body: Any = field(repr=False, default=None)  # the JSON; None where there is none

    @property
    def object(self) -> dict[str, Any]:
        """The JSON object, or an empty one."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def error_text(self) -> str:
        """What the provider says went wrong, or ""."""
        if self.body is not None:
            return reading.error_text(self.body)
        return reading.error_text(self.content[:MAX_ERROR].decode("utf-8", "replace"))


async def read_answer(response: httpx.Response, call: Call) -> Answer:
    """Read a streamed response within the limits of its call.

    Raises httpx's errors where a wanted answer breaks off or is too long, and OSError
    where it cannot be spooled. Of an error's body, what can be read is enough.
    """
    status, headers = response.status_code, response.headers
    if not call.wants(status):
        content = await as_much_as_comes(response)
        body = reading.parsed(content)
        return Answer(status=status, headers=headers, content=content, body=body)
    chunks = response.aiter_bytes()
    head = await read_head(chunks)
    if call.spool and is_file(head, headers.get("content-type", "")):
        await write(call.spool, head, chunks)
        return Answer(status=status, headers=headers, path=call.spool)
    content = await read_rest(head, chunks, call.max_bytes)
    body = reading.parsed(content)
    return Answer(status=status, headers=headers, content=content, body=body)


async def read_head(chunks: AsyncIterator[bytes]) -> bytes:
    """The first chunks, until there is enough to tell what it is."""
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_LENGTH:
            break
    return head


async def read_rest(head: bytes, chunks: AsyncIterator[bytes], limit: int) -> bytes:
    """Everything, refused beyond ``limit`` bytes."""
    parts, left = [head], limit - len(head)
    async for chunk in chunks:
        parts.append(chunk)
        left -= len(chunk)
        refuse_more(left)
    refuse_more(left)
    return b"".join(parts)


def refuse_more(left: int) -> None:
    """Raise where nothing is left of a limit."""
    if left < 0:
        raise httpx.RemoteProtocolError("The answer is too long.")


async def as_much_as_comes(response: httpx.Response) -> bytes:
    """The beginning of an error's body: the status has said the main thing already."""
    content = b""
    try:
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) >= MAX_ERROR:
                break
    except httpx.RequestError:
        pass
    return content[:MAX_ERROR]


async def write(path: Path, head: bytes, chunks: AsyncIterator[bytes]) -> None:
    """Spool an answer to a file, whole or not at all."""
    size = len(head)
    try:
        with path.open("wb") as file:
            file.write(head)
            async for chunk in chunks:
                size += len(chunk)
                if size > MAX_SPOOL:
                    raise httpx.RemoteProtocolError("The video is too large.")
                file.write(chunk)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
    except BaseException:  # also when it is canceled: half a video is no video
        path.unlink(missing_ok=True)
        raise


def is_file(head: bytes, content_type: str) -> bool:
    """Whether an answer is a file rather than words: its bytes are believed first."""
    if head[4:8] == b"ftyp" or head.startswith(b"\x1a\x45\xdf\xa3"):
        return True
    is_text = head.lstrip()[:1] in {b"", b"{", b"[", b"<"}
    return content_type.lower().startswith(FILE_TYPES) and not is_text


def pause(header: str) -> float | None:
    """Seconds of a Retry-After header: a number, or a date; None for anything else."""
    header = header.strip()
    if header.replace(".", "", 1).isdecimal():
        return min(float(header), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    return min(max(until.timestamp() - time(), 0.0), LONGEST_PAUSE)
