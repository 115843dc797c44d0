"""Plates (painted pieces larger than the frame) and the canvas they are laid on.

Everything is kept as video planes (full-size luma, half-size chroma): they are half
the bytes of RGB and need no conversion on their way to the encoder. A plate is painted
finer than the frame and softened once; then the nearest sample is a good one, and a
plate can be moved, scaled and turned at any frame for the cost of a copy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from random import Random

from PIL import Image, ImageChops, ImageDraw
from PIL.Image import Transpose

from studio.animatic import brush
from studio.animatic.brush import Mask
from studio.animatic.colour import RGB, yuv
from studio.animatic.placement import Box, Point, Rect, rectangle


class Plate:
    """A painted piece: colour planes and, unless it is opaque, a mask."""

    def __init__(
        self, box: Box, density: float, colour: RGB, *, opaque: bool = False
    ) -> None:
        """`box` in units, `density` in pixels per unit."""
        width = max(4, math.ceil((box[2] - box[0]) * density / 2) * 2)
        height = max(4, math.ceil((box[3] - box[1]) * density / 2) * 2)
        self.box = box
        self.density = density
        self.size = (width, height)
        tones = yuv(colour)
        half = (width // 2, height // 2)
        self.luma = Image.new("L", self.size, tones[0])
        self.blue = Image.new("L", half, tones[1])
        self.red = Image.new("L", half, tones[2])
        self.mask: Mask | None = None if opaque else Image.new("L", self.size, 0)
        self.veil: Mask | None = None
        self.solid_from = box[1] if opaque else math.inf
        self._smaller: Plate | None = None

    # Painting

    @property
    def cutout(self) -> Mask:
        """The mask of a plate that has one (an opaque plate raises ValueError)."""
        if self.mask is None:
            raise ValueError("An opaque plate has no mask.")
        return self.mask

    def px(self, points: Sequence[Point], shrink: int = 1) -> list[Point]:
        """Places in units as pixels of this plate (or of its half-size planes)."""
        k = self.density / shrink
        x0, y0 = self.box[0], self.box[1]
        return [((x - x0) * k, (y - y0) * k) for x, y in points]

    def draw_mask(self) -> ImageDraw.ImageDraw:
        """A pen on the mask."""
        return ImageDraw.Draw(self.cutout)

    def cut(self, points: Sequence[Point]) -> None:
        """Let the polygon be part of the plate."""
        self.draw_mask().polygon(self.px(points), fill=255)

    def cut_box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Let the rectangle be part of the plate."""
        self.cut(rectangle(x0, y0, x1, y1))

    def cut_ellipse(self, box: Box) -> None:
        """Let the ellipse be part of the plate."""
        corners = self.px([(box[0], box[1]), (box[2], box[3])])
        self.draw_mask().ellipse([corners[0], corners[1]], fill=255)

    def shape(self, points: Sequence[Point], colour: RGB) -> None:
        """Cut out a polygon and fill it."""
        self.cut(points)
        self.polygon(points, colour)

    def wire(self, points: Sequence[Point], width: float) -> None:
        """Let a line be part of the plate; `width` in units."""
        pixels = max(1, round(width * self.density))
        self.draw_mask().line(self.px(points), fill=255, width=pixels, joint="curve")

    def polygon(self, points: Sequence[Point], colour: RGB) -> None:
        """Fill a polygon with a colour."""
        for plane, tone, shrink in self._planes(colour):
            ImageDraw.Draw(plane).polygon(self.px(points, shrink), fill=tone)

    def ellipse(self, box: Box, colour: RGB) -> None:
        """Fill an ellipse with a colour."""
        corners = [(box[0], box[1]), (box[2], box[3])]
        for plane, tone, shrink in self._planes(colour):
            ImageDraw.Draw(plane).ellipse(self.px(corners, shrink), fill=tone)

    def line(self, points: Sequence[Point], colour: RGB, width: float) -> None:
        """Draw a line, `width` in units."""
        for plane, tone, shrink in self._planes(colour):
            pixels = max(1, round(width * self.density / shrink))
            pen = ImageDraw.Draw(plane)
            pen.line(self.px(points, shrink), fill=tone, width=pixels, joint="curve")

    def stain(self, mask: Mask, colour: RGB, at: Rect | None = None) -> None:
        """Lay a colour through a mask of the plate's size (or at a pixel rectangle)."""
        left, top = (at[0], at[1]) if at else (0, 0)
        veil = mask.reduce(2)
        for plane, tone, shrink in self._planes(colour):
            through = mask if shrink == 1 else veil
            plane.paste(tone, (left // shrink, top // shrink), through)

    def light(self, centre: Point, radius: Point, colour: RGB, power: float) -> None:
        """A soft round glow around a place; radii in units."""
        (x, y), (rx, ry) = self.px([centre])[0], radius
        wide, high = round(rx * self.density), round(ry * self.density)
        if wide < 1 or high < 1:
            return
        mask = brush.glow((2 * wide, 2 * high), power=power)
        left, top = round(x / 2) * 2 - wide // 2 * 2, round(y / 2) * 2 - high // 2 * 2
        self.stain(mask, colour, (left, top, left + 2 * wide, top + 2 * high))

    def wash(self, stops: Sequence[tuple[float, RGB]]) -> None:
        """A vertical gradient over the whole plate: (height in units, colour)."""
        tones = [(y, yuv(colour)) for y, colour in stops]
        span = self.box[3] - self.box[1]
        for k, plane in enumerate((self.luma, self.blue, self.red)):
            points = [((y - self.box[1]) / span, t[k] / 255) for y, t in tones]
            plane.paste(brush.ramp(plane.size, points))

    def texture(self, mask: Mask, amount: float) -> None:
        """Lighten and darken by a texture around mid-grey; `amount` in luma steps."""
        # Luma stays within 16..235, so that wrapping around never happens.
        amount = min(amount, 15)
        steps = [round((v - 128) / 128 * amount) % 256 for v in range(256)]
        self.luma = ImageChops.add_modulo(self.luma, mask.point(steps))

    def noise(self, rng: Random, cell: Point, octaves: int = 4) -> Mask:
        """Fractal noise of the plate's size; `cell` in units."""
        cells = tuple(max(2, round(c * self.density)) for c in cell)
        return brush.clouding(
            self.size, rng, cell=(cells[0], cells[1]), octaves=octaves
        )

    def _planes(self, colour: RGB) -> tuple[tuple[Image.Image, int, int], ...]:
        luma, blue, red = yuv(colour)
        return (self.luma, luma, 1), (self.blue, blue, 2), (self.red, red, 2)

    # Finishing

    def finish(self, *, detail: bool = False) -> Plate:
        """Smooth the edges (and the paint, if it has `detail`); find the solid part."""
        if detail:
            self.luma = brush.smooth(self.luma)
        if self.mask is not None:
            self.mask = brush.smooth(self.mask)
            self._trim()
        return self

    def pieces(self) -> list[Plate]:
        """The plate cut up so that its large empty parts need not be drawn."""
        if self.mask is None:
            return [self]
        width, height = self.size
        # A few rows earlier: the soft edge of the ground belongs to the ground.
        solid = (self.solid_from - self.box[1]) * self.density - 4
        ground = max(0, min(height, _even_down(solid)))
        found = [self._piece((0, ground, width, height))] if ground < height - 2 else []
        if ground >= 8:
            upper = self.mask.crop((0, 0, width, ground))
            found += [self._piece((x0, 0, x1, ground)) for x0, x1 in _columns(upper)]
        return found

    def _piece(self, rect: Rect) -> Plate:
        part = copy(self)
        part._smaller = None
        part._crop(rect)
        part._trim()
        return part

    def _trim(self) -> None:
        """Drop the empty border; note from which height on nothing shows through."""
        left, top, right, bottom = self.cutout.getbbox() or (0, 0, 4, 4)
        self._crop(
            (left // 2 * 2, top // 2 * 2, right + right % 2, bottom + bottom % 2)
        )
        holes = ImageChops.invert(self.cutout).getbbox()
        solid = holes[3] if holes else 0
        self.solid_from = self.box[1] + solid / self.density
        self.veil = self.cutout.reduce(2)

    def _crop(self, rect: Rect) -> None:
        half: Rect = (rect[0] // 2, rect[1] // 2, rect[2] // 2, rect[3] // 2)
        self.luma, self.mask = self.luma.crop(rect), self.cutout.crop(rect)
        self.blue, self.red = self.blue.crop(half), self.red.crop(half)
        k, (x0, y0) = self.density, self.box[:2]
        self.size = self.luma.size
        self.box = (
            x0 + rect[0] / k,
            y0 + rect[1] / k,
            x0 + rect[2] / k,
            y0 + rect[3] / k,
        )

    # Showing

    def fit(self, scale: float) -> Plate:
        """The plate, halved as often as suits a scale (frame pixels per unit)."""
        plate = self
        while plate.density > 2.3 * scale and min(plate.size) >= 8:
            if plate._smaller is None:
                plate._smaller = plate._halved()
            plate = plate._smaller
        return plate

    def flipped(self) -> Plate:
        """The plate mirrored in the level y = 0."""
        over = copy(self)
        over._smaller = None
        x0, y0, x1, y1 = self.box
        over.box = (x0, -y1, x1, -y0)
        turn = Transpose.FLIP_TOP_BOTTOM
        over.luma, over.blue, over.red = (
            plane.transpose(turn) for plane in (self.luma, self.blue, self.red)
        )
        over.mask = self.cutout.transpose(turn)
        over.veil = over.mask.reduce(2)
        over.solid_from = math.inf
        return over

    def _halved(self) -> Plate:
        small = copy(self)
        small.density = self.density / 2
        small.luma, small.blue, small.red = (
            plane.reduce(2) for plane in (self.luma, self.blue, self.red)
        )
        small.size = small.luma.size
        if self.mask is not None:
            small.mask = self.mask.reduce(2)
            small.veil = small.mask.reduce(2)
        return small


def _even_down(value: float) -> int:
    return int(value // 2) * 2


def _columns(mask: Mask) -> list[tuple[int, int]]:
    """Even spans of columns that hold something, with wide gaps between them."""
    width, height = mask.size
    # Two columns to one, so that spans begin and end at even places.
    line = mask.reduce((2, height)).point([0] + [255] * 255)
    least = max(4, width // 40)
    spans: list[tuple[int, int]] = []
    for k, value in enumerate(line.tobytes()):
        if not value:
            continue
        if spans and k * 2 - spans[-1][1] < least:
            spans[-1] = (spans[-1][0], min(width, k * 2 + 2))
        else:
            spans.append((k * 2, min(width, k * 2 + 2)))
    return spans
