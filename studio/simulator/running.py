"""Running the simulator: in a thread beside a test, or as a process until a signal.

with running_simulator(speed=100, clip="small") as sim:
    httpx.get(f"{sim.url}/aimlapi/v1/models")
    sim.inject("500-after", provider="aimlapi", stage="submit")
    assert len(sim.paid()) == 1
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from studio.simulator.faults import make_wish
from studio.simulator.server import SimulatorServer
from studio.simulator.world import Settings, World

T = TypeVar("T")
LOOPBACK = "127.0.0.1"


class Simulator:
    """A simulator in another thread; its methods are safe to call from here."""

    def __init__(self, url: str, world: World, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        """Where it listens, as http://127.0.0.1:port; a vendor's base is url/vendor."""
        self._world = world
        self._loop = loop

    def paid(self, **wanted: str) -> list[dict[str, Any]]:
        """The paid jobs, oldest first; those with these values, as provider="vtrix"."""
        report = self._run(self._world.paid)
        jobs: Any = report["jobs"]
        return [
            job
            for job in jobs
            if all(job[name] == value for name, value in wanted.items())
        ]

    def inject(
        self,
        fault: str,
        *,
        provider: str = "",
        stage: str | None = None,
        times: int | None = None,
        match: str = "",
        value: str | None = None,
    ) -> None:
        """Ask for a fault (see `faults`); `times` 0 is always. Raises UnknownFault."""
        wish = make_wish(
            fault, stage, value=value, times=times, provider=provider, match=match
        )
        self._run(lambda: self._world.faults.add(wish))

    def requests(self, provider: str = "") -> list[dict[str, Any]]:
        """The newest requests, secrets masked; of one provider, or "files", or all."""
        rows: list[dict[str, Any]] = self._run(
            lambda: [
                logged.shown()
                for logged in self._world.log
                if provider in ("", logged.provider)
            ]
        )
        return rows

    def advance(self, seconds: float) -> None:
        """Push the simulated clock ahead: jobs end, links expire."""
        self._run(lambda: self._world.clock.advance(seconds))

    def set_credit(self, provider: str, key: str, micro_usd: int) -> None:
        """Give a key so much from now on."""
        self._run(lambda: self._world.jobs.set_balance(provider, key, micro_usd))

    def balance(self, provider: str, key: str) -> int:
        """What a key has left, in micro-USD."""
        return self._run(lambda: self._world.jobs.balance(provider, key))

    def reset(self) -> None:
        """Forget jobs, money, faults and the log."""
        self._run(self._world.reset)

    def _run(self, call: Callable[[], T]) -> T:
        async def in_loop() -> T:
            return call()

        return asyncio.run_coroutine_threadsafe(in_loop(), self._loop).result()


@contextmanager
def running_simulator(*, port: int = 0, **settings: Any) -> Iterator[Simulator]:
    """A simulator on the loopback, gone with the block; settings as in `Settings`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="simulator", daemon=True)
    thread.start()

    async def build() -> tuple[World, SimulatorServer, str]:
        world = World(Settings(**settings))
        server = SimulatorServer(world)
        return world, server, await server.start(LOOPBACK, port)

    try:
        world, server, url = asyncio.run_coroutine_threadsafe(build(), loop).result()
        try:
            yield Simulator(url, world, loop)
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def serve_until_signal(
    settings: Settings, host: str, port: int, announce: Callable[[str], None]
) -> None:
    """Run in this process until SIGTERM or SIGINT; `announce` gets the URL."""
    server = SimulatorServer(World(settings))
    url = await server.start(host, port)
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop.set)
    announce(url)
    await told_to_stop.wait()
    await server.stop()
