"""Reads Segmind's answers: states, results, money, limits, its list of models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from studio.providers import reading
from studio.providers.answers import Answer, pause
from studio.providers.base import ListedModel, Usage, VideoResult
from studio.providers.payload import as_word

VIDEO_PATHS = ("video.url", "output", "video_url", "url", "images")


def state_word(answer: Answer) -> str:
    """The provider's word for the state, or ""."""
    return reading.first_text(answer.body, ("status",))


def results_in(body: Any) -> Iterator[VideoResult]:
    """The first address found: ``output`` is often a second one of the same video."""
    url = reading.video_url(body, VIDEO_PATHS)
    if url:
        yield VideoResult(url=url)


def usage_of(answer: Answer) -> Usage:
    """Cost and credit left, from the body's metrics or the headers; both in dollars."""
    metrics = answer.object.get("metrics")
    metrics = metrics if isinstance(metrics, Mapping) else {}
    cost = text_of(metrics.get("cost")) or answer.headers.get("x-cost", "")
    left = text_of(metrics.get("remaining_credits"))
    return Usage(
        cost=reading.micro_usd(cost),
        credits=cost,
        credit_left=left or answer.headers.get("x-remaining-credits", ""),
    )


def text_of(value: Any) -> str:
    """A number or text as text; anything else is ""."""
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if is_plain else ""


def field_text(value: Any) -> str:
    """A value as a form field: lists and objects as JSON."""
    return json.dumps(value) if isinstance(value, list | dict) else as_word(value)


def seconds_until(moment: str) -> float | None:
    """Seconds until a time in UTC, as ISO 8601 or Unix time; None for anything else."""
    try:
        if moment.isdecimal():
            until = datetime.fromtimestamp(int(moment), UTC)
        else:
            until = datetime.fromisoformat(moment)
    except (ValueError, OverflowError, OSError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    left = (until - datetime.now(UTC)).total_seconds()
    return pause(f"{max(left, 0):.0f}")


def video_models(body: Any) -> Iterator[ListedModel]:
    """The entries of the list that speak of video.

    Its shape is not documented: client code reads it from an object's only key.
    """
    for entry in entries_of(body):
        slug = reading.first_text(entry, ("slug", "model_slug", "model_id", "id"))
        if slug and "video" in json.dumps(entry).lower():
            name = reading.first_text(entry, ("name", "model_name", "title"))
            yield ListedModel(id=slug, name=name, raw=entry)


def entries_of(body: Any) -> list[Any]:
    """The list itself, or the first one in an object."""
    found = body.values() if isinstance(body, Mapping) else [body]
    return next((value for value in found if isinstance(value, list)), [])
