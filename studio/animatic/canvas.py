"""The canvas: the planes of one frame, on which plates and veils are laid."""

from __future__ import annotations

import math
from copy import copy

from PIL import Image, ImageChops
from PIL.Image import Resampling, Transform

from studio.animatic import brush
from studio.animatic.brush import Mask, Size
from studio.animatic.colour import RGB, yuv
from studio.animatic.placement import Box, Placement, Point, Rect
from studio.animatic.plate import Plate
from studio.animatic.veil import Veil

Coefficients = tuple[float, float, float, float, float, float]
Dot = tuple[Mask, Mask]  # a mask, and the same at half the size
BLACK = (16, 128, 128)


class Canvas:
    """Luma at full size, chroma at half size; width and height are even."""

    def __init__(self, size: Size) -> None:
        self.size = size
        half = (size[0] // 2, size[1] // 2)
        self.luma = Image.new("L", size, BLACK[0])
        self.blue = Image.new("L", half, BLACK[1])
        self.red = Image.new("L", half, BLACK[2])

    def planes(self) -> tuple[Image.Image, Image.Image, Image.Image]:
        """Luma, blue and red, in the order of yuv420p."""
        return self.luma, self.blue, self.red

    def copy(self) -> Canvas:
        """Another canvas with the same picture."""
        other = copy(self)
        other.luma, other.blue, other.red = (plane.copy() for plane in self.planes())
        return other

    def fill(self, colour: RGB) -> None:
        """One colour everywhere."""
        for plane, tone in zip(self.planes(), yuv(colour), strict=True):
            plane.paste(tone, (0, 0, *plane.size))

    def draw(
        self,
        plate: Plate,
        at: Placement,
        *,
        alpha: float = 1.0,
        floor: float = math.inf,
    ) -> None:
        """Lay a plate; rows from `floor` on are known to be hidden and left out."""
        plate = plate.fit(at.scale)
        opaque = plate.mask is None
        rect = self._clip(at.bounds(plate.box), floor, opaque)
        left, top, right, bottom = rect
        if right <= left or bottom <= top or alpha <= 0:
            return
        split = bottom
        if at.roll == 0 and alpha >= 1:
            solid = at.to_frame((0, plate.solid_from))[1]
            split = max(top, min(bottom, math.ceil(min(solid, 1e6) / 2 + 1) * 2))
            split = top if opaque else split
        if split > top:
            self._lay(plate, at, (left, top, right, split), alpha)
        if split < bottom:
            self._lay(plate, at, (left, split, right, bottom), None)

    def shade(
        self, veil: Veil, at: Placement, *, alpha: float = 1.0, floor: float = math.inf
    ) -> None:
        """Lay a veil: its one colour through its mask."""
        rect = self._clip(at.bounds(veil.box), floor, False)
        size = (rect[2] - rect[0], rect[3] - rect[1])
        if min(size) <= 0 or alpha <= 0.01:
            return
        where = _sampling(veil, at, rect)
        half = (size[0] // 2, size[1] // 2)
        mask = brush.scaled(_sample(veil.mask, size, where), alpha)
        soft = brush.scaled(_sample(veil.veil, half, _halved(where)), alpha)
        self._stain(veil.tones, mask, soft, rect[:2])

    def _stain(
        self, tones: tuple[int, int, int], mask: Mask, veil: Mask, at: tuple[int, int]
    ) -> None:
        corner = (at[0] // 2, at[1] // 2)
        self.luma.paste(tones[0], at, mask)
        self.blue.paste(tones[1], corner, veil)
        self.red.paste(tones[2], corner, veil)

    def _clip(self, bounds: Box, floor: float, opaque: bool) -> Rect:
        """The even rectangle to draw: half-size planes must meet the same edges.

        Outside a plate there is nothing to sample: an opaque one, which has no mask
        to say so, keeps to the inside.
        """
        width, height = self.size
        first, last = (math.ceil, math.floor) if opaque else (math.floor, math.ceil)
        return (
            max(0, first(bounds[0] / 2) * 2),
            max(0, first(bounds[1] / 2) * 2),
            min(width, last(bounds[2] / 2) * 2),
            min(height, last(min(bounds[3], floor + 2, 1e6) / 2) * 2),
        )

    def _lay(
        self, plate: Plate, at: Placement, rect: Rect, alpha: float | None
    ) -> None:
        """Sample the plate into a rectangle; `alpha` None: nothing shows through."""
        size = (rect[2] - rect[0], rect[3] - rect[1])
        half = (size[0] // 2, size[1] // 2)
        full_at = _sampling(plate, at, rect)
        half_at = _halved(full_at)
        mask = veil = None
        if alpha is not None and plate.mask is not None:
            veil = plate.veil if plate.veil is not None else plate.mask.reduce(2)
            mask = brush.scaled(_sample(plate.mask, size, full_at), alpha)
            veil = brush.scaled(_sample(veil, half, half_at), alpha)
        elif alpha is not None and alpha < 1:
            mask, veil = (Image.new("L", s, round(alpha * 255)) for s in (size, half))
        corner = (rect[0] // 2, rect[1] // 2)
        self.luma.paste(_sample(plate.luma, size, full_at), rect[:2], mask)
        self.blue.paste(_sample(plate.blue, half, half_at), corner, veil)
        self.red.paste(_sample(plate.red, half, half_at), corner, veil)

    def dab(self, tones: tuple[int, int, int], dot: Dot, at: Point) -> None:
        """Lay a tone through a small mask of even size around a place."""
        mask, veil = dot
        x = round((at[0] - mask.size[0] / 2) / 2) * 2
        y = round((at[1] - mask.size[1] / 2) / 2) * 2
        self._stain(tones, mask, veil, (x, y))

    def veil(self, mask: Mask, colour: RGB, at: tuple[int, int] = (0, 0)) -> None:
        """Lay a colour through a mask at an even place; what hangs over is cut off."""
        self._stain(yuv(colour), mask, mask.reduce(2), (at[0] // 2 * 2, at[1] // 2 * 2))

    def blend(self, other: Canvas, amount: float) -> None:
        """Dissolve: `amount` 0 leaves this picture, 1 gives the other."""
        self.luma = Image.blend(self.luma, other.luma, amount)
        self.blue = Image.blend(self.blue, other.blue, amount)
        self.red = Image.blend(self.red, other.red, amount)

    def darken(self, factor: Mask) -> None:
        """Multiply the light by a mask (255 leaves it as it is)."""
        self.luma = ImageChops.multiply(self.luma, factor)

    def grain(self, noise: Mask) -> None:
        """Add a noise whose bytes are signed steps."""
        self.luma = ImageChops.add_modulo(self.luma, noise)

    def image(self) -> Image.Image:
        """The frame as an ordinary RGB picture, for looking at."""
        full = [plane.resize(self.size, Resampling.BILINEAR) for plane in self.planes()]
        y, b, r = (Image.merge("RGB", full).split()[k] for k in range(3))
        return Image.merge("RGB", (y, b, r)).convert("RGB", _TO_RGB)


# BT.709 limited range to RGB, as a 3x4 matrix.
_TO_RGB = (
    1.1644, 0.0, 1.7927, -16 * 1.1644 - 128 * 1.7927,
    1.1644, -0.2132, -0.5329, -16 * 1.1644 + 128 * (0.2132 + 0.5329),
    1.1644, 2.1124, 0.0, -16 * 1.1644 - 128 * 2.1124,
)  # fmt: skip


def _sampling(plate: Plate | Veil, at: Placement, rect: Rect) -> Coefficients:
    """From pixels of a frame rectangle to pixels of the plate."""
    a, b, c, d, e, f = at.to_units()
    x, y, k = rect[0], rect[1], plate.density
    return (
        a * k,
        b * k,
        (a * x + b * y + c - plate.box[0]) * k,
        d * k,
        e * k,
        (d * x + e * y + f - plate.box[1]) * k,
    )


def _halved(at: Coefficients) -> Coefficients:
    return at[0], at[1], at[2] / 2, at[3], at[4], at[5] / 2


def _sample(plane: Image.Image, size: Size, at: Coefficients) -> Image.Image:
    return plane.transform(size, Transform.AFFINE, at, Resampling.NEAREST)
