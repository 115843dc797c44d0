"""How a silhouette is written down: tapered strokes and polygons, in inks by name.

A figure stands on (0, 0), looks to the right, is about 1 high, and up is negative.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from studio.animatic.brush import Mask
from studio.animatic.placement import Box, Point

Bead = tuple[float, float, float]  # x, y, radius


@dataclass(frozen=True)
class Part:
    """A stroke of beads, or a polygon, in an ink: body, accent, light, dark or cut."""

    ink: str
    beads: tuple[Bead, ...] = ()
    points: tuple[Point, ...] = ()

    def outline(self) -> list[list[Point]]:
        """The polygons that make up the part."""
        if self.points:
            return [list(self.points)]
        pairs = zip(self.beads, self.beads[1:], strict=False)
        hulls = [_capsule(a, b) for a, b in pairs]
        return hulls or [_round(*self.beads[0])]

    def mirrored(self) -> Part:
        """The same, looking the other way."""
        beads = tuple((-x, y, r) for x, y, r in self.beads)
        return Part(self.ink, beads, tuple((-x, y) for x, y in self.points))


@dataclass(frozen=True)
class Figure:
    """A silhouette: `draw(phase)` gives its parts, with phase 0..1 for moving limbs."""

    draw: Callable[[float], list[Part]]
    poses: int = 1
    height: float = 0.3  # in units, when it is the subject of a wide shot
    gait: str = "stand"  # stand, walk, fly, float, drive
    rate: float = 1.0  # cycles of its limbs per second
    tags: frozenset[str] = field(default_factory=frozenset)

    def parts(self, pose: int) -> list[Part]:
        """The parts of one of its `poses`."""
        return self.draw(pose / self.poses)


def stroke(ink: str, *beads: Bead) -> Part:
    """A limb or trunk through round beads."""
    return Part(ink, beads=beads)


def poly(ink: str, *points: Point) -> Part:
    """A flat piece."""
    return Part(ink, points=points)


def disc(ink: str, x: float, y: float, r: float) -> Part:
    """A round piece."""
    return Part(ink, beads=((x, y, r),))


def curve(ink: str, *points: Point) -> Part:
    """A flat piece with a smooth outline through the points."""
    return Part(ink, points=tuple(spline(list(points))))


def spline(points: list[Point], steps: int = 7) -> list[Point]:
    """A closed smooth line through the points (Catmull-Rom)."""
    found = []
    count = len(points)
    for k in range(count):
        p0, p1, p2, p3 = (points[(k + j) % count] for j in (-1, 0, 1, 2))
        found += [_catmull(p0, p1, p2, p3, i / steps) for i in range(steps)]
    return found


def _catmull(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    def one(a: float, b: float, c: float, d: float) -> float:
        cubic = (3 * b - a - 3 * c + d) * t
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + cubic))

    return one(p0[0], p1[0], p2[0], p3[0]), one(p0[1], p1[1], p2[1], p3[1])


def both(*parts: Part) -> list[Part]:
    """The parts and their mirror images."""
    return [*parts, *(part.mirrored() for part in parts)]


def moved(
    parts: list[Part], dx: float, dy: float, *, scale: float = 1.0, flip: bool = False
) -> list[Part]:
    """The parts elsewhere, for figures made of others."""
    found = []
    for part in parts:
        source = part.mirrored() if flip else part
        beads = tuple(
            (x * scale + dx, y * scale + dy, r * scale) for x, y, r in source.beads
        )
        points = tuple((x * scale + dx, y * scale + dy) for x, y in source.points)
        found.append(Part(part.ink, beads, points))
    return found


def extent(parts: list[Part]) -> Box:
    """The box around parts."""
    xs, ys = [], []
    for part in parts:
        for outline in part.outline():
            xs += [p[0] for p in outline]
            ys += [p[1] for p in outline]
    return min(xs), min(ys), max(xs), max(ys)


def paint(mask: Mask, parts: list[Part], at: Callable[[Point], Point]) -> None:
    """Draw parts into a mask; `at` leads from the figure's places to pixels."""
    pen = ImageDraw.Draw(mask)
    for part in parts:
        fill = 0 if part.ink == "cut" else 255
        for outline in part.outline():
            pen.polygon([at(p) for p in outline], fill=fill)


def blank(size: tuple[int, int]) -> Mask:
    """An empty mask."""
    return Image.new("L", size, 0)


def _round(x: float, y: float, r: float) -> list[Point]:
    return [
        (x + r * math.cos(2 * math.pi * k / 28), y + r * math.sin(2 * math.pi * k / 28))
        for k in range(28)
    ]


def _capsule(a: Bead, b: Bead) -> list[Point]:
    """The hull of two discs."""
    (ax, ay, ar), (bx, by, br) = a, b
    turn = math.atan2(by - ay, bx - ax)
    apart = math.hypot(bx - ax, by - ay)
    if apart <= abs(ar - br):
        return _round(*a) if ar > br else _round(*b)
    open_by = math.acos((ar - br) / apart)
    far = [turn - open_by + 2 * open_by * k / 12 for k in range(13)]
    back = [turn + open_by + (2 * math.pi - 2 * open_by) * k / 12 for k in range(13)]
    return [(bx + br * math.cos(t), by + br * math.sin(t)) for t in far] + [
        (ax + ar * math.cos(t), ay + ar * math.sin(t)) for t in back
    ]
