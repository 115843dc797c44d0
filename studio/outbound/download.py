"""A file from an address to the disk: bounded in bytes, time and memory.

The address is sent byte for byte, since its query is signed. Redirects are followed by
hand, each through the guard, and what a first host may know is told to no second one.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from studio.outbound.addresses import checked, leads_nowhere, next_address, raw_target
from studio.outbound.client import build_client
from studio.outbound.failures import DownloadFailed, failure_of, refusal

Progress = Callable[[int, int | None], None]  # bytes so far, bytes in all if known

BUFFER = 2**20  # bytes
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")


@dataclass(frozen=True, kw_only=True)
class DownloadLimits:
    """How much a download may take."""

    max_bytes: int = 2 * 2**30
    deadline: float = 600.0  # seconds for all of it
    stall_seconds: float = 30.0  # in each of which ...
    stall_bytes: int = 32 * 2**10  # ... this much must come
    max_redirects: int = 3


@dataclass(frozen=True, kw_only=True)
class Downloaded:
    """What is on the disk now."""

    size: int
    sha256: str
    content_type: str  # as the server says; the bytes know better


class Part:
    """The file so far, with its size and hash as it grows."""

    def __init__(self, target: Path, *, keep: bool) -> None:
        self.target = target
        self.size = 0
        self.hash = hashlib.sha256()
        if keep and target.is_file():
            with target.open("rb") as file:
                while chunk := file.read(BUFFER):
                    self.hash.update(chunk)
                    self.size += len(chunk)

    def start_over(self) -> None:
        """Forget what was there."""
        self.size = 0
        self.hash = hashlib.sha256()

    def open(self) -> BinaryIO:
        """The file, positioned behind what is kept."""
        return self.target.open("r+b" if self.size else "wb", buffering=BUFFER)

    def sync(self) -> None:
        """Wait until it is on the disk."""
        with self.target.open("r+b") as file:
            os.fsync(file.fileno())

    def add(self, file: BinaryIO, chunk: bytes) -> None:
        """Write one chunk."""
        file.write(chunk)
        self.hash.update(chunk)
        self.size += len(chunk)


async def download(
    client: httpx.AsyncClient,
    url: str,
    target: Path,
    *,
    limits: DownloadLimits,
    headers: Mapping[str, str] | None = None,
    on_progress: Progress | None = None,
    resume: bool = False,
) -> Downloaded:
    """Fetch ``url`` into ``target`` and sync it to the disk. Raises DownloadFailed.

    ``headers`` go to the first host alone. With ``resume``, what ``target`` already
    holds is kept where the server can go on from there. What came before a failure
    stays on the disk.
    """
    try:
        async with asyncio.timeout(limits.deadline):
            part = await asyncio.to_thread(Part, target, keep=resume)
            job = Job(client, part, limits, on_progress or nobody_listens)
            content_type = await job.fetch(url, dict(headers or {}))
        await asyncio.to_thread(part.sync)
    except (httpx.RequestError, OSError) as error:  # TimeoutError is an OSError
        raise failure_of(error) from error
    return Downloaded(
        size=part.size, sha256=part.hash.hexdigest(), content_type=content_type
    )


def download_file(
    url: str,
    target: Path,
    *,
    limits: DownloadLimits,
    headers: Mapping[str, str] | None = None,
    on_progress: Progress | None = None,
    resume: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Downloaded:
    """``download`` for callers without an event loop, with a client of its own."""

    async def fetch() -> Downloaded:
        async with build_client(transport=transport) as client:
            return await download(
                client,
                url,
                target,
                limits=limits,
                headers=headers,
                on_progress=on_progress,
                resume=resume,
            )

    return asyncio.run(fetch())


@dataclass(frozen=True)
class Job:
    """One download on its way, redirects included."""

    client: httpx.AsyncClient
    part: Part
    limits: DownloadLimits
    on_progress: Progress

    async def fetch(self, url: str, headers: dict[str, str]) -> str:
        """Follow redirects to the file and store it; the content type it came with."""
        redirects = 0
        while True:
            response = await self.ask(url, headers)
            try:
                if self.part.size and not self.goes_on(response):
                    if total_of(response) == str(self.part.size):
                        return content_type_of(response)
                    self.part.start_over()
                    continue
                if response.status_code not in REDIRECTS:
                    return await self.take(response)
                url, headers = next_address(url, response), {}
            finally:
                await response.aclose()
            redirects += 1
            if redirects > self.limits.max_redirects:
                raise DownloadFailed(
                    "The address of the video leads on and on.", permanent=True
                )

    async def ask(self, url: str, headers: Mapping[str, str]) -> httpx.Response:
        """Send one GET, its address byte for byte; the answer's body is unread."""
        more = {"Accept": "*/*", "Accept-Encoding": "identity", **headers}
        if self.part.size:
            more["Range"] = f"bytes={self.part.size}-"
        request = self.client.build_request(
            "GET",
            checked(url),
            headers=more,
            timeout=httpx.Timeout(self.limits.stall_seconds, connect=10.0, pool=10.0),
            extensions={"target": raw_target(url)},
        )
        try:
            return await self.client.send(request, stream=True, follow_redirects=False)
        # httpx looks where a redirect leads, though it does not follow.
        except UnicodeError as error:
            raise leads_nowhere() from error

    def goes_on(self, response: httpx.Response) -> bool:
        """Whether an answer to a range fits what is there, or is the whole file."""
        if response.status_code not in {206, 416}:
            return True
        return response.status_code == 206 and start_of(response) == self.part.size

    async def take(self, response: httpx.Response) -> str:
        """Store the body of an answer that is the file; its content type."""
        if response.status_code == 200:
            self.part.start_over()
        elif response.status_code != 206 or not self.part.size:
            raise refusal(response.status_code)
        encoding = response.headers.get("content-encoding", "identity")
        if encoding.strip().lower() != "identity":
            raise DownloadFailed(
                f"The video came packed as {encoding[:20]}, unasked.", permanent=True
            )
        length = response.headers.get("content-length", "")
        total = self.part.size + int(length) if length.isdecimal() else None
        self.check_size(total or 0)
        with self.part.open() as file:
            file.seek(self.part.size)
            await self.receive(response, file, total)
        if total is not None and self.part.size != total:
            raise DownloadFailed("The video broke off before its end.")
        return content_type_of(response)

    async def receive(
        self, response: httpx.Response, file: BinaryIO, total: int | None
    ) -> None:
        """Write the body as it comes, as long as it comes fast enough."""
        clock, mark = asyncio.get_running_loop().time, self.part.size
        try:
            async with asyncio.timeout(self.limits.stall_seconds) as watch:
                async for chunk in raw_chunks(response):
                    self.check_size(self.part.size + len(chunk))
                    self.part.add(file, chunk)
                    self.on_progress(self.part.size, total)
                    if self.part.size - mark >= self.limits.stall_bytes:
                        mark = self.part.size
                        watch.reschedule(clock() + self.limits.stall_seconds)
        except TimeoutError as error:
            if not watch.expired():
                raise
            raise DownloadFailed("The video comes too slowly.") from error

    def check_size(self, size: int) -> None:
        """Refuse what is larger than may be."""
        if size > self.limits.max_bytes:
            most = self.limits.max_bytes // 2**20
            raise DownloadFailed(
                f"The video is larger than {most} MiB, the most that is taken.",
                permanent=True,
            )


def raw_chunks(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body's bytes as they arrive.

    Without a chunk size, which would hold a drip back until a chunk is full. A
    stand-in's answer has been read already.
    """
    if response.is_stream_consumed:
        return response.aiter_bytes()
    return response.aiter_raw()


def content_type_of(response: httpx.Response) -> str:
    """What the server says the file is."""
    return str(response.headers.get("content-type", ""))


def start_of(response: httpx.Response) -> int | None:
    """The first byte's position in a partial answer."""
    found = CONTENT_RANGE.match(response.headers.get("content-range", ""))
    return int(found[1]) if found and found[1] else None


def total_of(response: httpx.Response) -> str:
    """The whole file's size, where the answer says that nothing is behind it; or ""."""
    if response.status_code != 416:
        return ""
    found = CONTENT_RANGE.match(response.headers.get("content-range", ""))
    return str(found[2]) if found else ""


def nobody_listens(size: int, total: int | None) -> None:
    """The progress that nobody asked for."""
