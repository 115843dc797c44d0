"""Filters by the day, both ends included, by the clock of the site."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone

# Nearer to the ends of time a day has no midnight in every time zone.
EARLIEST, LATEST = date(1000, 1, 1), date(9000, 1, 1)

Rows = TypeVar("Rows", bound=QuerySet[Any])


class DayField(forms.DateField):
    """A day to begin or to end with."""

    widget = forms.DateInput(attrs={"type": "date"})

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        )


def between(rows: Rows, name: str, start: object, end: object) -> Rows:
    """The rows whose moment of that name is on these days."""
    if isinstance(start, date):
        rows = rows.filter(**{f"{name}__gte": midnight(start)})
    if isinstance(end, date):
        rows = rows.filter(**{f"{name}__lt": midnight(end + timedelta(days=1))})
    return rows


def midnight(day: date) -> datetime:
    """When a day begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))
