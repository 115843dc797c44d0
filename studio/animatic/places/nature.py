"""Mountains, fields, deserts."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageChops, ImageDraw

from studio.animatic import brush, flora, terrain
from studio.animatic.atmosphere import mist
from studio.animatic.colour import RGB, mix
from studio.animatic.plate import Plate
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage
from studio.animatic.terrain import Detail, Profile


def span(stage: Stage, depth: float) -> tuple[float, float]:
    """From where to where land must reach at a depth."""
    x0, _, x1, _ = stage.camera.sweep(depth)
    return x0 - 0.05, x1 + 0.05


def mountain_range(
    stage: Stage,
    depth: float,
    *,
    level: float,
    height: float,
    gap: float,
    hero: float | None = None,
) -> Profile:
    """A chain of peaks; `hero` is where the tallest stands."""
    rng = stage.dice(f"range{depth}")
    x0, x1 = span(stage, depth)
    peaks = []
    x = x0 + rng.uniform(0.1, 0.5) * gap
    while x < x1:
        if hero is None or abs(x - hero) > 0.30:
            peaks.append((x, height * rng.uniform(0.42, 0.85)))
        x += gap * rng.uniform(0.6, 1.4)
    if hero is not None:
        peaks.append((hero, height * 1.45))
    line = terrain.ridge(rng, x0, x1, peaks=peaks, rough=height * 0.18)
    return terrain.raised(line, level)


def mountains(stage: Stage, scene: Scene) -> None:
    """Two ranges in mist, a wooded shoulder, a dark foreground."""
    white = scene.has("snow", "ice")
    hero = stage.side * stage.half * 0.36
    _ranges(stage, hero, capped=white or stage.seed % 3 > 0)
    stage.mark("sky", 0.30, hero * 0.4, -0.20)
    stage.layers.append(mist(stage, 0.3, 0.25, 0.10, strength=0.75, drift=0.006))
    wooded_hill(stage, 0.48, level=0.30, trees=0.060)
    stage.layers.append(mist(stage, 0.5, 0.36, 0.09, strength=0.6, drift=-0.009))
    stage.mark("far", 0.5, stage.side * -stage.half * 0.30, 0.36)
    stage.mark("ground", 0.66, stage.side * stage.half * 0.38, 0.37)
    wooded_hill(stage, 0.68, level=0.40, trees=0.13)
    foreground(stage)


def _ranges(stage: Stage, hero: float, *, capped: bool) -> None:
    inks = stage.palette
    cap = mix(inks.light, inks.haze, 0.25) if capped else None
    for depth, level, height, gap in (
        (0.10, 0.17, 0.24, 0.34),
        (0.26, 0.24, 0.26, 0.46),
    ):
        near = depth > 0.2
        if near:
            stage.mark("air", 0.22, hero, -0.16)
        profile = mountain_range(
            stage,
            depth,
            level=level,
            height=height,
            gap=gap,
            hero=hero if near else None,
        )
        tone = inks.tone(depth)
        detail = terrain.facets(stage, f"f{depth}", snow=cap if near else None)
        foot = mix(tone, inks.haze, 0.75)
        terrain.paint_land(
            stage, depth, profile, colour=tone, foot=foot, detail=detail, rim=0.35
        )


def wooded_hill(stage: Stage, depth: float, *, level: float, trees: float) -> None:
    """A hill under a dense edge of conifers."""
    rng = stage.dice(f"shoulder{depth}")
    x0, x1 = span(stage, depth)
    profile = terrain.raised(
        terrain.rolling(rng, x0, x1, height=0.05, length=1.9), level
    )
    tone = stage.palette.tone(depth)

    def wood(plate: Plate, line: Profile) -> None:
        flora.firs(plate, line, rng, size=trees, gap=trees * 0.20)

    terrain.paint_land(
        stage,
        depth,
        profile,
        colour=tone,
        foot=mix(tone, stage.palette.haze, 0.45 * (1 - depth) + 0.08),
        detail=wood,
        headroom=trees * 1.3,
    )


def foreground(
    stage: Stage, *, level: float = 0.47, blades: float = 0.09, lushness: int = 260
) -> None:
    """A dark bank with grass at the lower edge: the frame of the picture."""
    rng = stage.dice("foreground")
    x0, x1 = span(stage, 1.0)
    line = terrain.rolling(rng, x0, x1, height=0.022, length=1.3)
    tilt = -stage.side * 0.05
    profile = [(x, y + level + tilt * x / max(0.5, stage.half)) for x, y in line]

    def tufts(plate: Plate, edge: Profile) -> None:
        flora.grass(plate, edge, rng, size=blades, count=round(lushness * (x1 - x0)))

    terrain.paint_land(
        stage,
        1.0,
        profile,
        colour=stage.palette.near,
        foot=stage.palette.near,
        detail=tufts,
        headroom=blades * 1.1,
        rim=0.4,
    )


def field(stage: Stage, scene: Scene) -> None:
    """Rolling hills to the horizon, the last a meadow."""
    inks = stage.palette
    stage.mark("air", 0.2, stage.side * stage.half * 0.3, -0.18)
    stage.mark("sky", 0.3, stage.side * stage.half * 0.2, -0.2)
    for depth, level, swell in (
        (0.12, 0.19, 0.03),
        (0.30, 0.24, 0.045),
        (0.50, 0.30, 0.05),
    ):
        _hill(stage, depth, level, swell, bushes=0.022 + 0.02 * depth)
        if depth < 0.5:
            stage.layers.append(
                mist(stage, depth, level + 0.05, 0.05, strength=0.4, drift=0.005)
            )
    stage.mark("far", 0.50, stage.side * stage.half * 0.42, 0.345)
    x0, x1 = span(stage, 0.75)
    line = terrain.rolling(stage.dice("meadow"), x0, x1, height=0.03, length=2.3)
    tone = inks.tone(0.62)
    terrain.paint_land(
        stage,
        0.75,
        terrain.raised(line, 0.355),
        colour=mix(tone, inks.glow, 0.16),
        foot=inks.tone(0.85),
        detail=furrows(stage),
        rim=0.6,
    )
    stage.mark("ground", 0.78, stage.side * stage.half * 0.30, 0.385)
    foreground(stage, level=0.50, blades=0.12)


def _hill(
    stage: Stage, depth: float, level: float, swell: float, *, bushes: float
) -> None:
    rng = stage.dice(f"hill{depth}")
    x0, x1 = span(stage, depth)
    profile = terrain.raised(
        terrain.rolling(rng, x0, x1, height=swell, length=1.6), level
    )
    tone = stage.palette.tone(depth)

    def copse(plate: Plate, line: Profile) -> None:
        flora.bushes(plate, line, rng, size=bushes, gap=bushes * 2.2)

    terrain.paint_land(
        stage,
        depth,
        profile,
        colour=tone,
        foot=mix(tone, stage.palette.haze, 0.55 * (1 - depth)),
        detail=copse,
        headroom=bushes * 1.4,
        rim=0.45,
    )


def furrows(stage: Stage) -> Detail:
    """Strokes that run towards the horizon, as in mown or ploughed land."""

    def paint(plate: Plate, profile: Profile) -> None:
        rng = stage.dice("furrows")
        dark = Image.new("L", plate.size, 0)
        pen = ImageDraw.Draw(dark)
        low = plate.box[3]
        for k in range(-34, 35):
            x = k * 0.11
            top = flora.height_at(profile, x * 0.35)
            bend = rng.uniform(-0.02, 0.02)
            points = [(x * 0.35, top), (x * 0.6 + bend, (top + low) / 2), (x, low)]
            width = max(1, round(0.005 * plate.density * rng.uniform(0.6, 1.8)))
            pen.line(plate.px(points), fill=rng.randint(90, 200), width=width)
        dots = brush.stipple(brush.scaled(dark, 0.8), stage.sheets.dots(plate.size))
        plate.stain(brush.scaled(dots, 0.4), stage.palette.near)

    return paint


def desert(stage: Stage, scene: Scene) -> None:
    """Dunes, each with a lit and a shadowed side."""
    inks = stage.palette
    stage.mark("sky", 0.3, stage.side * stage.half * 0.2, -0.2)
    stage.mark("air", 0.2, stage.side * stage.half * 0.3, -0.18)
    rows = (
        (0.10, 0.20, 0.08),
        (0.28, 0.26, 0.14),
        (0.50, 0.34, 0.20),
        (0.78, 0.49, 0.17),
    )
    for depth, level, height in rows:
        if depth == 0.78:
            stage.layers.append(mist(stage, 0.6, 0.36, 0.07, strength=0.4, drift=0.014))
        profile = _dunes(stage, depth, level, height)
        sand = mix(
            inks.tone(depth * 0.75), mix(inks.glow, inks.far, 0.5), 0.55 - 0.3 * depth
        )
        terrain.paint_land(
            stage,
            depth,
            profile,
            colour=sand,
            foot=mix(sand, inks.haze, 0.5 * (1 - depth)),
            detail=_slip_faces(stage, depth),
            rim=0.7,
        )
        if depth == 0.50:
            x = stage.side * stage.half * 0.25
            stage.mark("ground", 0.55, x, flora.height_at(profile, x) + 0.012, 0.75)
            stage.mark("line", 0.52, 0.0, 0.0, 0.8)
            stage.lines["line"] = profile


def _dunes(stage: Stage, depth: float, level: float, height: float) -> Profile:
    """Sharp crests: slow to windward, steep to lee."""
    rng = stage.dice(f"dunes{depth}")
    x0, x1 = span(stage, depth)
    found, x = [], x0
    lift = rng.uniform(0.2, 0.5) * height
    while x < x1:
        crest = height * rng.uniform(0.6, 1.0)
        rise, fall = rng.uniform(0.5, 0.9), rng.uniform(0.28, 0.5)
        trough = height * rng.uniform(0.05, 0.3)
        for k in range(24):
            u = k / 24
            found.append((x + rise * u, level - lift - (crest - lift) * u**1.7))
        for k in range(16):
            u = k / 16
            found.append(
                (
                    x + rise + fall * u,
                    level - crest + (crest - trough) * (1 - (1 - u) ** 2),
                )
            )
        x, lift = x + rise + fall, trough
    return [*found, (x, level - lift)]


def _slip_faces(stage: Stage, depth: float) -> Detail:
    """The shadow below each crest, and ripples of wind."""

    def paint(plate: Plate, profile: Profile) -> None:
        rng = stage.dice(f"slip{depth}")
        shade = Image.new("L", plate.size, 0)
        pen = ImageDraw.Draw(shade)
        for k in range(2, len(profile) - 18):
            x, y = profile[k]
            if not (profile[k - 1][1] > y < profile[k + 1][1]):
                continue
            lee = profile[k : k + 17]
            foot = (x - 0.10, y + 0.34)
            bow = [(x + 0.05, y + 0.05), (x + 0.02, y + 0.12), (x - 0.10, y + 0.22)]
            pen.polygon(
                plate.px([*lee, (lee[-1][0] + 0.12, y + 0.4), foot, *reversed(bow)]),
                fill=255,
            )
        fade = brush.ramp(plate.size, [(0, 0.9), (0.5, 0.45), (1, 0.0)])
        shade = ImageChops.multiply(shade, fade)
        plate.stain(brush.scaled(shade, 0.45), stage.palette.tone(min(1, depth + 0.35)))
        dots = brush.stipple(brush.scaled(shade, 0.6), stage.sheets.dots(plate.size))
        plate.stain(brush.scaled(dots, 0.3), stage.palette.near)
        _ripples(plate, profile, stage.palette.near, rng.uniform(0, 6))

    return paint


def _ripples(plate: Plate, profile: Profile, colour: RGB, phase: float) -> None:
    """Short strokes that follow the form of the dune."""
    rng = Random(f"{phase}")
    lines = Image.new("L", plate.size, 0)
    pen = ImageDraw.Draw(lines)
    x0, x1 = profile[0][0], profile[-1][0]
    for _ in range(round(26 * (x1 - x0))):
        x, drop = rng.uniform(x0, x1), 0.012 + 0.16 * rng.random() ** 1.5
        long = rng.uniform(0.05, 0.16)
        points = [
            (
                x + long * u,
                flora.height_at(profile, x + long * u) * 0.8
                + 0.2 * flora.height_at(profile, x)
                + drop,
            )
            for u in (0.0, 0.25, 0.5, 0.75, 1.0)
        ]
        width = max(1, round(0.0028 * plate.density))
        pen.line(plate.px(points), fill=rng.randint(25, 75), width=width, joint="curve")
    plate.stain(lines, colour)
