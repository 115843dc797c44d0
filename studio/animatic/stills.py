"""Given pictures: a slow move over the start image, a dissolve to the end image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFilter, UnidentifiedImageError
from PIL.Image import Resampling

from studio.animatic.brush import Size
from studio.animatic.canvas import Canvas
from studio.animatic.colour import RGB, brightness
from studio.animatic.placement import Placement
from studio.animatic.plate import Plate
from studio.animatic.playing import Enough, Sketch, never
from studio.animatic.stage import Moment

TRAVEL = 0.15  # how much larger the picture is at the end of a move
MOST_PIXELS = 80_000_000  # of an image file; larger ones are refused
# Where each camera move drifts to: right and down are positive.
DRIFTS = {
    "pan left": (-1, 0), "pan right": (1, 0), "tilt up": (0, -1), "tilt down": (0, 1),
    "tracking": (1, 0), "crane up": (0, -1), "crane down": (0, 1),
    "aerial": (0.6, -0.4), "orbit": (-0.8, 0),
}  # fmt: skip

# RGB to BT.709 limited range, as a 3x4 matrix.
_TO_YUV = (
    0.1826, 0.6142, 0.0620, 16.5,
    -0.1006, -0.3386, 0.4392, 128.5,
    0.4392, -0.3989, -0.0403, 128.5,
)  # fmt: skip


def load(path: Path) -> Image.Image:
    """An image file as RGB. Raises ValueError if it cannot be read."""
    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"The image {path.name} has too many pixels.")
            return image.convert("RGB")
    except (
        OSError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
        SyntaxError,
    ) as exc:
        raise ValueError(f"The image {path.name} could not be read.") from exc


def plate_of(image: Image.Image, size: Size) -> Plate:
    """The image, cropped to cover the frame, as a plate as high as one unit."""
    width, height = size
    large = (round(width * (1 + TRAVEL) / 2) * 2, round(height * (1 + TRAVEL) / 2) * 2)
    # Reducing first keeps the memory for a very large photograph small.
    factor = min(image.width // large[0], image.height // large[1])
    image = image.reduce(factor) if factor > 1 else image
    half = width / height / 2
    plate = Plate((-half, -0.5, half, 0.5), 4.0, (0, 0, 0), opaque=True)
    plate.density = large[1]
    plate.size = large
    planes = covered(image, large).convert("RGB", _TO_YUV)
    plate.luma, blue, red = planes.split()
    plate.blue, plate.red = blue.reduce(2), red.reduce(2)
    return plate


def covered(image: Image.Image, size: Size) -> Image.Image:
    """The middle of the image, as large as the frame allows, at a size."""
    share = min(image.width / size[0], image.height / size[1])
    wide, high = size[0] * share, size[1] * share
    left, top = (image.width - wide) / 2, (image.height - high) / 2
    box = (left, top, min(image.width, left + wide), min(image.height, top + high))
    return image.resize(size, Resampling.LANCZOS, box=box)


def softened(plate: Plate) -> Plate:
    """The same picture out of focus."""
    soft = Plate(plate.box, 4.0, (0, 0, 0), opaque=True)
    soft.density, soft.size = plate.density, plate.size
    radius = plate.size[1] / 45
    for name in ("luma", "blue", "red"):
        blur = ImageFilter.BoxBlur(radius if name == "luma" else radius / 2)
        setattr(soft, name, getattr(plate, name).filter(blur).filter(blur))
    return soft


@dataclass
class Images:
    """A film of given pictures: frame 0 is the start image, the last the end image."""

    start: Plate | None
    end: Plate | None
    size: Size
    drift: tuple[float, float]
    soft: Plate | None = None  # the end image out of focus, if there is no start image

    def show(self, now: Moment, enough: Enough = never) -> Sketch:
        """Move over the one, dissolve to the other."""
        return Sketch(self._at(now))

    def close(self) -> None:
        """Nothing holds on to the images but this."""

    def _at(self, now: Moment) -> Canvas:
        there = _eased(now.u)
        if self.end is None:
            return self._drawn(self.start, there)
        if self.start is None:
            # Out of a close and blurred view, into focus on the whole.
            canvas, blur = self._drawn(self.end, 1 - there), 1 - _eased(now.u / 0.6)
            return self._mixed(canvas, self.soft, 1 - there, blur)
        canvas = self._drawn(self.start, there)
        return self._mixed(canvas, self.end, 1 - there, _eased((now.u - 0.34) / 0.40))

    def _drawn(self, plate: Plate | None, amount: float) -> Canvas:
        canvas = Canvas(self.size)
        if plate is not None:
            canvas.draw(plate, self._placed(amount))
        return canvas

    def _mixed(
        self, canvas: Canvas, plate: Plate | None, amount: float, share: float
    ) -> Canvas:
        if share > 0:
            canvas.blend(self._drawn(plate, amount), share)
        return canvas

    def _placed(self, amount: float) -> Placement:
        """The whole picture at 0; larger, and drifted, at 1."""
        grown = 1 + TRAVEL * amount
        width, height = self.size
        slack = (grown - 1) * 0.9 / 2
        x = width / 2 - self.drift[0] * slack * width
        y = height / 2 - self.drift[1] * slack * height
        return Placement(height * grown, x, y)


def _eased(u: float) -> float:
    u = max(0.0, min(1.0, u))
    return u * u * (3 - 2 * u)


def colours_of(paths: Sequence[Path]) -> tuple[RGB, ...]:
    """Two colours of the first reference image: what fills it, and what stands out."""
    if not paths:
        return ()
    small = load(paths[0]).resize((64, 64), Resampling.BOX).quantize(8)
    inks = small.getpalette() or []
    counts = small.histogram()[: len(inks) // 3]
    ranked = sorted(range(len(counts)), key=lambda k: -counts[k])
    colours: list[RGB] = [
        (inks[3 * k], inks[3 * k + 1], inks[3 * k + 2]) for k in ranked
    ]
    usable = [c for c in colours if 0.12 < brightness(c) < 0.92] or colours[:1]
    return usable[0], max(usable, key=lambda c: max(c) - min(c))
