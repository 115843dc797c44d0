"""A room: a wall with a window, its light across the floor, some furniture."""

from __future__ import annotations

import math

from PIL import ImageDraw

from studio.animatic import brush, terrain
from studio.animatic.atmosphere import Drift, glow, motes, still
from studio.animatic.colour import RGB, mix
from studio.animatic.figures.drawing import spline
from studio.animatic.placement import Point, rectangle
from studio.animatic.plate import Plate
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage
from studio.animatic.veil import Veil

FLOOR = 0.24
TABLEWARE = frozenset(("cup", "bottle", "flower"))
WIDE, HIGH = 0.20, 0.26  # half the size of the window

# fmt: off
CHAIR_BACK = [(-0.17, 0.30), (-0.19, 0.12), (-0.15, -0.02), (0.0, -0.055),
              (0.15, -0.02), (0.19, 0.12), (0.17, 0.30)]
CHAIR_ARMS = [(-0.25, 0.345), (-0.27, 0.20), (-0.22, 0.145), (-0.165, 0.17),
              (-0.15, 0.235), (0.15, 0.235), (0.165, 0.17), (0.22, 0.145),
              (0.27, 0.20), (0.25, 0.345)]
# fmt: on


def room(stage: Stage, scene: Scene) -> None:
    """A quiet interior with room for somebody."""
    inks, side = stage.palette, stage.side
    wall = mix(inks.far, inks.haze, 0.30)
    lit = mix(inks.sky[3], inks.light, 0.4)
    window = (-side * stage.half * 0.36, -0.10)
    _wall(stage, wall, window, lit)
    _sunbeam(stage, window, lit)
    x = side * stage.half
    stage.mark("air", 0.4, x * 0.1, -0.10)
    stage.mark("sky", 0.4, x * 0.1, -0.15)
    _furniture(stage)
    stage.mark("ground", 0.62, x * 0.22, 0.40, 1.7)
    stage.mark("table", 0.62, x * 0.22, 0.40)
    if TABLEWARE.intersection(scene.subjects):
        _table(stage)
        stage.mark("table", 0.72, x * 0.22, 0.405)
    _plant(stage)
    stage.layers.append(motes(stage, inks.light, count=30, rise=0.01, size=0.006))


def _wall(stage: Stage, wall: RGB, window: Point, lit: RGB) -> None:
    inks = stage.palette
    plate = stage.plate(0.12, wall, opaque=True)
    x0, _, x1, low = plate.box
    dark, board = mix(wall, inks.near, 0.50), mix(wall, inks.near, 0.45)
    foot = mix(wall, inks.near, 0.18)
    upper = [(-0.6, dark), (-0.05, wall), (FLOOR, foot)]
    plate.wash([*upper, (FLOOR + 0.001, mix(board, inks.glow, 0.25)), (low, board)])
    plate.light(window, (1.0, 0.85), mix(wall, lit, 0.75), 1.6)
    skirting = rectangle(x0, FLOOR - 0.035, x1, FLOOR)
    plate.polygon(skirting, mix(wall, inks.near, 0.32))
    for k in range(-16, 17):
        gap = [(k * 0.12, FLOOR), (k * 0.384, low)]
        plate.line(gap, mix(board, inks.near, 0.45), 0.0022)
    _picture(stage, plate, wall)
    _window(stage, plate, window, lit, mix(wall, inks.near, 0.6))
    plate.texture(stage.sheets.paper(plate.size), 4)
    stage.add(plate, 0.12, detail=True)


def _window(stage: Stage, plate: Plate, at: Point, lit: RGB, frame: RGB) -> None:
    """Sky, a hint of land, bars, curtains."""
    (x, y), rng = at, stage.dice("view")
    plate.light(at, (WIDE * 3, HIGH * 2.6), lit, 2.0)
    pane = rectangle(x - WIDE, y - HIGH, x + WIDE, y + HIGH)
    plate.polygon(pane, mix(lit, stage.palette.sky[1], 0.25))
    hills = terrain.rolling(rng, x - WIDE, x + WIDE, height=0.02, length=0.4)
    land = terrain.raised(hills, y + HIGH * 0.45)
    sill = [(x + WIDE, y + HIGH), (x - WIDE, y + HIGH)]
    plate.polygon([*land, *sill], mix(lit, stage.palette.far, 0.5))
    bar = y - HIGH * 0.25
    plate.line([(x, y - HIGH), (x, y + HIGH)], frame, 0.012)
    plate.line([(x - WIDE, bar), (x + WIDE, bar)], frame, 0.012)
    plate.line([*pane, pane[0]], frame, 0.022)
    ledge = [(x - WIDE * 1.15, y + HIGH), (x + WIDE * 1.15, y + HIGH)]
    plate.line(ledge, mix(frame, lit, 0.3), 0.022)
    for sign in (-1, 1):
        _curtain(stage, plate, (x + sign * WIDE * 1.05, y - HIGH * 1.15), sign)


def _curtain(stage: Stage, plate: Plate, at: Point, sign: int) -> None:
    (x, top), low = at, at[1] + HIGH * 2.6
    near = stage.palette.near
    colour = mix(stage.palette.accent, near, 0.30)
    for k in range(5):
        edge = x + sign * (0.022 * k - 0.03)
        fold = [(edge, top), (edge + sign * 0.024, top)]
        fold += [(edge + sign * 0.032, low), (edge - sign * 0.006, low)]
        plate.polygon(fold, mix(colour, near, 0.18 * (k % 2) + 0.02 * k))
    rail = [(x - sign * 0.06, top), (x + sign * 0.11, top)]
    plate.line(rail, mix(colour, near, 0.6), 0.012)


