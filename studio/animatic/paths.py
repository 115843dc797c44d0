"""Paths: how a figure moves of itself, by its gait and by what it is said to do."""

from __future__ import annotations

import math

from studio.animatic.actors import Path, Step
from studio.animatic.stage import Moment

STRIDES = {"walk": 0.045, "run": 0.16, "drive": 0.12}  # units per second


def path_of(
    gait: str, action: str, at: tuple[float, float], way: int, length: float
) -> Path:
    """The path of a figure that belongs at `at`, faces `way` and is on for `length`."""
    x, y = at
    if action == "rush":
        return _rush(x, y)
    if action == "leave" and gait in STRIDES:
        return lambda now: Step(x, y - 0.02 * now.u, 1.05 - 0.45 * now.u)
    if gait in STRIDES:
        speed = 0.0 if action == "stand" else STRIDES[gait] * way
        return lambda now: Step(x + speed * (now.seconds - length / 2), y)
    if gait == "fly":
        return flight(x, y, way, length)
    if gait == "sail":
        return _rocking(x, y, way)
    if gait in ("float", "drift"):
        return _floating(x, y, way)
    if gait == "rise":
        return lambda now: Step(x, y - 0.55 * now.u**2)
    if gait == "dance":
        return lambda now: Step(x, y - 0.012 * abs(math.sin(now.seconds * 7.5)))
    return lambda now: Step(x, y)


def flight(x: float, y: float, way: int, length: float) -> Path:
    """Across and a little up, on beating wings."""

    def path(now: Moment) -> Step:
        across = way * 0.10 * (now.seconds - length / 2)
        rise = 0.014 * math.sin(now.seconds * 2.4) - 0.03 * now.u
        return Step(
            x + across, y + rise, roll=-way * 0.06 * math.cos(now.seconds * 1.2)
        )

    return path


def _rocking(x: float, y: float, way: int) -> Path:
    def path(now: Moment) -> Step:
        turn = now.seconds * 1.25
        heave = 0.006 * math.sin(turn)
        roll = 0.03 * math.sin(turn + 1)
        return Step(x + way * 0.018 * now.seconds, y + heave, roll=roll)

    return path


def _floating(x: float, y: float, way: int) -> Path:
    def path(now: Moment) -> Step:
        rise, roll = math.sin(now.seconds * 0.9), math.sin(now.seconds * 0.7)
        across = x + way * 0.020 * now.seconds
        return Step(across, y + 0.016 * rise, roll=0.05 * roll)

    return path


def _rush(x: float, y: float) -> Path:
    """Towards us: from its place to the middle, growing."""

    def path(now: Moment) -> Step:
        near = now.u**1.8
        return Step(x * (1 - 0.7 * near), y + 0.22 * near, 0.75 * 3.2**near)

    return path
