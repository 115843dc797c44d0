"""From a spec to a file: the loop over frames."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from studio.animatic.encoder import Encoder
from studio.animatic.film import Film
from studio.animatic.sound import bed
from studio.animatic.spec import AnimaticSpec

REPORT_EVERY = 0.05  # seconds: at most twenty reports a second


def render(
    spec: AnimaticSpec,
    target: Path,
    on_progress: Callable[[float], None] | None = None,
) -> None:
    """Draw the film into `target`, an MP4 (H.264, and AAC if sound is asked for).

    `on_progress` hears shares from 0 to 1; if it raises, the work stops and what it
    raised comes out. Raises ValueError if the spec cannot be drawn, OSError if the
    file cannot be written. An unfinished file is left to the caller.
    """
    spec.check()
    report = _Report(on_progress)
    size = (spec.width, spec.height)
    with closing(Film(spec)) as film:
        report(0.0)
        sound = partial(bed, film.scene, spec.seed, spec.duration)
        with Encoder(
            target,
            size=size,
            frame_rate=spec.frame_rate,
            sound=sound if spec.sound else None,
        ) as encoder:
            for number in range(spec.frames):
                encoder.write(film.frame(number, encoder.is_idle))
                report((number + 1) / (spec.frames + 1))
    report(1.0)


class _Report:
    """Passes progress on, but not more often than anyone wants to hear."""

    def __init__(self, on_progress: Callable[[float], None] | None) -> None:
        self._on_progress = on_progress
        self._next = 0.0

    def __call__(self, share: float) -> None:
        now = time.monotonic()
        if self._on_progress is None or (now < self._next and share < 1):
            return
        self._next = now + REPORT_EVERY
        self._on_progress(share)
