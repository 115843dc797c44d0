"""Space: stars, a nebula, a ringed planet, the rim of a world below."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw

from studio.animatic import brush
from studio.animatic.atmosphere import Drift, motes, still
from studio.animatic.colour import mix, rgb
from studio.animatic.placement import Point
from studio.animatic.plate import Plate
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage
from studio.animatic.veil import Veil

AIR = rgb("7fb4ff")
RINGS = ((2.1, 0.10), (1.85, 0.16), (1.5, 0.05))  # radius and width, in planet radii


def space(stage: Stage, scene: Scene) -> None:
    """Far worlds, with room for whoever floats there."""
    side = stage.side * stage.half
    _nebula(stage)
    _planet(stage, (-side * 0.42, -0.10), 0.20, 0.14, ring=True)
    _planet(stage, (side * 0.55, -0.30), 0.05, 0.10, ring=False)
    stage.mark("sky", 0.35, side * 0.25, -0.05)
    stage.mark("air", 0.45, side * 0.22, 0.0, 1.1)
    _world(stage)
    stage.mark("ground", 0.70, side * 0.30, 0.36)
    stage.mark("water", 0.5, side * 0.2, 0.1)
    light = stage.palette.light
    stage.layers.append(motes(stage, light, count=24, rise=0.004, size=0.005))


def _nebula(stage: Stage) -> None:
    inks, box = stage.palette, stage.camera.sweep(0.04)
    for name, colour, cut, strength in (
        ("cold", inks.far, 0.42, 0.72),
        ("hot", mix(inks.glow, inks.accent, 0.4), 0.56, 0.42),
    ):
        veil = Veil(box, stage.density / 2, colour)
        cell = (round(0.7 * veil.density), round(0.4 * veil.density))
        lumps = brush.clouding(veil.size, stage.dice(name), cell=cell, octaves=5)
        lane = brush.ramp(veil.size, [(0, 0.1), (0.35, 1.0), (0.6, 0.7), (1, 0)])
        dense = brush.curve(lumps, _above(cut))
        veil.finish(ImageChops.multiply(dense, lane), strength)
        stage.layers.append(Drift(veil, 0.04, still()))


def _above(cut: float) -> Callable[[float], float]:
    """A tone curve that keeps only what is denser than `cut`."""
    return lambda v: (v - cut) * 2.4


def _planet(
    stage: Stage, at: Point, radius: float, depth: float, *, ring: bool
) -> None:
    """A banded planet, half in the night, with rings if asked for."""
    inks, (x, y) = stage.palette, at
    reach = radius * (2.3 if ring else 1.1)
    box = (x - reach, y - reach, x + reach, y + reach)
    plate = Plate(box, stage.density, mix(inks.accent, inks.glow, 0.45))
    plate.cut_ellipse((x - radius, y - radius, x + radius, y + radius))
    noise = plate.noise(stage.dice("bands"), (2.0, 0.035), 3)
    bands = brush.curve(noise, lambda v: (v - 0.35) * 1.8)
    plate.stain(brush.scaled(bands, 0.6), mix(inks.light, inks.glow, 0.5))
    _night_side(stage, plate, radius)
    if ring:
        _rings(stage, plate, at, radius)
    plate.texture(stage.sheets.paper(plate.size), 6)
    stage.add(plate, depth, detail=True)


def _night_side(stage: Stage, plate: Plate, radius: float) -> None:
    """The half turned away from the light, its edge stippled."""
    size, body = radius * plate.density, plate.cutout
    across = round(0.55 * size * (1 if stage.sun[0] > 0 else -1))
    lit = brush.shifted(body, across, -round(0.25 * size))
    shade = brush.soften(ImageChops.subtract(body, lit), 0.16 * size)
    dots = brush.stipple(shade, stage.sheets.dots(plate.size))
    plate.stain(brush.scaled(shade, 0.85), stage.palette.near)
    plate.stain(brush.scaled(dots, 0.5), stage.palette.near)


def _rings(stage: Stage, plate: Plate, at: Point, radius: float) -> None:
    """Rings that pass behind the planet and before it."""
    body = plate.cutout
    colour = mix(stage.palette.light, stage.palette.haze, 0.3)
    for reach, width in RINGS:
        pixels = max(2, round(width * radius * plate.density * 0.5))
        veil = Image.new("L", plate.size, 0)
        pen = ImageDraw.Draw(veil)
        pen.line(plate.px(_arc(at, radius * reach, math.pi)), fill=200, width=pixels)
        veil.paste(0, (0, 0), body)
        pen.line(plate.px(_arc(at, radius * reach, 0.0)), fill=230, width=pixels)
        plate.stain(veil, colour)
        plate.mask = ImageChops.lighter(plate.cutout, veil)


def _arc(at: Point, reach: float, start: float) -> list[Point]:
    """Half of a flat tilted ellipse around a place."""
    turns = (start + math.pi * k / 48 for k in range(49))
    return [
        (
            at[0] + reach * math.cos(turn),
            at[1] + reach * (0.20 * math.sin(turn) + 0.15 * math.cos(turn)),
        )
        for turn in turns
    ]


def _world(stage: Stage) -> None:
    """The curve of a world at our feet, its air alight."""
    inks, radius = stage.palette, 2.6
    plate = stage.plate(0.6, inks.near, top=0.16)
    y, pen = 0.34 + radius, plate.draw_mask()
    air = mix(inks.glow, AIR, 0.5)
    for k in range(24, -1, -1):
        r = radius + 0.0005 * k * k
        corners = plate.px([(-r, y - r), (r, y + r)])
        pen.ellipse([corners[0], corners[1]], fill=round(255 * (1 - k / 25) ** 2))
    dark = mix(air, inks.near, 0.75)
    plate.wash([(0.2, air), (0.345, air), (0.40, dark), (0.55, inks.near)])
    noise = plate.noise(stage.dice("land"), (0.3, 0.05), 5)
    lumps = brush.curve(noise, lambda v: (v - 0.45) * 2)
    plate.stain(brush.scaled(lumps, 0.25), mix(inks.far, air, 0.4))
    plate.texture(stage.sheets.paper(plate.size), 7)
    stage.add(plate, 0.6, detail=True)
