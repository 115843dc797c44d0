"""Land in layers: profiles of ridges, hills and dunes, and how they are painted."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageChops, ImageDraw
from PIL.Image import Resampling

from studio.animatic import brush
from studio.animatic.colour import RGB, mix
from studio.animatic.placement import Point
from studio.animatic.plate import Plate
from studio.animatic.stage import Stage

Profile = list[Point]


def ridge(
    rng: Random, x0: float, x1: float, *, peaks: list[Point], rough: float
) -> Profile:
    """A jagged line over given peaks (x, height up), roughened by halving."""
    marks = _marks(rng, x0, x1, peaks)
    swing = rough
    while len(marks) < 700 and swing > 0.0006:
        marks = _halved(rng, marks, swing)
        swing *= 0.52
    return [(x, -h) for x, h in marks]


def _marks(rng: Random, x0: float, x1: float, peaks: list[Point]) -> list[Point]:
    """Peaks with valleys between them, from edge to edge."""
    inner = sorted(p for p in peaks if x0 < p[0] < x1)
    marks = [(x0, rng.uniform(0.3, 0.8) * (inner[0][1] if inner else 0.1))]
    for before, after in zip(inner, inner[1:], strict=False):
        middle = before[0] + (after[0] - before[0]) * rng.uniform(0.35, 0.65)
        valley = min(before[1], after[1]) * rng.uniform(0.30, 0.6)
        marks += [before, (middle, valley)]
    marks += inner[-1:]
    return [*marks, (x1, rng.uniform(0.3, 0.8) * (inner[-1][1] if inner else 0.1))]


def _halved(rng: Random, marks: list[Point], swing: float) -> list[Point]:
    finer = [marks[0]]
    for (ax, ay), (bx, by) in zip(marks, marks[1:], strict=False):
        reach = min(1.0, (bx - ax) * 4)
        lift = rng.uniform(-swing, swing) * reach
        finer += [((ax + bx) / 2, (ay + by) / 2 + lift), (bx, by)]
    return finer


def rolling(
    rng: Random, x0: float, x1: float, *, height: float, length: float
) -> Profile:
    """A smooth line of hills or swell."""
    waves = [
        (height / (k + 1) ** 1.3, length / (k * 1.7 + 1), rng.uniform(0, 6.3))
        for k in range(3)
    ]
    steps = 160
    return [
        (x, sum(-a * math.sin(2 * math.pi * x / n + phase) for a, n, phase in waves))
        for x in (x0 + (x1 - x0) * i / steps for i in range(steps + 1))
    ]


def raised(profile: Profile, level: float) -> Profile:
    """The profile standing on a level (units, down is positive)."""
    return [(x, y + level) for x, y in profile]


Detail = Callable[[Plate, Profile], None]


def paint_land(
    stage: Stage,
    depth: float,
    profile: Profile,
    *,
    colour: RGB,
    foot: RGB,
    detail: Detail | None = None,
    headroom: float = 0.0,
    rim: float = 0.5,
) -> None:
    """One layer of land under a profile, fading to `foot` below, lit along its edge.

    `detail` paints on it; `headroom` is how far that may reach above the profile.
    """
    top = min(y for _, y in profile)
    plate = stage.plate(depth, colour, top=top - headroom - 0.01)
    low = plate.box[3] + 0.1
    plate.cut([(plate.box[0] - 1, low), *profile, (plate.box[2] + 1, low)])
    reach = 0.30 - 0.12 * depth
    plate.wash([(top, colour), (top + reach, mix(colour, foot, 0.65)), (low, foot)])
    if detail:
        detail(plate, profile)
    plate.texture(stage.sheets.paper(plate.size), 9)
    light_edge(stage, plate, rim)
    stage.add(plate, depth, detail=True)


def light_edge(stage: Stage, plate: Plate, strength: float) -> None:
    """Light the edge that faces the sun, and let it crumble into dots."""
    if plate.mask is None or strength <= 0:
        return
    inks, k = stage.palette, 3
    small = plate.mask.reduce(k)
    wide = max(1, round(0.007 * plate.density / k))
    across = round(wide * max(-1.5, min(1.5, -3 * stage.sun[0])))
    inner = brush.shifted(small, across, wide)
    rim = brush.soften(ImageChops.subtract(small, inner), wide * 0.8)
    rim = brush.enlarged(_nearer_the_sun(stage, plate, rim, k), plate.size)
    dots = brush.stipple(rim, stage.sheets.dots(plate.size))
    strength *= 1 - 0.45 * inks.night
    lit = mix(inks.glow, inks.haze, 0.35)
    plate.stain(brush.scaled(rim, strength * 0.75), lit)
    plate.stain(brush.scaled(dots, strength * 0.5), lit)


def _nearer_the_sun(
    stage: Stage, plate: Plate, rim: Image.Image, shrink: int
) -> Image.Image:
    """Edges far from the light catch less of it."""
    k = plate.density / shrink
    left = round((stage.sun[0] - 1.3 - plate.box[0]) * k)
    wide = round(2.6 * k)
    near = brush.glow((wide, 8), power=0.8).crop((0, 4, wide, 5))
    near = brush.curve(near, lambda v: 0.35 + 0.75 * v)
    line = Image.new("L", (rim.size[0], 1), round(255 * 0.35))
    line.paste(near, (left, 0))
    return ImageChops.multiply(rim, line.resize(rim.size, Resampling.NEAREST))


def facets(stage: Stage, name: str, *, snow: RGB | None = None) -> Detail:
    """The shadow sides of mountains: from each peak a crooked line goes down."""

    def paint(plate: Plate, profile: Profile) -> None:
        rng = stage.dice(name + "facets")
        shade = Image.new("L", plate.size, 0)
        caps = Image.new("L", plate.size, 0)
        for k in _summits(profile):
            _shade_side(plate, shade, profile, k, rng, stage.sun[0])
            if snow:
                _snow_cap(plate, caps, profile, k, rng)
        if snow:
            plate.stain(brush.scaled(caps, 0.85), snow)
        fade = brush.ramp(plate.size, [(0, 0.85), (0.30, 0.55), (0.62, 0.0)])
        shade = ImageChops.multiply(shade, fade)
        solid = brush.scaled(shade, 0.55)
        dots = brush.stipple(brush.scaled(shade, 0.9), stage.sheets.dots(plate.size))
        plate.stain(solid, mix(stage.palette.near, stage.palette.far, 0.45))
        plate.stain(brush.scaled(dots, 0.25), stage.palette.near)

    return paint


def _summits(profile: Profile) -> list[int]:
    """Indices that are the highest within their neighbourhood."""
    reach = max(4, len(profile) // 60)
    found = []
    for k in range(reach, len(profile) - reach):
        if profile[k][1] > min(profile[k - 1][1], profile[k + 1][1]):
            continue
        window = profile[k - reach : k + reach + 1]
        if profile[k][1] <= min(y for _, y in window):
            found.append(k)
    return found


def _shade_side(
    plate: Plate, shade: Image.Image, profile: Profile, k: int, rng: Random, sun: float
) -> None:
    """Fill between the profile on the dark side of a peak and a crooked line down."""
    x, y = profile[k]
    away = 1 if sun < x else -1
    spine = [(x, y)]
    for step in range(16):
        # The ridge winds: to and fro, and a little into the light.
        x += away * (rng.uniform(-0.006, 0.020) - 0.030 * (step % 4 == 2))
        y += rng.uniform(0.010, 0.030)
        spine.append((x, y))
    side = profile[k:] if away > 0 else profile[k::-1]
    limit = spine[-1][1]
    flank: list[Point] = []
    for point in side:
        if flank and (point[1] < profile[k][1] - 0.01 or point[1] > limit):
            break
        flank.append(point)
    outer = (flank[-1][0] + away * 0.05, limit)
    ImageDraw.Draw(shade).polygon(plate.px([*flank, outer, *reversed(spine)]), fill=255)


def _snow_cap(
    plate: Plate, caps: Image.Image, profile: Profile, k: int, rng: Random
) -> None:
    """Snow from the summit down to a jagged hem."""
    x, y = profile[k]
    depth = rng.uniform(0.05, 0.085)
    first, last = k, k
    while (
        first > 0 and profile[first - 1][1] < y + depth and x - profile[first][0] < 0.2
    ):
        first -= 1
    while (
        last + 1 < len(profile)
        and profile[last + 1][1] < y + depth
        and profile[last][0] - x < 0.2
    ):
        last += 1
    slope = profile[first : last + 1]
    if last - first < 4 or slope[-1][0] - slope[0][0] > 0.34:
        return
    (left, low), (right, end) = slope[0], slope[-1]
    hem = []
    for i in range(1, 10):
        share = i / 10
        base = end + (low - end) * share
        drop = 0.034 * (-0.3 if i % 2 else 1.0) * rng.uniform(0.6, 1.3)
        hem.append((right + (left - right) * share, base + drop))
    ImageDraw.Draw(caps).polygon(plate.px([*slope, *hem]), fill=255)
