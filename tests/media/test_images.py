from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from studio.media.images import (
    MAX_BYTES,
    CleanImage,
    ImageRefused,
    fit_image,
    normalise_image,
    thumbnail,
)

GPS_IFD = 0x8825
ORIENTATION = 0x0112


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def photo(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """Colourful noise, the same each time."""
    chance = random.Random(1)
    small = Image.frombytes("RGB", (8, 8), chance.randbytes(8 * 8 * 3))
    return small.resize(size, Image.Resampling.BICUBIC).convert(mode)


def cleaned(content: bytes, name: str = "picture") -> CleanImage:
    return normalise_image(BytesIO(content), name=name)


def opened(clean: CleanImage) -> Image.Image:
    picture = Image.open(BytesIO(clean.content))
    picture.load()
    return picture


def frames(kind: str) -> bytes:
    first, second = photo(), photo().transpose(Image.Transpose.ROTATE_180)
    return encoded(first, kind, save_all=True, append_images=[second], duration=100)


def huge_png() -> bytes:
    """A PNG header that promises 100 megapixels, with no pixels behind it.

    Had we begun to decode it, we would call it damaged, not too large.
    """
    header = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    checked = struct.pack(">I", len(header)) + chunk
    checked += struct.pack(">I", zlib.crc32(chunk))
    data = struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    return b"\x89PNG\r\n\x1a\n" + checked + data


def srgb_with_red_and_green_swapped() -> bytes:
    """A colour profile in which the first number means green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return (
        profile.replace(b"rXYZ", b"tXYZ")
        .replace(b"gXYZ", b"rXYZ")
        .replace(b"tXYZ", b"gXYZ")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_it_takes_the_four_kinds(kind: str) -> None:
    clean = cleaned(encoded(photo(), kind))

    assert (clean.media_type, clean.suffix) == ("image/jpeg", ".jpg")
    assert (clean.width, clean.height) == opened(clean).size == (64, 48)
    assert len(clean.sha256) == 64


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_flat_drawing_stays_sharp(kind: str) -> None:
    drawing = Image.new("RGB", (64, 64), "navy")
    drawing.paste("orange", (10, 10, 30, 30))

    clean = cleaned(
        encoded(drawing, kind, **{"lossless": True} if kind == "WEBP" else {})
    )

    assert clean.media_type == "image/png"
    assert opened(clean).getpixel((20, 20)) == (255, 165, 0)


def test_clear_parts_stay_clear() -> None:
    picture = photo(mode="RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 20, 20))

    clean = cleaned(encoded(picture, "PNG"))

    assert clean.media_type == "image/png"
    assert opened(clean).getpixel((5, 5)) == (0, 0, 0, 0)


def test_an_alpha_channel_without_clear_parts_is_dropped() -> None:
    clean = cleaned(encoded(photo(mode="RGBA"), "PNG"))

    assert clean.media_type == "image/jpeg"


def test_a_palette_with_a_clear_colour_is_understood() -> None:
    picture = Image.new("P", (32, 32), 1)
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.paste(0, (0, 0, 16, 16))

    clean = cleaned(encoded(picture, "PNG", transparency=0))

    assert opened(clean).getpixel((2, 2)) == (255, 0, 0, 0)
    assert opened(clean).getpixel((20, 20)) == (0, 0, 255, 255)


@pytest.mark.parametrize(
    ("content", "name", "code", "sentence"),
    [
        (b"Dear all,\nplease find\n", "start.png", "text", "holds text"),
        ("Ünïcödé: 夢".encode() * 999, "start.png", "text", "holds text"),
        (b"", "start.png", "empty", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "svg", "SVG"),
        (b"<?xml version='1.0'?><!-- x --><svg/>", "a.png", "svg", "SVG"),
        (encoded(photo(), "GIF"), "a.gif", "gif", "GIF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG.HEIC", "heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0heicmif1", "IMG.jpg", "heic", "HEIC"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "a.jpg", "video", "video"),
        (b"\x1a\x45\xdf\xa3\x9f", "a.jpg", "video", "video"),
        (encoded(photo(), "TIFF"), "a.tif", "unknown", "not a PNG"),
        (encoded(photo(), "BMP"), "a.bmp", "unknown", "not a PNG"),
        (b"%PDF-1.7\n\0\xff\xfe\xfd\xfc" * 9, "a.png", "unknown", "not a PNG"),
        (bytes(5000), "a.png", "unknown", "not a PNG"),
        (frames("WEBP"), "a.webp", "animated", "animated"),
        (frames("PNG"), "a.png", "animated", "animated"),
        (frames("AVIF"), "a.avif", "animated", "animated"),
        (huge_png(), "a.png", "too_many_pixels", "40 million"),
        (encoded(photo((15, 300)), "PNG"), "a.png", "too_small", "16 pixels"),
        (b"\xff\xd8\xff" + bytes(500), "a.jpg", "unreadable", "damaged"),
        (encoded(photo(), "PNG"), "a.html", "wrong_ending", "“.html”"),
        (encoded(photo(), "JPEG"), "a.heic", "wrong_ending", "JPEG picture"),
    ],
)
def test_it_refuses_in_plain_words(
    content: bytes, name: str, code: str, sentence: str
) -> None:
    with pytest.raises(ImageRefused, match=sentence) as refusal:
        cleaned(content, name)

    assert refusal.value.code == code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_cut_file_is_refused(kind: str) -> None:
    content = encoded(photo((400, 300)), kind)

    with pytest.raises(ImageRefused, match="damaged or incomplete"):
        cleaned(content[: len(content) // 2])


def test_a_picture_may_go_by_another_pictures_ending() -> None:
    assert cleaned(encoded(photo(), "JPEG"), "start.png").suffix == ".jpg"


@pytest.mark.parametrize(("extra", "taken"), [(0, True), (1, False)])
def test_the_limit_is_25_mb_to_the_byte(extra: int, taken: bool) -> None:
    content = encoded(photo(), "JPEG")
    padded = content + bytes(MAX_BYTES - len(content) + extra)

    if taken:
        assert cleaned(padded).width == 64
    else:
        with pytest.raises(ImageRefused, match="25 MB"):
            cleaned(padded)


@pytest.mark.parametrize(("height", "taken"), [(5000, True), (5001, False)])
def test_the_limit_is_40_megapixels_to_the_line(height: int, taken: bool) -> None:
    content = encoded(Image.new("RGB", (8000, height), "navy"), "JPEG")

    if taken:
        assert cleaned(content).height == height
    else:
        with pytest.raises(ImageRefused, match="40 million"):
            cleaned(content)


def test_no_more_than_the_limit_is_read() -> None:
    endless = BytesIO(bytes(30 * 1024 * 1024))

    with pytest.raises(ImageRefused, match="25 MB"):
        normalise_image(endless, name="a.png")

    assert endless.tell() == MAX_BYTES + 1


def test_place_comment_and_tail_are_gone() -> None:
    exif = Image.Exif()
    exif[GPS_IFD] = {1: "N", 2: (52.0, 31.0, 12.0)}
    exif[0x010F] = "Secret Camera"
    content = encoded(photo(), "JPEG", exif=exif, comment=b"made by alice")
    content += b"<script>alert(1)</script>"

    clean = cleaned(content)

    assert dict(opened(clean).getexif()) == {}
    assert "comment" not in opened(clean).info
    for trace in (b"Exif", b"Secret", b"alice", b"script", b"ICC_PROFILE"):
        assert trace not in clean.content


def test_text_in_a_png_is_gone() -> None:
    from_model = Image.new("RGB", (32, 32), "navy")
    from_model.info["unused"] = "x"
    content = encoded(from_model, "PNG", pnginfo=None)
    text = b"tEXtprompt\0a secret prompt"
    chunk = struct.pack(">I", len(text) - 4) + text
    chunk += struct.pack(">I", zlib.crc32(text))
    content = content[:33] + chunk + content[33:]

    assert b"secret prompt" not in cleaned(content).content


def test_the_picture_stands_upright() -> None:
    picture = Image.new("RGB", (60, 40), "black")
    picture.paste("white", (0, 0, 60, 10))
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # turn 90 degrees clockwise to see it upright

    upright = opened(cleaned(encoded(picture, "JPEG", exif=exif)))

    assert upright.size == (40, 60)
    right, left = upright.getpixel((37, 30)), upright.getpixel((5, 30))
    assert isinstance(right, tuple) and isinstance(left, tuple)
    assert (right[0] > 200) and (left[0] < 50)


def test_print_colours_become_screen_colours() -> None:
    red_ink = Image.new("CMYK", (40, 40), (0, 255, 255, 0))

    picture = opened(cleaned(encoded(red_ink, "JPEG", quality=95)))

    assert picture.mode == "RGB"
    assert picture.getpixel((20, 20)) == pytest.approx((255, 0, 0), abs=6)


def test_a_colour_profile_is_applied() -> None:
    content = encoded(
        Image.new("RGB", (40, 40), (255, 0, 0)),
        "PNG",
        icc_profile=srgb_with_red_and_green_swapped(),
    )

    clean = cleaned(content)

    assert opened(clean).getpixel((20, 20)) == pytest.approx((0, 255, 0), abs=3)
    assert "icc_profile" not in opened(clean).info


def test_a_broken_colour_profile_does_no_harm() -> None:
    red = Image.new("RGB", (40, 40), (255, 0, 0))

    clean = cleaned(encoded(red, "PNG", icc_profile=b"no profile at all"))

    assert opened(clean).getpixel((20, 20)) == (255, 0, 0)


def test_sixteen_bits_become_eight() -> None:
    content = encoded(Image.new("I;16", (40, 40), 0x8080), "PNG")

    picture = opened(cleaned(content))

    assert picture.getpixel((20, 20)) == (128, 128, 128)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_kind_of_png_is_understood(mode: str) -> None:
    clean = cleaned(encoded(photo(mode="L").convert(mode), "PNG"))

    assert opened(clean).mode in ("RGB", "RGBA")


def test_a_phones_double_picture_is_one_picture() -> None:
    """Phones put a second view or a brightness map behind the JPEG itself."""
    second = photo((64, 48)).transpose(Image.Transpose.ROTATE_180)
    content = encoded(photo(), "MPO", save_all=True, append_images=[second])

    clean = cleaned(content, "IMG_1.JPG")

    assert clean.width == 64
    assert content.count(b"\xff\xd8\xff") == 2
    assert clean.content.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("seed", range(20))
def test_scrambled_pictures_are_refused_or_cleaned(seed: int) -> None:
    chance = random.Random(seed)
    kind = ("PNG", "JPEG", "WEBP", "AVIF")[seed % 4]
    content = bytearray(encoded(photo((200, 150)), kind))
    for _ in range(20):
        content[chance.randrange(12, len(content))] = chance.randrange(256)

    try:
        clean = cleaned(bytes(content))
    except ImageRefused as refusal:
        assert refusal.code in {"unreadable", "too_many_pixels", "too_small", "heic"}
    else:
        opened(clean)


def test_what_fits_stays_as_it_is() -> None:
    content = encoded(photo(), "JPEG")

    fitted = fit_image(content, max_side=64, max_bytes=len(content))

    assert fitted.content == content
    assert (fitted.width, fitted.media_type) == (64, "image/jpeg")


@pytest.mark.parametrize("size", [(1200, 300), (300, 1200)])
def test_it_shrinks_to_the_longest_side(size: tuple[int, int]) -> None:
    fitted = fit_image(encoded(photo(size), "JPEG"), max_side=400)

    assert max(fitted.width, fitted.height) == 400
    assert min(fitted.width, fitted.height) == 100
    assert opened(fitted).size == (fitted.width, fitted.height)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("limit", [60_000, 8_000, 1_500])
def test_it_gives_up_quality_then_size(kind: str, limit: int) -> None:
    grain = Image.effect_noise((300, 300), 60).convert("RGB")

    fitted = fit_image(encoded(grain, kind), max_bytes=limit)

    assert len(fitted.content) <= limit
    assert fitted.width == 300 or limit < 60_000


def test_it_changes_to_a_type_the_provider_takes() -> None:
    fitted = fit_image(encoded(photo(), "WEBP"), media_types=("image/png",))

    assert (fitted.media_type, opened(fitted).format) == ("image/png", "PNG")


def test_clear_parts_become_white_where_only_jpeg_is_taken() -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))

    fitted = fit_image(encoded(clear, "PNG"), media_types=("image/jpeg",))

    assert opened(fitted).getpixel((20, 20)) == (255, 255, 255)


def test_it_keeps_clear_parts_where_it_can() -> None:
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))

    fitted = fit_image(encoded(clear, "WEBP"), max_side=100)

    assert fitted.media_type == "image/png"
    assert opened(fitted).getpixel((20, 20)) == (0, 0, 0, 0)


def test_it_says_when_nothing_fits() -> None:
    with pytest.raises(ImageRefused, match="small enough"):
        fit_image(encoded(photo(), "JPEG"), max_bytes=10)


@pytest.mark.parametrize("content", [huge_png(), b"nothing"], ids=["huge", "no"])
def test_fitting_keeps_the_bounds(content: bytes) -> None:
    with pytest.raises(ImageRefused):
        fit_image(content, max_side=100)


def test_a_thumbnail_is_webp_of_that_width() -> None:
    small = Image.open(BytesIO(thumbnail(encoded(photo((300, 600)), "JPEG"), 160)))

    assert (small.format, small.size) == ("WEBP", (160, 320))


def test_a_thumbnail_is_never_larger_than_the_picture() -> None:
    small = Image.open(BytesIO(thumbnail(encoded(photo(), "PNG"), 160)))

    assert small.size == (64, 48)
