"""One program that is to run: started, started again when it ends, and ended."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from studio.supervision.processes import kill_group

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0  # seconds between two starts
LONG_LIFE = 60.0  # seconds after which a start counts as a good one

PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True)
class Program:
    """What to run, and with what."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)  # may hold keys
    descriptors: tuple[int, ...] = ()  # open files that it inherits


class Child:
    """A program in a session of its own, so that Ctrl-C reaches the parent alone."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0  # ends in a row after a short life
        self.started_at = 0.0  # monotonic seconds, as below
        self.start_after = 0.0

    @property
    def pid(self) -> int | None:
        """Of the main process, which leads the group; None when it does not run."""
        return self.process.pid if self.process else None

    def start(self, now: float) -> None:
        """Run it."""
        self.process = subprocess.Popen(  # noqa: S603  (our own commands alone)
            self.program.command,
            env=dict(self.program.environment),
            pass_fds=self.program.descriptors,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent(),  # safe: this process has one thread
        )
        self.started_at = now

    def tend(self, now: float) -> bool:
        """Notice its end, start it when its pause is over; whether it was started."""
        if self.process is not None:
            if self.process.poll() is None:
                return False
            self.note_end(now)
        if now < self.start_after:
            return False
        self.start(now)
        return True

    def note_end(self, now: float) -> None:
        """Clear away what is left of it, and set the pause before the next start."""
        if self.process is None:
            return
        code = self.process.returncode
        kill_group(self.process.pid)  # the main process may have left workers behind
        self.process = None
        self.failures = 1 if now - self.started_at > LONG_LIFE else self.failures + 1
        pause = pause_after(self.failures)
        self.start_after = now + pause
        logger.warning(
            "%s ended (%s); it starts again in %d s.", self.program.name, code, pause
        )

    def ask_to_end(self) -> None:
        """SIGTERM to the main process alone: in a queue the others must go on."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def has_ended(self) -> bool:
        """Whether the main process is gone."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """End it and all it started, now."""
        if self.process is not None:
            kill_group(self.process.pid)
            self.process.wait()


def pause_after(failures: int) -> float:
    """Seconds before the next start: 1, 2, 4 and so on, up to a minute."""
    return float(min(2 ** (failures - 1), LONGEST_PAUSE))


def end_with_parent() -> Callable[[], None] | None:
    """What a child calls first, so that it stops even when its parent is killed."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return ask
