"""What the studio wants to know of a video; the errors of files that will not do."""

from __future__ import annotations

from dataclasses import dataclass


class MediaError(ValueError):
    """A video that cannot be used; `str()` is a sentence for the person who waits."""


class Unusable(Exception):
    """A file will not do; `code` says why in a word, for who knows the sentences."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class VideoFacts:
    """What a video file holds, as measured.

    Width and height are pixels as shown: turned upright, with square pixels.
    """

    duration: float  # seconds
    width: int
    height: int
    frame_rate: float | None  # frames per second
    video_codec: str
    pixel_format: str
    audio_codec: str | None  # None: the clip is silent
    bit_rate: int | None  # bits per second, sound included
    frames: int | None  # None: the file does not say
    rotation: int = 0  # degrees clockwise that players turn the stored picture
