"""Is there something to see and to hear all through? Watched by the limited worker."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.media.facts import MediaError
from studio.media.limited import ask_about_video

logger = logging.getLogger(__name__)

KINDS = frozenset({"black", "frozen", "silent"})
MOST = 20  # stretches of one clip
WORKER_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of a clip in which nothing is to be seen, moves, or is heard."""

    kind: str  # black, frozen or silent
    start: float  # seconds
    end: float


def find_flaws(video: Path, *, timeout: float = WORKER_SECONDS) -> list[Stretch]:
    """The black, frozen and silent stretches of a whole clip, as far as it was watched.

    How dark, how still and how long stands in ``worker/watching.py``. A clip that
    cannot be watched has none that we know of: it is kept all the same.
    """
    try:
        answer = ask_about_video(video, "flaws", timeout=timeout)
    except MediaError as trouble:
        logger.info("a video could not be watched: %s", trouble)
        return []
    return [read(item) for item in answer["flaws"][:MOST] if is_sound(item)]


def is_sound(item: Any) -> bool:
    """Whether this is a stretch. The worker met a stranger's bytes: nothing is sure."""
    if not isinstance(item, Mapping) or item.get("kind") not in KINDS:
        return False
    times = item.get("start"), item.get("end")
    return all(isinstance(at, int | float) and math.isfinite(at) for at in times)


def read(item: Mapping[str, Any]) -> Stretch:
    """One stretch of the answer."""
    start, end = max(float(item["start"]), 0.0), max(float(item["end"]), 0.0)
    return Stretch(kind=str(item["kind"]), start=start, end=end)
