"""What is given as an image, a video or a sound: is it one, and within the limits?

Links are only looked at, never fetched. Data URIs and bare base64 are decoded, the
first bytes are compared with the type they claim, and images are opened.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from typing import Literal
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

MediaKind = Literal["image", "video", "audio", "file"]

LINK_SCHEMES = ("http", "https")
SHORTEST_BASE64 = 32
"""Characters below which a text is a mistake, not a picture."""

# The first bytes of a file and the type they tell.
MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
)
ALIASES = {"image/jpg": "image/jpeg", "video/quicktime": "video/mp4"}


class BadMedia(Exception):
    """What was given cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a model documents about its input images; None where nothing is said."""

    types: tuple[str, ...] = ()
    max_bytes: int | None = None
    min_side: int | None = None
    ratio: tuple[float, float] | None = None
    """Width by height, smallest and greatest."""
    sizes: tuple[str, ...] = ()
    """The only sizes it takes, as 1280x720."""


NO_LIMITS = Limits()


def check_media(
    text: str,
    kind: MediaKind,
    *,
    limits: Limits = NO_LIMITS,
    schemes: Collection[str] = LINK_SCHEMES,
    own_host: str = "",
) -> None:
    """Look at a link, a data URI or bare base64; raises BadMedia."""
    scheme = text.partition(":")[0].lower() if ":" in text[:16] else ""
    if scheme == "data":
        claimed, data = decode_data_uri(text)
    elif scheme:
        _check_link(text, schemes, own_host)
        return
    else:
        claimed, data = "", decode_base64(text)
    check_bytes(data, kind, claimed=claimed, limits=limits)


def decode_data_uri(text: str) -> tuple[str, bytes]:
    """The claimed type and the bytes of a data URI; raises BadMedia."""
    head, comma, payload = text[5:].partition(",")
    if not comma or not head.endswith(";base64"):
        raise BadMedia("a data URI must be data:<type>;base64,<data>")
    return head.partition(";")[0].lower(), decode_base64(payload)


def decode_base64(text: str) -> bytes:
    """The bytes behind bare base64; raises BadMedia."""
    if len(text) < SHORTEST_BASE64:
        raise BadMedia("neither a URL nor base64")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadMedia("not valid base64") from error


def check_bytes(
    data: bytes, kind: MediaKind, *, claimed: str = "", limits: Limits = NO_LIMITS
) -> None:
    """Compare bytes with what they should be; raises BadMedia."""
    found = sniff(data)
    if kind != "file" and not found.startswith(f"{kind}/"):
        raise BadMedia(f"the data is {found}, not {kind}")
    if claimed and found != ALIASES.get(claimed, claimed):
        raise BadMedia(f"said to be {claimed}, but the data is {found}")
    if limits.max_bytes and len(data) > limits.max_bytes:
        raise BadMedia(f"larger than {limits.max_bytes} bytes")
    if limits.types and found not in limits.types:
        raise BadMedia(f"{found} is not among {', '.join(limits.types)}")
    if found.startswith("image/"):
        _check_picture(data, limits)


def sniff(data: bytes) -> str:
    """The media type that the first bytes tell."""
    for offset, magic, found in MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return found
    return "application/octet-stream"


def _check_picture(data: bytes, limits: Limits) -> None:
    try:
        with Image.open(BytesIO(data)) as picture:
            width, height = picture.size
            picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadMedia("the image is damaged") from error
    if limits.min_side and min(width, height) < limits.min_side:
        raise BadMedia(f"{width}x{height}: each side needs {limits.min_side} pixels")
    if limits.ratio and not limits.ratio[0] <= width / height <= limits.ratio[1]:
        raise BadMedia(f"{width}x{height} is too long or too tall")
    if limits.sizes and f"{width}x{height}" not in limits.sizes:
        raise BadMedia(f"{width}x{height} is not among {', '.join(limits.sizes)}")


def _check_link(text: str, schemes: Collection[str], own_host: str) -> None:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise BadMedia("not a URL") from error
    if parts.scheme.lower() not in schemes or not parts.netloc:
        raise BadMedia(f"a URL must be one of {', '.join(schemes)}")
    if parts.netloc != own_host and _is_private(parts.hostname or ""):
        # No vendor could fetch it, so the simulator does not take it either.
        raise BadMedia("the URL cannot be reached from the internet")


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
