"""Watches a clip for stretches that are black, frozen or silent. Runs in the worker.

Pictures are looked at four times a second, small and grey; sound in tenths of a second.
So a stretch begins and ends within a quarter of a second of where it is said to.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import suppress
from math import isqrt
from operator import mul
from time import monotonic
from typing import Any

import av
from PIL import Image, ImageChops

from studio.media.worker import drawing
from studio.media.worker.reading import Clip, open_clip, shown_size

LOOKS = 4  # a second
LONG_SIDE = 160  # pixels of the small grey picture
BLACK_LEVEL = 20  # of 255: darker pixels are black,
BLACK_SHARE = 0.98  # and a picture is, with so many of them
SAME_MOST = 6  # levels of 255 that no pixel of a frozen picture differs by,
SAME_MEAN = 0.5  # and all of them together on average
SOUND_RATE = 8000  # samples a second, one channel
WINDOW = SOUND_RATE // 10
SILENT_LEVEL = 33  # root mean square of 32768: -60 dB
SHORTEST = {
    "black": 0.5,
    "frozen": 1.0,
    "silent": 2.0,
}  # seconds; less is a cut, a beat
MOST_STRETCHES = 20  # kept of one clip
WATCH_SECONDS = 20.0  # of our time for each of pictures and sound, then it is enough

Stretch = dict[str, Any]
Small = tuple[float, Image.Image]


def flaws(path: str, container_format: str) -> list[Stretch]:
    """The stretches of the clip in which nothing is to be seen or heard."""
    with open_clip(path, container_format) as clip:
        found = [*black_and_frozen(clip)]
    with open_clip(path, container_format) as clip, suppress(av.FFmpegError):
        found += silent(clip)
    found.sort(key=lambda stretch: (stretch["start"], stretch["kind"]))
    return found[:MOST_STRETCHES]


def black_and_frozen(clip: Clip) -> Iterator[Stretch]:
    """Stretches of black, and of one picture that stands still."""
    # Pictures that no other is made from need no decoding.
    clip.stream.codec_context.skip_frame = "NONREF"
    begun: Small | None = None  # the first picture of the present stretch
    last = 0.0
    for now, grey in looks(clip):
        if begun is None or kind_of(begun[1], grey) is None:
            yield from stretch(begun, last)
            begun = now, grey
        last = now
    if clip.duration - last <= 2 / LOOKS:
        last = clip.duration
    yield from stretch(begun, last)


def looks(clip: Clip) -> Iterator[Small]:
    """A few small grey pictures a second and when each is shown."""
    enough = monotonic() + WATCH_SECONDS
    due = 0.0
    for frame in clip.frames_from(0.0):
        now = clip.time_of(frame)
        if now < due - 0.001:
            continue
        due = max(due, now) + 1 / LOOKS
        width, height = shown_size(clip.stream, frame)
        scale = min(LONG_SIDE / max(width, height), 1.0)
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        picture = drawing.still(clip, frame, size=size, scaling=drawing.QUICK)
        yield now, picture.convert("L")
        if monotonic() > enough:
            return


def kind_of(begun: Image.Image, now: Image.Image) -> str | None:
    """Whether the stretch goes on, as black or frozen; None where it has ended.

    Compared with its first picture, so that a slow drift is movement as well.
    """
    if is_black(begun) or is_black(now):
        return "black" if is_black(begun) and is_black(now) else None
    return "frozen" if is_same(begun, now) else None


def is_black(grey: Image.Image) -> bool:
    """Whether there is nothing to be seen."""
    dark = sum(grey.histogram()[:BLACK_LEVEL])
    return dark >= BLACK_SHARE * grey.width * grey.height


def is_same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures differ by no more than what coding does to them."""
    levels = ImageChops.difference(one, other).histogram()
    if any(levels[SAME_MOST + 1 :]):
        return False
    total = sum(level * number for level, number in enumerate(levels))
    return total <= SAME_MEAN * one.width * one.height


def stretch(begun: Small | None, end: float) -> Iterator[Stretch]:
    """The stretch that has ended, where it was long enough."""
    if begun is None:
        return
    start, grey = begun
    kind = "black" if is_black(grey) else "frozen"
    if end - start >= SHORTEST[kind]:
        yield {"kind": kind, "start": round(start, 2), "end": round(end, 2)}


def silent(clip: Clip) -> Iterator[Stretch]:
    """Stretches of the sound in which there is none; nothing for a clip without."""
    start: float | None = None
    now = 0.0
    for level in levels(clip):
        if level >= SILENT_LEVEL:
            yield from pause(start, now)
            start = None
        elif start is None:
            start = now
        now += WINDOW / SOUND_RATE
    yield from pause(start, now)


def pause(start: float | None, end: float) -> Iterator[Stretch]:
    """A silence that has ended, where it was long enough."""
    if start is not None and end - start >= SHORTEST["silent"]:
        yield {"kind": "silent", "start": round(start, 2), "end": round(end, 2)}


def levels(clip: Clip) -> Iterator[int]:
    """How loud each tenth of a second is."""
    enough = monotonic() + WATCH_SECONDS
    rest = array("h")
    for samples in sound(clip):
        rest.extend(samples)
        while len(rest) >= WINDOW:
            window, rest = rest[:WINDOW], rest[WINDOW:]
            yield isqrt(sum(map(mul, window, window)) // WINDOW)
        if monotonic() > enough:
            return


def sound(clip: Clip) -> Iterator[array[int]]:
    """The first sound track, in one channel of few samples."""
    tracks = clip.container.streams.audio
    if not tracks:
        return
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SOUND_RATE)
    for packet in clip.container.demux(tracks[0]):
        for frame in packet.decode():
            for small in resampler.resample(frame):
                content = bytes(small.planes[0])[: small.samples * 2]
                yield array("h", content)
