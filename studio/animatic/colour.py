"""Colours: RGB triples to think in, BT.709 limited-range YUV to paint with."""

from __future__ import annotations

import colorsys

RGB = tuple[int, int, int]


def rgb(code: str) -> RGB:
    """`"ffb47a"` as a colour."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(first: RGB, second: RGB, amount: float) -> RGB:
    """`amount` 0 gives the first colour, 1 the second."""
    red, green, blue = (
        round(a + (b - a) * amount) for a, b in zip(first, second, strict=True)
    )
    return red, green, blue


def tuned(colour: RGB, *, saturation: float = 1.0, value: float = 1.0) -> RGB:
    """The colour, more or less saturated and bright, of the same hue."""
    h, s, v = colorsys.rgb_to_hsv(*(c / 255 for c in colour))
    tones = colorsys.hsv_to_rgb(h, min(1, s * saturation), min(1, v * value))
    red, green, blue = (round(c * 255) for c in tones)
    return red, green, blue


def brightness(colour: RGB) -> float:
    """How light the colour looks, 0..1."""
    red, green, blue = colour
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def yuv(colour: RGB) -> tuple[int, int, int]:
    """The colour as video wants it: luma 16..235, chroma 16..240 around 128."""
    red, green, blue = (c / 255 for c in colour)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        round(16 + 219 * luma),
        round(128 + 224 * (blue - luma) / 1.8556),
        round(128 + 224 * (red - luma) / 1.5748),
    )
