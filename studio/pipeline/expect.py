"""Where a take stands, and when it can be expected by this installation's history.

All that any page says of how long a model takes comes from here: of its takes with the
same settings, else of its takes here, else as documented.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from statistics import median
from uuid import UUID

from django.db.models import Q

from studio import catalog
from studio.models import Generation, Status, Timing
from studio.pipeline import line
from studio.pipeline.line import Place

FEW = 20  # models whose histories are looked up by name


@dataclass(frozen=True, kw_only=True)
class Usual:
    """How long takes of a model take, whatever their settings: no more than a hint."""

    seconds: float | None = None
    is_from_here: bool = False  # else by the provider's documents


@dataclass(frozen=True, kw_only=True)
class Expected:
    """How long takes with these settings have taken here."""

    median: float | None = None  # seconds, half are faster
    p90: float | None = None  # seconds, nine in ten are faster
    usual: Usual = field(default_factory=Usual)  # of its model
    elapsed: float = 0.0  # seconds since it was sent
    place: Place | None = None  # in the line, while it waits to be sent

    @property
    def has_history(self) -> bool:
        """Whether anything is known."""
        return self.median is not None

    @property
    def starts_in(self) -> float:
        """Seconds until it is sent, as far as the line tells; 0 where nothing does."""
        if self.place is None or self.place.is_held or self.median is None:
            return 0.0
        return self.place.wait(self.median)

    @property
    def remaining(self) -> float | None:
        """Seconds to the median finish, never below zero; None with no history."""
        if self.median is None:
            return None
        return self.starts_in + max(self.median - self.elapsed, 0.0)

    @property
    def is_late(self) -> bool:
        """Whether it takes longer than nine in ten did."""
        return self.p90 is not None and self.elapsed > self.p90


def expected_times(takes: Iterable[Generation], now: datetime) -> dict[UUID, Expected]:
    """One answer per take that is in flight, in a fixed number of queries."""
    open_takes = [take for take in takes if take.is_in_flight]
    models = {take.model_key for take in open_takes}
    timings = timings_of(models)
    usual = usual_of(models, timings)
    waiting = {take.pk for take in open_takes if take.status == Status.QUEUED}
    found = line.places(now, waiting) if waiting else {}
    exact = {timing.key: timing for timing in timings}
    return {
        take.pk: expected(
            take,
            exact.get(take.timing_key()),
            usual[take.model_key],
            found.get(take.pk),
            now,
        )
        for take in open_takes
    }


def expected(
    take: Generation,
    timing: Timing | None,
    usual: Usual,
    place: Place | None,
    now: datetime,
) -> Expected:
    """What the history says of one take."""
    since = take.running_at or take.submitted_at
    return Expected(
        median=timing.median if timing else None,
        p90=timing.p90 if timing else None,
        usual=usual,
        elapsed=(now - since).total_seconds() if since else 0.0,
        place=place,
    )


def usual_times(models: Collection[str]) -> dict[str, Usual]:
    """The same answer for models that nobody has asked anything of yet: one query."""
    return usual_of(models, timings_of(models))


def usual_of(models: Iterable[str], timings: Iterable[Timing]) -> dict[str, Usual]:
    """By model: of all its takes here, else as documented."""
    here: dict[str, list[float]] = {}
    for timing in timings:
        here.setdefault(timing.model_key, []).extend(timing.durations)
    return {model: usual_time(model, here.get(model, [])) for model in models}


def usual_time(model: str, durations: list[float]) -> Usual:
    """Of one model; an id that the catalog does not list has no documents."""
    if durations:
        return Usual(seconds=median(durations), is_from_here=True)
    entry = catalog.all_models().get(model)
    return Usual(seconds=entry.typical_seconds if entry else None)


def timings_of(models: Collection[str]) -> list[Timing]:
    """The histories of these models with whatever settings; of many, simply all."""
    rows = Timing.objects.all()
    if len(models) <= FEW:
        begin = (Q(key__startswith=f"{model}|") for model in models)
        rows = rows.filter(reduce(or_, begin, Q(pk__in=[])))
    return list(rows)