def _picture(stage: Stage, plate: Plate, wall: RGB) -> None:
    """A framed print on the wall."""
    inks, (x, y) = stage.palette, (stage.side * stage.half * 0.30, -0.20)
    for reach, ink in ((0.085, inks.near), (0.072, inks.light)):
        frame = rectangle(x - reach, y - reach * 1.25, x + reach, y + reach * 1.25)
        plate.polygon(frame, mix(wall, ink, 0.5))
    plate.ellipse((x - 0.03, y - 0.03, x + 0.03, y + 0.03), mix(inks.accent, wall, 0.2))


def _sunbeam(stage: Stage, window: Point, lit: RGB) -> None:
    """The light of the window in the air and on the floor."""
    x, y = window
    veil = Veil(stage.camera.sweep(0.25), stage.density / 2.5, lit)
    pen = ImageDraw.Draw(veil.mask)
    reach = stage.side * 0.42
    for middle in (x - 0.10, x + 0.10):
        left, right = middle - 0.085, middle + 0.085
        air = [(left, y - 0.25), (right, y - 0.25)]
        air += [(right + reach * 1.1, 0.44), (left + reach * 0.9, 0.44)]
        pen.polygon(veil.px(air), fill=70)
        patch = [(left + reach * 0.62, 0.27), (right + reach * 0.62, 0.27)]
        patch += [(right + reach * 1.15, 0.42), (left + reach * 1.05, 0.42)]
        pen.polygon(veil.px(patch), fill=200)
    veil.finish(brush.soften(veil.mask, 0.008 * veil.density), 0.75)
    stage.layers.append(Drift(veil, 0.25, still()))


def _furniture(stage: Stage) -> None:
    """An armchair and a standing lamp: flat shapes against the wall."""
    inks, side = stage.palette, stage.side
    tone = mix(inks.tone(0.62), inks.near, 0.2)
    plate = stage.plate(0.40, tone)
    x = side * stage.half * 0.74
    for outline in (CHAIR_BACK, CHAIR_ARMS):
        plate.cut(spline([(x + dx, y) for dx, y in outline]))
    cushion = [(x + dx * 0.80, 0.02 + y * 0.80) for dx, y in CHAIR_BACK]
    plate.polygon(spline(cushion), mix(tone, inks.far, 0.22))
    for dx in (-0.20, 0.20):
        plate.cut_box(x + dx - 0.010, 0.33, x + dx + 0.010, 0.375)
    lamp = x - side * 0.36
    plate.cut_box(lamp - 0.004, -0.15, lamp + 0.004, 0.34)
    plate.cut_ellipse((lamp - 0.06, 0.33, lamp + 0.06, 0.352))
    shade = [(lamp - 0.085, -0.12), (lamp - 0.05, -0.23)]
    shade += [(lamp + 0.05, -0.23), (lamp + 0.085, -0.12)]
    dark = inks.night > 0.4
    off, on = mix(inks.accent, tone, 0.3), mix(inks.light, inks.glow, 0.5)
    plate.shape(shade, on if dark else off)
    plate.texture(stage.sheets.paper(plate.size), 8)
    terrain.light_edge(stage, plate, 1.0)
    stage.add(plate, 0.40, detail=True)
    if dark:
        stage.layers.append(glow(stage, (lamp, -0.12), 0.40, 0.5, on, 0.6))


def _table(stage: Stage) -> None:
    """The top of a table close to us, with the light of the window on it."""
    inks, side = stage.palette, stage.side
    wood = mix(inks.tone(0.8), inks.near, 0.35)
    plate = stage.plate(0.72, wood, top=0.30)
    x0, _, x1, low = plate.box
    plate.cut([(x0, 0.345), (x1, 0.345), (x1, low), (x0, low)])
    edge = mix(wood, inks.glow, 0.30)
    plate.wash([(0.345, edge), (0.40, mix(wood, inks.glow, 0.12)), (low, inks.near)])
    shine = (-side * stage.half * 0.30, 0.36)
    plate.light(shine, (0.55, 0.08), mix(edge, inks.light, 0.35), 1.6)
    for k in range(5):
        y = 0.36 + 0.014 * k * (1 + 0.35 * k)
        plate.line([(x0, y), (x1, y + 0.004)], mix(wood, inks.near, 0.4), 0.0016)
    plate.texture(stage.sheets.paper(plate.size), 9)
    terrain.light_edge(stage, plate, 0.5)
    stage.add(plate, 0.72, detail=True)


def _plant(stage: Stage) -> None:
    """Leaves at the edge, close to us: the frame of the picture."""
    inks, rng = stage.palette, stage.dice("plant")
    plate = stage.plate(1.0, inks.near)
    x = -stage.side * stage.half
    for _ in range(13):
        turn, long = rng.uniform(-2.6, -0.5), rng.uniform(0.20, 0.46)
        c, s = math.cos(turn), math.sin(turn)
        tip, middle = (
            (x + c * long, 0.52 + s * long),
            (x + c * long / 2, 0.52 + s * long / 2),
        )
        left = (middle[0] - s * 0.035, middle[1] + c * 0.035)
        right = (middle[0] + s * 0.035, middle[1] - c * 0.035)
        plate.cut(spline([(x, 0.56), left, tip, right]))
    plate.texture(stage.sheets.paper(plate.size), 8)
    terrain.light_edge(stage, plate, 0.9)
    stage.add(plate, 1.0, detail=True)
