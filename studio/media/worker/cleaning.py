"""Turns an uploaded picture into a fresh one: upright, 8-bit sRGB, nothing else."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import AvifImagePlugin, Image, ImageCms, ImageOps

from studio.media import pixels
from studio.media.facts import Unusable

AvifImagePlugin.DEFAULT_MAX_THREADS = 1

FLAT_COLOURS = 256  # a small drawing in so few stays PNG; JPEG would smear it
SMALL_PIXELS = 2_000_000
SIXTEEN_TO_EIGHT = 1 / 257
SRGB = ImageCms.createProfile("sRGB")


def clean(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Facts about the fresh picture, and its bytes."""
    upright, was_photo = _upright(content)
    fresh = _fresh(_coloured(upright))
    media_type = _media_type(fresh, was_photo=was_photo)
    facts = {"media_type": media_type, "width": fresh.width, "height": fresh.height}
    return facts, pixels.encode(fresh, media_type)


def _upright(content: bytes) -> tuple[Image.Image, bool]:
    """The one picture in the file, turned as its camera says; was it a JPEG?"""
    image = pixels.open_within_bounds(content)
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise Unusable("animated")  # MPO: a JPEG with a second view; take the first
    image.load()  # the only call that notices a cut file
    return ImageOps.exif_transpose(image), image.format in ("JPEG", "MPO")


def _coloured(image: Image.Image) -> Image.Image:
    """As sRGB: RGBA where something shows through, else RGB."""
    image = _eight_bit(image)
    alpha = None
    if image.has_transparency_data:
        alpha = image.convert("RGBA").getchannel("A")
    colours = _srgb(image)
    if alpha is not None and alpha.getextrema() != (255, 255):
        colours.putalpha(alpha)
    return colours


def _eight_bit(image: Image.Image) -> Image.Image:
    """Grey of 16 bits scaled down; a plain conversion would clip it to white."""
    if not image.mode.startswith("I"):
        return image
    scaled = image.convert("I").point(lambda value: value * SIXTEEN_TO_EIGHT + 0.0)
    return scaled.convert("L")


def _srgb(image: Image.Image) -> Image.Image:
    """RGB as the picture's own colour profile means it, or plainly if it has none."""
    profile = image.info.get("icc_profile")
    if image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    if profile:
        try:
            return _through_profile(image, profile)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile, or one for another kind of picture
    return image.convert("RGB")


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    conversion = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(BytesIO(profile)),
        SRGB,
        image.mode,
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return conversion.apply(image)


def _fresh(image: Image.Image) -> Image.Image:
    """The same pixels with no memory of comments, places or profiles."""
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh


def _media_type(image: Image.Image, *, was_photo: bool) -> str:
    if image.mode == "RGBA":
        return "image/png"
    drawn = not was_photo and image.width * image.height <= SMALL_PIXELS
    if drawn and image.getcolors(FLAT_COLOURS) is not None:
        return "image/png"
    return "image/jpeg"
