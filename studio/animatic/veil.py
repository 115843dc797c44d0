"""Veils: one colour behind a soft mask."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image

from studio.animatic import brush
from studio.animatic.brush import Mask
from studio.animatic.colour import RGB, yuv
from studio.animatic.placement import Box, Point


class Veil:
    """Mist, light or shadow. Lighter than a plate."""

    def __init__(self, box: Box, density: float, colour: RGB) -> None:
        """`box` in units, `density` in pixels per unit; the mask begins empty."""
        self.box = box
        self.density = density
        width = max(4, math.ceil((box[2] - box[0]) * density / 2) * 2)
        height = max(4, math.ceil((box[3] - box[1]) * density / 2) * 2)
        self.size = (width, height)
        self.tones = yuv(colour)
        self.mask = Image.new("L", self.size, 0)
        self.veil = self.mask

    def px(self, points: Sequence[Point]) -> list[Point]:
        """Places in units as pixels of the mask."""
        k, (x0, y0) = self.density, self.box[:2]
        return [((x - x0) * k, (y - y0) * k) for x, y in points]

    def finish(self, mask: Mask, strength: float = 1.0) -> Veil:
        """Take a mask of the veil's size, `strength` times as opaque."""
        bounds = mask.point([0] * 5 + [255] * 251).getbbox() or (0, 0, 4, 4)
        left, top, right, bottom = bounds
        rect = (left // 2 * 2, top // 2 * 2, right + right % 2, bottom + bottom % 2)
        self.mask = brush.scaled(mask.crop(rect), strength)
        self.veil = self.mask.reduce(2)
        k, (x0, y0) = self.density, self.box[:2]
        self.box = (
            x0 + rect[0] / k,
            y0 + rect[1] / k,
            x0 + rect[2] / k,
            y0 + rect[3] / k,
        )
        return self
