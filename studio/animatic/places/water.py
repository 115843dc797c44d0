"""Water: its plane, the light upon it, its waves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw

from studio.animatic import brush, flora, terrain
from studio.animatic.actors import Actor, Step
from studio.animatic.camera import Camera
from studio.animatic.canvas import Canvas
from studio.animatic.colour import RGB, mix, yuv
from studio.animatic.plate import Plate
from studio.animatic.stage import Moment, Restless, Stage


def water(stage: Stage, horizon: float) -> None:
    """The plane of the water: the sky again, darker, and the path of the light."""
    inks = stage.palette
    plate = stage.plate(0.05, inks.sky[3], top=horizon, opaque=True)
    low = plate.box[3]
    depth = low - horizon
    sea = mix(inks.far, inks.near, 0.35)
    plate.wash(
        [
            (horizon, mix(inks.sky[3], inks.far, 0.35)),
            (horizon + depth * 0.25, mix(inks.sky[2], sea, 0.55)),
            (low, mix(inks.sky[0], sea, 0.75)),
        ]
    )
    strokes(stage, plate, horizon)
    if stage.lit:
        light_path(stage, plate, horizon)
    plate.texture(stage.sheets.paper(plate.size), 8)
    stage.add(plate, 0.05, detail=True)
    if stage.lit:
        stage.layers.append(glitter(stage, horizon))


def strokes(stage: Stage, plate: Plate, horizon: float) -> None:
    """Long flat brush strokes, wider towards us."""
    rng, inks = stage.dice("strokes"), stage.palette
    for k, colour in enumerate((inks.near, inks.sky[3])):
        mask = Image.new("L", plate.size, 0)
        pen = ImageDraw.Draw(mask)
        for _ in range(260):
            away = rng.random() ** 1.8
            y = horizon + 0.006 + away * (plate.box[3] - horizon)
            x = rng.uniform(plate.box[0], plate.box[2])
            long, thick = 0.03 + 0.22 * away, 0.0016 + 0.008 * away
            box = plate.px([(x - long, y - thick), (x + long, y + thick)])
            pen.ellipse([box[0], box[1]], fill=rng.randint(60, 200))
        plate.stain(brush.scaled(mask, 0.42 if k == 0 else 0.30), colour)


def light_path(stage: Stage, plate: Plate, horizon: float) -> None:
    """Where the light lies on the water."""
    rng, inks = stage.dice("path"), stage.palette
    mask = Image.new("L", plate.size, 0)
    pen = ImageDraw.Draw(mask)
    for _ in range(420):
        away = rng.random() ** 1.3
        y = horizon + 0.003 + away * (plate.box[3] - horizon)
        x = stage.sun[0] + rng.gauss(0, 0.035 + 0.13 * away)
        long, thick = 0.008 + 0.055 * away * rng.random(), 0.0010 + 0.0045 * away
        box = plate.px([(x - long, y - thick), (x + long, y + thick)])
        pen.ellipse([box[0], box[1]], fill=rng.randint(110, 255))
    plate.light(
        (stage.sun[0], horizon), (0.5, 0.28), mix(inks.glow, inks.sky[3], 0.5), 2.2
    )
    plate.stain(brush.scaled(mask, 0.75), mix(inks.light, inks.glow, 0.45))


@dataclass
class Glitter(Restless):
    """Sparks on the water: other ones every few frames."""

    sparks: list[tuple[float, float, float, float]]  # x, y, length, phase
    colour: RGB
    depth: float

    def draw(self, canvas: Canvas, camera: Camera, now: Moment, floor: float) -> None:
        """Draw those that are alight now, as short strokes."""
        tone = yuv(self.colour)[0]
        pen = ImageDraw.Draw(canvas.luma)
        ground = camera.placement(self.depth, now.u)
        thick = max(1, round(camera.size[1] / 420))
        for x, y, long, phase in self.sparks:
            if math.sin(now.seconds * 3.1 + phase) < 0.35:
                continue
            left, top = ground.to_frame((x - long, y))
            right, _ = ground.to_frame((x + long, y))
            pen.line((left, top, right, top), fill=tone, width=thick)


def glitter(stage: Stage, horizon: float, *, depth: float = 0.05) -> Glitter:
    """Sparks along the path of the light."""
    rng = stage.dice("glitter")
    sparks = []
    for _ in range(90):
        away = rng.random() ** 1.2
        x = stage.sun[0] + rng.gauss(0, 0.04 + 0.12 * away)
        y = horizon + 0.005 + away * 0.34
        sparks.append((x, y, 0.003 + 0.013 * away * rng.random(), rng.uniform(0, 6.3)))
    return Glitter(sparks, mix(stage.palette.light, stage.palette.glow, 0.25), depth)


def swell(
    stage: Stage, depth: float, level: float, height: float, *, crest: bool = True
) -> None:
    """One wave across the frame, rocking; its crest catches the light."""
    inks = stage.palette
    rng = stage.dice(f"swell{depth}")
    x0, _, x1, y1 = stage.camera.sweep(depth)
    box = (x0 - 0.12, level - height * 2, x1 + 0.12, y1 + 0.06)
    tone = mix(mix(inks.sky[2], inks.far, 0.6), inks.near, 0.10 + 0.55 * depth)
    plate = Plate(box, stage.density, tone)
    profile = terrain.raised(
        terrain.rolling(rng, box[0], box[2], height=height * 0.5, length=0.5 + depth),
        level,
    )
    plate.cut([(box[0], box[3]), *profile, (box[2], box[3])])
    low = mix(tone, inks.near, 0.35)
    plate.wash([(level - height, tone), (level + 0.16, low), (box[3], low)])
    if crest:
        _foam(stage, plate, profile, rng, depth)
    plate.texture(stage.sheets.paper(plate.size), 9)
    terrain.light_edge(stage, plate, 0.6)
    rate, phase = rng.uniform(0.10, 0.16), rng.random()

    def path(now: Moment) -> Step:
        turn = 2 * math.pi * (rate * now.seconds + phase)
        return Step(0.07 * math.sin(turn), 0.012 * math.cos(turn))

    stage.layers.append(Actor([plate.finish(detail=True)], depth, path))


def _foam(
    stage: Stage, plate: Plate, profile: terrain.Profile, rng: Random, depth: float
) -> None:
    """Broken strokes of light along and below the crest."""
    mask = Image.new("L", plate.size, 0)
    pen = ImageDraw.Draw(mask)
    for _ in range(150):
        x = rng.uniform(plate.box[0], plate.box[2])
        away = rng.random() ** 1.6
        y = flora.height_at(profile, x) + 0.004 + 0.20 * away * (0.4 + depth)
        long = (0.012 + 0.05 * rng.random()) * (0.5 + depth) * (1 + 2 * away)
        thick = (0.0012 + 0.0026 * depth) * rng.uniform(0.5, 1.0)
        box = plate.px([(x - long, y - thick), (x + long, y + thick)])
        pen.ellipse([box[0], box[1]], fill=rng.randint(50, 190))
    plate.stain(
        brush.scaled(mask, 0.5), mix(stage.palette.haze, stage.palette.light, 0.35)
    )
