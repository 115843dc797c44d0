"""The air: drifting mist, smoke, glows and beams, flashes, embers, fireworks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw

from studio.animatic import brush
from studio.animatic.actors import Path, Step, slip
from studio.animatic.camera import Camera
from studio.animatic.canvas import Canvas, Dot
from studio.animatic.colour import RGB, mix, yuv
from studio.animatic.placement import Box, Point
from studio.animatic.stage import Moment, Restless, Stage
from studio.animatic.veil import Veil


@dataclass
class Drift(Restless):
    """A veil that moves along a path."""

    veil: Veil
    depth: float
    path: Path

    def draw(self, canvas: Canvas, camera: Camera, now: Moment, floor: float) -> None:
        """Lay the veil where its path has led."""
        step = self.path(now)
        at = step.placed(camera.placement(self.depth, now.u))
        canvas.shade(self.veil, at, alpha=step.alpha, floor=floor)

    def moved(self, camera: Camera, then: Moment, now: Moment) -> float:
        """Along its path; soft as it is, half of that can be seen."""
        return slip(self.path, self.depth, camera, then, now) / 2


def still(x: float = 0.0, y: float = 0.0) -> Path:
    """A path that stays at a place."""
    step = Step(x, y)
    return lambda now: step


def mist(
    stage: Stage,
    depth: float,
    level: float,
    height: float,
    *,
    strength: float,
    drift: float,
) -> Drift:
    """A long bank of mist around a level, drifting sideways."""
    x0, _, x1, _ = stage.camera.sweep(depth)
    spare = abs(drift) * 12 + 0.05
    box = (x0 - spare, level - height, x1 + spare, level + height)
    # Mist has no edges: a third of the resolution shows nothing missing.
    veil = Veil(box, stage.density / 3, stage.palette.haze)
    cell = (round(0.7 * veil.density), round(0.10 * veil.density))
    lumps = brush.clouding(veil.size, stage.dice(f"mist{depth}{level}"), cell=cell)
    band = brush.ramp(veil.size, [(0.0, 0.0), (0.5, 1.0), (0.7, 0.85), (1.0, 0.0)])
    shape = brush.curve(lumps, lambda v: 0.25 + 0.95 * v)
    veil.finish(ImageChops.multiply(shape, band), strength)
    return Drift(veil, depth, lambda now: Step(drift * now.seconds, 0.0))


def soft_light(
    stage: Stage,
    radius: float,
    colour: RGB,
    strength: float,
    power: float = 2.0,
    flat: float = 1.0,
) -> Veil:
    """A round glow around (0, 0); `flat` presses it down to a share of its height."""
    box = (-radius, -radius * flat, radius, radius * flat)
    veil = Veil(box, min(stage.density, 130 / radius), colour)
    return veil.finish(brush.glow(veil.size, power=power), strength)


def glow(
    stage: Stage, at: Point, depth: float, radius: float, colour: RGB, strength: float
) -> Drift:
    """Light that lies over what is before it."""
    return Drift(soft_light(stage, radius, colour, strength), depth, still(*at))


Brightness = Callable[[Moment], float]


def pulses(times: list[float], length: float) -> Brightness:
    """How bright a flash is: 1 at each of its times, fading over `length` seconds."""

    def bright(now: Moment) -> float:
        ages = [now.seconds - t for t in times if 0 <= now.seconds - t < length]
        return (1 - min(ages) / length) ** 2 if ages else 0.0

    return bright


@dataclass
class Flash(Restless):
    """The whole picture lit up for an instant, as by lightning."""

    colour: RGB
    bright: Brightness
    strength: float = 0.6

    def draw(self, canvas: Canvas, camera: Camera, now: Moment, floor: float) -> None:
        """Lay the light over all."""
        amount = self.bright(now) * self.strength
        if amount > 0.02:
            veil = Image.new("L", canvas.size, round(255 * amount))
            canvas.veil(veil, self.colour)


def puff(stage: Stage, radius: float, colour: RGB, rng: Random) -> Veil:
    """A ball of smoke."""
    veil = Veil((-radius, -radius, radius, radius), stage.density / 2.5, colour)
    cell = (round(radius * 0.7 * veil.density), round(radius * 0.6 * veil.density))
    lumps = brush.clouding(veil.size, rng, cell=cell)
    disc = brush.curve(brush.glow(veil.size, power=1.0), lambda v: v * 1.9)
    body = brush.curve(lumps, lambda v: (v - 0.18) * 2.2)
    return veil.finish(ImageChops.multiply(disc, body))


def smoke(
    stage: Stage,
    at: Point,
    depth: float,
    *,
    size: float,
    colour: RGB,
    lean: float = 0.12,
) -> list[Drift]:
    """A plume that rises from a place for ever, lit from one side."""
    rng = stage.dice(f"smoke{at}{depth}")
    lit = mix(colour, stage.palette.glow, 0.35)
    balls = [
        puff(stage, size, tone, rng) for tone in (colour, mix(colour, lit, 0.5), lit)
    ]
    count = 5
    return [
        Drift(balls[k % 3], depth, _rising(at, k / count, size, lean, rng))
        for k in range(count)
    ]


def _rising(at: Point, begin: float, size: float, lean: float, rng: Random) -> Path:
    sway, turn = rng.uniform(-0.25, 0.25) * size, rng.uniform(-0.4, 0.4)

    def path(now: Moment) -> Step:
        age = (begin + now.seconds * 0.07) % 1.0
        rise = age * size * 5.0
        x = at[0] + lean * rise + sway * age
        fade = min(1.0, age * 7) * (1 - age) ** 0.7
        return Step(x, at[1] - rise, 0.35 + 0.9 * age, turn * age, fade * 0.85)

    return path


def beam(
    stage: Stage,
    at: Point,
    depth: float,
    *,
    turn: float,
    swing: float,
    spread: float,
    colour: RGB,
    strength: float,
    rate: float = 0.2,
    phase: float = 0.0,
) -> Drift:
    """A beam of light from a place, swinging around a direction (radians, 0 is up)."""
    length = 1.05
    reach = length * math.tan(spread)
    veil = Veil((-reach, -length, reach, 0.0), stage.density / 2.5, colour)
    cone = [
        (-0.008, 0.0),
        (0.008, 0.0),
        (reach * 0.8, -length),
        (-reach * 0.8, -length),
    ]
    ImageDraw.Draw(veil.mask).polygon(veil.px(cone), fill=255)
    fade = brush.ramp(veil.size, [(0.0, 0.0), (0.5, 0.35), (1.0, 1.0)])
    soft = brush.soften(veil.mask, max(1, 0.012 * veil.density))
    veil.finish(ImageChops.multiply(soft, fade), strength)

    def path(now: Moment) -> Step:
        angle = turn + swing * math.sin(2 * math.pi * (rate * now.seconds + phase))
        return Step(at[0], at[1], 1.0, angle)

    return Drift(veil, depth, path)


@dataclass
class Motes(Restless):
    """Small lights that float through the picture: dust, embers, fireflies."""

    dots: list[list[Dot]]  # by size, by brightness
    tones: tuple[int, int, int]
    seeds: list[tuple[float, float, float, float]]  # x, y, speed, phase
    rise: float
    box: Box

    def draw(self, canvas: Canvas, camera: Camera, now: Moment, floor: float) -> None:
        """Draw each mote where it has floated to, blinking."""
        ground = camera.placement(0.9, now.u)
        _, y0, _, y1 = self.box
        for k, (x, y, speed, phase) in enumerate(self.seeds):
            up = (y - self.rise * speed * now.seconds - y0) % (y1 - y0) + y0
            across = x + 0.03 * math.sin(now.seconds * speed + phase)
            blink = 0.5 + 0.5 * math.sin(now.seconds * 2.2 * speed + phase * 3)
            shades = self.dots[k % len(self.dots)]
            dot = shades[min(len(shades) - 1, int(blink * len(shades)))]
            canvas.dab(self.tones, dot, ground.to_frame((across, up)))


def motes(
    stage: Stage,
    colour: RGB,
    *,
    count: int,
    rise: float,
    size: float,
    top: float = -0.5,
) -> Motes:
    """Dust (rise near 0) or embers (rise 0.1); `size` is a radius in units."""
    rng = stage.dice("motes")
    x0, _, x1, _ = stage.camera.sweep(0.9)
    dots = []
    for share in (0.6, 1.0, 1.5):
        wide = max(2, round(size * share * stage.camera.size[1])) * 2
        dot = brush.glow((wide, wide), power=1.2)
        shades = [brush.scaled(dot, level) for level in (0.25, 0.45, 0.65, 0.85)]
        dots.append([(shade, shade.reduce(2)) for shade in shades])
    seeds = [
        (
            rng.uniform(x0, x1),
            rng.uniform(top, 0.55),
            rng.uniform(0.4, 1.3),
            rng.uniform(0, 6.3),
        )
        for _ in range(count)
    ]
    return Motes(dots, yuv(colour), seeds, rise, (x0, top, x1, 0.55))


def fireworks(stage: Stage, length: float) -> list[Drift]:
    """Bursts of sparks in the upper sky, in a few colours, one after another."""
    rng, inks = stage.dice("fireworks"), stage.palette
    hues = (inks.accent, inks.light, (255, 110, 90), (120, 200, 255), (255, 180, 80))
    shells = []
    for k in range(7):
        radius = rng.uniform(0.14, 0.26)
        veil = Veil((-radius, -radius, radius, radius), stage.density, hues[k % 5])
        _sparks(veil, radius, rng)
        at = (stage.half * rng.uniform(-0.8, 0.8), rng.uniform(-0.40, -0.14))
        first = 0.35 * k + rng.uniform(0, 0.3)
        times = [first - 0.9 + 2.4 * n for n in range(int(length / 2.4) + 2)]
        shells.append(Drift(veil, 0.1, _bursting(at, pulses(times, 1.9))))
    return shells


def _sparks(veil: Veil, radius: float, rng: Random) -> None:
    """Streaks from the middle outwards, brightest at their ends."""
    pen = ImageDraw.Draw(veil.mask)
    for _ in range(90):
        turn, far = rng.uniform(0, 2 * math.pi), radius * rng.uniform(0.35, 0.97)
        c, s = math.cos(turn), math.sin(turn)
        streak = veil.px([(c * far * 0.72, s * far * 0.72), (c * far, s * far)])
        pen.line(streak, fill=rng.randint(90, 190), width=1)
        x, y = streak[1]
        r = veil.density * 0.0032 * rng.uniform(0.6, 1.4)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=255)
    veil.finish(brush.smooth(veil.mask))


def _bursting(at: Point, bright: Brightness) -> Path:
    """Swelling fast, sinking a little, going out."""

    def path(now: Moment) -> Step:
        left = bright(now) ** 0.5
        return Step(at[0], at[1] + 0.05 * (1 - left), 1.05 - 0.85 * left**3, 0.0, left)

    return path
