"""What is worked out once and kept for a while, in this process alone.

A key names what its value depends on; what it does not name shows late, by the seconds
that a value is kept for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """At most ``most`` values, each for ``seconds``."""

    def __init__(
        self, *, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.clock = clock
        self.most = most
        self.seconds = seconds
        self.values: dict[object, tuple[float, Value]] = {}

    def get(self, key: object) -> Value | None:
        """The value, unless it was never there or is too old."""
        until, value = self.values.get(key, (0.0, None))
        return value if until > self.clock() else None

    def put(self, key: object, value: Value) -> Value:
        """Keep it, and give it back; with too many, start over."""
        if len(self.values) >= self.most:
            self.values.clear()
        self.values[key] = (self.clock() + self.seconds, value)
        return value
