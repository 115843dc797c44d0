"""Camera moves: which the words ask for, and where the camera is at each moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from studio.animatic.placement import Box, Placement


@dataclass(frozen=True)
class Pose:
    """Where the camera looks, in units (picture heights)."""

    pan: float = 0.0  # turning right: everything moves, the near a little more
    tilt: float = 0.0  # turning down
    truck: float = 0.0  # walking right: the near moves, the far stays
    crane: float = 0.0  # going down
    dolly: float = 1.0  # going in: the near grows, the far stays
    lens: float = 1.0  # zooming: everything grows

    def placement(
        self, depth: float, scale: float, centre: tuple[float, float]
    ) -> Placement:
        """Where something at `depth` (0 at the sky, 1 near) lies on the frame."""
        size = scale * self.lens * self.dolly**depth
        turn = 0.35 + 0.65 * depth
        x = self.pan * turn + self.truck * depth
        y = self.tilt * turn + self.crane * depth
        return Placement(size, centre[0] - x * size, centre[1] - y * size)


Move = Callable[[float], Pose]


def _ease(u: float) -> float:
    """Slow in and slow out, but never standing still."""
    smooth = u * u * (3 - 2 * u)
    return 0.75 * smooth + 0.25 * u


def _sway(u: float, rate: float, phase: float) -> float:
    return math.sin(2 * math.pi * (rate * u + phase))


def _handheld(u: float) -> Pose:
    return Pose(
        pan=0.010 * _sway(u, 1.3, 0.1) + 0.005 * _sway(u, 3.1, 0.6),
        tilt=0.008 * _sway(u, 1.7, 0.4) + 0.004 * _sway(u, 3.7, 0.2),
        dolly=1.02 + 0.10 * _ease(u),
        lens=1.03,
    )


# Each move runs over 0..1 and keeps its widest framing at 1.0.
MOVES: dict[str, Move] = {
    "static": lambda u: Pose(dolly=1 + 0.025 * u),
    "dolly in": lambda u: Pose(dolly=1 + 0.34 * _ease(u), tilt=-0.01 * _ease(u)),
    "dolly out": lambda u: Pose(dolly=1 + 0.34 * (1 - _ease(u))),
    "pan left": lambda u: Pose(pan=0.15 - 0.30 * _ease(u), dolly=1.02),
    "pan right": lambda u: Pose(pan=-0.15 + 0.30 * _ease(u), dolly=1.02),
    "tilt up": lambda u: Pose(tilt=0.13 - 0.17 * _ease(u), dolly=1.03),
    "tilt down": lambda u: Pose(tilt=-0.13 + 0.17 * _ease(u), dolly=1.03),
    "tracking": lambda u: Pose(truck=-0.20 + 0.40 * _ease(u), dolly=1.03),
    "crane up": lambda u: Pose(
        crane=0.10 - 0.26 * _ease(u), dolly=1.12 - 0.1 * _ease(u)
    ),
    "crane down": lambda u: Pose(
        crane=-0.16 + 0.22 * _ease(u), dolly=1.02 + 0.1 * _ease(u)
    ),
    "aerial": lambda u: Pose(
        dolly=1 + 0.26 * _ease(u), truck=-0.06 + 0.12 * u, crane=-0.03 + 0.06 * _ease(u)
    ),
    "orbit": lambda u: Pose(
        truck=-0.17 + 0.34 * _ease(u), pan=0.10 - 0.20 * _ease(u), dolly=1.05 + 0.05 * u
    ),
    "slow zoom": lambda u: Pose(lens=1 + 0.16 * _ease(u)),
    "zoom out": lambda u: Pose(lens=1 + 0.16 * (1 - _ease(u))),
    "handheld": _handheld,
}


@lru_cache(maxsize=2048)
def _placed(move: str, size: tuple[int, int], depth: float, u: float) -> Placement:
    """Asked for by many layers at the same depth and moment."""
    width, height = size
    pose = MOVES[move](max(0.0, min(1.0, u)))
    # A narrow frame is crossed in shorter steps.
    reach = min(1.0, width / height)
    pose = replace(pose, pan=pose.pan * reach, truck=pose.truck * reach)
    return pose.placement(depth, height, (width / 2, height / 2))


@dataclass(frozen=True)
class Camera:
    """A move in a frame of a size in pixels."""

    name: str
    size: tuple[int, int]

    def placement(self, depth: float, u: float) -> Placement:
        """Where something at `depth` lies on the frame at `u` (0..1 over the shot)."""
        return _placed(self.name, self.size, depth, u)

    def sweep(self, depth: float, margin: float = 0.02) -> Box:
        """All that the camera ever sees at this depth, in units."""
        boxes = [self._seen(depth, k / 12) for k in range(13)]
        return (
            min(b[0] for b in boxes) - margin,
            min(b[1] for b in boxes) - margin,
            max(b[2] for b in boxes) + margin,
            max(b[3] for b in boxes) + margin,
        )

    def _seen(self, depth: float, u: float) -> Box:
        a, b, c, d, e, f = self.placement(depth, u).to_units()
        width, height = self.size
        xs = [a * x + b * y + c for x in (0, width) for y in (0, height)]
        ys = [d * x + e * y + f for x in (0, width) for y in (0, height)]
        return min(xs), min(ys), max(xs), max(ys)


def quiet_move(rng: Random, *, indoors: bool) -> str:
    """A move for a prompt that names none."""
    moves = ["dolly in", "dolly in", "dolly out", "tracking"]
    return rng.choice([*moves, "slow zoom"] if indoors else [*moves, "aerial"])
