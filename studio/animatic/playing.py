"""Playing a stage: its layers, drawn from back to front, moment after moment."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from studio.animatic.camera import Camera
from studio.animatic.canvas import Canvas
from studio.animatic.stage import Layer, Moment, Stage

MOST_SLIP = 0.4  # pixels that nobody sees
Enough = Callable[[], bool]


def never() -> bool:
    """Paint to the end."""
    return False


@dataclass
class Sketch:
    """A picture that may lack its foremost layers yet; any thread can complete it."""

    canvas: Canvas
    rest: deque[Callable[[Canvas], None]] = field(default_factory=deque)

    def go_on(self, enough: Enough) -> Sketch:
        """Paint until there is enough, or all."""
        while self.rest and not enough():
            self.rest.popleft()(self.canvas)
        return self

    def complete(self) -> Canvas:
        """The whole picture."""
        return self.go_on(never).canvas


class Drawn:
    """A stage, played.

    What lies far away hardly moves from frame to frame. The farthest layers are drawn
    once and kept until one of them has moved by a part of a pixel.
    """

    def __init__(self, stage: Stage) -> None:
        self._camera, self._layers = stage.camera, stage.layers
        self._under = Canvas(stage.camera.size)
        self._count = 0
        self._then = Moment(0, 1, 24)

    def show(self, now: Moment, enough: Enough = never) -> Sketch:
        """Draw the layers from back to front, as many until there is enough."""
        if not self._count or self._slipped(now) > MOST_SLIP:
            self._keep(now)
        steps = drawing(self._layers[self._count :], self._camera, now)
        return Sketch(self._under.copy(), steps).go_on(enough)

    def close(self) -> None:
        """Let the layers go: they and their stage know each other."""
        self._layers.clear()

    def _slipped(self, now: Moment) -> float:
        kept = self._layers[: self._count]
        return max(layer.moved(self._camera, self._then, now) for layer in kept)

    def _keep(self, now: Moment) -> None:
        """Draw the layers that will last, as many as there are without a gap."""
        soon, lasting = now.after(2), 0
        for layer in self._layers:
            if layer.moved(self._camera, now, soon) > MOST_SLIP:
                break
            lasting += 1
        self._then, self._count = now, lasting
        Sketch(
            self._under, drawing(self._layers[:lasting], self._camera, now)
        ).complete()


def drawing(
    layers: Sequence[Layer], camera: Camera, now: Moment
) -> deque[Callable[[Canvas], None]]:
    """The steps that draw some layers, less the rows that others of them will hide."""
    steps: deque[Callable[[Canvas], None]] = deque()
    floor = math.inf
    for layer in reversed(layers):
        steps.appendleft(_step(layer, camera, now, floor))
        floor = min(floor, layer.covers(camera, now))
    return steps


def _step(
    layer: Layer, camera: Camera, now: Moment, floor: float
) -> Callable[[Canvas], None]:
    return lambda canvas: layer.draw(canvas, camera, now, floor)
