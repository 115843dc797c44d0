"""Opens, shrinks and encodes pictures within bounds. The worker uses it: no Django."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from studio.media.facts import Unusable

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")
MAX_PIXELS = 40_000_000
MIN_SIDE = 16  # pixels

LARGE_PIXELS = 4_000_000  # PNG packs these lightly: a person waits for them
JPEG_QUALITY = 92
WEBP_QUALITY = 78

SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


def open_within_bounds(content: bytes) -> Image.Image:
    """Read the header only and refuse by size, before a pixel is decoded."""
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Unusable("too_many_pixels") from bomb
    if image.width * image.height > MAX_PIXELS:
        raise Unusable("too_many_pixels")
    if min(image.size) < MIN_SIDE:
        raise Unusable("too_small")
    return image


def encode(image: Image.Image, media_type: str, *, quality: int | None = None) -> bytes:
    """`image` (RGB or RGBA) as a file of that type; JPEG shows white where clear."""
    encoded = BytesIO()
    if media_type == "image/png":
        large = image.width * image.height > LARGE_PIXELS
        image.save(encoded, "PNG", compress_level=1 if large else 6)
    elif media_type == "image/webp":
        image.save(encoded, "WEBP", quality=quality or WEBP_QUALITY)
    else:  # 4:4:4, for the sharp coloured edges of drawings and titles
        options = {"quality": quality or JPEG_QUALITY, "subsampling": 0}
        on_white(image).save(encoded, "JPEG", optimize=True, **options)
    return encoded.getvalue()


def on_white(image: Image.Image) -> Image.Image:
    """`image` as RGB, over white where something shows through."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def shrunk(image: Image.Image, max_side: float) -> Image.Image:
    """`image` with its longer side at most `max_side`, its shape kept."""
    scale = max_side / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(round(side * scale), 1) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS)
