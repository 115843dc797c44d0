"""Posters and hover previews, drawn by the limited worker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio.media.facts import VideoFacts
from studio.media.limited import ask_about_video
from studio.media.probe import facts_from

WORKER_SECONDS = 90


def examine(
    video: Path,
    *,
    posters: Mapping[int, Path],
    preview: Path | None,
    timeout: float = WORKER_SECONDS,
) -> VideoFacts:
    """Probe a video and draw its posters (by width) and preview in one worker.

    A poster is a WebP, as high as the clip's aspect ratio makes it; the preview is a
    silent H.264 MP4: 4 s, 12 frames a second, 480 pixels long. Each
    picture is whole or is not there. Raises MediaError with a plain sentence.
    """
    answer = ask_about_video(
        video,
        "examine",
        timeout=timeout,
        posters={str(width): _full(target) for width, target in posters.items()},
        preview=_full(preview) if preview else None,
    )
    return facts_from(answer)


def _full(path: Path) -> str:
    """The worker may stand in another folder."""
    return str(path.absolute())
