"""The battlefield: broken ground under smoke and fire, tanks, wire."""

from __future__ import annotations

import math

from studio.animatic import terrain
from studio.animatic.actors import Actor, Path, Step, poses
from studio.animatic.atmosphere import (
    Brightness,
    Drift,
    Flash,
    glow,
    mist,
    motes,
    pulses,
    smoke,
    soft_light,
)
from studio.animatic.colour import RGB, mix, rgb
from studio.animatic.placement import Point
from studio.animatic.places.nature import span
from studio.animatic.plate import Plate
from studio.animatic.scene import Scene
from studio.animatic.stage import Layer, Moment, Stage

FIRE, EMBER = rgb("ff9a3a"), rgb("fff0c0")
LOBES = 300  # of a burst
BLASTS = (-0.78, 0.30, -0.34, 0.82, 0.05)  # across the picture


def battlefield(stage: Stage, scene: Scene) -> None:
    """Ruins, explosions and smoke far off; mud, tanks and wire before us."""
    inks, side = stage.palette, stage.side * stage.half
    quiet = not scene.has("war", "explosion", "fire", "smoke")
    dusk = mix(inks.glow, FIRE, 0.5)
    stage.layers.append(glow(stage, (0.0, 0.20), 0.1, 0.75, dusk, 0.55))
    stage.mark("sky", 0.2, side * 0.2, -0.25)
    _ruins(stage, 0.14, 0.17)
    blasts = [] if quiet else _blasts(stage)
    for x, times in blasts:
        stage.layers += _explosion(stage, (x, 0.17), 0.18, times)
    _plumes(stage)
    stage.mark("air", 0.28, side * 0.2, -0.15)
    stage.layers.append(mist(stage, 0.25, 0.20, 0.11, strength=0.75, drift=0.02))
    _mud(stage, 0.36, 0.24, 0.018)
    if scene.has("tank", "war"):
        _tanks(stage)
    leads = scene.has("dj")
    if leads:
        # A light behind the one who plays: he must stand out from the fires.
        stage.layers.append(glow(stage, (0.0, 0.12), 0.45, 0.42, inks.light, 0.55))
    stage.mark(
        "ground", 0.50, 0.0 if leads else side * 0.3, 0.315, 1.2 if leads else 1.0
    )
    stage.layers.append(mist(stage, 0.5, 0.33, 0.09, strength=0.5, drift=-0.02))
    _mud(stage, 0.60, 0.35, 0.020)
    stage.layers.append(mist(stage, 0.6, 0.38, 0.12, strength=0.85, drift=0.02))
    stage.mark("crowd", 0.76, 0.0, 0.45)
    _wire(stage)
    for _, times in blasts[:2]:
        stage.layers.append(Flash(inks.glow, pulses(times, 0.30), 0.35))
    if not quiet:
        stage.layers.append(motes(stage, FIRE, count=36, rise=0.10, size=0.008))


def _plumes(stage: Stage) -> None:
    inks, rng = stage.palette, stage.dice("plumes")
    for k in range(3):
        x = stage.half * (k - 1) * 0.72 + rng.uniform(-0.1, 0.1)
        colour = mix(inks.far, inks.near, 0.25 + 0.12 * k)
        stage.layers += smoke(
            stage, (x, 0.20), 0.22, size=0.12, colour=colour, lean=0.25
        )


def _blasts(stage: Stage) -> list[tuple[float, list[float]]]:
    """Where and when something explodes: never long without."""
    rng, found = stage.dice("battle"), []
    for k, share in enumerate(BLASTS):
        x = stage.half * (share + rng.uniform(-0.12, 0.12))
        start = 0.02 + k * 0.42
        times = [start + n * 2.1 + rng.uniform(0, 0.2) for n in range(7)]
        found.append((x, times))
    return found


def _explosion(
    stage: Stage, at: Point, depth: float, times: list[float]
) -> list[Layer]:
    """A burst: a glow, a fountain of torn earth that swells and goes out."""
    hot = mix(stage.palette.glow, FIRE, 0.6)
    bright, (x, y) = pulses(times, 1.3), at

    def shine(now: Moment) -> Step:
        amount = bright(now)
        return Step(x, y - 0.06, 0.6 + 0.5 * amount, 0.0, amount)

    def swell(now: Moment) -> Step:
        amount = bright(now)
        grown = 0.55 + 1.0 * (1 - amount) ** 0.5
        return Step(x, y + 0.03, grown, 0.0, min(1.0, amount * 2.2))

    light = soft_light(stage, 0.55, hot, 1.0, 1.5)
    return [Drift(light, depth, shine), Actor([_burst(stage)], depth, swell)]


def _burst(stage: Stage) -> Plate:
    """Earth and fire thrown up from (0, 0): bright at the foot, dark at the crown."""
    rng, inks = stage.dice("burst"), stage.palette
    earth = mix(inks.far, inks.near, 0.45)
    plate = Plate((-0.36, -0.44, 0.36, 0.04), stage.density, earth)
    for _ in range(34):
        turn, far = rng.gauss(-math.pi / 2, 0.36), rng.uniform(0.22, 0.41)
        c, s = math.cos(turn), math.sin(turn)
        spike = [(s * 0.012, -c * 0.012), (c * far, s * far), (-s * 0.012, c * 0.012)]
        plate.shape(spike, mix(FIRE, earth, rng.uniform(0.35, 0.95)))
    for k in range(LOBES):
        # From the crown down, so that what glows lies over what is dark.
        far = 0.33 * (1 - k / LOBES) ** 0.62
        turn = rng.gauss(-math.pi / 2, 0.20 + 0.75 * far)
        turn = max(-2.6, min(-0.5, turn))
        heat = max(0.0, 1 - far / 0.25 + rng.uniform(-0.3, 0.2))
        soil = mix(earth, inks.near, 0.4 * rng.random())
        colour = mix(
            mix(soil, FIRE, min(1.0, heat * 1.6)), EMBER, max(0.0, heat - 0.55)
        )
        at = (math.cos(turn) * far, math.sin(turn) * far)
        _lobe(plate, at, rng.uniform(0.008, 0.014 + 0.05 * far), colour)
    return plate.finish(detail=True)


