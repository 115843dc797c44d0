"""Started by path: looks into one video and makes pictures from it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

# `python -I` adds no folder of ours to the path; the end keeps us from hiding others.
sys.path.append(str(Path(__file__).resolve().parents[3]))

import av

from studio.media.worker import drawing, harness, watching
from studio.media.worker.reading import open_clip


def examine(
    video: str, container: str, posters: dict[str, str], preview: str | None
) -> harness.Answer:
    """The facts; on the way, posters by width and a preview where asked for."""
    with open_clip(video, container) as clip:
        facts = clip.facts()
        if posters:
            targets = {int(width): path for width, path in posters.items()}
            drawing.write_posters(clip, targets)
        if preview:
            drawing.write_preview(clip, preview)
    return facts, b""


def frame(video: str, container: str, at_seconds: float, target: str) -> harness.Answer:
    """Write the frame on screen at that time, and say when it is shown."""
    with open_clip(video, container) as clip:
        shown = clip.frame_at(at_seconds)
        drawing.write_still(drawing.still(clip, shown), target, exact=True)
        return {"seconds": clip.time_of(shown)}, b""


def sharpest(video: str, container: str, target: str, dozen: int) -> harness.Answer:
    """Write the sharpest of the last frames and say when it is shown."""
    with open_clip(video, container) as clip:
        chosen = max(
            clip.last_frames(dozen),
            key=lambda frame: drawing.sharpness(clip, frame),
        )
        drawing.write_still(drawing.still(clip, chosen), target, exact=True)
        return {"seconds": clip.time_of(chosen)}, b""


def flaws(video: str, container: str) -> harness.Answer:
    """Where nothing is to be seen, moves or is heard."""
    return {"flaws": watching.flaws(video, container)}, b""


def main() -> NoReturn:
    """Do what the first argument asks for."""
    acts: dict[str, Callable[..., harness.Answer]]
    acts = {"examine": examine, "frame": frame, "sharpest": sharpest, "flaws": flaws}
    harness.serve(acts, unreadable=(av.FFmpegError,))


if __name__ == "__main__":
    main()
