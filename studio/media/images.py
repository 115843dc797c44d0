"""Pictures that people upload: allowed, bounded, cleaned, fitted for a provider.

A stranger's picture is decoded by the limited worker and made anew: what is stored
holds its pixels and nothing else, no place, no comment, no tail. From then on it is
ours, and shrinking it for a provider or a tile happens here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from studio.media import pixels
from studio.media.facts import Unusable
from studio.media.limited import run_worker

MAX_BYTES = 25 * 1024 * 1024
WORKER_SECONDS = 30
ALLOWED_ENDINGS = {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".avif", ""}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
JPEG_QUALITIES = (pixels.JPEG_QUALITY, 85, 75)  # tried in turn before shrinking
SHRINK_STEP = 0.8

SENTENCES = {
    "empty": gettext_lazy("The file is empty."),
    "too_heavy": gettext_lazy("The picture is larger than 25 MB. Save a smaller one."),
    "too_many_pixels": gettext_lazy(
        "The picture has more than 40 million pixels. Scale it down and try again."
    ),
    "too_small": gettext_lazy("The picture is too small: each side needs 16 pixels."),
    "animated": gettext_lazy("The picture is animated. Save one frame as PNG or JPEG."),
    "text": gettext_lazy("The file holds text, not a picture."),
    "video": gettext_lazy("The file is a video, not a picture."),
    "svg": gettext_lazy("SVG is not accepted. Export the drawing as PNG."),
    "gif": gettext_lazy("GIF is not accepted. Save the picture as PNG or JPEG."),
    "heic": gettext_lazy("HEIC is not accepted. Export the photo as JPEG."),
    "unknown": gettext_lazy("The file is not a PNG, JPEG, WebP or AVIF picture."),
    "too_slow": gettext_lazy("The picture took too long to read."),
    "unreadable": gettext_lazy("The picture is damaged or incomplete. Save it again."),
    "cannot_fit": gettext_lazy("The picture cannot be made small enough."),
}


class ImageRefused(ValueError):
    """A picture we do not take; `str()` tells the person why and what to do."""

    def __init__(self, sentence: str, *, code: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class CleanImage:
    """A picture of our own making, ready to store or send."""

    content: bytes
    media_type: str
    suffix: str  # with its dot
    width: int
    height: int
    sha256: str


def normalise_image(data: BinaryIO, *, name: str) -> CleanImage:
    """An upload as a fresh upright sRGB picture: PNG if clear or flat, else JPEG.

    Reads at most 25 MB of `data`; `name` is what the person calls the file. The bytes
    decide what it is. Raises ImageRefused.
    """
    content = data.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _refused("too_heavy")
    kind = _kind(content)
    if kind not in pixels.FORMATS:
        raise _refused(kind)
    _check_ending(name, kind)
    try:
        facts, cleaned = run_worker(
            "images_main.py", {"act": "clean"}, timeout=WORKER_SECONDS, content=content
        )
    except Unusable as refusal:
        raise _refused(refusal.code) from refusal
    if len(cleaned) > MAX_BYTES:
        raise _refused("too_heavy")
    return _checked(cleaned, str(facts["media_type"]))


def fit_image(
    content: bytes,
    *,
    max_side: int | None = None,
    max_bytes: int | None = None,
    media_types: tuple[str, ...] = ("image/jpeg", "image/png"),
) -> CleanImage:
    """A stored picture within a provider's limits; unchanged if it is so already.

    Gives up quality first, then size. What shows through becomes white where only JPEG
    is taken or PNG is too heavy. Raises ImageRefused if nothing fits.
    """
    image = _opened(content)
    media_type = Image.MIME[image.format or ""]
    allowed = [kind for kind in media_types if kind in pixels.SUFFIXES]
    small = max_side is None or max(image.size) <= max_side
    light = max_bytes is None or len(content) <= max_bytes
    if media_type in allowed and small and light:
        return _as_clean(content, media_type, image.size)
    image = pixels.shrunk(image, max_side or max(image.size))
    for size, chosen, encoded in _attempts(image, media_type, allowed):
        if max_bytes is None or len(encoded) <= max_bytes:
            return _as_clean(encoded, chosen, size)
    raise _refused("cannot_fit")


def thumbnail(content: bytes, width: int) -> bytes:
    """A stored picture as WebP, at most `width` pixels wide. Raises ImageRefused."""
    image = _opened(content)
    longest = width * max(image.size) / image.width
    return pixels.encode(pixels.shrunk(image, longest), "image/webp")


def _opened(content: bytes) -> Image.Image:
    """A stored picture, decoded."""
    try:
        image = pixels.open_within_bounds(content)
        image.load()
    except (Unusable, OSError) as problem:
        raise _refused(getattr(problem, "code", "unreadable")) from problem
    return image


def _kind(content: bytes) -> str:
    """The format by the first bytes, or the code of the sentence that refuses it."""
    head = content[:16]
    if not content:
        return "empty"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[4:8] == b"ftyp":
        return _wrapped_kind(content)
    return "video" if head.startswith(b"\x1a\x45\xdf\xa3") else _text_kind(content)


def _wrapped_kind(content: bytes) -> str:
    """AVIF, HEIC and MP4 share a wrapping; the brands at its start tell them apart."""
    length = min(int.from_bytes(content[:4], "big"), 256)
    brands = {content[at : at + 4] for at in range(8, length, 4)}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    return "heic" if brands & HEIC_BRANDS else "video"


def _text_kind(content: bytes) -> str:
    start = content[:4096]
    if b"<svg" in start.lower():
        return "svg"
    # A cut through a character at the end of the sample is no sign of a binary file.
    text = start.decode(errors="ignore")
    is_text = b"\0" not in start and len(text.encode()) >= len(start) - 3
    return "text" if is_text else "unknown"


def _check_ending(name: str, kind: str) -> None:
    """A picture may be called by another picture's ending, but by no other."""
    ending = PurePath(name).suffix.lower()
    if ending not in ALLOWED_ENDINGS:
        sentence = _(
            "The name ends in “%(ending)s”, but the file is a %(kind)s picture."
        )
        shown = {"ending": ending[:10], "kind": kind}
        raise ImageRefused(sentence % shown, code="wrong_ending")


