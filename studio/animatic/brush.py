"""Soft masks and textures from which everything is painted: noise, stipple, glows.

All of it is Pillow in C on 8-bit masks, seeded by `random.Random`, so the same seed
gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageFilter
from PIL.Image import Resampling, Transform

Mask = Image.Image
Size = tuple[int, int]


def speckle(size: Size, rng: Random, *, grain: float = 1.0) -> Mask:
    """White noise whose grains are about `grain` pixels wide."""
    width = max(1, math.ceil(size[0] / grain))
    height = max(1, math.ceil(size[1] / grain))
    noise = Image.frombytes("L", (width, height), rng.randbytes(width * height))
    return noise if (width, height) == size else noise.resize(size, Resampling.BILINEAR)


def clouding(
    size: Size, rng: Random, *, cell: Size, octaves: int = 4, gain: float = 0.5
) -> Mask:
    """Fractal noise: `cell` is the size in pixels of its largest lumps."""
    # Drawn at a quarter of the size: lumps have no detail that would be missed.
    small = (max(2, size[0] // 4), max(2, size[1] // 4))
    layers = [
        _lumps(small, rng, (max(1, cell[0] >> 2 + k), max(1, cell[1] >> 2 + k)))
        for k in range(octaves)
    ]
    total = layers[-1]
    for layer in reversed(layers[:-1]):
        total = Image.blend(layer, total, gain / (1 + gain))
    # Smooth to half the size, then doubled: soft lumps do not show it.
    half = (max(1, size[0] // 2), max(1, size[1] // 2))
    return enlarged(stretch(total).resize(half, Resampling.BILINEAR), size)


def _lumps(size: Size, rng: Random, cell: Size) -> Mask:
    width = size[0] // cell[0] + 4
    height = size[1] // cell[1] + 4
    noise = Image.frombytes("L", (width, height), rng.randbytes(width * height))
    # One cell of margin, so that the edges are as smooth as the middle.
    box = (1.0, 1.0, 1 + size[0] / cell[0], 1 + size[1] / cell[1])
    return noise.resize(size, Resampling.BICUBIC, box=box)


def stretch(mask: Mask) -> Mask:
    """The mask with its darkest and lightest value pulled to 0 and 255."""
    values = mask.histogram()
    low = next(v for v in range(256) if values[v])
    high = next(v for v in range(255, -1, -1) if values[v])
    span = max(1, high - low)
    return curve(mask, lambda v: (v * 255 - low) / span)


def curve(mask: Mask, tone: Callable[[float], float]) -> Mask:
    """The mask sent through `tone`, a function of 0..1 (the result is clamped)."""
    return mask.point([_byte(tone(v / 255) * 255) for v in range(256)])


def _byte(value: float) -> int:
    return max(0, min(255, round(value)))


def scaled(mask: Mask, strength: float) -> Mask:
    """The mask, `strength` (at most 1) times as opaque."""
    if strength >= 1:
        return mask
    # Quicker than a table of 256 values, which counts where masks are small and many.
    return Image.blend(Image.new("L", mask.size), mask, max(0.0, strength))


def ramp(size: Size, stops: list[tuple[float, float]]) -> Mask:
    """A vertical gradient: `stops` are (height 0..1 from the top, value 0..1)."""
    steps = min(size[1], 200)
    column = bytes(_byte(interpolate(stops, k / steps) * 255) for k in range(steps))
    line = Image.frombytes("L", (1, steps), column)
    return line.resize((1, size[1]), Resampling.BILINEAR).resize(
        size, Resampling.NEAREST
    )


def interpolate(stops: list[tuple[float, float]], at: float) -> float:
    """The value of a piecewise linear curve at `at`; flat outside its stops."""
    if at <= stops[0][0]:
        return stops[0][1]
    for (x0, y0), (x1, y1) in zip(stops, stops[1:], strict=False):
        if at <= x1:
            return y0 + (y1 - y0) * (at - x0) / max(1e-9, x1 - x0)
    return stops[-1][1]


@lru_cache(maxsize=8)
def _disc(power: float) -> Mask:
    radial = Image.radial_gradient("L")
    # Pillow's gradient is 0 in the middle and 255 in the corners, not at the sides.
    return curve(radial, lambda v: max(0.0, 1 - v * math.sqrt(2)) ** power)


def glow(size: Size, *, power: float = 2.0) -> Mask:
    """A soft round light filling `size`, 255 in the middle and 0 at the rim."""
    return _disc(power).resize((max(1, size[0]), max(1, size[1])), Resampling.BILINEAR)


def stipple(shade: Mask, noise: Mask) -> Mask:
    """The shading dissolved into dots by a noise, as in a risograph print."""
    over = ImageChops.add(shade, noise, 1, -255)
    return over.point([min(255, v * 6) for v in range(256)])


def soften(mask: Mask, radius: float) -> Mask:
    """The mask blurred by `radius` pixels."""
    return mask.filter(ImageFilter.BoxBlur(radius)) if radius > 0 else mask


def enlarged(mask: Mask, size: Size) -> Mask:
    """A soft mask at a larger size, without the price of a proper filter."""
    return smooth(mask.resize(size, Resampling.NEAREST))


def smooth(mask: Mask) -> Mask:
    """Each pixel mixed with its right and lower neighbours: cheap anti-aliasing."""
    return _towards(_towards(mask, (-1, 0)), (0, -1))


def _towards(mask: Mask, step: tuple[int, int]) -> Mask:
    """Half the mask, half the mask moved by a step; its edge stays."""
    moved = mask.copy()
    moved.paste(mask, step)
    return Image.blend(mask, moved, 0.5)


def shifted(mask: Mask, dx: int, dy: int) -> Mask:
    """The mask moved; what comes in from outside is empty."""
    return mask.transform(
        mask.size, Transform.AFFINE, (1, 0, -dx, 0, 1, -dy), Resampling.NEAREST
    )


class Sheets:
    """Large sheets of texture, made once, from which every layer takes a piece."""

    def __init__(self, size: Size, rng: Random, *, unit: float, grain: float) -> None:
        """`unit` is the height of the picture in pixels, `grain` that of a dot."""
        self.size = size
        self._dots = speckle(size, rng, grain=grain)
        cell = (max(8, round(0.16 * unit)), max(4, round(0.025 * unit)))
        self._paper = clouding(size, rng, cell=cell, octaves=4)

    def dots(self, size: Size) -> Mask:
        """White noise for stippling."""
        return self._piece(self._dots, size)

    def paper(self, size: Size) -> Mask:
        """The tooth of paper and the streaks of a dry brush."""
        return self._piece(self._paper, size)

    def _piece(self, sheet: Mask, size: Size) -> Mask:
        if size[0] > self.size[0] or size[1] > self.size[1]:
            return sheet.resize(size, Resampling.BILINEAR)
        # Which piece depends on nothing but the size: plates are painted in any order.
        left = size[0] * 7919 % (self.size[0] - size[0] + 1)
        top = size[1] * 7907 % (self.size[1] - size[1] + 1)
        return sheet.crop((left, top, left + size[0], top + size[1]))
