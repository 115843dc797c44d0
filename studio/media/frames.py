"""Single frames of a video, to go on from in the next take. Drawn by the worker."""

from __future__ import annotations

from pathlib import Path

from studio.media.limited import ask_about_video

WORKER_SECONDS = 60


def extract_frame(video: Path, at_seconds: float, target: Path) -> float:
    """Write the frame on screen at `at_seconds`, full size, as PNG, WebP or JPEG.

    The name of `target` decides which. A time outside the clip gives its first or last
    frame; returned is when the frame begins. Raises MediaError with a plain sentence.
    """
    answer = ask_about_video(
        video,
        "frame",
        timeout=WORKER_SECONDS,
        at_seconds=at_seconds,
        target=str(target.absolute()),
    )
    return float(answer["seconds"])


def sharpest_of_last(video: Path, target: Path, dozen: int = 12) -> float:
    """Write the sharpest of the last `dozen` frames; returns its time in seconds.

    The very last frame of a generated clip is often a blur: a poor start for the next.
    """
    answer = ask_about_video(
        video,
        "sharpest",
        timeout=WORKER_SECONDS,
        target=str(target.absolute()),
        dozen=dozen,
    )
    return float(answer["seconds"])
