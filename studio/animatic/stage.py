"""The stage: what every painter of a scene needs to know, and what it gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Protocol

from studio.animatic.brush import Sheets
from studio.animatic.camera import Camera
from studio.animatic.canvas import Canvas
from studio.animatic.colour import RGB
from studio.animatic.palette import Palette
from studio.animatic.placement import Box, Point
from studio.animatic.plate import Plate


@dataclass(frozen=True)
class Moment:
    """One frame of a shot: `seconds` since its beginning, `u` from 0 to 1."""

    frame: int
    frames: int
    frame_rate: int

    @property
    def seconds(self) -> float:
        """Time since the beginning of the shot."""
        return self.frame / self.frame_rate

    @property
    def u(self) -> float:
        """Share of the shot that has passed: 0 at its first frame, 1 at its last."""
        return min(1.0, self.frame / max(1, self.frames - 1))

    def after(self, frames: int) -> Moment:
        """The moment some frames later."""
        return Moment(self.frame + frames, self.frames, self.frame_rate)


class Layer(Protocol):
    """Something that can be drawn, over and over, at different moments."""

    def draw(self, canvas: Canvas, camera: Camera, now: Moment, floor: float) -> None:
        """Draw onto the canvas; rows from `floor` on will be covered."""

    def covers(self, camera: Camera, now: Moment) -> float:
        """The row from which on this layer hides all behind it (inf: none)."""

    def moved(self, camera: Camera, then: Moment, now: Moment) -> float:
        """How far it has moved, in pixels; inf if it must be drawn anew."""


@dataclass
class Still:
    """A plate at a depth, moved by the camera alone."""

    plate: Plate
    depth: float

    def draw(self, canvas: Canvas, camera: Camera, now: Moment, floor: float) -> None:
        """Lay the plate."""
        canvas.draw(self.plate, camera.placement(self.depth, now.u), floor=floor)

    def covers(self, camera: Camera, now: Moment) -> float:
        """A plate that is solid to its bottom hides what lies behind."""
        place = camera.placement(self.depth, now.u)
        bounds = place.bounds(self.plate.box)
        width, height = camera.size
        wide = bounds[0] <= 0 and bounds[2] >= width and bounds[3] >= height
        if not wide or place.roll:
            return math.inf
        return place.to_frame((0, self.plate.solid_from))[1] + 2

    def moved(self, camera: Camera, then: Moment, now: Moment) -> float:
        """By the camera alone."""
        before = camera.placement(self.depth, then.u)
        return before.slip(camera.placement(self.depth, now.u), camera.size)


class Restless:
    """What hides nothing and is another at each moment."""

    def covers(self, camera: Camera, now: Moment) -> float:
        """Nothing is hidden for certain."""
        return math.inf

    def moved(self, camera: Camera, then: Moment, now: Moment) -> float:
        """Always to be drawn anew."""
        return math.inf


@dataclass(frozen=True)
class Mark:
    """Where an actor may stand: behind which layer, how deep, where, how large."""

    index: int
    depth: float
    x: float
    y: float
    size: float = 1.0


@dataclass
class Stage:
    """Where a scene is painted: the camera, the inks and the dice."""

    camera: Camera
    palette: Palette
    seed: int
    fineness: float  # plate pixels per frame pixel
    sun: tuple[float, float] = (0.2, -0.1)  # in units
    lit: bool = True  # whether the sun or moon can be seen
    layers: list[Layer] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    lines: dict[str, list[Point]] = field(default_factory=dict)  # crests to walk on

    @cached_property
    def sheets(self) -> Sheets:
        """Textures at least as large as the largest plate."""
        x0, y0, x1, y1 = self.camera.sweep(1.0)
        k = self.density
        size = (round((x1 - x0) * k * 1.1), round((y1 - y0) * k * 1.1))
        rng = self.dice("sheets")
        return Sheets(size, rng, unit=k, grain=max(1.2, k / 760))

    @property
    def side(self) -> int:
        """The side away from the light: where the subject stands, -1 or 1."""
        return -1 if self.sun[0] > 0 else 1

    @property
    def half(self) -> float:
        """Half the width of the picture, in units."""
        return self.camera.size[0] / self.camera.size[1] / 2

    @property
    def density(self) -> float:
        """Plate pixels per unit."""
        return self.camera.size[1] * self.fineness

    def dice(self, name: str) -> Random:
        """A source of chance of its own for each part, so that parts do not disturb."""
        return Random(f"{self.seed}:{name}")

    def plate(
        self,
        depth: float,
        colour: RGB,
        *,
        top: float | None = None,
        bottom: float | None = None,
        opaque: bool = False,
    ) -> Plate:
        """A plate that fills all the camera will see at a depth, from `top` down."""
        x0, y0, x1, y1 = self.camera.sweep(depth)
        box: Box = (
            x0,
            y0 if top is None else max(y0, min(top, y1 - 0.02)),
            x1,
            y1 if bottom is None else min(y1, bottom),
        )
        return Plate(box, self.density, colour, opaque=opaque)

    def add(self, plate: Plate, depth: float, *, detail: bool = False) -> None:
        """Finish a plate and put it before what is there."""
        pieces = plate.finish(detail=detail).pieces()
        self.layers += [Still(piece, depth) for piece in pieces]

    def mark(
        self, name: str, depth: float, x: float, y: float, size: float = 1.0
    ) -> None:
        """Note that actors of a kind belong before all that is painted so far."""
        self.marks[name] = Mark(len(self.layers), depth, x, y, size)


__all__ = ["Layer", "Mark", "Moment", "Restless", "Stage", "Still"]
