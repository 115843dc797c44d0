"""The city from afar: a skyline, and the windows that all cities share."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageChops, ImageDraw

from studio.animatic import brush, terrain
from studio.animatic.atmosphere import mist
from studio.animatic.colour import RGB, mix, rgb
from studio.animatic.placement import Box, rectangle
from studio.animatic.places.nature import span
from studio.animatic.plate import Plate
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage

LAMPS = tuple(rgb(code) for code in ("ffcf7a", "ffe2a8", "ffb765", "cfe3ee"))
ROWS = ((0.10, 0.20, 0.30, 0.060), (0.26, 0.26, 0.42, 0.085), (0.50, 0.36, 0.42, 0.13))


def city(stage: Stage, scene: Scene) -> None:
    """A skyline in three depths, roofs before us."""
    side = stage.side * stage.half
    stage.mark("sky", 0.2, side * 0.2, -0.25)
    for depth, level, height, width in ROWS:
        _row(stage, depth, level=level, height=height, width=width)
        strength = 0.7 - 0.5 * depth
        stage.layers.append(
            mist(stage, depth, level, 0.12, strength=strength, drift=0.004)
        )
        if depth < 0.2:
            stage.mark("air", 0.24, side * 0.3, -0.20)
            stage.mark("far", 0.24, side * 0.36, 0.26)
    _roofs(stage)


def lamp(stage: Stage, rng: Random) -> RGB:
    """The colour of one lit window."""
    return mix(rng.choice(LAMPS), stage.palette.accent, 0.15)


def windows(
    stage: Stage, plate: Plate, rng: Random, box: Box, depth: float, tone: RGB
) -> None:
    """Windows in rows over a front, lit by night."""
    left, top, right, low = box
    night, size = stage.palette.night, 0.010 + 0.010 * depth
    day = mix(tone, stage.palette.sky[2], 0.28)
    columns = max(1, int((right - left - size) / (size * 1.55)))
    gap = (right - left) / (columns + 0.5)
    for row in range(min(26, int((low - top) / (size * 1.9)))):
        y = top + size * 1.3 + row * size * 1.9
        for column in range(columns):
            if rng.random() > 0.10 + 0.42 * night:
                continue
            x = left + gap * (column + 0.5)
            colour = lamp(stage, rng) if night > 0.3 else day
            colour = mix(colour, tone, 0.25 + 0.3 * rng.random())
            plate.polygon(rectangle(x, y, x + gap * 0.55, y + size), colour)


def _row(
    stage: Stage, depth: float, *, level: float, height: float, width: float
) -> None:
    inks, rng = stage.palette, stage.dice(f"skyline{depth}")
    tone = inks.tone(depth)
    plate = stage.plate(depth, tone, top=level - height * 1.35)
    low = plate.box[3] + 0.05
    pale = mix(tone, inks.haze, 0.55)
    plate.wash([(level - height, tone), (level, pale), (low, inks.haze)])
    blocks = _blocks(stage, rng, span(stage, depth), level, height, width)
    for left, top, right in blocks:
        plate.cut_box(left, top, right, low)
        _crown(plate, rng, left, top, right)
    _shade(stage, plate, blocks, level)
    for left, top, right in blocks:
        if depth > 0.2:
            windows(stage, plate, rng, (left, top, right, low), depth, tone)
    plate.texture(stage.sheets.paper(plate.size), 6)
    terrain.light_edge(stage, plate, 0.55)
    stage.add(plate, depth, detail=True)


def _blocks(
    stage: Stage,
    rng: Random,
    ends: tuple[float, float],
    level: float,
    height: float,
    width: float,
) -> list[tuple[float, float, float]]:
    """Left, top and right of each block; the city rises away from the light."""
    found, x = [], ends[0]
    middle, reach = stage.side * stage.half * 0.25, 0.75 * stage.half + 0.2
    while x < ends[1]:
        wide = width * rng.uniform(0.55, 1.35)
        bulk = math.exp(-(((x - middle) / reach) ** 2))
        high = height * (0.22 + 0.78 * bulk * rng.random() ** 0.8)
        found.append((x, level - high, x + wide))
        x += wide * rng.uniform(0.75, 1.15)
    return found


def _shade(
    stage: Stage,
    plate: Plate,
    blocks: list[tuple[float, float, float]],
    level: float,
) -> None:
    """The side of each block turned from the light, paler towards its foot."""
    shade = Image.new("L", plate.size, 0)
    pen = ImageDraw.Draw(shade)
    for k, (left, top, right) in enumerate(blocks):
        wide = (right - left) * (0.30 + 0.04 * (k % 3))
        lit = stage.sun[0] > 0
        x0, x1 = (left, left + wide) if lit else (right - wide, right)
        pen.polygon(plate.px(rectangle(left, top, right, level + 1)), fill=0)
        dark = 150 + 30 * (k % 3)
        pen.polygon(plate.px(rectangle(x0, top, x1, level + 1)), fill=dark)
    fade = brush.ramp(plate.size, [(0, 0.9), (0.7, 0.35), (1, 0.1)])
    shade = ImageChops.multiply(shade, fade)
    plate.stain(brush.scaled(shade, 0.5), stage.palette.near)


def _crown(plate: Plate, rng: Random, left: float, top: float, right: float) -> None:
    """What stands on a roof."""
    wide, middle = right - left, (left + right) / 2
    kind = rng.randrange(6)
    if kind == 0:
        thin = wide * 0.02
        plate.cut(
            [(middle - thin, top), (middle, top - wide * 0.9), (middle + thin, top)]
        )
    elif kind == 1:
        plate.cut([(left, top), (left, top - wide * 0.2), (right, top)])
    elif kind == 2:
        rise = top - wide * 0.32
        plate.cut_box(left + wide * 0.2, rise, right - wide * 0.2, top)
        plate.cut_box(middle - 0.0015, rise - wide * 0.5, middle + 0.0015, rise)
    elif kind == 3:
        x = left + wide * rng.uniform(0.2, 0.6)
        plate.cut_box(x, top - wide * 0.16, x + wide * 0.25, top)


def _roofs(stage: Stage) -> None:
    """The roofs we look out from."""
    inks, rng = stage.palette, stage.dice("roofs")
    stage.mark("ground", 0.80, stage.side * stage.half * 0.30, 0.375)
    plate = stage.plate(0.85, inks.near, top=0.05)
    x = plate.box[0]
    while x < plate.box[2]:
        wide, top = rng.uniform(0.25, 0.5), 0.365 + rng.uniform(0.0, 0.06)
        plate.cut_box(x, top - 0.012, x + wide, 1.0)
        _furnish(plate, rng, x + wide * rng.uniform(0.2, 0.7), top)
        x += wide
    lit = mix(inks.near, inks.far, 0.18)
    plate.wash([(0.3, lit), (0.5, inks.near), (0.7, inks.near)])
    plate.texture(stage.sheets.paper(plate.size), 8)
    terrain.light_edge(stage, plate, 0.9)
    stage.add(plate, 0.85, detail=True)


def _furnish(plate: Plate, rng: Random, x: float, top: float) -> None:
    """A water tank, an aerial or a chimney."""
    kind = rng.randrange(4)
    if kind == 0:
        for leg in (-0.025, 0.020):
            plate.cut_box(x + leg, top - 0.05, x + leg + 0.005, top)
        plate.cut_box(x - 0.034, top - 0.10, x + 0.034, top - 0.035)
        roof = top - 0.10
        plate.cut([(x - 0.038, roof), (x, roof - 0.028), (x + 0.038, roof)])
    elif kind == 1:
        plate.cut_box(x - 0.0015, top - 0.15, x + 0.0015, top)
        for k in range(3):
            y, reach = top - 0.14 + 0.02 * k, 0.022 + 0.006 * k
            plate.cut_box(x - reach, y, x + reach, y + 0.003)
    elif kind == 2:
        plate.cut_box(x, top - 0.055, x + 0.03, top)
