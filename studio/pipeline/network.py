"""An event loop in a thread of its own: it speaks with providers, and knows no rows.

The caller's thread does all database work: it starts coroutines here and takes their
outcomes from a queue, so no slow provider ever holds up a row.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

import httpx

from studio.outbound.client import ClientPool, build_client
from studio.outbound.lean import build_lean_client


@dataclass(frozen=True)
class Outcome:
    """What became of one call: a value, or the exception that it raised."""

    key: Any
    value: Any = None
    error: BaseException | None = None

    @property
    def answer(self) -> Any:
        """The value, or the exception where there is none."""
        return self.value if self.error is None else self.error


class Network:
    """Runs calls concurrently until it is closed."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.done: SimpleQueue[Outcome] = SimpleQueue()
        self.running = 0
        self.submitting = ClientPool(lambda: build_client(transport=transport))
        self.looking = ClientPool(lambda: build_lean_client(transport=transport))
        self.begun: deque[tuple[Any, Coroutine[Any, Any, Any]]] = deque()
        self.tasks: set[asyncio.Task[None]] = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def client(self, provider: str) -> httpx.AsyncClient:
        """For a submit."""
        return self.submitting.client(provider)

    def client_for_looks(self, provider: str) -> httpx.AsyncClient:
        """For what is asked a thousand times, and may be asked again."""
        return self.looking.client(provider)

    def start(self, key: Any, call: Coroutine[Any, Any, Any]) -> None:
        """Run a call; its outcome comes out of ``take``.

        Many that are started at once wake the loop once.
        """
        self.running += 1
        self.begun.append((key, call))
        if len(self.begun) == 1:
            self.loop.call_soon_threadsafe(self.spawn)

    def spawn(self) -> None:
        """Begin what was started, in the network thread."""
        while self.begun:
            key, call = self.begun.popleft()
            task = self.loop.create_task(self.guard(key, call))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def guard(self, key: Any, call: Coroutine[Any, Any, Any]) -> None:
        """Nothing that a call raises may end the loop: the caller judges it."""
        try:
            self.done.put(Outcome(key, value=await call))
        except Exception as error:  # per-item guard: one call is one outcome
            self.done.put(Outcome(key, error=error))

    def take(self, timeout: float) -> list[Outcome]:
        """The outcomes that are there, waiting up to ``timeout`` for the first."""
        outcomes = []
        try:
            outcomes.append(self.done.get(timeout=timeout))
            while True:
                outcomes.append(self.done.get_nowait())
        except Empty:
            pass
        self.running -= len(outcomes)
        return outcomes

    def close(self) -> None:
        """End the loop; what still runs is dropped."""
        future = asyncio.run_coroutine_threadsafe(self.shut(), self.loop)
        future.result(timeout=10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=10)
        self.loop.close()

    async def shut(self) -> None:
        """Cancel what runs and close the connections.

        Tasks that a call has made are its own to end: whoever cancels one from outside
        before its first step leaves a coroutine behind that nothing ever awaits.
        """
        calls = list(self.tasks)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await self.submitting.aclose()
        await self.looking.aclose()