def _lobe(plate: Plate, at: Point, radius: float, colour: RGB) -> None:
    box = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
    plate.cut_ellipse(box)
    plate.ellipse(box, colour)


def _ruins(stage: Stage, depth: float, level: float) -> None:
    """What is left of a town, on the horizon."""
    inks, rng = stage.palette, stage.dice("ruins")
    tone = inks.tone(depth)
    plate = stage.plate(depth, tone, top=level - 0.2)
    x, _, x1, low = plate.box
    pale = mix(tone, inks.haze, 0.5)
    plate.wash([(level - 0.1, tone), (level + 0.1, pale), (low + 0.05, inks.haze)])
    plate.cut_box(x, level, x1, low + 0.05)
    while x < x1:
        wide, high = rng.uniform(0.03, 0.11), rng.uniform(0.02, 0.13)
        broken = [
            (x + wide * k / 4, level - high * rng.uniform(0.35, 1.0)) for k in range(5)
        ]
        plate.cut([(x, level + 0.01), *broken, (x + wide, level + 0.01)])
        x += wide * rng.uniform(0.8, 2.6)
    plate.texture(stage.sheets.paper(plate.size), 7)
    terrain.light_edge(stage, plate, 0.4)
    stage.add(plate, depth, detail=True)


def _mud(stage: Stage, depth: float, level: float, height: float) -> None:
    """Craters and heaps."""
    inks, rng = stage.palette, stage.dice(f"mud{depth}")
    x0, x1 = span(stage, depth)
    gap = (x1 - x0) / 14
    peaks = [
        (x0 + gap * (k + rng.random()), height * rng.uniform(0.5, 1.4))
        for k in range(14)
    ]
    line = terrain.ridge(rng, x0, x1, peaks=peaks, rough=height * 0.6)
    tone = mix(inks.tone(depth), inks.near, 0.15)
    foot = mix(tone, inks.near, 0.35)
    heaps = terrain.raised(line, level)
    terrain.paint_land(stage, depth, heaps, colour=tone, foot=foot, rim=0.8)


def _tanks(stage: Stage) -> None:
    """One from each side, firing in turn."""
    for k, side in enumerate((-1, 1)):
        x = side * stage.half * (0.62 + 0.06 * k)
        plates = poses(stage, "tank", 0.16, 0.42, flip=side > 0)
        stage.layers.append(Actor(plates, 0.42, _creep(x, -side)))
        gun = soft_light(stage, 0.12, stage.palette.light, 1.0, 1.2)
        bright = pulses([0.5 + 0.7 * k + 1.6 * n for n in range(9)], 0.25)
        stage.layers.append(Drift(gun, 0.42, _muzzle(x, -side, bright)))


def _creep(x: float, way: int) -> Path:
    def path(now: Moment) -> Step:
        jolt = 0.002 * math.sin(now.seconds * 21)
        return Step(x + way * 0.012 * now.seconds, 0.285 + jolt)

    return path


def _muzzle(x: float, way: int, bright: Brightness) -> Path:
    def path(now: Moment) -> Step:
        amount = bright(now)
        at = x + way * (0.012 * now.seconds + 0.20)
        return Step(at, 0.179, 0.5 + 0.8 * amount, 0.0, amount)

    return path


def _wire(stage: Stage) -> None:
    """Posts and barbed wire close to us: the frame of the picture."""
    inks, rng = stage.palette, stage.dice("wire")
    plate = stage.plate(0.95, inks.near, top=0.14)
    x0, x1 = plate.box[0], plate.box[2]
    line = terrain.rolling(rng, x0, x1, height=0.02, length=0.9)
    plate.cut([(x0, 1.0), *terrain.raised(line, 0.47), (x1, 1.0)])
    tops = []
    for k in range(6):
        x = x0 + (x1 - x0) * (k + rng.uniform(0.2, 0.8)) / 6
        top = (x + rng.uniform(-0.03, 0.03), 0.47 - rng.uniform(0.17, 0.22))
        plate.cut(
            [
                (x - 0.011, 0.5),
                (top[0] - 0.008, top[1]),
                (top[0] + 0.008, top[1]),
                (x + 0.011, 0.5),
            ]
        )
        tops.append(top)
    for a, b in zip(tops, tops[1:], strict=False):
        for drop in (0.02, 0.09, 0.15):
            _strand(plate, a, b, drop, rng.uniform(0.04, 0.14))
    plate.texture(stage.sheets.paper(plate.size), 8)
    terrain.light_edge(stage, plate, 0.8)
    stage.add(plate, 0.95, detail=True)


def _strand(plate: Plate, a: Point, b: Point, drop: float, sag: float) -> None:
    """A wire that hangs between two posts, with its barbs."""
    shares = [k / 12 for k in range(13)]
    points = [
        (
            a[0] + (b[0] - a[0]) * u,
            a[1] + (b[1] - a[1]) * u + drop + sag * u * (1 - u),
        )
        for u in shares
    ]
    plate.wire(points, 0.0035)
    for x, y in points[1::2]:
        plate.wire([(x - 0.01, y - 0.01), (x + 0.01, y + 0.01)], 0.003)
        plate.wire([(x - 0.01, y + 0.01), (x + 0.01, y - 0.01)], 0.003)
