"""What can be asked of the animatic, and what cannot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

DURATIONS = (2.0, 12.0)  # seconds
SIDES = (64, 4096)  # pixels
FRAME_RATES = (8, 60)
# The shorter side of the frame, in pixels.
RESOLUTIONS = {"480p": 480, "720p": 720, "1080p": 1080}


@dataclass(frozen=True, kw_only=True)
class AnimaticSpec:
    """One film to draw. The same spec gives the same film."""

    prompt: str
    seed: int
    duration: float  # seconds, 2 to 12
    width: int  # pixels, even
    height: int
    frame_rate: int = 24
    sound: bool = False
    negative_prompt: str = ""
    start_image: Path | None = None
    end_image: Path | None = None
    reference_images: tuple[Path, ...] = ()

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return round(self.duration * self.frame_rate)

    def check(self) -> None:
        """Raise ValueError, with a sentence for the user, if this cannot be drawn."""
        low, high = DURATIONS
        if not low <= self.duration <= high:
            raise ValueError(f"The duration must be from {low:g} to {high:g} seconds.")
        for side in (self.width, self.height):
            if not SIDES[0] <= side <= SIDES[1] or side % 2:
                raise ValueError(
                    f"Width and height must be even, from {SIDES[0]} to {SIDES[1]}."
                )
        if not FRAME_RATES[0] <= self.frame_rate <= FRAME_RATES[1]:
            raise ValueError(
                f"The frame rate must be from {FRAME_RATES[0]} to {FRAME_RATES[1]}."
            )


def frame_size(aspect_ratio: str, resolution: str) -> tuple[int, int]:
    """Width and height in pixels: `("9:16", "720p")` gives `(720, 1280)`.

    Raises ValueError for a ratio that is not `W:H` or a resolution that is unknown.
    """
    if resolution not in RESOLUTIONS:
        raise ValueError(f"The resolution must be one of {', '.join(RESOLUTIONS)}.")
    ratio = _ratio(aspect_ratio)
    short = RESOLUTIONS[resolution]
    long = _even(short * max(ratio, 1 / ratio))
    if long > SIDES[1]:
        raise ValueError(
            f"The aspect ratio {aspect_ratio} is too long for {resolution}."
        )
    return (long, short) if ratio >= 1 else (short, long)


def _ratio(aspect_ratio: str) -> float:
    try:
        width, height = (float(part) for part in aspect_ratio.split(":"))
    except ValueError as exc:
        raise ValueError(
            f"The aspect ratio must look like 16:9, not {aspect_ratio!r}."
        ) from exc
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise ValueError("The numbers of an aspect ratio must be greater than zero.")
    return width / height


def _even(value: float) -> int:
    return round(value / 2) * 2
