"""Strokes drawn over a frame: lists of points within 0..1 of its width and height."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_STROKES = 40
MOST_POINTS = 2_000  # of all strokes together
DIGITS = 4  # a tenth of a pixel of a 1080p frame is enough

Strokes = list[list[list[float]]]


def checked_strokes(value: Any) -> Strokes:
    """The same strokes with rounded points. Raises ValidationError."""
    if not isinstance(value, list) or len(value) > MOST_STROKES:
        raise ValidationError(_("This drawing has too many strokes."))
    strokes = [checked_stroke(stroke) for stroke in value]
    if sum(map(len, strokes)) > MOST_POINTS:
        raise ValidationError(_("This drawing has too many points."))
    return strokes


def checked_stroke(value: Any) -> list[list[float]]:
    """One line, from point to point."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_POINTS:
        raise ValidationError(_("This is not a drawing."))
    return [checked_point(point) for point in value]


def checked_point(value: Any) -> list[float]:
    """A place on the frame: across and down."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValidationError(_("This is not a drawing."))
    return [checked_number(number) for number in value]


def checked_number(value: Any) -> float:
    """From 0 to 1."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= 1:
        raise ValidationError(_("This is not a drawing."))
    return round(float(value), DIGITS)
