"""The HTTP server: one process, one event loop, all vendors.

A vendor is chosen by the first part of the path (/segmind/v2/veo-2) or by the name of
the host (a Host header with aimlapi, globant, saia, segmind or vtrix among its labels).
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from studio.simulator.aimlapi import AimlApi
from studio.simulator.control import CONTROL_PATH, Control
from studio.simulator.filehost import FileHost
from studio.simulator.files import FILES_PATH
from studio.simulator.globant import Globant
from studio.simulator.segmind import Segmind
from studio.simulator.vendor import Answer
from studio.simulator.vtrix import Vtrix
from studio.simulator.wire import (
    MalformedRequest,
    Request,
    RequestReader,
    Response,
    text_response,
)
from studio.simulator.world import Logged, World

logger = logging.getLogger(__name__)

HOST_LABELS = {
    "aimlapi": "aimlapi",
    "globant": "globant",
    "saia": "globant",
    "segmind": "segmind",
    "vtrix": "vtrix",
}
DRIP_STEPS = 10
ENDLESS_CHUNK = b"10000\r\n" + b"\0" * 0x10000 + b"\r\n"


class Responder(Protocol):
    """Whoever answers requests: a vendor, the file host, the control API."""

    def respond(self, request: Request) -> Answer: ...


class Router:
    """Finds out who a request is for, and keeps the log."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._vendors: dict[str, Responder] = {
            vendor.name: vendor
            for vendor in (
                AimlApi(world),
                Globant(world),
                Segmind(world),
                Vtrix(world),
            )
        }
        self._files = FileHost(world)
        self._control = Control(world)

    def respond(self, request: Request) -> Answer:
        """Answer a request, log it, but not those of the control API."""
        name, responder = self._find(request)
        if not name:
            return responder.respond(request)
        entry = Logged.of(request, name, self._world.clock.now())
        self._world.log.append(entry)
        answer = responder.respond(request)
        if isinstance(answer, Response):
            entry.status = answer.status
            return answer
        return self._later(answer, entry)

    async def _later(self, answer: Answer, entry: Logged) -> Response:
        response = answer if isinstance(answer, Response) else await answer
        entry.status = response.status
        return response

    def _find(self, request: Request) -> tuple[str, Responder]:
        target = request.target
        if target.startswith(FILES_PATH):
            return "files", self._files
        if target.startswith(CONTROL_PATH):
            return "", self._control
        first = target[1:].partition("?")[0].partition("/")[0]
        if first in self._vendors:
            request.prefix = f"/{first}"
            return first, self._vendors[first]
        for label in request.host.partition(":")[0].split("."):
            name = HOST_LABELS.get(label)
            if name:
                return name, self._vendors[name]
        return "", self._control


class Connection(asyncio.Protocol):
    """One client's connection: requests one after another, answers in order."""

    def __init__(self, router: Router, open_ones: set[Connection]) -> None:
        self._router = router
        self._open_ones = open_ones
        self._reader = RequestReader()
        self._transport: asyncio.Transport | None = None
        self.task: asyncio.Task[None] | None = None
        """The answer that is being given slowly, if one is."""
        self._writable = asyncio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._open_ones.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio: nobody is left to answer to."""
        self._transport = None
        self._writable.set()
        self._open_ones.discard(self)
        if self.task:
            self.task.cancel()

    def pause_writing(self) -> None:
        """Called by asyncio when the client does not read."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Called by asyncio when it reads again."""
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio with what the client has sent."""
        self._reader.feed(data)
        if self.task is None:
            self._serve_waiting()

    def close(self) -> None:
        """Cut the connection."""
        if self._transport:
            self._transport.abort()

    def _serve_waiting(self) -> None:
        """Answer every whole request that has come in."""
        while self._transport and not self.task:
            try:
                request = self._reader.next_request()
            except MalformedRequest as error:
                self._send(None, text_response(str(error), error.status))
                return
            if request is None:
                self._encourage()
                return
            self._serve(request)

    def _serve(self, request: Request) -> None:
        answer = self._router.respond(request)
        if isinstance(answer, Response) and not (answer.manner or answer.delay):
            self._send(request, answer)
            return
        self.task = asyncio.get_running_loop().create_task(
            self._serve_slowly(request, answer)
        )
        self.task.add_done_callback(self._slow_one_done)

    def _slow_one_done(self, task: asyncio.Task[None]) -> None:
        self.task = None
        if not task.cancelled() and task.exception():
            logger.error("an answer failed", exc_info=task.exception())
            self.close()
        self._serve_waiting()

    async def _serve_slowly(self, request: Request, answer: Answer) -> None:
        response = answer if isinstance(answer, Response) else await answer
        if response.manner == "cut":
            self.close()
        elif response.manner == "hold":
            await asyncio.sleep(response.delay)
            self.close()
        elif response.manner == "drip":
            await self._drip(request, response)
        elif response.manner == "endless":
            await self._pour(request, response)
        else:
            await asyncio.sleep(response.delay)
            self._send(request, response)

    def _send(self, request: Request | None, response: Response) -> None:
        """Write a whole answer, or all but the end of one that is to be short."""
        if not self._transport:
            return
        stays = request is not None and request.keeps_alive and not response.manner
        body = b"" if request and request.method == "HEAD" else response.body
        if response.manner == "short":
            body = body[: len(body) // 2]
        self._transport.write(response.head(keeps_alive=stays) + body)
        if not stays:
            self._transport.close()

    async def _drip(self, request: Request, response: Response) -> None:
        """A few bytes at a time, all of it within the answer's delay."""
        raw = response.head(keeps_alive=request.keeps_alive) + response.body
        step = max(len(raw) // DRIP_STEPS, 1)
        for at in range(0, len(raw), step):
            if self._transport:
                self._transport.write(raw[at : at + step])
            await asyncio.sleep(response.delay / DRIP_STEPS)

    async def _pour(self, request: Request, response: Response) -> None:
        """The body, and then bytes until the client goes away."""
        first = b"%x\r\n%b\r\n" % (len(response.body), response.body)
        piece = response.head(keeps_alive=False) + (first if response.body else b"")
        while self._transport:
            self._transport.write(piece)
            piece = ENDLESS_CHUNK
            await asyncio.sleep(0)
            await self._writable.wait()

    def _encourage(self) -> None:
        if self._reader.wants_continue and self._transport:
            self._reader.wants_continue = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


class SimulatorServer:
    """The listening socket and all its connections."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._router = Router(world)
        self._open_ones: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> str:
        """Listen, and give the URL; port 0 takes a free one. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._router, self._open_ones), host, port, backlog=1024
        )
        address = self._server.sockets[0].getsockname()
        name = f"[{address[0]}]" if ":" in address[0] else address[0]
        return f"http://{name}:{address[1]}"

    async def stop(self) -> None:
        """Close the socket and cut what is open."""
        if self._server:
            self._server.close()
        slow = [one.task for one in self._open_ones if one.task]
        for connection in list(self._open_ones):
            connection.close()
        await asyncio.gather(*slow, asyncio.sleep(0), return_exceptions=True)
        if self._server:
            await self._server.wait_closed()
        await self._world.clips.close()
