"""The street: houses on both sides to a vanishing point, the roadway wet or dry."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw

from studio.animatic import brush
from studio.animatic.atmosphere import glow, mist
from studio.animatic.colour import RGB, mix, rgb
from studio.animatic.placement import Point, rectangle
from studio.animatic.places.skyline import lamp, windows
from studio.animatic.plate import Plate
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage

NEON = tuple(
    rgb(code) for code in ("ff3d8b", "2fe0e6", "ffb13d", "8a6bff", "ff5a4a", "5dffb0")
)
LAMPLIGHT = (rgb("ffcf7a"), rgb("ff8a5c"))
WHITE = rgb("ffffff")
HOUSES = (0.18, 0.30, 0.46, 0.68, 0.98)  # depths
ROAD = 0.55


@dataclass(frozen=True)
class Front:
    """The front of a house in perspective."""

    side: int
    depth: float
    at: Callable[[float, float], Point]  # (far 0..1 near, ground 0..1 roof) to a place
    face: RGB

    def panel(self, k0: float, u0: float, k1: float, u1: float) -> list[Point]:
        """A piece of the front, from (k0, u0) to (k1, u1)."""
        return [self.at(k0, u0), self.at(k0, u1), self.at(k1, u1), self.at(k1, u0)]


def street(stage: Stage, scene: Scene) -> None:
    """One street, seen along its middle."""
    neon = scene.has("neon")
    vanish = (stage.side * -0.06, 0.09)
    _far_end(stage, vanish)
    stage.mark("sky", 0.2, stage.side * stage.half * 0.1, -0.25)
    _roadway(stage, vanish, wet=neon or scene.has("rain", "storm"), neon=neon)
    for k, depth in enumerate(HOUSES):
        for side in (-1, 1):
            _house(stage, side, depth, vanish, neon=neon)
        if k == 3:
            stage.mark("air", 0.5, vanish[0], -0.10)
            stage.mark("ground", 0.62, vanish[0] + stage.side * 0.10, 0.335)
            stage.mark("road", 0.60, vanish[0] - stage.side * 0.16, 0.33, 0.8)
        if k in (1, 3):
            _wires(stage, depth, vanish, lit=neon or stage.palette.night > 0.5)
        if k < 4:
            _haze(stage, depth, vanish, 0.34 if k < 3 else 0.2)


def _haze(stage: Stage, depth: float, vanish: Point, strength: float) -> None:
    level, height = vanish[1] + 0.10 * depth, 0.10 + 0.1 * depth
    stage.layers.append(
        mist(stage, depth, level, height, strength=strength, drift=0.01)
    )


def _near(depth: float) -> float:
    """How far from the vanishing point something at a depth lies, 0..1."""
    return 0.05 + 0.95 * depth * math.sqrt(depth)


def _reach(stage: Stage) -> float:
    return stage.half * 0.62 + 0.12


def _far_end(stage: Stage, vanish: Point) -> None:
    """The houses that close the view, and the light behind them."""
    inks, rng = stage.palette, stage.dice("end")
    tone = mix(inks.tone(0.12), inks.glow, 0.12)
    low = vanish[1] + 0.03
    plate = stage.plate(0.10, tone, top=vanish[1] - 0.34, bottom=low)
    x = vanish[0] - 0.3
    while x < vanish[0] + 0.3:
        wide = rng.uniform(0.03, 0.07)
        top = vanish[1] - rng.uniform(0.06, 0.26) * (0.5 + abs(x - vanish[0]) * 2)
        plate.cut_box(x, top, x + wide, low)
        windows(stage, plate, rng, (x, top, x + wide, low), 0.25, tone)
        x += wide
    stage.add(plate, 0.10, detail=True)
    shine = mix(inks.glow, inks.light, 0.3)
    place = (vanish[0], vanish[1] - 0.03)
    stage.layers.append(glow(stage, place, 0.1, 0.36, shine, 0.75))


# The roadway


def _roadway(stage: Stage, vanish: Point, *, wet: bool, neon: bool) -> None:
    inks = stage.palette
    x, y = vanish
    plate = stage.plate(ROAD, inks.near, top=y + 0.008, opaque=True)
    far = mix(inks.haze, inks.glow, 0.45)
    base = mix(inks.tone(0.75), inks.near, 0.3)
    middle = mix(base, inks.haze, 0.45)
    plate.wash([(y, far), (y + 0.10, middle), (plate.box[3], base)])
    for k in range(7):
        # The dashes of the middle line, longer and wider towards us.
        a, b = (0.03 + 0.011 * 1.75**n for n in (k, k + 0.45))
        wa, wb = a * 0.028, b * 0.028
        dash = [(x - wa, y + a), (x + wa, y + a), (x + wb, y + b), (x - wb, y + b)]
        plate.polygon(dash, mix(inks.light, base, 0.45))
    if wet:
        _reflections(stage, plate, vanish, neon=neon)
    plate.texture(stage.sheets.paper(plate.size), 8)
    stage.add(plate, ROAD, detail=True)


def _reflections(stage: Stage, plate: Plate, vanish: Point, *, neon: bool) -> None:
    """Upright streaks of light on the wet ground, broken by strokes."""
    inks, rng = stage.palette, stage.dice("road")
    hues = NEON if neon else (inks.glow, inks.light, LAMPLIGHT[0], inks.accent)
    for _ in range(90):
        away = rng.random() ** 0.9
        # Beside the middle, where the lit fronts are.
        edge = 0.05 + away * (stage.half * 0.62 + 0.05)
        x = vanish[0] + rng.choice((-1, 1)) * edge * rng.uniform(0.45, 1.1)
        y = min(plate.box[3], vanish[1] + 0.03 + 0.36 * away)
        long = (0.06 + 0.20 * away) * rng.uniform(0.6, 1.3)
        wide = (0.006 + 0.022 * away) * rng.uniform(0.5, 1.2)
        hue = mix(rng.choice(hues), inks.near, 0.28)
        plate.light((x, y), (wide, long), hue, 1.2)
    mask = Image.new("L", plate.size, 0)
    pen = ImageDraw.Draw(mask)
    for _ in range(240):
        away = rng.random() ** 1.6
        x = rng.uniform(plate.box[0], plate.box[2])
        y = vanish[1] + 0.02 + away * (plate.box[3] - vanish[1])
        long, thick = 0.03 + 0.2 * away, 0.001 + 0.006 * away
        box = plate.px([(x - long, y - thick), (x + long, y + thick)])
        pen.ellipse([box[0], box[1]], fill=rng.randint(60, 210))
    plate.stain(brush.scaled(mask, 0.5), mix(inks.near, inks.far, 0.15))


# The houses


def _front(stage: Stage, side: int, depth: float, vanish: Point) -> Front:
    inks, rng = stage.palette, stage.dice(f"house{side}{depth}")
    far, near = _near(depth * 0.66), _near(depth)
    reach, roof = _reach(stage), -0.60 - rng.uniform(0.0, 0.5)

    def at(k: float, up: float) -> Point:
        z = far + (near - far) * k
        foot = vanish[1] + 0.02 + 0.40 * z
        x = vanish[0] + side * reach * (0.16 + z * 1.02)
        return x, foot + (vanish[1] + roof * (0.28 + z) - foot) * up

    tone = mix(inks.tone(min(1.0, depth * 0.9 + 0.1)), inks.accent, 0.03)
    return Front(side, depth, at, mix(tone, inks.glow, 0.16 * (1 - depth) + 0.05))


def _house(stage: Stage, side: int, depth: float, vanish: Point, *, neon: bool) -> None:
    """One house: its front, and the wall that runs on behind the next one."""
    inks, front = stage.palette, _front(stage, side, depth, vanish)
    tone = inks.tone(min(1.0, depth * 0.9 + 0.1))
    plate = stage.plate(depth, tone)
    (x, top), foot = front.at(1, 1), front.at(1, 0)[1]
    outer = side * (stage.half + 1.5) if depth > 0.9 else x + side * 0.14
    plate.cut(rectangle(x, top, outer, foot))
    pale = mix(tone, inks.haze, 0.4 * (1 - depth))
    plate.wash([(top, tone), (foot, pale), (plate.box[3] + 0.1, inks.near)])
    plate.shape(front.panel(0, 0, 1, 1), front.face)
    rng = stage.dice(f"rooms{side}{depth}")
    _rooms(stage, plate, front, rng)
    if neon or inks.night > 0.7:
        for _ in range(3 if neon else 1):
            _sign(stage, plate, front, rng, NEON if neon else LAMPLIGHT)
    plate.texture(stage.sheets.paper(plate.size), 7)
    stage.add(plate, depth, detail=True)


def _rooms(stage: Stage, plate: Plate, front: Front, rng: Random) -> None:
    """Windows in rows, shop fronts below."""
    inks, columns, rows = stage.palette, 3, 7
    dark = mix(front.face, inks.near, 0.45)
    for column in range(columns):
        k0, k1 = (column + 0.22) / columns, (column + 0.78) / columns
        for row in range(rows):
            u = (row + 1.35) / (rows + 1)
            lit = inks.night > 0.3 and rng.random() < 0.10 + 0.32 * inks.night
            colour = mix(lamp(stage, rng), front.face, 0.2) if lit else dark
            plate.polygon(front.panel(k0, u, k1, u + 0.5 / (rows + 1)), colour)
        shop = mix(dark, inks.accent, 0.3)
        if inks.night > 0.3:
            shop = mix(lamp(stage, rng), front.face, 0.15)
        plate.polygon(front.panel(k0 - 0.05, 0.01, k1 + 0.05, 0.095), shop)


def _sign(
    stage: Stage, plate: Plate, front: Front, rng: Random, hues: tuple[RGB, ...]
) -> None:
    """An upright sign that stands out from the front, glowing."""
    hue, k, low = rng.choice(hues), rng.uniform(0.15, 0.95), rng.uniform(0.12, 0.42)
    (x, y0), (_, y1) = front.at(k, low), front.at(k, low + rng.uniform(0.10, 0.24))
    wide = -front.side * (0.012 + 0.05 * front.depth) * rng.uniform(0.6, 1.2)
    centre = (x + wide / 2, (y0 + y1) / 2)
    plate.light(centre, (abs(wide) * 5, abs(y1 - y0)), hue, 2.6)
    board = rectangle(x, y1, x + wide, y0)
    plate.shape(board, mix(hue, stage.palette.near, 0.55))
    step = (y1 - y0) / 4
    for n in range(4):
        top, bottom = y0 + step * (n + 0.2), y0 + step * (n + 0.8)
        cell = rectangle(x + wide * 0.2, top, x + wide * 0.8, bottom)
        plate.polygon(cell, mix(hue, WHITE, 0.45))


def _wires(stage: Stage, depth: float, vanish: Point, *, lit: bool) -> None:
    """Cables and a string of lanterns from side to side."""
    inks, rng = stage.palette, stage.dice(f"wires{depth}")
    tone = mix(inks.tone(depth), inks.near, 0.5)
    plate = stage.plate(depth, tone, bottom=vanish[1])
    near = _near(depth)
    reach = _reach(stage) * (0.16 + near)
    for k in range(3):
        up = vanish[1] - (0.20 + 0.07 * k) * (0.3 + near) * 1.4
        sag = (0.03 + 0.03 * rng.random()) * (0.4 + near)
        tilt = rng.uniform(-0.05, 0.05) * near
        points = [
            (vanish[0] + reach * v, up + tilt * v + sag * (1 - v * v))
            for v in (n / 10 - 1 for n in range(21))
        ]
        plate.wire(points, 0.004 * (0.4 + near))
        if k == 0 and lit:
            _lanterns(stage, plate, points[3:-3:2], 0.012 + 0.018 * near)
    stage.add(plate, depth, detail=True)


def _lanterns(stage: Stage, plate: Plate, places: list[Point], size: float) -> None:
    """Paper lanterns below a cable."""
    inks = stage.palette
    for k, (x, y) in enumerate(places):
        hue = inks.accent if k % 2 else mix(inks.accent, inks.light, 0.65)
        outer = (x - size * 0.7, y, x + size * 0.7, y + size * 1.7)
        inner = (x - size * 0.3, y + size * 0.35, x + size * 0.3, y + size * 1.3)
        plate.cut_ellipse(outer)
        plate.ellipse(outer, hue)
        plate.ellipse(inner, mix(hue, inks.light, 0.6))
