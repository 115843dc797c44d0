"""What is in this video? Measured by a limited worker, down to the last frame."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.media.facts import MediaError, VideoFacts
from studio.media.limited import ask_about_video

__all__ = ["MediaError", "VideoFacts", "facts_from", "probe_video"]

LONGEST_NAME = 40  # characters of a codec's name that we keep


def probe_video(path: Path, *, timeout: float = 60) -> VideoFacts:
    """Facts about a video that is whole to its last frame.

    `timeout` is seconds. Raises MediaError with a plain sentence.
    """
    answer = ask_about_video(path, "examine", timeout=timeout, posters={}, preview=None)
    return facts_from(answer)


def facts_from(answer: Mapping[str, Any]) -> VideoFacts:
    """The worker's answer as facts. It met a stranger's bytes: trust no type in it."""
    return VideoFacts(
        duration=float(answer["duration"]),
        width=int(answer["width"]),
        height=int(answer["height"]),
        frame_rate=float(answer["frame_rate"]) if answer["frame_rate"] else None,
        video_codec=str(answer["video_codec"])[:LONGEST_NAME],
        pixel_format=str(answer["pixel_format"])[:LONGEST_NAME],
        audio_codec=_name(answer["audio_codec"]),
        bit_rate=int(answer["bit_rate"]) if answer["bit_rate"] else None,
        frames=int(answer["frames"]) if answer["frames"] else None,
        rotation=int(answer["rotation"]),
    )


def _name(value: object) -> str | None:
    return str(value)[:LONGEST_NAME] if value else None
