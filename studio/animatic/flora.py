"""Trees and grass along the edges of the land."""

from __future__ import annotations

import math
from bisect import bisect_left
from random import Random

from studio.animatic.placement import Point
from studio.animatic.plate import Plate
from studio.animatic.terrain import Profile


def height_at(profile: Profile, x: float) -> float:
    """The height of a profile at x."""
    k = min(max(1, bisect_left(profile, (x, -9.0))), len(profile) - 1)
    (ax, ay), (bx, by) = profile[k - 1], profile[k]
    share = (x - ax) / (bx - ax) if bx > ax else 0.0
    return ay + (by - ay) * max(0.0, min(1.0, share))


def firs(
    plate: Plate, profile: Profile, rng: Random, *, size: float, gap: float
) -> None:
    """A dense edge of conifers; `size` units high, one every `gap`."""
    x, end = profile[0][0], profile[-1][0]
    while x < end:
        high = size * rng.uniform(0.45, 1.15) * (0.75 + 0.35 * math.sin(x * 9))
        _fir(plate, (x, height_at(profile, x) + size * 0.08), high, rng)
        x += gap * rng.uniform(0.4, 1.6)


def _fir(plate: Plate, at: Point, high: float, rng: Random) -> None:
    x, y = at
    tiers = max(3, min(8, int(high * 60)))
    right, left = [], []
    for k in range(tiers):
        low = y - high * (1 - (k + 1) / tiers)
        wide = high * 0.23 * (k + 0.9) / tiers * rng.uniform(0.8, 1.2)
        notch = low - high * 0.02
        right += [(x + wide, low), (x + wide * 0.45, notch)]
        left += [(x - wide * rng.uniform(0.85, 1.15), low), (x - wide * 0.45, notch)]
    plate.cut([(x, y - high), *right, *reversed(left)])


def grass(
    plate: Plate, profile: Profile, rng: Random, *, size: float, count: int
) -> None:
    """Blades of grass along the edge."""
    x0, x1 = profile[0][0], profile[-1][0]
    for _ in range(count):
        x = rng.uniform(x0, x1)
        y = height_at(profile, x) + 0.004
        high = size * rng.uniform(0.3, 1.0) * (0.6 + 0.4 * math.sin(x * 7 + 1) ** 2)
        lean = high * rng.uniform(-0.35, 0.5)
        wide = size * 0.035 * rng.uniform(0.6, 1.3)
        middle = (x + lean * 0.35, y - high * 0.6)
        plate.cut([(x - wide, y), middle, (x + lean, y - high), (x + wide, y)])


def bushes(
    plate: Plate, profile: Profile, rng: Random, *, size: float, gap: float
) -> None:
    """Round trees and bushes along the edge."""
    pen = plate.draw_mask()
    x, end = profile[0][0], profile[-1][0]
    while x < end:
        y = height_at(profile, x)
        wide = size * rng.uniform(0.4, 1.0)
        for _ in range(4):
            dx, dy = rng.uniform(-0.6, 0.6) * wide, rng.uniform(-0.6, 0.2) * wide
            r = wide * rng.uniform(0.35, 0.6)
            box = plate.px([(x + dx - r, y + dy - r), (x + dx + r, y + dy + r)])
            pen.ellipse([box[0], box[1]], fill=255)
        x += gap * rng.uniform(0.3, 1.8)
