"""Forests: trunks in depth, shafts of light, snow on the boughs."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageChops, ImageDraw

from studio.animatic import brush, flora, terrain
from studio.animatic.atmosphere import Drift, mist, motes, still
from studio.animatic.colour import mix
from studio.animatic.places.nature import foreground, span
from studio.animatic.plate import Plate
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage
from studio.animatic.veil import Veil


def forest(stage: Stage, scene: Scene) -> None:
    """Rows of trunks that open into a clearing where the light is."""
    white = scene.has("snow", "ice")
    inks, side = stage.palette, stage.side * stage.half
    clearing = stage.sun[0] * 0.55
    _backdrop(stage, clearing)
    _tree_line(stage, 0.10, 0.22, 0.40)
    stage.mark("sky", 0.15, side * 0.1, -0.25)
    stage.layers.append(mist(stage, 0.15, 0.20, 0.16, strength=0.8, drift=0.005))
    _tree_line(stage, 0.24, 0.26, 0.26)
    rows = ((0.34, 0.28, 0.018, 30), (0.70, 0.36, 0.042, 11))
    for depth, level, width, count in rows:
        _trunks(stage, depth, level, width, count, clearing=clearing, white=white)
        if depth < 0.4:
            shafts(stage, clearing)
            stage.mark("air", 0.35, -side * 0.05, -0.12)
        stage.layers.append(
            mist(
                stage,
                depth,
                level + 0.02,
                0.09,
                strength=0.62 * (1.15 - depth),
                drift=0.008,
            )
        )
        if depth < 0.4:
            stage.mark("ground", 0.52, clearing + stage.side * 0.12, 0.345)
    foreground(
        stage, level=0.47, blades=0.10 if white else 0.15, lushness=36 if white else 260
    )
    _frame_trunks(stage, white=white)
    if not white:
        stage.layers.append(
            motes(stage, inks.light, count=26, rise=0.012, size=0.007, top=-0.3)
        )


def _backdrop(stage: Stage, x: float) -> None:
    """The brightness of the clearing."""
    inks = stage.palette
    plate = stage.plate(0.0, inks.haze, opaque=True)
    low = plate.box[3]
    plate.wash(
        [
            (-0.5, mix(inks.sky[1], inks.far, 0.25)),
            (0.0, mix(inks.sky[2], inks.haze, 0.4)),
            (0.25, mix(inks.haze, inks.sky[3], 0.5)),
            (low, mix(inks.haze, inks.far, 0.5)),
        ]
    )
    plate.light((x, 0.02), (0.95, 0.75), mix(inks.glow, inks.sky[3], 0.35), 1.6)
    plate.light((x, 0.02), (0.40, 0.40), mix(inks.light, inks.glow, 0.4), 2.0)
    plate.texture(stage.sheets.paper(plate.size), 6)
    stage.add(plate, 0.0)


def _tree_line(stage: Stage, depth: float, level: float, size: float) -> None:
    """A far wall of firs."""
    inks, rng = stage.palette, stage.dice(f"treeline{depth}")
    x0, x1 = span(stage, depth)
    line = terrain.raised(terrain.rolling(rng, x0, x1, height=0.02, length=1.2), level)
    tone = mix(inks.tone(depth), inks.haze, 0.25)

    def wood(plate: Plate, profile: terrain.Profile) -> None:
        flora.firs(plate, profile, rng, size=size, gap=size * 0.16)

    terrain.paint_land(
        stage,
        depth,
        line,
        colour=tone,
        foot=mix(tone, inks.haze, 0.6),
        detail=wood,
        headroom=size * 1.25,
        rim=0.2,
    )


def _trunks(
    stage: Stage,
    depth: float,
    level: float,
    width: float,
    count: int,
    *,
    clearing: float,
    white: bool,
) -> None:
    inks, rng = stage.palette, stage.dice(f"trunks{depth}")
    tone = inks.tone(min(1.0, depth + 0.15))
    plate = stage.plate(depth, tone)
    x0, x1 = span(stage, depth)
    ground = terrain.raised(
        terrain.rolling(rng, x0, x1, height=0.016, length=1.1), level
    )
    low = plate.box[3] + 0.1
    earth = mix(inks.light, inks.haze, 0.35) if white else mix(tone, inks.haze, 0.25)
    plate.wash(
        [
            (-0.5, tone),
            (level - 0.15, mix(tone, inks.haze, 0.35 * (1 - depth))),
            (level + 0.02, earth),
            (low, mix(earth, inks.near, 0.4)),
        ]
    )
    plate.cut([(x0, low), *ground, (x1, low)])
    snow = Image.new("L", plate.size, 0)
    for k in range(count):
        x = x0 + (x1 - x0) * (k + rng.uniform(0.1, 0.9)) / count
        if abs(x - clearing) < 0.16 + 0.10 * depth:
            continue
        _trunk(
            plate,
            snow,
            rng,
            x,
            flora.height_at(ground, x) + 0.02,
            width * rng.uniform(0.6, 1.2),
            plate.box[1],
        )
    if white:
        plate.stain(brush.scaled(snow, 0.9), mix(inks.light, inks.haze, 0.2))
    plate.texture(stage.sheets.paper(plate.size), 9)
    terrain.light_edge(stage, plate, 0.7)
    stage.add(plate, depth, detail=True)


def _trunk(
    plate: Plate,
    snow: Image.Image,
    rng: Random,
    x: float,
    foot: float,
    wide: float,
    top: float,
) -> None:
    lean = rng.uniform(-0.03, 0.03)
    spread = wide * 0.5
    plate.cut(
        [
            (x - spread * 1.7, foot),
            (x - spread, foot - 0.06),
            (x + lean - spread * 0.6, top),
            (x + lean + spread * 0.6, top),
            (x + spread, foot - 0.06),
            (x + spread * 1.7, foot),
        ]
    )
    pen = ImageDraw.Draw(snow)
    height = foot - top
    for _ in range(rng.randint(3, 7)):
        u = rng.uniform(0.30, 0.98)
        side = rng.choice((-1, 1))
        y = foot - height * u
        start = x + lean * u
        long = wide * rng.uniform(2.0, 5.5) * (1.2 - u * 0.6)
        droop = long * rng.uniform(-0.35, 0.35)
        tip = (start + side * long, y + droop)
        thick = wide * 0.16
        plate.cut([(start, y - thick), tip, (start, y + thick)])
        pen.polygon(
            plate.px([(start, y - thick * 1.2), tip, (start, y - thick * 0.1)]),
            fill=255,
        )
        _twigs(plate, rng, (start, y), tip, thick)


def _twigs(
    plate: Plate,
    rng: Random,
    start: tuple[float, float],
    tip: tuple[float, float],
    thick: float,
) -> None:
    for _ in range(3):
        u = rng.uniform(0.3, 0.9)
        x = start[0] + (tip[0] - start[0]) * u
        y = start[1] + (tip[1] - start[1]) * u
        long = abs(tip[0] - start[0]) * rng.uniform(0.2, 0.45)
        end = (x + (tip[0] - start[0]) * 0.25, y + rng.choice((-1, 1)) * long)
        plate.cut([(x, y - thick * 0.4), end, (x, y + thick * 0.4)])


def _frame_trunks(stage: Stage, *, white: bool) -> None:
    """Two dark trunks at the edges: the frame of the picture."""
    inks, rng = stage.palette, stage.dice("frame")
    plate = stage.plate(1.0, inks.near)
    snow = Image.new("L", plate.size, 0)
    for x, wide in ((-stage.half * 0.93, 0.12), (stage.half * 0.97, 0.09)):
        _trunk(plate, snow, rng, x, 0.62, wide, plate.box[1])
    if white:
        plate.stain(brush.scaled(snow, 0.9), mix(inks.light, inks.haze, 0.3))
    plate.texture(stage.sheets.paper(plate.size), 10)
    terrain.light_edge(stage, plate, 0.8)
    stage.add(plate, 1.0, detail=True)


def shafts(stage: Stage, x: float) -> None:
    """Light falling between the trees."""
    inks, rng = stage.palette, stage.dice("treeshafts")
    x0, y0, x1, y1 = stage.camera.sweep(0.35)
    veil = Veil((x0, y0, x1, y1), stage.density / 3, mix(inks.glow, inks.light, 0.4))
    pen = ImageDraw.Draw(veil.mask)
    for k in range(6):
        at = x + (k - 2.5) * 0.15 + rng.uniform(-0.04, 0.04)
        wide = rng.uniform(0.02, 0.06)
        fan = [
            (at + 0.28, y0),
            (at + 0.28 + wide, y0),
            (at - 0.05 + wide * 2.2, 0.36),
            (at - 0.10, 0.36),
        ]
        pen.polygon(veil.px(fan), fill=rng.randint(90, 220))
    fade = brush.ramp(veil.size, [(0, 0.2), (0.35, 1.0), (0.85, 0.0)])
    soft = brush.soften(veil.mask, 0.018 * veil.density)
    veil.finish(ImageChops.multiply(soft, fade), 0.30)
    stage.layers.append(Drift(veil, 0.35, still()))
