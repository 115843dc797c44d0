"""Entrances that need more than a place and a path: dragon, caravan, crowd."""

from __future__ import annotations

import math
from collections.abc import Callable

from studio.animatic.actors import Actor, Path, Step, crowd, poses
from studio.animatic.atmosphere import Drift, glow, motes, soft_light
from studio.animatic.colour import rgb
from studio.animatic.flora import height_at
from studio.animatic.paths import flight
from studio.animatic.scene import Scene
from studio.animatic.stage import Layer, Mark, Moment, Stage

Entrance = tuple[int, list[Layer]]  # behind which layer, and what
EMBERS = rgb("ff9a3a")
TURN = 0.56  # when the far dragon gives way to the near one, as a share of the shot


def dragon(stage: Stage, scene: Scene, length: float) -> list[Entrance]:
    """The dragon in the air; if it rushes, its head fills the frame at the end."""
    mark = stage.marks.get("air") or stage.marks["sky"]
    far = poses(stage, "dragon", 0.26, 0.45, largest=1.25)
    aura = glow(stage, (mark.x, mark.y), mark.depth, 0.34, stage.palette.glow, 0.38)
    if scene.action != "rush":
        actor = Actor(far, mark.depth, flight(mark.x, mark.y, -stage.side, length), 0.9)
        return [(mark.index, [aura, actor])]
    head = poses(stage, "dragon head", 0.52, 0.9, largest=1.4, most=1_200_000)
    near = Actor(head, 0.35, _charging(mark), pose_at=_gaping(len(head)))
    embers = motes(stage, EMBERS, count=36, rise=0.09, size=0.010)
    return [
        (mark.index, [aura, Actor(far, mark.depth, _nearing(mark), 1.1)]),
        (len(stage.layers), [embers, near]),
    ]


def _nearing(mark: Mark) -> Path:
    """From above its mountain towards us, until the head takes over."""

    def path(now: Moment) -> Step:
        k = min(1.0, now.u / 0.60)
        return Step(
            mark.x * (1 - 0.5 * k * k),
            mark.y + 0.03 * math.sin(now.seconds * 2.2) + 0.05 * k * k,
            0.62 + 0.85 * k**2.2,
            0.05 * math.sin(now.seconds * 1.6),
            max(0.0, min(1.0, 1 - (now.u - TURN) / 0.07)),
        )

    return path


def _charging(mark: Mark) -> Path:
    def path(now: Moment) -> Step:
        k = max(0.0, (now.u - 0.54) / 0.46)
        return Step(
            mark.x * 0.5 * (1 - k) ** 1.5,
            (mark.y - 0.02) * (1 - k) + 0.03 * k,
            0.42 + 1.02 * k**1.9,
            0.03 * math.sin(now.seconds * 5),
            max(0.0, min(1.0, (now.u - 0.54) / 0.07)),
        )

    return path


def _gaping(count: int) -> Callable[[Moment], int]:
    """Which pose shows: the jaws open late, and all at once."""
    return lambda now: int(max(0.0, (now.u - 0.60) / 0.34) * count)


def caravan(stage: Stage) -> Entrance:
    """Camels one behind the other along the crest of a dune, with long shadows."""
    profile, mark = stage.lines["line"], stage.marks["line"]
    way, size = -stage.side, 0.17
    veil = soft_light(stage, size * 0.8, stage.palette.near, 0.5, 0.9, flat=0.10)
    kinds = {
        k: poses(stage, k, size, 0.62, flip=way < 0) for k in ("cameleer", "camel")
    }
    found: list[Layer] = []
    for k in range(5):
        start = stage.side * (stage.half * 0.02 + 0.20 * k) - way * 0.06

        def path(now: Moment, start: float = start) -> Step:
            x = start + way * 0.030 * now.seconds
            return Step(x, height_at(profile, x) + 0.010)

        def below(now: Moment, path: Path = path) -> Step:
            step, aside = path(now), stage.side * size * 0.4
            return Step(step.x + aside, step.y + 0.004, roll=0.05 * stage.side)

        kind = "cameleer" if k % 3 == 0 else "camel"
        found.append(Drift(veil, mark.depth, below))
        found.append(Actor(kinds[kind], mark.depth, path, 0.7, k * 0.27))
    return mark.index, found


def close_up(stage: Stage, name: str) -> Entrance:
    """A head before the scene, breathing."""
    bust = "bust" if name in ("woman", "couple") else "bust man"
    plates = poses(stage, bust, 0.80, 0.85, flip=stage.side > 0, largest=1.1)
    x = stage.side * stage.half * 0.22

    def path(now: Moment) -> Step:
        return Step(x, 0.46 + 0.003 * math.sin(now.seconds * 1.5))

    return len(stage.layers), [Actor(plates, 0.75, path, 0.3)]


def crowds(stage: Stage, scene: Scene) -> Entrance:
    """Two rows of people, small behind large."""
    dancing = scene.action == "dance" or scene.has("dj")
    if scene.place == "battlefield":
        names: tuple[str, ...] = ("trooper",) if dancing else ("soldier",)
    else:
        names = ("dancer",) if dancing else ("person", "woman", "person", "couple")
    mark = stage.marks.get("crowd") or stage.marks["ground"]
    rows: list[Layer] = [
        crowd(
            stage,
            names,
            depth=mark.depth + shift,
            level=mark.y + drop,
            size=size,
            count=round(count * stage.half * 2),
        )
        for shift, drop, size, count in (
            (-0.14, -0.045, 0.13, 14),
            (0.0, 0.05, 0.20, 9),
        )
    ]
    return mark.index, rows