def _checked(content: bytes, media_type: str) -> CleanImage:
    """The worker met a stranger's bytes: believe its answer only where it shows."""
    expected = {"image/png": "PNG", "image/jpeg": "JPEG"}.get(media_type)
    if expected is None or _kind(content) != expected:
        raise _refused("unreadable")
    with pixels.open_within_bounds(content) as image:
        return _as_clean(content, media_type, image.size)


def _as_clean(content: bytes, media_type: str, size: tuple[int, int]) -> CleanImage:
    return CleanImage(
        content=content,
        media_type=media_type,
        suffix=pixels.SUFFIXES[media_type],
        width=size[0],
        height=size[1],
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _attempts(
    image: Image.Image, media_type: str, allowed: list[str]
) -> Iterator[tuple[tuple[int, int], str, bytes]]:
    """Ever lighter versions, the best first: size, media type, bytes."""
    while min(image.size) >= pixels.MIN_SIDE:
        for chosen in _choices(image, media_type, allowed):
            qualities = (None,) if chosen == "image/png" else JPEG_QUALITIES
            for quality in qualities:
                encoded = pixels.encode(image, chosen, quality=quality)
                yield image.size, chosen, encoded
        image = pixels.shrunk(image, max(image.size) * SHRINK_STEP)


def _choices(image: Image.Image, media_type: str, allowed: list[str]) -> list[str]:
    """The allowed types in the order to try: its own, one that stays clear, any."""
    keeps_clear = ["image/png", "image/webp"] if image.has_transparency_data else []
    wanted = [media_type, *keeps_clear, "image/jpeg", "image/webp", "image/png"]
    return [kind for kind in dict.fromkeys(wanted) if kind in allowed]


def _refused(code: str) -> ImageRefused:
    known = code if code in SENTENCES else "unreadable"
    return ImageRefused(str(SENTENCES[known]), code=known)
