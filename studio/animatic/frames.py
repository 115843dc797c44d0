"""What surrounds the picture: the strips with the title, or a caption upon it."""

from __future__ import annotations

from studio.animatic import brush
from studio.animatic.canvas import Canvas
from studio.animatic.colour import RGB, mix, rgb
from studio.animatic.stage import Moment
from studio.animatic.titles import Layout, card

PAPER = rgb("efe6d4")
INK = rgb("08080a")


class Frame:
    """The strips around the picture, for one shot."""

    def __init__(self, layout: Layout, text: str, note: str, ink: RGB) -> None:
        self.layout = layout
        self._base = Canvas(layout.frame)
        ground = mix(mix(ink, INK, 0.5), rgb("0d0d10"), 0.35)
        self._base.fill(ground)
        words = card(layout, text, note)
        width, height = layout.frame
        low = height - layout.bottom
        for box, fade in (
            ((0, 0, width, layout.top), 0.38),
            ((0, low, width, height), 0.06),
        ):
            self._base.veil(words.crop(box), mix(PAPER, ground, fade), (box[0], box[1]))

    def around(self, picture: Canvas, now: Moment) -> Canvas:
        """The whole frame with the picture in it."""
        top = self.layout.top
        self._base.luma.paste(picture.luma, (0, top))
        self._base.blue.paste(picture.blue, (0, top // 2))
        self._base.red.paste(picture.red, (0, top // 2))
        return self._base


class Caption:
    """Words over a picture that fills the frame: they come and go, the mark stays."""

    def __init__(self, layout: Layout, text: str) -> None:
        self.layout = layout
        width, height = layout.frame
        words = card(layout, text, "")
        self._mark = words.crop((0, 0, width, layout.top))
        low = (height - round(layout.bottom * 1.5)) // 2 * 2
        self._low = low
        self._words = words.crop((0, low, width, height))
        self._shade = brush.ramp(
            (width, height - low), [(0, 0.0), (0.45, 0.55), (1, 0.85)]
        )
        self._corner = brush.glow(
            (round(width * 0.5) // 2 * 2, layout.top * 4), power=1.2
        )
        self._has_words = self._words.getbbox() is not None

    def around(self, picture: Canvas, now: Moment) -> Canvas:
        """The picture with the mark, and with the words while it is their time."""
        corner = self._corner
        at = (-corner.size[0] // 4 * 2, -corner.size[1] // 4 * 2)
        shade = brush.scaled(corner, 0.6).crop((-at[0], -at[1], *corner.size))
        picture.veil(shade, INK)
        picture.veil(brush.scaled(self._mark, 0.85), PAPER)
        amount = min(1.0, (now.u - 0.06) / 0.10, (0.94 - now.u) / 0.10)
        if amount > 0 and self._has_words:
            picture.veil(brush.scaled(self._shade, amount), INK, (0, self._low))
            picture.veil(brush.scaled(self._words, amount), PAPER, (0, self._low))
        return picture
