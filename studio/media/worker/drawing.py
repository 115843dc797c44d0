"""Pictures from a clip: upright stills in true colour, posters, hover previews."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from PIL import Image, ImageFilter, ImageStat

from studio.media.worker.reading import Clip, shown_size, turn_of

POSTER_MOMENTS = (0.1, 0.3, 0.5)  # share of the clip; frame 0 is often the input image
NEAR_BLACK = 20  # mean luma, 0 to 255
POSTER_QUALITY = 78

PREVIEW_SECONDS = 4
PREVIEW_RATE = 12  # frames per second
PREVIEW_SIDE = 480  # pixels, the longer side
PREVIEW_OPTIONS = {"preset": "veryfast", "crf": "28", "threads": "1"}

UNKNOWN_COLOURS = 2  # the file does not say by which rule its colours were coded
BT709 = 1  # as FFmpeg numbers it, for matrix, primaries and transfer alike
LIMITED_RANGE = 1
HD_HEIGHT = 720  # from here on, players take unmarked colours for BT.709

FINE = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
QUICK = Interpolation.AREA  # a third of the time, for what is small or only measured
MEASURED_WIDTH = 640  # pixels; smaller still, noise no longer counts as detail
TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns the other way round
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def still(
    clip: Clip,
    frame: VideoFrame,
    *,
    size: tuple[int, int] | None = None,
    scaling: Interpolation = FINE,
) -> Image.Image:
    """`frame` as an upright RGB picture of `size`, or as large as it is shown."""
    width, height = size or shown_size(clip.stream, frame)
    turn = turn_of(frame)
    if turn in (90, 270):
        width, height = height, width
    picture = _rgb(frame, width=width, height=height, interpolation=scaling)
    return picture.transpose(TURNS[turn]) if turn else picture


def write_posters(clip: Clip, targets: dict[int, str]) -> None:
    """Write a WebP of each width, true to the clip's aspect ratio."""
    frame = _poster_frame(clip)
    width, height = shown_size(clip.stream, frame)
    for wanted, target in targets.items():
        size = (wanted, max(round(wanted * height / width), 1))
        write_still(still(clip, frame, size=size), target)


def write_still(picture: Image.Image, target: str, *, exact: bool = False) -> None:
    """Write WebP, PNG or JPEG by the name's ending; `exact` for the best it can do."""
    kind = {".png": "PNG", ".webp": "WEBP"}.get(Path(target).suffix.lower(), "JPEG")
    with _whole(target) as part:
        picture.save(part, kind, quality=95 if exact else POSTER_QUALITY)


def write_preview(clip: Clip, target: str) -> None:
    """Write the first seconds, small and silent, as MP4 for playing on hover."""
    size = _preview_size(*shown_size(clip.stream, clip.frame_at(0.0)))
    options = {"movflags": "+faststart"}  # wants a true file: it reads it again
    with _whole(target) as part, av.open(part, "w", "mp4", options) as out:
        stream = out.add_stream("libx264", PREVIEW_RATE, PREVIEW_OPTIONS)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.color_range = LIMITED_RANGE
        stream.colorspace = stream.color_primaries = stream.color_trc = BT709
        for frame, tick in _preview_frames(clip):
            picture = still(clip, frame, size=size, scaling=QUICK)
            out.mux(stream.encode(_coded(picture, tick)))
        out.mux(stream.encode(None))


def sharpness(clip: Clip, frame: VideoFrame) -> float:
    """How much fine detail `frame` shows: the spread of its edges."""
    width, height = shown_size(clip.stream, frame)
    scale = min(MEASURED_WIDTH / width, 1.0)
    size = (round(width * scale), max(round(height * scale), 1))
    grey = still(clip, frame, size=size, scaling=QUICK).convert("L")
    return float(ImageStat.Stat(grey.filter(ImageFilter.FIND_EDGES)).var[0])


def _rgb(frame: Any, **scaled: Any) -> Image.Image:
    """The stored picture, scaled. (The library leaves its methods untyped.)"""
    unmarked_hd = frame.colorspace == UNKNOWN_COLOURS and frame.height >= HD_HEIGHT
    picture: Image.Image = frame.to_image(
        src_colorspace=Colorspace.ITU709 if unmarked_hd else None, threads=1, **scaled
    )
    return picture


def _poster_frame(clip: Clip) -> VideoFrame:
    """A frame near the start that is not almost black; else the brightest looked at."""
    looked_at = []
    for moment in POSTER_MOMENTS:
        frame = clip.frame_at(clip.duration * moment)
        small = still(clip, frame, size=(64, 64), scaling=QUICK)
        luma = ImageStat.Stat(small.convert("L")).mean[0]
        if luma >= NEAR_BLACK:
            return frame
        looked_at.append((luma, frame))
    return max(looked_at, key=lambda pair: pair[0])[1]


def _preview_frames(clip: Clip) -> Iterator[tuple[VideoFrame, int]]:
    """Frames and the tick (1/12 s) at which each is shown, a tick at most once."""
    next_tick = 0
    for frame in clip.frames_from(0.0):
        tick = int(max(clip.time_of(frame), 0.0) * PREVIEW_RATE + 0.01)
        if tick >= PREVIEW_SECONDS * PREVIEW_RATE:
            return
        if tick >= next_tick:
            yield frame, tick
            next_tick = tick + 1


def _preview_size(width: int, height: int) -> tuple[int, int]:
    scale = min(PREVIEW_SIDE / max(width, height), 1.0)
    return _even(width * scale), _even(height * scale)


def _even(pixels: float) -> int:
    """H.264 in its common form wants even sides."""
    return max(round(pixels / 2) * 2, 2)


def _coded(picture: Image.Image, tick: int) -> VideoFrame:
    drawn: Any = VideoFrame  # untyped, like `to_image`
    frame: VideoFrame = drawn.from_image(picture).reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=LIMITED_RANGE,
        threads=1,
    )
    frame.pts, frame.time_base = tick, Fraction(1, PREVIEW_RATE)
    return frame


@contextmanager
def _whole(target: str) -> Iterator[str]:
    """Another name to write under, so that `target` is whole or is not there."""
    part = f"{target}.part"
    try:
        yield part
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, target)
    finally:
        Path(part).unlink(missing_ok=True)
