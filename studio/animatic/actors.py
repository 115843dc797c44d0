"""Figures brought to life: cut out, inked, and moved along a path of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from threading import Lock

from studio.animatic.camera import Camera
from studio.animatic.canvas import Canvas
from studio.animatic.colour import RGB, mix, rgb
from studio.animatic.figures import FIGURES, Figure, Part
from studio.animatic.figures.drawing import extent, moved
from studio.animatic.palette import Palette
from studio.animatic.placement import Placement
from studio.animatic.plate import Plate
from studio.animatic.stage import Moment, Restless, Stage
from studio.animatic.terrain import light_edge

MOST_PIXELS = 700_000  # per pose: a figure that fills the frame needs no more


@dataclass(frozen=True)
class Step:
    """Where a figure is at a moment: units from the centre, size, turn, presence."""

    x: float
    y: float
    scale: float = 1.0
    roll: float = 0.0
    alpha: float = 1.0

    def placed(self, ground: Placement) -> Placement:
        """Where that is on the frame, given where its depth lies."""
        x, y = ground.to_frame((self.x, self.y))
        return Placement(ground.scale * self.scale, x, y, ground.roll + self.roll)


Path = Callable[[Moment], Step]


@dataclass
class Actor(Restless):
    """One figure: its poses, its depth and its path."""

    poses: Poses | list[Plate]
    depth: float
    path: Path
    rate: float = 0.0  # cycles of its poses per second
    shift: float = 0.0  # where in the cycle it begins
    pose_at: Callable[[Moment], int] | None = None

    def draw(self, canvas: Canvas, camera: Camera, now: Moment, floor: float) -> None:
        """Draw the pose of the moment where the path has led."""
        step = self.path(now)
        if step.alpha <= 0.01:
            return
        at = step.placed(camera.placement(self.depth, now.u))
        canvas.draw(self._pose(now), at, alpha=step.alpha, floor=floor)

    def moved(self, camera: Camera, then: Moment, now: Moment) -> float:
        """Along its path, unless its limbs move as well."""
        if self.rate or self.pose_at:
            return math.inf
        return slip(self.path, self.depth, camera, then, now)

    def _pose(self, now: Moment) -> Plate:
        if self.pose_at:
            return self.poses[min(len(self.poses) - 1, self.pose_at(now))]
        turn = now.seconds * self.rate + self.shift
        return self.poses[int(turn * len(self.poses)) % len(self.poses)]


def slip(path: Path, depth: float, camera: Camera, then: Moment, now: Moment) -> float:
    """How far a path and the camera have moved something, in pixels."""
    before, after = path(then), path(now)
    if abs(before.alpha - after.alpha) > 0.02:
        return math.inf
    at = before.placed(camera.placement(depth, then.u))
    return at.slip(after.placed(camera.placement(depth, now.u)), camera.size)


def inks(palette: Palette, depth: float) -> dict[str, RGB]:
    """What the ink names of a figure mean at a depth."""
    body = mix(palette.tone(min(1.0, depth + 0.25)), palette.near, 0.55)
    bright = mix(palette.light, palette.haze, 0.25 + 0.25 * palette.night)
    colour = mix(palette.accent, palette.haze, 0.10 * (1 - depth))
    lamp = mix(rgb("ffd890"), palette.light, 0.3)
    return {
        "body": body,
        "accent": colour,
        "light": bright,
        "dark": mix(body, palette.near, 0.7),
        "far": mix(palette.far, body, 0.3),
        "wing": mix(body, palette.far, 0.28),
        "glass": mix(palette.sky[2], palette.light, 0.25),
        "lamp": lamp if palette.night > 0.2 else mix(body, palette.sky[2], 0.35),
        "roof": mix(bright, body, 0.25) if palette.snowy else mix(colour, body, 0.55),
        "leaf": mix(palette.far, body, 0.55),
        "glow": mix(palette.light, rgb("ffb347"), 0.6),
    }


def cut_out(
    stage: Stage,
    parts: list[Part],
    size: float,
    colours: dict[str, RGB],
    *,
    largest: float = 1.0,
    rim: float = 0.8,
    most: int = MOST_PIXELS,
) -> Plate:
    """A plate with the parts painted, `size` units high; `largest` on-screen scale."""
    box = extent(parts)
    wide, high = (box[2] - box[0]) * size, (box[3] - box[1]) * size
    density = stage.density * largest
    density = min(density, math.sqrt(most / max(1e-6, wide * high)))
    pad = 4 / density
    frame = (
        box[0] * size - pad,
        box[1] * size - pad,
        box[2] * size + pad,
        box[3] * size + pad,
    )
    plate = Plate(frame, density, colours["body"])
    plain = True  # nothing but the colour that the plate has from the beginning
    for part in parts:
        plain = plain and part.ink == "body"
        _ink(plate, part, size, None if plain else colours)
    plate.texture(stage.sheets.paper(plate.size), 7)
    light_edge(stage, plate, rim)
    return plate.finish(detail=True)


def _ink(plate: Plate, part: Part, size: float, colours: dict[str, RGB] | None) -> None:
    """Cut out a part, and paint it if it is given colours."""
    for outline in part.outline():
        points = [(x * size, y * size) for x, y in outline]
        if part.ink == "cut":
            plate.draw_mask().polygon(plate.px(points), fill=0)
            continue
        plate.cut(points)
        if colours:
            plate.polygon(points, colours[part.ink])


class Poses:
    """The poses of a figure, each painted when it is first needed."""

    def __init__(self, count: int, paint: Callable[[int], Plate]) -> None:
        self._plates: list[Plate | None] = [None] * count
        self._paint = paint
        # Two threads may be at work on neighbouring frames.
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._plates)

    def __getitem__(self, k: int) -> Plate:
        with self._lock:
            plate = self._plates[k]
            if plate is None:
                plate = self._plates[k] = self._paint(k)
        return plate


def poses(
    stage: Stage,
    name: str,
    size: float,
    depth: float,
    *,
    flip: bool = False,
    largest: float = 1.0,
    most: int = MOST_PIXELS,
) -> Poses:
    """All poses of a figure by name, `size` units high."""
    figure = FIGURES[name]
    colours = inks(stage.palette, depth)

    def paint(k: int) -> Plate:
        parts = figure.parts(k)
        if flip:
            parts = [part.mirrored() for part in parts]
        return cut_out(stage, parts, size, colours, largest=largest, most=most)

    return Poses(figure.poses, paint)


def crowd(
    stage: Stage,
    names: Sequence[str],
    *,
    depth: float,
    level: float,
    size: float,
    count: int,
    takes: int = 3,
) -> Actor:
    """A dense row of figures across the frame that move out of step."""
    rng = stage.dice(f"crowd{depth}{level}")
    x0, _, x1, _ = stage.camera.sweep(depth)
    places = [
        Extra(
            x0 + (x1 - x0) * (k + rng.uniform(0.1, 0.9)) / count,
            rng.uniform(-0.02, 0.03),
            rng.uniform(0.85, 1.12) * size,
            rng.random(),
            FIGURES[rng.choice(list(names))],
            rng.random() < 0.5,
        )
        for k in range(count)
    ]
    dark = mix(inks(stage.palette, depth)["body"], stage.palette.near, 0.6)
    colours = {**inks(stage.palette, depth), "body": dark}
    plates = Poses(takes, lambda k: _crowd_take(stage, places, k / takes, colours))
    return Actor(plates, depth, lambda now: Step(0.0, level), rate=1.9)


@dataclass(frozen=True)
class Extra:
    """One of a crowd: where, how tall, when in the beat, who, and facing where."""

    x: float
    y: float
    size: float
    phase: float
    figure: Figure
    flip: bool


def _crowd_take(
    stage: Stage, places: Sequence[Extra], beat: float, colours: dict[str, RGB]
) -> Plate:
    parts: list[Part] = []
    for k, one in enumerate(places):
        hop = 0.05 * one.size * abs(math.sin(math.pi * (beat + one.phase)))
        body = one.figure.draw((beat + one.phase) % 1.0)
        # One in a few wears a colour: a crowd in one ink is a wall.
        if k % 5:
            body = [replace(p, ink="body") if p.ink == "accent" else p for p in body]
        parts += moved(body, one.x, one.y - hop, scale=one.size, flip=one.flip)
    return cut_out(stage, parts, 1.0, colours, rim=0.0)


def gulls(stage: Stage, x: float, y: float, depth: float, count: int) -> list[Actor]:
    """A few far birds crossing the sky."""
    rng = stage.dice("gulls")
    colour = mix(stage.palette.near, stage.palette.far, 0.35)
    flaps = [
        _gull(stage, colour, lift) for lift in (0.9, 0.45, -0.15, -0.5, -0.15, 0.45)
    ]
    flock = []
    for _ in range(count):
        start = (x + rng.uniform(-0.22, 0.22), y + rng.uniform(-0.08, 0.08))
        path = _drift(start, rng.uniform(0.020, 0.030), rng.uniform(0.5, 1.1), rng)
        flock.append(Actor(flaps, depth, path, rng.uniform(1.1, 1.7), rng.random()))
    return flock


def _drift(start: tuple[float, float], speed: float, scale: float, rng: Random) -> Path:
    phase = rng.uniform(0, 6.3)

    def path(now: Moment) -> Step:
        sink = 0.006 * math.sin(now.seconds * 1.7 + phase)
        return Step(start[0] + speed * now.seconds, start[1] + sink, scale)

    return path


def _gull(stage: Stage, colour: RGB, lift: float) -> Plate:
    """Two bent strokes, thick at the body and thin at the tips."""
    size = 0.024
    plate = Plate((-size * 1.4, -size, size * 1.4, size), stage.density * 1.5, colour)
    for side in (-1, 1):
        elbow = (side * size * 0.45, -size * (0.30 + 0.42 * lift))
        tip = (side * size * 1.25, -size * (0.05 + 0.40 * lift))
        below = (elbow[0], elbow[1] + size * 0.16)
        plate.cut([(0.0, -size * 0.06), elbow, tip, below, (0.0, size * 0.14)])
    return plate.finish()
