"""What the camera adds to the picture: vignette, grain, and the faults of old film."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw
from PIL.Image import Resampling

from studio.animatic import brush
from studio.animatic.brush import Mask, Size
from studio.animatic.canvas import Canvas

SPARE = 64  # pixels by which the sheet of grain is larger than the picture
SEPIA = (118, 136)  # blue and red of a sepia print


class Lens:
    """The finish of every frame of a shot."""

    def __init__(
        self, size: Size, seed: int, *, look: str, aged: bool, vignette: float = 0.30
    ) -> None:
        self._rng_seed = seed
        self._look = look
        self._aged = aged
        rng = Random(f"{seed}:lens")
        self._grain = _grain_sheet(size, rng, amplitude=6 if aged else 3)
        self._vignette = (
            _vignette(size, 0.55 if aged else vignette) if vignette else None
        )
        self._scratches = [rng.uniform(0, size[0]) for _ in range(3)]

    def finish(self, canvas: Canvas, frame: int) -> None:
        """Grade, darken the corners, add grain."""
        rng = Random(f"{self._rng_seed}:{frame}")
        if self._look != "colour":
            self._grade(canvas, rng)
        if self._vignette is not None:
            canvas.darken(self._vignette)
        if self._aged:
            self._wear(canvas, rng)
        # Luma is 7 or more here, so that no step of the grain wraps around.
        left, top = rng.randrange(SPARE), rng.randrange(SPARE)
        width, height = canvas.size
        canvas.grain(self._grain.crop((left, top, left + width, top + height)))

    def _grade(self, canvas: Canvas, rng: Random) -> None:
        """Black and white, with more contrast; old film flickers."""
        flicker = rng.choice((-7, -3, 0, 0, 4)) if self._aged else 0
        canvas.luma = canvas.luma.point(_contrast(flicker))
        blue, red = SEPIA if self._look == "sepia" else (128, 128)
        canvas.blue.paste(blue, (0, 0, *canvas.blue.size))
        canvas.red.paste(red, (0, 0, *canvas.red.size))

    def _wear(self, canvas: Canvas, rng: Random) -> None:
        """Scratches, dust, and a picture that is not quite still in its gate."""
        width, height = canvas.size
        weave = rng.choice((-1, 0, 0, 1)) * max(1, height // 500)
        canvas.luma = ImageChops.offset(canvas.luma, 0, weave)
        pen = ImageDraw.Draw(canvas.luma)
        thick = max(1, height // 540)
        for x in self._scratches:
            if rng.random() < 0.30:
                at = x + rng.uniform(-3, 3)
                pen.line(
                    (at, 0, at + rng.uniform(-4, 4), height), fill=150, width=thick
                )
        for _ in range(rng.choice((0, 0, 1, 2, 4))):
            x, y = rng.uniform(0, width), rng.uniform(0, height)
            r = height / 400 * rng.uniform(0.6, 2.4)
            fill = rng.choice((30, 200))
            pen.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), fill=fill)


@lru_cache(maxsize=8)
def _contrast(flicker: int) -> list[int]:
    """Luma 16..235 through a soft S, moved by the flicker."""

    def tone(v: int) -> int:
        u = max(0.0, min(1.0, (v - 16) / 219))
        bent = 0.35 * u + 0.65 * (u * u * (3 - 2 * u))
        return max(16, min(235, round(16 + 219 * bent + flicker)))

    return [tone(v) for v in range(256)]


def _vignette(size: Size, strength: float) -> Mask:
    """255 in the middle, darker towards the corners."""
    radial = Image.radial_gradient("L")
    mask = brush.curve(
        radial, lambda v: 1 - strength * max(0.0, v - 0.35) ** 1.8 / 0.46
    )
    return mask.resize(size, Resampling.BILINEAR)


def _grain_sheet(size: Size, rng: Random, *, amplitude: int) -> Mask:
    """Signed steps of noise, as bytes that wrap around."""
    sheet = (size[0] + SPARE, size[1] + SPARE)
    grain = max(1.0, size[1] / 560)
    noise = brush.speckle(sheet, rng, grain=grain)
    steps = [round((v - 127.5) / 127.5 * amplitude) % 256 for v in range(256)]
    return noise.point(steps)
