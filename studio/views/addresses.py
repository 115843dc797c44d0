"""Addresses for pages with hundreds of them: each pattern is looked up once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from studio.models import Asset
from studio.models.at_hand import Picture

ANY = UUID(int=0)


@cache
def pattern(name: str) -> str:
    """The address of a page about a take, with a place for its id."""
    return reverse(name, args=[ANY]).replace(str(ANY), "{}")


def address(name: str, pk: UUID) -> str:
    """``reverse`` for a page with hundreds of them."""
    return pattern(name).format(pk)


@cache
def file_pattern() -> str:
    """The address of a file, with places for its id and ending."""
    return reverse("asset-file", args=[ANY, "x"]).replace(f"{ANY}.x", "{}.{}")


def file_address(asset: Asset | Picture) -> str:
    """``asset.url`` for a page with hundreds of them."""
    return file_pattern().format(asset.pk, asset.suffix)


def place(text: str) -> tuple[datetime, UUID] | None:
    """When and which: a row's place in a gallery, as addresses carry it; else None."""
    words, _bar, pk = text.partition("_")
    moment, found = read_moment(words), read_id(pk)
    return (moment, found) if moment and found else None


def read_moment(text: str) -> datetime | None:
    """A moment with its time zone, as a page wrote it into an address; else None."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None:
        return None
    # Near the ends of time nothing can be taken from it, nor could it be said in UTC.
    return moment.astimezone(UTC) if 1000 <= moment.year <= 9000 else None


def read_ids(texts: Iterable[str]) -> list[UUID]:
    """The ids among these words."""
    return [*filter(None, map(read_id, texts))]


def read_id(text: str) -> UUID | None:
    """An id; nonsense is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
