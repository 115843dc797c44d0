"""The pictures that come with an order, so that its clip begins and ends with them.

Only data is used: data URIs, bare base64 and the objects that hold it. Links are never
fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from studio.simulator.media import BadMedia, decode_base64, decode_data_uri, sniff

START_NAMES = (
    "image_url",
    "image",
    "images",
    "first_frame_image",
    "first_frame_url",
    "start_image",
    "start_image_url",
    "start_frame",
    "promptImage",
    "img_url",
    "frame0",
)
END_NAMES = (
    "tail_image_url",
    "last_image_url",
    "last_frame",
    "last_frame_url",
    "last_frame_image",
    "end_image_url",
    "image_end_url",
    "image_tail",
    "lastFrame",
    "frame1",
)
_INSIDE = ("bytesBase64Encoded", "imageBytes", "url", "uri")


def start_and_end(values: Mapping[str, Any]) -> tuple[bytes | None, bytes | None]:
    """The first and the last picture of the clip, where they are given as data."""
    frames = values.get("keyframes")
    everything = {**values, **(frames if isinstance(frames, dict) else {})}
    return _first(everything, START_NAMES), _first(everything, END_NAMES)


def _first(values: Mapping[str, Any], names: tuple[str, ...]) -> bytes | None:
    given = (data for name in names for data in _data_of(values.get(name)))
    return next((data for data in given if sniff(data).startswith("image/")), None)


def _data_of(value: Any) -> Iterator[bytes]:
    if isinstance(value, list):
        yield from (data for item in value[:1] for data in _data_of(item))
    elif isinstance(value, dict):
        yield from (data for key in _INSIDE for data in _data_of(value.get(key)))
    elif isinstance(value, str) and not value.startswith("http"):
        try:
            is_uri = value.startswith("data:")
            yield decode_data_uri(value)[1] if is_uri else decode_base64(value)
        except BadMedia:
            return
