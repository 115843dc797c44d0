"""From what was asked to the size and length of the clip that is drawn.

Clips are drawn small (360 lines by default), whatever was asked: shape and length are
kept, so that a demo is quick and a download is short.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from studio.simulator.jobs import Clip

LONGEST_CLIP_SECONDS = 30
USUAL_CLIP_SECONDS = 5
NAMED_SIDES = {"4k": 2160, "2k": 1440, "fhd": 1080, "hd": 720}
"""Short side in pixels of the sizes that have names."""
_PAIR = re.compile(r"(\d+)\s*[:x*]\s*(\d+)")

RATIO_NAMES = ("aspect_ratio", "aspectRatio", "ratio", "frame_size", "size")
LENGTH_NAMES = ("duration", "durationSeconds", "seconds", "video_length")
SOUND_NAMES = ("generate_audio", "generate_audio_switch", "sound", "audio")


def first_of(values: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The first of these values that is given."""
    return next((values[name] for name in names if values.get(name) is not None), None)


def clip_seconds(values: Mapping[str, Any], default: int = USUAL_CLIP_SECONDS) -> int:
    """How long the clip is, in whole seconds."""
    asked = first_of(values, LENGTH_NAMES)
    frames = values.get("num_frames")
    if asked is None and isinstance(frames, int):
        rate = first_of(values, ("frames_per_second", "fps")) or 16
        asked = round(frames / int(rate))
    try:
        seconds = round(float(str(asked).removesuffix("s")))
    except ValueError:
        seconds = default
    return min(max(seconds, 1), LONGEST_CLIP_SECONDS)


def clip_shape(values: Mapping[str, Any], *, short_side: int, default: int) -> Clip:
    """The clip for these values; `short_side` is the most it may have, in pixels."""
    across, down = _ratio(first_of(values, RATIO_NAMES))
    side = min(_asked_side(values), short_side)
    width = side if across <= down else round(side * across / down)
    height = side if down <= across else round(side * down / across)
    return Clip(
        clip_seconds(values, default),
        width + width % 2,
        height + height % 2,
        bool(first_of(values, SOUND_NAMES)),
    )


def _ratio(asked: Any) -> tuple[int, int]:
    match = _PAIR.search(str(asked))
    return (int(match[1]), int(match[2])) if match else (16, 9)


def _asked_side(values: Mapping[str, Any]) -> int:
    name = str(values.get("resolution") or "").lower()
    if name in NAMED_SIDES:
        return NAMED_SIDES[name]
    digits = name.removesuffix("p")
    return int(digits) if digits.isdigit() else 720
