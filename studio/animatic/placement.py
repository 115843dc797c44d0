"""Where things lie: boxes and points in units, and how units come to the frame.

A unit is the height of the picture; its centre is (0, 0), and down is positive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Rect = tuple[int, int, int, int]


@dataclass(frozen=True)
class Placement:
    """Where units come to lie on the frame: scaled, turned by `roll`, moved."""

    scale: float
    x: float
    y: float
    roll: float = 0.0

    def to_frame(self, point: Point) -> Point:
        """The frame pixel of a place in units."""
        cos, sin = math.cos(self.roll), math.sin(self.roll)
        x, y = point[0] * self.scale, point[1] * self.scale
        return self.x + x * cos - y * sin, self.y + x * sin + y * cos

    def to_units(self) -> tuple[float, float, float, float, float, float]:
        """The coefficients that lead from frame pixels back to units."""
        cos, sin = math.cos(self.roll) / self.scale, math.sin(self.roll) / self.scale
        return (
            cos,
            sin,
            -self.x * cos - self.y * sin,
            -sin,
            cos,
            self.x * sin - self.y * cos,
        )

    def slip(self, later: Placement, size: tuple[int, int]) -> float:
        """How far, in pixels, what shows in a frame of `size` has moved later."""
        if self.roll or later.roll:
            return math.inf
        growth = later.scale / self.scale
        return max(
            abs(now + (edge - then) * growth - edge)
            for then, now, length in (
                (self.x, later.x, size[0]),
                (self.y, later.y, size[1]),
            )
            for edge in (0, length)
        )

    def bounds(self, box: Box) -> Box:
        """The frame rectangle that holds `box`."""
        x0, y0, x1, y1 = box
        corners = [self.to_frame(p) for p in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))]
        xs, ys = zip(*corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


def rectangle(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
    """The corners of an upright rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
