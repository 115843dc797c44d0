"""The film: shots one after another, dissolving, framed by their title cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from studio.animatic.director import set_stage
from studio.animatic.frames import Caption, Frame
from studio.animatic.lens import Lens
from studio.animatic.playing import Drawn, Enough, Sketch, never
from studio.animatic.scene import Scene
from studio.animatic.spec import AnimaticSpec
from studio.animatic.stage import Moment
from studio.animatic.stills import DRIFTS, Images, colours_of, load, plate_of, softened
from studio.animatic.storyboard import board
from studio.animatic.titles import layout

DISSOLVE = 0.45  # seconds
PLATE_HEIGHT = 800  # pixels: how finely plates are painted, whatever the frame


class Picture(Protocol):
    """Something that can show itself at a moment: a drawn scene or still images."""

    def show(self, now: Moment, enough: Enough) -> Sketch:
        """Draw the picture, or as much of it until there is enough."""

    def close(self) -> None:
        """Give the memory back."""


Planes = tuple[bytes, bytes, bytes]  # luma, blue, red


@dataclass
class Take:
    """One shot, ready: its picture, the lens it is seen through, what surrounds it."""

    picture: Picture
    lens: Lens
    frame: Frame | Caption

    def finish(self, sketch: Sketch, now: Moment) -> Planes:
        """The planes of the whole frame, with what the sketch still lacks."""
        canvas = sketch.complete()
        self.lens.finish(canvas, now.frame)
        luma, blue, red = self.frame.around(canvas, now).planes()
        return luma.tobytes(), blue.tobytes(), red.tobytes()


class Film:
    """All the frames of a spec, one at a time and in order."""

    def __init__(self, spec: AnimaticSpec) -> None:
        """Read the prompt and open the images (ValueError if one is unreadable)."""
        self._spec = spec
        self._shots = board(spec.prompt, spec.negative_prompt, spec.seed, spec.duration)
        self._colours = colours_of(spec.reference_images)
        self._given = [
            load(p) if p else None for p in (spec.start_image, spec.end_image)
        ]
        if any(self._given):
            self._shots = [
                replace(
                    self._shots[0], text=spec.prompt, start=0.0, length=spec.duration
                )
            ]
        self._takes: dict[int, Take] = {}

    @property
    def scene(self) -> Scene:
        """The scene of the first shot, which sets the sound."""
        return self._shots[0].scene

    def frame(self, number: int, enough: Enough = never) -> Callable[[], Planes]:
        """Paint a frame, until there is `enough` of it.

        What is returned paints the rest; another thread may call it.
        """
        seconds = number / self._spec.frame_rate
        k = sum(shot.start <= seconds + 1e-6 for shot in self._shots) - 1
        near = self._neighbour(k, seconds)
        self._keep(k, near)
        take, now = self._take(k), self._moment(k, number)
        if near is None:
            return partial(take.finish, take.picture.show(now, enough), now)
        sketch = take.picture.show(now, never)
        amount = 0.5 - abs(seconds - self._shots[max(k, near)].start) / DISSOLVE
        other = self._take(near).picture.show(self._moment(near, number), never)
        sketch.complete().blend(other.complete(), max(0.0, amount))
        return partial(take.finish, sketch, now)

    def close(self) -> None:
        """Give the memory back."""
        self._keep()

    def _keep(self, *wanted: int | None) -> None:
        """Let the other shots go: they are large."""
        for k in [k for k in self._takes if k not in wanted]:
            self._takes.pop(k).picture.close()

    def _neighbour(self, k: int, seconds: float) -> int | None:
        """The shot that this one is dissolving into or out of."""
        if k and seconds - self._shots[k].start < DISSOLVE / 2:
            return k - 1
        if (
            k + 1 < len(self._shots)
            and self._shots[k + 1].start - seconds < DISSOLVE / 2
        ):
            return k + 1
        return None

    def _moment(self, k: int, number: int) -> Moment:
        rate, shot = self._spec.frame_rate, self._shots[k]
        # A shot begins early and ends late by half a dissolve, if there is one.
        lead = DISSOLVE / 2 if k else 0.0
        tail = DISSOLVE / 2 if k + 1 < len(self._shots) else 0.0
        first = round((shot.start - lead) * rate)
        return Moment(
            max(0, number - first), round((shot.length + lead + tail) * rate), rate
        )

    def _take(self, k: int) -> Take:
        if k not in self._takes:
            self._takes[k] = self._of_images() if any(self._given) else self._drawn(k)
        return self._takes[k]

    def _drawn(self, k: int) -> Take:
        shot, spec = self._shots[k], self._spec
        frame = layout((spec.width, spec.height))
        size = frame.picture
        fineness = max(1.2, min(2.2, PLATE_HEIGHT / size[1]))
        stage = set_stage(shot, size, fineness=fineness, colours=self._colours)
        lens = Lens(size, shot.seed, look=shot.scene.look, aged=shot.scene.aged)
        note = shot.scene.camera.upper()
        if len(self._shots) > 1:
            note = f"{k + 1}/{len(self._shots)}  {note}"
        strips = Frame(frame, shot.text, note, stage.palette.near)
        return Take(Drawn(stage), lens, strips)

    def _of_images(self) -> Take:
        spec, scene = self._spec, self.scene
        size = (spec.width, spec.height)
        start, end = (plate_of(image, size) if image else None for image in self._given)
        drift = DRIFTS.get(scene.camera, (0, 0))
        lens = Lens(size, spec.seed, look="colour", aged=False, vignette=0.0)
        soft = softened(end) if end and not start else None
        picture = Images(start, end, size, drift, soft)
        return Take(picture, lens, Caption(layout(size), spec.prompt))
