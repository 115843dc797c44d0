"""What AI/ML API says about money: charges, the balance, the live prices.

1 USD is 2,000,000 credits (docs: how-can-i-track-my-funds), so a credit is half a
micro-USD. The field was ``tokens_used`` in 2025, ``credits_used`` from December 2025,
and has ``usd_spent`` beside it since 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from studio.providers import reading
from studio.providers.base import ListedModel, Usage
from studio.providers.paths import at

CREDITS_PER_MICRO = 2
CREDIT_PATHS = ("meta.usage.credits_used", "meta.usage.tokens_used")
VIDEO_TYPE = "internal/video-generations"
# The catalog's words for what is counted, and ours.
UNITS = {
    "second": "second",
    "seconds": "second",
    "video": "video",
    "request": "video",
    "generation": "video",
}


def usage_of(headers: Mapping[str, str], item: Mapping[str, Any]) -> Usage:
    """The charge, from the body or the headers; 0 says that none is known yet.

    A charge is booked when the video is done (docs: tracing); the headers of a poll may
    as well speak of the poll, which is free.
    """
    spent = number(at(item, "meta.usage.usd_spent"))
    spent = spent or number(headers.get("x-aimlapi-usd-spent"))
    credits = number(reading.first(item, CREDIT_PATHS))
    credits = credits or number(headers.get("x-aimlapi-credits-used"))
    cost = reading.micro_usd(spent) if spent else None
    if cost is None and credits:
        cost = round(credits / CREDITS_PER_MICRO)
    return Usage(cost=cost, credits=f"{credits:.0f} credits" if credits else "")


def number(value: Any) -> float | None:
    """A number above 0, from a number or its text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if 0 < found < 1e12 else None


def balance(body: Any) -> str:
    """What is left, as the service tells it: in US dollars."""
    left = reading.first_text(body, ("current_balance",))
    if not left:
        found = at(body, "current_balance")
        left = f"{found:.2f}" if isinstance(found, float) else ""
    return f"{left} {reading.first_text(body, ('currency',)) or 'USD'}" if left else ""


def video_models(body: Any) -> list[ListedModel]:
    """The video models of the catalog, each once: it lists one per endpoint."""
    entries = body.get("data") if isinstance(body, dict) else None
    found: dict[str, ListedModel] = {}
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and is_video(entry):
            model = listed(entry)
            found.setdefault(model.id, model)
    return list(found.values())


def is_video(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is a model that makes videos by a job."""
    kind = entry.get("type")
    has_id = isinstance(entry.get("id"), str) and entry["id"]
    return bool(has_id) and isinstance(kind, str) and kind.startswith(VIDEO_TYPE)


def listed(entry: Mapping[str, Any]) -> ListedModel:
    """One entry of the catalog."""
    name = reading.first_text(entry, ("info.name",))
    price = price_table(entry.get("pricing"))
    return ListedModel(id=entry["id"], name=name, price=price, raw=entry)


def price_table(pricing: Any) -> dict[str, Any]:
    """``{"unit": "second", "rows": [{"amount": micro-USD, "when": {...}}]}``, or {}.

    ``when`` has the provider's own field names and values. Empty where nothing can be
    said before the request (kind ``variable``), or where units differ.
    """
    if not isinstance(pricing, Mapping):
        return {}
    priced = list(priced_rows(pricing))
    units = {unit for unit, _ in priced}
    if len(units) != 1 or None in units:
        return {}
    return {"unit": units.pop(), "rows": [row for _, row in priced]}


def priced_rows(pricing: Mapping[str, Any]) -> Iterator[tuple[str | None, Any]]:
    """Our unit and a row for each rate. ``price`` is the charge for ``per`` units."""
    rates = pricing.get("variants") or pricing.get("units")
    for rate in rates if isinstance(rates, list) else []:
        if not isinstance(rate, Mapping):
            continue
        price, per = number(rate.get("price")), number(rate.get("per", 1))
        unit = UNITS.get(str(rate.get("unit") or rate.get("name")))
        if not price or not per:
            yield None, {}
            continue
        row = {"amount": reading.micro_usd(price / per), "when": rate.get("when") or {}}
        yield unit, row
