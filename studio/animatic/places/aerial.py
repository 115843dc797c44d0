"""The city from above: blocks, row before row to the horizon."""

from __future__ import annotations

from random import Random

from studio.animatic import terrain
from studio.animatic.atmosphere import mist
from studio.animatic.colour import mix, rgb
from studio.animatic.placement import Point, rectangle
from studio.animatic.places.nature import mountain_range
from studio.animatic.places.skyline import windows
from studio.animatic.plate import Plate
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage

HORIZON = -0.17
ROWS = 7
HEADLIGHTS = tuple(rgb(code) for code in ("ffdf9a", "ff8a5c", "fff3d0"))


def aerial_city(stage: Stage, scene: Scene) -> None:
    """A mountain on the horizon, then the rows of the town."""
    inks, side = stage.palette, stage.side * stage.half
    level, hero = HORIZON + 0.015, side * 0.45
    hills = mountain_range(stage, 0.06, level=level, height=0.06, gap=0.3, hero=hero)
    tone = inks.tone(0.08)
    foot = mix(tone, inks.haze, 0.6)
    terrain.paint_land(stage, 0.06, hills, colour=tone, foot=foot, rim=0.3)
    stage.mark("sky", 0.15, side * 0.1, -0.30)
    for k in range(ROWS):
        near = (k + 1) / ROWS
        level, depth = HORIZON + 0.02 + 0.72 * near**1.75, 0.10 + 0.75 * near**1.3
        _row(stage, depth, level, 0.045 + 0.20 * near**1.4)
        if k < 5:
            thick, strength = 0.05 + 0.03 * near, 0.46 * (1 - near * 0.7)
            stage.layers.append(
                mist(stage, depth, level - 0.01, thick, strength=strength, drift=0.006)
            )
        if k == 2:
            stage.mark("far", depth + 0.02, side * 0.34, level + 0.12)
            stage.mark("air", depth + 0.02, -side * 0.1, -0.12)
        if k == 4:
            stage.mark("ground", depth, side * 0.3, level + 0.02, 0.6)


def _row(stage: Stage, depth: float, level: float, size: float) -> None:
    """One row of blocks behind its avenue."""
    inks, rng = stage.palette, stage.dice(f"row{level}")
    tone = inks.tone(depth)
    plate = stage.plate(depth, tone, top=level - size * 2.6)
    x0, _, x1, low = plate.box
    dark = mix(tone, inks.near, 0.35)
    stops = [(level - size, tone), (level + size * 1.6, dark)]
    plate.wash([*stops, (low + 0.02, mix(tone, inks.near, 0.5))])
    plate.cut_box(x0, level + size * 0.7, x1, low + 0.02)
    _avenue(stage, plate, level + size * 0.9, size)
    x = x0 - size
    while x < x1:
        wide = size * rng.uniform(0.5, 1.0)
        high = size * (0.35 + 1.5 * rng.random() ** 3)
        foot = (x, level + size * rng.uniform(0.55, 0.9))
        _block(stage, plate, rng, foot, wide, high, depth)
        x += wide * rng.uniform(1.10, 1.5)
    plate.texture(stage.sheets.paper(plate.size), 6)
    stage.add(plate, depth, detail=True)


def _avenue(stage: Stage, plate: Plate, y: float, size: float) -> None:
    """A street between the rows, with the lights of cars."""
    rng = stage.dice(f"avenue{y}")
    for _ in range(round(16 / max(0.1, size * 4))):
        x = rng.uniform(plate.box[0], plate.box[2])
        hue = mix(rng.choice(HEADLIGHTS), stage.palette.haze, 0.15)
        plate.light((x, y), (size * 0.5, size * 0.12), hue, 2.0)


def _block(
    stage: Stage,
    plate: Plate,
    rng: Random,
    foot: Point,
    wide: float,
    high: float,
    depth: float,
) -> None:
    """A lit roof, a front with windows, a side in shadow."""
    inks, (x, y) = stage.palette, foot
    rise, top = wide * 0.34, y - high
    turn = wide * 0.42 * (1 if stage.sun[0] < 0 else -1)
    edge = x + wide if turn > 0 else x
    front = mix(inks.tone(min(1, depth + 0.10)), inks.near, 0.12)
    bright = mix(inks.tone(max(0, depth - 0.10)), inks.glow, 0.22)
    # Now and then a roof in the accent: a town in one ink is a diagram.
    warm = inks.accent if rng.random() < 0.10 else inks.haze
    back = top - rise
    flank = [(edge, y), (edge, top), (edge + turn, back), (edge + turn, y - rise)]
    roof = [(x, top), (x + wide, top), (x + wide + turn, back), (x + turn, back)]
    plate.shape(rectangle(x, top, x + wide, y), front)
    plate.shape(flank, mix(front, inks.near, 0.4))
    plate.shape(roof, mix(bright, warm, 0.22))
    if depth > 0.2:
        windows(stage, plate, rng, (x, top, x + wide, y), depth * 0.55, front)
