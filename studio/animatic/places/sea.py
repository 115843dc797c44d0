"""The sea, its shore, and lakes among mountains."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageDraw

from studio.animatic import brush, flora, terrain
from studio.animatic.atmosphere import mist
from studio.animatic.colour import RGB, mix
from studio.animatic.figures import FIGURES
from studio.animatic.places.nature import foreground, mountain_range, span, wooded_hill
from studio.animatic.places.water import glitter, light_path, strokes, swell, water
from studio.animatic.plate import Plate
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage

HORIZON = 0.10
# Those who move so cannot do it on water.
ASHORE = ("walk", "run", "stand", "drive", "dance")


def sea(stage: Stage, scene: Scene) -> None:
    """Open water to the horizon, three waves before us."""
    rough = scene.has("storm", "waves")
    side = stage.side * stage.half
    stage.mark("sky", 0.25, side * 0.2, -0.22)
    stage.mark("air", 0.2, side * 0.3, -0.16)
    water(stage, HORIZON)
    _headland(stage)
    stage.layers.append(
        mist(stage, 0.12, HORIZON + 0.005, 0.045, strength=0.65, drift=0.004)
    )
    lift = 2.4 if rough else 1.0
    swell(stage, 0.34, 0.245, 0.016 * lift)
    stage.mark("ground", 0.42, side * 0.34, 0.262)
    stage.mark("water", 0.42, side * 0.34, 0.262)
    swell(stage, 0.58, 0.33, 0.026 * lift)
    if any(FIGURES[name].gait in ASHORE for name in scene.subjects):
        _cliff(stage)
    swell(stage, 0.95, 0.455, 0.034 * lift)


def _cliff(stage: Stage) -> None:
    """A rock that juts into the picture, for those who cannot walk on water."""
    inks, side, depth = stage.palette, stage.side, 0.66
    rng = stage.dice("cliff")
    start, end = side * stage.half * 0.10, side * (stage.half + 0.7)
    line, share = [], 0.0
    while share <= 1.0:
        # Steep at the brink, then a rough and slowly rising back.
        rise = 0.21 * min(1.0, share * 9) ** 0.5 + 0.10 * share
        line.append((start + (end - start) * share, -rise + rng.uniform(-0.005, 0.005)))
        share += rng.uniform(0.008, 0.03)
    rock = terrain.raised(sorted(line), 0.43)
    tone = mix(inks.tone(depth), inks.near, 0.35)
    plate = stage.plate(depth, tone, top=0.12)
    plate.cut([(rock[0][0], 1.0), *rock, (rock[-1][0], 1.0)])
    plate.wash([(0.2, mix(tone, inks.haze, 0.18)), (0.5, inks.near)])
    _cracks(plate, rock, rng, inks.near)
    plate.texture(stage.sheets.paper(plate.size), 11)
    terrain.light_edge(stage, plate, 0.9)
    stage.add(plate, depth, detail=True)
    x = side * stage.half * 0.36
    for name in ("ground", "far"):
        stage.mark(name, depth, x, flora.height_at(rock, x) + 0.012)


def _cracks(plate: Plate, rock: terrain.Profile, rng: Random, colour: RGB) -> None:
    """Dark faces and clefts in the rock."""
    for _ in range(26):
        x = rng.uniform(rock[0][0], rock[-1][0])
        y = flora.height_at(rock, x) + 0.012 + 0.12 * rng.random()
        long, lean = rng.uniform(0.03, 0.13), rng.uniform(-0.05, 0.05)
        wide = rng.uniform(0.006, 0.028)
        plate.polygon(
            [(x, y), (x + wide, y + long * 0.3), (x + lean, y + long)], colour
        )


def _headland(stage: Stage) -> None:
    """A far cape on the side away from the light, if the dice say so."""
    if stage.dice("cape").random() < 0.35:
        return
    inks, side = stage.palette, stage.side
    plate = stage.plate(
        0.08, inks.tone(0.16), top=HORIZON - 0.2, bottom=HORIZON + 0.006
    )
    start = side * stage.half * 0.28
    end = side * (stage.half + 0.6)
    rng = stage.dice("capeline")
    line = terrain.ridge(
        rng,
        min(start, end),
        max(start, end),
        peaks=[(side * stage.half * 0.75, 0.12), (side * stage.half * 0.5, 0.05)],
        rough=0.02,
    )
    if side > 0:
        line[0] = (line[0][0], 0.0)
    else:
        line[-1] = (line[-1][0], 0.0)
    cape = terrain.raised(line, HORIZON)
    plate.cut([(cape[0][0], HORIZON + 0.01), *cape, (cape[-1][0], HORIZON + 0.01)])
    plate.texture(stage.sheets.paper(plate.size), 7)
    terrain.light_edge(stage, plate, 0.3)
    stage.add(plate, 0.08, detail=True)


def beach(stage: Stage, scene: Scene) -> None:
    """The sea, and sand before it."""
    inks, side = stage.palette, stage.side * stage.half
    stage.mark("sky", 0.25, side * 0.2, -0.22)
    stage.mark("air", 0.2, side * 0.3, -0.16)
    water(stage, HORIZON)
    _headland(stage)
    stage.mark("water", 0.25, -side * 0.25, 0.175)
    swell(stage, 0.30, 0.23, 0.012)
    swell(stage, 0.45, 0.29, 0.014)
    x0, x1 = span(stage, 0.62)
    line = terrain.rolling(stage.dice("sand"), x0, x1, height=0.012, length=1.6)
    sand = mix(mix(inks.glow, inks.far, 0.35), inks.near, 0.18)
    wet = mix(sand, inks.sky[2], 0.35)
    tilted = [(x, y + 0.335 - 0.03 * x * stage.side) for x, y in line]
    terrain.paint_land(stage, 0.62, tilted, colour=wet, foot=sand, rim=0.9)
    stage.mark("ground", 0.72, side * 0.30, 0.40)
    foreground(stage, level=0.49, blades=0.11)


def lake(stage: Stage, scene: Scene) -> None:
    """Mountains that stand in still water."""
    inks, side = stage.palette, stage.side * stage.half
    level = 0.16
    stage.mark("sky", 0.3, side * 0.2, -0.2)
    stage.mark("air", 0.2, side * 0.3, -0.18)
    profile = mountain_range(
        stage, 0.2, level=level, height=0.22, gap=0.4, hero=side * 0.3
    )
    tone = inks.tone(0.25)
    terrain.paint_land(
        stage,
        0.2,
        profile,
        colour=tone,
        foot=mix(tone, inks.haze, 0.7),
        detail=terrain.facets(stage, "lake"),
        rim=0.4,
    )
    wooded_hill(stage, 0.3, level=level - 0.015, trees=0.05)
    _mirror(stage, profile, level)
    if stage.lit:
        stage.layers.append(glitter(stage, level, depth=0.3))
    stage.layers.append(
        mist(stage, 0.32, level + 0.01, 0.05, strength=0.7, drift=0.006)
    )
    stage.mark("water", 0.5, side * 0.30, 0.29)
    stage.mark("ground", 0.85, side * 0.42, 0.43)
    foreground(stage, level=0.45, blades=0.13)


def _mirror(stage: Stage, profile: terrain.Profile, level: float) -> None:
    """The water, with the mountains upside down in it."""
    inks = stage.palette
    plate = stage.plate(0.3, inks.haze, top=level)
    low = plate.box[3]
    plate.cut(
        [
            (plate.box[0], level),
            (plate.box[2], level),
            (plate.box[2], low),
            (plate.box[0], low),
        ]
    )
    plate.wash(
        [
            (level, mix(inks.sky[3], inks.haze, 0.5)),
            (level + (low - level) * 0.5, mix(inks.sky[2], inks.far, 0.3)),
            (low, mix(inks.sky[0], inks.near, 0.45)),
        ]
    )
    image = Image.new("L", plate.size, 0)
    upside = [(x, level + (level - y) * 0.8) for x, y in profile]
    ImageDraw.Draw(image).polygon(
        plate.px([(profile[0][0], level), *upside, (profile[-1][0], level)]), fill=255
    )
    plate.stain(brush.scaled(image, 0.55), mix(inks.tone(0.35), inks.haze, 0.2))
    strokes(stage, plate, level)
    if stage.lit:
        light_path(stage, plate, level)
    plate.texture(stage.sheets.paper(plate.size), 8)
    stage.add(plate, 0.3, detail=True)
