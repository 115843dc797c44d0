"""The sky: gradient, light and its glow, clouds, stars."""

from __future__ import annotations

from random import Random

from PIL import ImageChops

from studio.animatic import brush
from studio.animatic.colour import RGB, mix
from studio.animatic.plate import Plate
from studio.animatic.stage import Stage

DEPTH = 0.0


def paint_sky(
    stage: Stage, *, horizon: float, clouds: float, moon: bool, light: bool
) -> None:
    """Lay the sky. `clouds` 0..1; `light` shows the sun, or a `moon` for it."""
    inks = stage.palette
    plate = stage.plate(DEPTH, inks.sky[0], opaque=True)
    top = min(plate.box[1], -0.5)
    span = horizon - top
    heights = (top, top + span * 0.42, top + span * 0.78, horizon)
    plate.wash(list(zip(heights, inks.sky, strict=True)))
    if inks.night > 0.5 and clouds < 0.7:
        _stars(plate, stage.dice("stars"), inks.light, horizon)
    if light:
        _halo(plate, stage, moon)
    if clouds:
        _clouds(plate, stage, horizon, clouds)
    plate.texture(stage.sheets.paper(plate.size), 4)
    stage.add(plate, DEPTH, detail=True)


def _stars(plate: Plate, rng: Random, colour: RGB, horizon: float) -> None:
    x0, y0, x1, _ = plate.box
    step = 1 / plate.density
    for _ in range(int(150 * (x1 - x0))):
        x = rng.uniform(x0, x1)
        y = y0 + (horizon - y0) * rng.random() ** 1.4
        size = step * rng.choice([1, 1, 1.5, 2.4])
        fade = mix(colour, (90, 120, 160), rng.random() * 0.6)
        plate.ellipse((x - size, y - size, x + size, y + size), fade)


def _halo(plate: Plate, stage: Stage, moon: bool) -> None:
    inks, sun = stage.palette, stage.sun
    reach = 0.9 if not moon else 0.55
    strong = mix(inks.sky[3], inks.glow, 0.75)
    plate.light(sun, (reach * 1.5, reach), strong, 3.2)
    plate.light(sun, (reach * 0.45, reach * 0.45), inks.glow, 2.0)
    radius = 0.062 if not moon else 0.05
    box = (sun[0] - radius, sun[1] - radius, sun[0] + radius, sun[1] + radius)
    plate.ellipse(box, inks.light)
    if moon:
        _craters(
            plate, stage.dice("moon"), sun, radius, mix(inks.light, inks.glow, 0.45)
        )


def _craters(
    plate: Plate, rng: Random, at: tuple[float, float], radius: float, colour: RGB
) -> None:
    for _ in range(5):
        r = radius * rng.uniform(0.10, 0.26)
        x = at[0] + radius * rng.uniform(-0.5, 0.5)
        y = at[1] + radius * rng.uniform(-0.5, 0.5)
        plate.ellipse((x - r, y - r, x + r, y + r), colour)


def _clouds(plate: Plate, stage: Stage, horizon: float, amount: float) -> None:
    """Long brushed clouds: lit below by the light, dark above."""
    inks, rng = stage.palette, stage.dice("clouds")
    # Clouds are soft: they are shaped at half the size.
    size, k = (plate.size[0] // 2, plate.size[1] // 2), plate.density / 2
    lumps = brush.clouding(
        size, rng, cell=(round(0.62 * k), round(0.11 * k)), octaves=5
    )
    y0, y1 = plate.box[1], plate.box[3]
    edge = (horizon - y0) / (y1 - y0)
    band = brush.ramp(
        size, [(0, 0.75), (edge * 0.55, 1.0), (edge * 0.9, 0.35), (edge, 0)]
    )
    cut = 0.66 - 0.34 * amount
    shape = ImageChops.multiply(brush.curve(lumps, lambda v: (v - cut) * 3.4), band)
    rim = ImageChops.subtract(shape, brush.shifted(shape, 0, -max(1, round(0.018 * k))))
    shape, rim = (brush.enlarged(mask, plate.size) for mask in (shape, rim))
    body = mix(inks.sky[1], inks.far, 0.30)
    plate.stain(brush.scaled(shape, 0.55 + 0.3 * amount), body)
    plate.stain(brush.scaled(rim, 0.9), mix(inks.glow, inks.light, 0.35))
    dots = brush.stipple(brush.scaled(shape, 0.35), stage.sheets.dots(plate.size))
    plate.stain(brush.scaled(dots, 0.25), mix(body, inks.near, 0.25))
