"""Is this video whole, and is it what was ordered? Reads structure; decodes nothing.

A truncated MP4 whose index stands first probes perfectly, with the right duration and
first frame. What gives it away is that its top-level boxes do not add up to the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from studio.media.facts import MediaError, VideoFacts

HEAD_BYTES = 4096
# Brands of pictures and sound that come in the same wrapping as MP4.
NOT_VIDEO_BRANDS = {
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"mif1",
    b"avif",
    b"M4A ",
    b"M4B ",
}
QUICKTIME_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
EBML = b"\x1a\x45\xdf\xa3"
SEGMENT = b"\x18\x53\x80\x67"
UNKNOWN_SIZES = {(1 << 7 * length) - 1 for length in range(1, 9)}  # "until the end"


@dataclass(frozen=True)
class Difference:
    """One setting that the file does not keep; `asked` and `got` are fit to show."""

    name: str  # the option's name, as in the catalog
    asked: str
    got: str


def sniff(path: Path) -> str | None:
    """The media type by the file's first bytes, or None if it is no video we know."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head[4:8] == b"ftyp":
        if head[8:12] in NOT_VIDEO_BRANDS:
            return None
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if head[4:8] in QUICKTIME_BOXES:
        return "video/quicktime"
    if head.startswith(EBML):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return None


def check_whole(path: Path) -> None:
    """Raise MediaError unless the file is a video and its parts add up to its size."""
    size = path.stat().st_size
    if size == 0:
        raise MediaError(_("The video file is empty."))
    kind = sniff(path)
    if kind is None:
        raise MediaError(_("This file is not a video."))
    with path.open("rb") as file:
        if kind in ("video/mp4", "video/quicktime"):
            _check_boxes(file, size)
        else:
            _check_segment(file, size)


def _check_boxes(file: BinaryIO, size: int) -> None:
    found = set(_boxes(file, size))
    if b"moov" not in found:
        raise MediaError(_("The video file is incomplete: its index is missing."))
    if b"mdat" not in found:
        raise MediaError(_("The video file is incomplete: its pictures are missing."))


def _boxes(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Names of the top-level boxes, which must fill the file to its last byte."""
    position = 0
    while position < size:
        file.seek(position)
        header = file.read(16)
        length, name = int.from_bytes(header[:4], "big"), header[4:8]
        smallest = 8
        if length == 1:  # a 64-bit length follows
            length, smallest = int.from_bytes(header[8:16], "big"), 16
        elif length == 0:  # the last box, up to the end
            length = size - position
        if len(name) < 4 or length < smallest or position + length > size:
            raise _cut_short()
        yield name
        position += length


def _check_segment(file: BinaryIO, size: int) -> None:
    """WebM and Matroska: the one segment must end within the file."""
    file.seek(len(EBML))
    header_length = _read_size(file)
    file.seek(header_length, 1)
    if file.read(4) != SEGMENT:
        raise _cut_short()
    length = _read_size(file)
    if length not in UNKNOWN_SIZES and file.tell() + length > size:
        raise _cut_short()


def _read_size(file: BinaryIO) -> int:
    """An EBML number: the place of its first set bit says how many bytes it takes."""
    first = file.read(1)
    if not first or first[0] == 0:
        raise _cut_short()
    length = 9 - first[0].bit_length()
    rest = file.read(length - 1)
    return int.from_bytes(first + rest, "big") & ((1 << 7 * length) - 1)


def _cut_short() -> MediaError:
    return MediaError(_("The video is cut short: part of the file is missing."))


DURATION_SECONDS = 0.25  # tolerance, or
DURATION_SHARE = 0.05
SHAPE_SHARE = 0.015
# Models round sides to multiples of 8 or 16, and keep the area for other shapes.
RESOLUTION_SHARE = 0.06
FRAME_RATE_SHARE = 0.02  # 23.976 is what many call 24
NAMED_RESOLUTIONS = {"2k": 1440, "4k": 2160}  # shorter side in pixels


def as_ordered(asked: Mapping[str, Any], facts: VideoFacts) -> list[Difference]:
    """Where the video differs from the options it was ordered with.

    Looks at duration (seconds), aspect_ratio ("16:9"), resolution ("720p", "4k"),
    frame_rate and generate_audio. What was left to the model ("auto", None) cannot
    differ.
    """
    found = (
        _duration(asked.get("duration"), facts),
        _aspect_ratio(asked.get("aspect_ratio"), facts),
        _resolution(asked.get("resolution"), facts),
        _frame_rate(asked.get("frame_rate"), facts),
        _sound(asked.get("generate_audio"), facts),
    )
    return [difference for difference in found if difference]


def _duration(asked: object, facts: VideoFacts) -> Difference | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?s?", str(asked))
    if not match:
        return None
    seconds = float(match[1])
    tolerance = max(DURATION_SECONDS, seconds * DURATION_SHARE)
    if abs(facts.duration - seconds) <= tolerance:
        return None
    got = _("%(seconds)s s") % {"seconds": f"{facts.duration:.1f}"}
    return Difference("duration", _("%(seconds)s s") % {"seconds": match[1]}, got)


def _aspect_ratio(asked: object, facts: VideoFacts) -> Difference | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", str(asked))
    if not match or float(match[1]) == 0 or float(match[2]) == 0:
        return None
    ratio = float(match[1]) / float(match[2])
    if abs(facts.width / facts.height / ratio - 1) <= SHAPE_SHARE:
        return None
    return Difference("aspect_ratio", match[0], _size(facts))


def _resolution(asked: object, facts: VideoFacts) -> Difference | None:
    name = str(asked).lower()
    match = re.fullmatch(r"(\d+)p", name)
    wanted = int(match[1]) if match else NAMED_RESOLUTIONS.get(name)
    if not wanted:
        return None
    side = min(facts.width, facts.height) / wanted
    area = facts.width * facts.height / (wanted * wanted * 16 / 9)
    if min(abs(side - 1), abs(area - 1)) <= RESOLUTION_SHARE:
        return None
    return Difference("resolution", str(asked), _size(facts))


def _frame_rate(asked: object, facts: VideoFacts) -> Difference | None:
    match = re.fullmatch(r"\d+(?:\.\d+)?", str(asked))
    if not match or not float(match[0]) or not facts.frame_rate:
        return None
    if abs(facts.frame_rate / float(match[0]) - 1) <= FRAME_RATE_SHARE:
        return None
    words = _("%(n)s frames a second")
    got = words % {"n": f"{facts.frame_rate:.4g}"}
    return Difference("frame_rate", words % {"n": match[0]}, got)


def _sound(asked: object, facts: VideoFacts) -> Difference | None:
    if not isinstance(asked, bool) or asked == (facts.audio_codec is not None):
        return None
    with_sound, silent = _("with sound"), _("silent")
    return Difference(
        "generate_audio", *((with_sound, silent) if asked else (silent, with_sound))
    )


def _size(facts: VideoFacts) -> str:
    return f"{facts.width} × {facts.height}"
