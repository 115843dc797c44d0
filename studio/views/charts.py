"""Bars drawn as SVG on the server: shapes and attributes only, no style, no script.

Here and not in a template, which takes ten times as long for the hundreds of pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString

from studio import formats
from studio.models.usage import Sums, Time

WIDTH, HEIGHT = 960, 220  # of the drawing, in its own units
LEFT, BOTTOM, TOP = 56, 22, 8  # room for words
GAP = 0.25  # of a bar's place
MOST_LABELS = 11
STEPS = (2, 4, 6, 8, 10)  # even ones: half of each is marked as well
KINDS = ("billed", "assumed", "unsure")  # how a piece is known: told by its pattern
HATCH = ' fill="url(#hatch)"'
BAR = '<g class="bar"><title>%s: %s</title>%s%s</g>'
PART = '<rect class="part-%s"%s x="%s" y="%s" width="%s" height="%s" />'
LABEL = '<text class="chart-word" x="%s" y="%s" dy="-6" text-anchor="middle">%s</text>'


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line across, with its amount."""

    y: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Bars on a scale of dollars."""

    bars: SafeString
    lines: Sequence[Line]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


def chart(time: Time, steps: Mapping[date, Sums]) -> Chart:
    """The spending of each day or month."""
    top = round_up(max((sums.spent for sums in steps.values()), default=0))
    room = (WIDTH - LEFT) / max(len(steps), 1)
    every = -(-len(steps) // MOST_LABELS)
    bars = [
        bar(
            sums,
            x=LEFT + number * room + room * GAP / 2,
            width=room * (1 - GAP),
            top=top,
            name=step_name(step, time),
            has_label=number % every == 0,
        )
        for number, (step, sums) in enumerate(steps.items())
    ]
    marks = [0, top // 2, top]
    lines = [Line(y=height_of(n, top), label=formats.dollars(n)) for n in marks]
    return Chart(bars=SafeString("".join(bars)), lines=lines)  # noqa: S308  (all ours)


def bar(
    sums: Sums, *, x: float, width: float, top: int, name: str, has_label: bool
) -> str:
    """One bar, its pieces standing on one another; with its name beneath."""
    pieces = []
    under = 0
    for kind in KINDS:
        amount = max(getattr(sums, kind), 0)
        if amount:
            upper = height_of(under + amount, top)
            height = round(height_of(under, top) - upper, 2)
            fill = HATCH if kind == "assumed" else ""
            place = round(x, 2), upper, round(width, 2), height
            pieces.append(PART % (kind, fill, *place))
            under += amount
    middle = round(x + width / 2, 2)
    label = LABEL % (middle, HEIGHT, name) if has_label else ""
    return BAR % (name, formats.dollars(sums.spent), "".join(pieces), label)


def height_of(amount: int, top: int) -> float:
    """Where an amount is, from above."""
    room = HEIGHT - BOTTOM - TOP
    return round(TOP + room * (1 - amount / top), 2)


def round_up(amount: int) -> int:
    """The next number that reads well: one figure with noughts; at least two cents."""
    power = formats.CENT
    while True:
        for step in STEPS:
            if amount <= power * step:
                return power * step
        power *= 10


def step_name(step: date, time: Time) -> str:
    """A day as ``7``, a month as ``Nov``."""
    return str(step.day) if time.span == "day" else escape(date_format(step, "M"))
