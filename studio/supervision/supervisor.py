"""Keeps programs running until a signal asks to stop."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Self

from django.db import connection

from studio.supervision import leftovers
from studio.supervision.children import Child, Program
from studio.supervision.stillness import QueueWatch

logger = logging.getLogger(__name__)

TICK = 0.2  # seconds between two looks at the children
WATCH_SECONDS = 5.0  # between two looks at the queues
STOP_SECONDS = 75.0  # for running tasks to end, below the 90 s that systemd grants


class StopRequest:
    """Ctrl-C and SIGTERM, counted instead of obeyed at once."""

    SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Self:
        for number in self.SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.note)  # nohup ignores the hang-up: so do we
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number in self.SIGNALS:
            if signal.getsignal(number) == self.note:
                signal.signal(number, signal.SIG_DFL)

    def note(self, number: int, frame: FrameType | None) -> None:
        """Count a signal."""
        self.count += 1


class Supervisor:
    """The children of one ``up`` or ``worker``."""

    def __init__(
        self, programs: Iterable[Program], queues: Iterable[str], run: Path, name: str
    ) -> None:
        self.children = {program.name: Child(program) for program in programs}
        self.watch = QueueWatch(queues, time.monotonic())
        self.watch_after = 0.0  # monotonic seconds
        self.run_folder = run
        self.name = name

    def tend(self) -> None:
        """One look: start what is due, and start again what stands still."""
        now = time.monotonic()
        if now >= self.watch_after:
            self.watch_after = now + WATCH_SECONDS
            self.end_still_queues(now)
        started = [child for child in self.children.values() if child.tend(now)]
        for child in started:
            if child.program.name in self.watch.finished:
                self.watch.forgive(child.program.name, now)
        if started:
            self.write_down()

    def end_still_queues(self, now: float) -> None:
        """Kill the queues that stand still; they do not listen to SIGTERM."""
        for name in self.watch.standing_still(now):
            logger.warning("The queue %s stands still: starting it again.", name)
            self.children[name].kill()
        connection.close()  # so that a database that was away is found again

    def write_down(self) -> None:
        """Keep the groups where a next life finds them."""
        pids = [child.pid for child in self.children.values() if child.pid]
        leftovers.write_down(self.run_folder, self.name, pids)

    def run(self, stop: StopRequest) -> None:
        """Tend until a signal comes."""
        while not stop.count:
            self.tend()
            time.sleep(TICK)

    def stop(self, stop: StopRequest) -> None:
        """Let running tasks end; after a limit, or a second signal, end them."""
        leftovers.stopping_mark(self.run_folder, self.name).touch()
        for child in self.children.values():
            child.ask_to_end()
        deadline = time.monotonic() + STOP_SECONDS
        while not all(child.has_ended() for child in self.children.values()):
            if stop.count > 1 or time.monotonic() > deadline:
                logger.warning("Not everything has ended in time: ending it now.")
                break
            time.sleep(TICK / 4)
        for child in self.children.values():
            child.kill()
        leftovers.forget(self.run_folder, self.name)
