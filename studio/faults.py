"""Named points at which a test kills the process, to see what a crash leaves behind.

``faults.point("collect.placed")`` does nothing at all, unless the environment holds
both ``STUDIO_FAULTS_ALLOWED=1`` and ``STUDIO_FAULT=collect.placed``: then the process
ends there by SIGKILL, without a last word. ``STUDIO_FAULT=collect.placed*3`` dies at
the third passing. Call it through the module, so that ``arm`` can change it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ALLOWED, WANTED = "STUDIO_FAULTS_ALLOWED", "STUDIO_FAULT"


@dataclass
class Crash:
    """Dies at one point, at one of its passings."""

    name: str
    left: int = 1  # passings

    @classmethod
    def read(cls, text: str) -> Crash:
        """``NAME`` or ``NAME*N``. Raises ValueError where N is no number from 1."""
        name, _star, count = text.partition("*")
        left = int(count or 1)
        if left < 1:
            raise ValueError(f"{WANTED}={text}: count the passings from 1.")
        return cls(name, left)

    def __call__(self, name: str) -> None:
        """Pass a point."""
        if name != self.name:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def nothing(name: str) -> None:
    """Pass a point, as always outside such a test."""


def chosen(environment: Mapping[str, str]) -> Callable[[str], None]:
    """What a point does in this environment."""
    if environment.get(ALLOWED) == "1" and environment.get(WANTED):
        return Crash.read(environment[WANTED])
    return nothing


def arm(environment: Mapping[str, str]) -> None:
    """Look at an environment anew: for a process that was forked from another."""
    global point
    point = chosen(environment)


point = chosen(os.environ)
