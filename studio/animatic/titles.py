"""The title card: the strip below the picture with the shot's words, and the mark."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, features

from studio.animatic.brush import Mask, Size
from studio.animatic.fonts import LAST, SANS, Face, face_for, preferred

MARK = "ANIMATIC PREVIEW"
Place = tuple[float, float]
ELLIPSIS = "…"
READ = 600  # characters of a text that could ever be set
RIGHT_TO_LEFT = ("R", "AL")
# Control, format, surrogate, private use: nothing to draw, sometimes harmful.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")


@dataclass(frozen=True)
class Layout:
    """Where the strip, the mark and the picture are, in pixels of the frame."""

    frame: Size
    top: int
    bottom: int

    @property
    def picture(self) -> Size:
        """The size of the picture between the strips."""
        return self.frame[0], self.frame[1] - self.top - self.bottom


def layout(frame: Size) -> Layout:
    """Strips in proportion; even, as half-size planes want it."""
    width, height = frame
    top = min(0.07 * height, max(0.045 * height, 0.026 * width))
    bottom = min(0.18 * height, max(0.115 * height, 0.05 * width))
    if width <= height:
        bottom = 0.13 * height
    return Layout(frame, _even(top), _even(bottom))


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)


def legible(text: str) -> str:
    """The text on one line, without what cannot be seen."""
    kept = (
        " "
        if ch.isspace() or unicodedata.category(ch) in UNSEEN and ch != "\u200d"
        else ch
        for ch in text[: READ * 4]
    )
    return " ".join("".join(kept).replace("\u200d", "").split())[:READ]


def right_to_left(text: str) -> bool:
    """Whether the first strong character runs from right to left."""
    for ch in text:
        kind = unicodedata.bidirectional(ch)
        if kind == "L":
            return False
        if kind in RIGHT_TO_LEFT:
            return True
    return False


def drawable(text: str) -> str:
    """The text without the characters that no font here has (an emoji, perhaps)."""
    kept = "".join(ch for ch in text if ch == " " or face_for(ch))
    return " ".join(kept.split())


def runs(text: str) -> list[tuple[Face, str]]:
    """The text in pieces, each with a face that can draw it."""
    whole = _face_of_all(text) if right_to_left(text) else None
    if whole:
        return [(whole, text)]
    found: list[tuple[Face, str]] = []
    for ch in text:
        # Spaces, points and marks stay with what they follow: pieces are shaped whole.
        loose = ch == " " or unicodedata.category(ch)[0] in "PM"
        last = found[-1][0] if found else None
        face = last if last and loose and last.has(ch) else face_for(ch) or Face(None)
        if face == last:
            found[-1] = (face, found[-1][1] + ch)
        else:
            found.append((face, ch))
    return found


@lru_cache(maxsize=256)
def _face_of_all(text: str) -> Face | None:
    """One face for a right-to-left line: then its order can be left to the shaper."""
    named = Counter(face for ch in text if ch.isalpha() and (face := face_for(ch)))
    faces = [face for face, _ in named.most_common()] + [*preferred(LAST)]
    return next((f for f in faces if f.path and all(map(f.has, text))), None)


def width_of(text: str, size: int) -> float:
    """How wide a text is when set at a size."""
    fonts = ((face.at(size), piece) for face, piece in runs(text))
    return sum(font.getlength(piece) for font, piece in fonts if font)


def wrap(text: str, size: int, width: float, most: int) -> list[str]:
    """Lines no wider than `width`; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    rest = _pieces(text)
    while rest and len(lines) < most:
        count = _fitting(rest, size, width)
        line, rest = "".join(rest[:count]).strip(), rest[count:]
        lines.append(line)
    if rest and lines:
        lines[-1] = _shortened(lines[-1], size, width)
    return lines


def _pieces(text: str) -> list[str]:
    """Where a line may break: after spaces, and anywhere in East Asian text."""
    found = [""]
    for ch in text:
        wide = unicodedata.east_asian_width(ch) in "WF"
        found[-1] += ch
        if ch == " " or wide or len(found[-1]) > 24:
            found.append("")
    return [piece for piece in found if piece]


def _fitting(pieces: list[str], size: int, width: float) -> int:
    count, line = 0, ""
    for piece in pieces:
        if count and width_of((line + piece).rstrip(), size) > width:
            break
        line += piece
        count += 1
    return max(1, count)


def _shortened(line: str, size: int, width: float) -> str:
    while line and width_of(line + ELLIPSIS, size) > width:
        line = line[:-1]
    return line.rstrip(" ,.;:") + ELLIPSIS


def draw_line(mask: Mask, text: str, at: Place, size: int) -> None:
    """Draw one line with its baseline at `at`; right-to-left lines end there."""
    pen = ImageDraw.Draw(mask)
    backwards = right_to_left(text)
    x = at[0] - (width_of(text, size) if backwards else 0)
    pieces = runs(text)
    # Each piece is shaped by itself; a right-to-left line puts its pieces last first.
    for face, piece in reversed(pieces) if backwards else pieces:
        font = face.at(size)
        if font is None:
            continue
        rtl = backwards and right_to_left(piece) and features.check("raqm")
        way = "rtl" if rtl else None
        pen.text((x, at[1]), piece, fill=255, font=font, anchor="ls", direction=way)
        x += font.getlength(piece)


def label(mask: Mask, text: str, at: Place, size: int, *, right: bool = False) -> None:
    """Small capitals set wide; `right` ends them at `at`."""
    face = next(iter(preferred(SANS)), Face(None))
    font = face.at(size) or Face(None).at(size)
    if font is None:
        return
    gap = size * 0.16
    total = sum(font.getlength(ch) + gap for ch in text) - gap
    x = at[0] - total if right else at[0]
    pen = ImageDraw.Draw(mask)
    for ch in text:
        pen.text((x, at[1]), ch, fill=255, font=font, anchor="ls")
        x += font.getlength(ch) + gap


def card(frame: Layout, text: str, note: str) -> Mask:
    """The words of the strips, as a mask of the whole frame."""
    width, height = frame.frame
    mask = Image.new("L", frame.frame, 0)
    margin = max(6, round(0.022 * max(width, height * 0.75)))
    size = max(7, round(frame.top * 0.42))
    line = round(frame.top / 2 + size * 0.36)
    label(mask, MARK, (margin, line), size)
    label(mask, note, (width - margin, line), size, right=True)
    _text(mask, frame, drawable(legible(text)), margin)
    return mask


def _text(mask: Mask, frame: Layout, text: str, margin: int) -> None:
    """The words, as large as two or three lines allow, centred in their strip."""
    if not text:
        return
    width, height = frame.frame
    room = width - 2 * margin
    most = 2 if width > height else 3
    largest = max(8, round(frame.bottom * (0.30 if width > height else 0.21)))
    size = largest
    lines = wrap(text, size, room, most)
    for share in (0.88, 0.76):
        if not lines[-1].endswith(ELLIPSIS):
            break
        size = max(8, round(largest * share))
        lines = wrap(text, size, room, most)
    step = size * 1.26
    top = height - frame.bottom / 2 - step * len(lines) / 2
    backwards = right_to_left(text)
    for k, line in enumerate(lines):
        x = width - margin if backwards else margin
        draw_line(mask, line, (x, round(top + step * k + size * 0.95)), size)
