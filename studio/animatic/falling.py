"""What falls: rain and snow, as tiles that scroll over the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw

from studio.animatic import brush
from studio.animatic.brush import Mask
from studio.animatic.camera import Camera
from studio.animatic.canvas import Canvas
from studio.animatic.colour import mix, yuv
from studio.animatic.placement import Point
from studio.animatic.stage import Moment, Restless, Stage

# Kinds of flakes: how near, how many.
FAR_FLAKES, NEAR_FLAKES = ((0.35, 380), (0.65, 170)), ((1.2, 46),)


@dataclass
class Fall(Restless):
    """Rain or snow: a tile of marks that scrolls over the picture."""

    tile: Mask
    tone: int
    speed: Point  # pixels per second
    sway: float = 0.0

    def draw(self, canvas: Canvas, camera: Camera, now: Moment, floor: float) -> None:
        """Lay the tile at its present offset. Luma alone: the marks are tiny."""
        width, height = canvas.size
        shift = self.sway * math.sin(now.seconds * 1.3)
        left = round(self.speed[0] * now.seconds + shift) % width
        top = round(-self.speed[1] * now.seconds) % height
        mask = self.tile.crop((left, top, left + width, top + height))
        canvas.luma.paste(self.tone, (0, 0, width, height), mask)


def _tile(mask: Mask) -> Mask:
    """Four copies of a mask, so that any window of its size can be cut out."""
    width, height = mask.size
    whole = Image.new("L", (width * 2, height * 2), 0)
    for x in (0, width):
        for y in (0, height):
            whole.paste(mask, (x, y))
    return whole


def rain(stage: Stage, *, heavy: float) -> list[Fall]:
    """Two curtains of rain, slanting."""
    width, height = stage.camera.size
    tone = yuv(mix(stage.palette.light, stage.palette.haze, 0.35))[0]
    slant, curtains = 0.16, []
    for near, share in ((0.45, 0.30), (1.0, 0.12)):
        count = round(width * share * (0.6 + heavy))
        alpha = (46 + 40 * near) * (0.7 + 0.5 * heavy)
        mask = _streaks(stage, near, count, alpha, slant)
        pace = height * (1.5 + 1.1 * near)
        curtains.append(Fall(_tile(mask), tone, (pace * slant, pace)))
    return curtains


def _streaks(stage: Stage, near: float, count: int, alpha: float, slant: float) -> Mask:
    """Lines of rain, continued across the edges."""
    (width, height), rng = stage.camera.size, stage.dice(f"rain{near}")
    mask = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(mask)
    thick = max(1, round(height / 620 * near))
    for _ in range(count):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        reach = height * 0.075 * near * rng.uniform(0.6, 1.2)
        fill = round(alpha * rng.uniform(0.5, 1.0))
        for dx, dy in ((0, 0), (0, height), (-width, 0)):
            line = (x - dx, y - dy, x - dx - slant * reach, y - dy + reach)
            pen.line(line, fill=fill, width=thick)
    return mask


def snow(stage: Stage) -> list[Fall]:
    """Flakes at two depths, the near ones large and soft."""
    height = stage.camera.size[1]
    tone = yuv(mix(stage.palette.light, (255, 255, 255), 0.6))[0]
    falls = []
    for near, counts in ((0.5, FAR_FLAKES), (1.0, NEAR_FLAKES)):
        mask = brush.soften(_flakes(stage, counts), 0.5 + near)
        speed = (-height * 0.05 * near, height * 0.16 * near)
        falls.append(Fall(_tile(mask), tone, speed, height * 0.02 * near))
    return falls


def _flakes(stage: Stage, counts: tuple[tuple[float, int], ...]) -> Mask:
    """Dots of snow: (how near, how many) for each kind."""
    (width, height), rng = stage.camera.size, stage.dice(f"snow{counts}")
    mask = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(mask)
    for near, count in counts:
        for _ in range(round(count * width / height / 2)):
            r = max(0.7, height / 300 * near * rng.uniform(0.6, 1.3))
            x, y = rng.uniform(r, width - r), rng.uniform(r, height - r)
            pen.ellipse((x - r, y - r, x + r, y + r), fill=rng.randint(120, 235))
    return mask
