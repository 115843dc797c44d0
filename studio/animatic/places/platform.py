"""Places made to be looked at: a photographer's studio, a concert stage."""

from __future__ import annotations

import math

from studio.animatic import terrain
from studio.animatic.actors import crowd
from studio.animatic.atmosphere import beam, mist, motes
from studio.animatic.colour import RGB, mix, rgb
from studio.animatic.placement import rectangle
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage

SPOTS = (rgb("2fe0e6"), rgb("8a6bff"))


def studio(stage: Stage, scene: Scene) -> None:
    """A curved backdrop, a disc of colour, a pedestal: for things and faces."""
    inks, x = stage.palette, stage.side * stage.half * 0.10
    base = mix(inks.haze, inks.sky[2], 0.4)
    _backdrop(stage, x, base)
    stage.mark("air", 0.4, x, 0.05, 1.6)
    stage.mark("sky", 0.4, x, 0.0, 1.4)
    if not scene.close:
        _pedestal(stage, x, base)
    stage.mark("ground", 0.55, x, 0.275, 1.4)
    stage.mark("table", 0.55, x, 0.275, 1.15)
    stage.layers.append(motes(stage, inks.light, count=14, rise=0.008, size=0.006))


def _backdrop(stage: Stage, x: float, base: RGB) -> None:
    inks = stage.palette
    plate = stage.plate(0.05, base, opaque=True)
    wall = [(-0.6, mix(base, inks.far, 0.55)), (0.0, base)]
    floor = [(0.16, mix(base, inks.light, 0.45)), (0.30, mix(base, inks.far, 0.30))]
    plate.wash([*wall, *floor, (plate.box[3], mix(base, inks.far, 0.75))])
    disc = mix(mix(inks.accent, base, 0.25), inks.light, 0.15)
    plate.ellipse((x - 0.33, -0.40, x + 0.33, 0.26), disc)
    key = (-stage.side * stage.half * 0.7, -0.35)
    plate.light(key, (1.0, 0.9), mix(base, inks.light, 0.75), 1.8)
    plate.texture(stage.sheets.paper(plate.size), 3)
    stage.add(plate, 0.05, detail=True)


def _pedestal(stage: Stage, x: float, base: RGB) -> None:
    """Two round steps, lit from one side."""
    inks = stage.palette
    plate = stage.plate(0.55, base, top=0.2)
    dark = mix(base, inks.far, 0.85)
    for wide, top in ((0.44, 0.37), (0.27, 0.275)):
        plate.shape(rectangle(x - wide, top, x + wide, top + 0.3), dark)
        lit = x - stage.side * wide
        band = rectangle(x - stage.side * wide * 0.35, top, lit, top + 0.3)
        plate.polygon(band, mix(dark, inks.light, 0.35))
        rim = (x - wide, top - 0.035, x + wide, top + 0.035)
        plate.cut_ellipse(rim)
        plate.ellipse(rim, mix(base, inks.light, 0.55))
    plate.texture(stage.sheets.paper(plate.size), 7)
    stage.add(plate, 0.55, detail=True)


def concert(stage: Stage, scene: Scene) -> None:
    """A stage in beams and haze above a dancing crowd."""
    _rig(stage)
    _beams(stage)
    stage.mark("air", 0.25, 0.0, -0.05)
    stage.mark("sky", 0.25, 0.0, -0.1)
    _podium(stage)
    stage.mark("ground", 0.42, 0.0, 0.13, 0.95)
    stage.layers.append(mist(stage, 0.45, 0.20, 0.12, strength=0.55, drift=0.012))
    for depth, level, size, many in (
        (0.55, 0.40, 0.20, 14),
        (0.78, 0.50, 0.27, 9),
        (1.0, 0.64, 0.38, 5),
    ):
        count = round(many * stage.half * 2)
        stage.layers.append(
            crowd(stage, ("dancer",), depth=depth, level=level, size=size, count=count)
        )


def _beams(stage: Stage) -> None:
    inks, rng = stage.palette, stage.dice("concert")
    hues = (inks.accent, inks.glow, *SPOTS)
    for k in range(7):
        x = stage.half * 1.1 * (k - 3) / 3.2
        stage.layers.append(
            beam(
                stage,
                (x, -0.34),
                0.2,
                turn=math.pi - x * 0.5,
                swing=0.30,
                spread=0.11,
                colour=mix(rng.choice(hues), inks.light, 0.2),
                strength=0.85,
                rate=0.25,
                phase=rng.random(),
            )
        )


def _rig(stage: Stage) -> None:
    """The back wall and the truss for the lamps."""
    inks = stage.palette
    plate = stage.plate(0.15, inks.near, opaque=True)
    middle = mix(inks.sky[1], inks.near, 0.4)
    low = mix(inks.haze, inks.glow, 0.25)
    plate.wash([(-0.6, inks.near), (0.0, middle), (0.2, low), (0.4, inks.near)])
    plate.light((0.0, 0.12), (1.0, 0.5), mix(inks.glow, inks.accent, 0.4), 2.0)
    dark = mix(inks.near, inks.far, 0.2)
    x, x1 = plate.box[0], plate.box[2]
    for y in (-0.40, -0.345):
        plate.line([(x, y), (x1, y)], dark, 0.008)
    while x < x1:
        plate.line([(x, -0.40), (x + 0.05, -0.345), (x + 0.1, -0.40)], dark, 0.005)
        x += 0.1
    plate.texture(stage.sheets.paper(plate.size), 5)
    stage.add(plate, 0.15, detail=True)


def _podium(stage: Stage) -> None:
    """The edge of the stage, a stack of loudspeakers on each side."""
    inks = stage.palette
    plate = stage.plate(0.40, inks.near, top=-0.2)
    wide = min(0.85, stage.half * 0.8)
    plate.cut_box(-wide, 0.14, wide, plate.box[3] + 0.02)
    cone = mix(inks.near, inks.far, 0.35)
    for x in (0.10 - wide, wide - 0.10):
        for y in (0.065, -0.010, -0.085, -0.160):
            plate.cut_box(x - 0.06, y, x + 0.06, y + 0.072)
            plate.ellipse((x - 0.028, y + 0.008, x + 0.028, y + 0.064), cone)
    edge = mix(inks.glow, inks.accent, 0.4)
    plate.line([(-wide, 0.142), (wide, 0.142)], edge, 0.006)
    plate.texture(stage.sheets.paper(plate.size), 7)
    terrain.light_edge(stage, plate, 0.8)
    stage.add(plate, 0.40, detail=True)
