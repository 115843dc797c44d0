"""Makes the clips that the tests look into; none is kept in the repository."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw

Painter = Callable[[float, tuple[int, int]], Image.Image]
SOUND_RATE = 44_100


def make_clip(
    path: Path,
    *,
    size: tuple[int, int] = (320, 180),
    seconds: float = 1.0,
    rate: int = 24,
    paint: Painter | None = None,
    sound: bool = False,
    loudness: float = 0.3,
    codec: str = "libx264",
    rotation: int = 0,
    colours: int | None = None,
) -> Path:
    """Write a clip: MP4 with its index first, or WebM by the name's ending."""
    drawn: Any = av.VideoFrame
    container = "webm" if path.suffix == ".webm" else "mp4"
    options = {"movflags": "+faststart"} if container == "mp4" else {}
    with av.open(str(path), "w", format=container, options=options) as out:
        stream: Any = out.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        if rotation:
            stream.set_display_rotation(-rotation)
        if colours:
            stream.colorspace = stream.color_primaries = stream.color_trc = colours
        voice: Any = (
            out.add_stream("aac", rate=SOUND_RATE, layout="mono") if sound else None
        )
        for index in range(round(seconds * rate)):
            picture = (paint or moving_bar)(index / rate, size)
            frame = drawn.from_image(picture).reformat(
                format="yuv420p", dst_colorspace=colours
            )
            frame.pts, frame.time_base = index, Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if voice:
            _sing(out, voice, seconds, loudness)
    return path


def moving_bar(seconds: float, size: tuple[int, int]) -> Image.Image:
    """Grey with a light bar that wanders from left to right in one second."""
    width, height = size
    picture = Image.new("RGB", size, (90, 90, 90))
    left = int(seconds * width) % width
    ImageDraw.Draw(picture).rectangle((left, 0, left + width // 8, height), "white")
    return picture


def brightness_is_time(seconds: float, size: tuple[int, int]) -> Image.Image:
    """Plain grey that grows lighter by 100 levels a second, from level 40."""
    return Image.new("RGB", size, (40 + round(seconds * 100),) * 3)


def _sing(out: Any, voice: Any, seconds: float, loudness: float) -> None:
    for start in range(0, round(seconds * SOUND_RATE), 1024):
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        wave = (math.sin((start + i) * 0.05) * loudness for i in range(1024))
        frame.planes[0].update(struct.pack("1024f", *wave))
        frame.sample_rate, frame.pts = SOUND_RATE, start
        frame.time_base = Fraction(1, SOUND_RATE)
        out.mux(voice.encode(frame))
    out.mux(voice.encode(None))
