"""TOML to VideoModel: read once, every mistake named with its file and model.

A file names its ``provider`` and lists ``[[models]]``. ``[shapes.NAME]`` tables hold
what several models share; a model with ``shape = "NAME"`` starts from that table, and
its own ``options`` and ``inputs`` are merged in by name (``false`` takes one away).
Prices are written in US dollars as strings, so that no cent is lost to a float.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from studio.catalog.schema import (
    MediaInput,
    Mode,
    Option,
    Price,
    PriceRow,
    Rule,
    VideoModel,
)

MICRO = 1_000_000
OPTION_TYPES = frozenset(
    {"choice", "integer", "number", "boolean", "string", "text", "json"}
)
INPUT_ROLES = frozenset(
    {"start_image", "end_image", "reference_images", "static_mask", "source_video"}
)
PRICE_UNITS = frozenset({"second", "video", "free", "unknown"})
STATUSES = frozenset({"current", "deprecated", "ended"})


class CatalogError(ValueError):
    """A mistake in a catalog file; the text names file and model."""


def load_file(path: Path) -> list[VideoModel]:
    """All models of one file."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path.name}: {error}") from error
    shapes = document.get("shapes", {})
    models = []
    for entry in document.get("models", []):
        label = f"{path.name}: {entry.get('id', 'a model without an id')}"
        try:
            models.append(read_model({**entry}, shapes, document.get("provider")))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CatalogError(f"{label}: {error}") from error
    return models


def read_model(
    entry: dict[str, Any], shapes: Mapping[str, Any], provider: str | None
) -> VideoModel:
    """One table of the file as a VideoModel."""
    table = with_shape(entry, shapes)
    table.setdefault("provider", provider)
    for required in ("provider", "id", "name", "modes"):
        if not table.get(required):
            raise ValueError(f"{required} is missing")
    table["modes"] = tuple(Mode(mode) for mode in table["modes"])
    table["options"] = read_parts(Option, "name", table.get("options", {}))
    table["inputs"] = read_parts(MediaInput, "role", table.get("inputs", {}))
    table["rules"] = tuple(read_rule(rule) for rule in table.get("rules", []))
    table["price"] = read_price(table.get("price", {"unit": "unknown"}))
    table["prompt_optional"] = frozenset(table.get("prompt_optional", ()))
    table["aliases"] = tuple(table.get("aliases", ()))
    model = VideoModel(**known(VideoModel, table))
    check(model)
    return model


def with_shape(entry: dict[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    """The entry laid over the shape it names, options and inputs by name."""
    name = entry.pop("shape", None)
    if name is None:
        return entry
    if name not in shapes:
        raise ValueError(f"there is no shape {name!r}")
    base = with_shape({**shapes[name]}, shapes)
    for part in ("options", "inputs"):
        merged = {**base.get(part, {})}
        for key, value in entry.pop(part, {}).items():
            if value is False:
                merged.pop(key, None)
            else:
                merged[key] = {**merged.get(key, {}), **value}
        base[part] = merged
    base["transport"] = {**base.get("transport", {}), **entry.pop("transport", {})}
    return {**base, **entry}


def read_parts(kind: type, key: str, tables: Mapping[str, Any]) -> tuple[Any, ...]:
    """Options or inputs, in the order of the file."""
    return tuple(
        kind(**known(kind, frozen({key: name, **table})))
        for name, table in tables.items()
    )


def read_rule(table: Mapping[str, Any]) -> Rule:
    """A rule; single values may stand for lists of one."""
    return Rule(
        message=table["message"],
        when=as_lists(table["when"]),
        require=as_lists(table.get("require", {})),
        forbid=tuple(table.get("forbid", ())),
    )


def read_price(table: Mapping[str, Any]) -> Price:
    """A price with its rows; ``amount`` alone is a table of one row."""
    rows = [
        PriceRow(amount=micro(row["amount"]), when=as_lists(row.get("when", {})))
        for row in table.get("rows", [])
    ]
    if "amount" in table:
        rows.append(PriceRow(amount=micro(table["amount"])))
    unit = table["unit"]
    if unit not in PRICE_UNITS:
        raise ValueError(f"price unit {unit!r} is not one of {sorted(PRICE_UNITS)}")
    if unit in {"second", "video"} and not rows:
        raise ValueError("the price has no amount")
    rest = {key: table[key] for key in table if key not in {"rows", "amount"}}
    return Price(rows=tuple(rows), **known(Price, rest))


def micro(dollars: str) -> int:
    """Micro-USD of an amount written as text, such as "0.35"."""
    if not isinstance(dollars, str):
        raise TypeError(f"write the amount {dollars!r} as text")
    try:
        amount = Decimal(dollars) * MICRO
    except InvalidOperation as error:
        raise ValueError(f"{dollars!r} is not an amount") from error
    if amount != int(amount) or amount < 0:
        raise ValueError(f"{dollars!r} is not a whole number of micro-USD")
    return int(amount)


def as_lists(table: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Each value as a tuple of allowed values."""
    return {
        name: tuple(value) if isinstance(value, list) else (value,)
        for name, value in table.items()
    }


def frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    """Lists as tuples, modes as a set."""
    result = {
        key: tuple(value) if isinstance(value, list) and key != "default" else value
        for key, value in table.items()
    }
    if "modes" in result:
        result["modes"] = frozenset(Mode(mode) for mode in result["modes"])
    return result


def known(kind: type, table: Mapping[str, Any]) -> dict[str, Any]:
    """The table, refused where it has a key that the class does not know."""
    names = {item.name for item in fields(kind)}
    if unknown := sorted(table.keys() - names):
        raise ValueError(f"{kind.__name__} does not know {', '.join(unknown)}")
    return dict(table)


def check(model: VideoModel) -> None:
    """Refuse an entry that contradicts itself."""
    if model.status not in STATUSES:
        raise ValueError(f"status {model.status!r} is not one of {sorted(STATUSES)}")
    for option in model.options:
        check_option(option)
    for item in model.inputs:
        if item.role not in INPUT_ROLES:
            raise ValueError(f"there is no input {item.role!r}")
        if item.minimum > item.maximum:
            raise ValueError(f"{item.role}: more needed than allowed")
    names = {option.name for option in model.options} | {"mode", "prompt"}
    names |= {item.role for item in model.inputs}
    for rule in model.rules:
        refuse_unknown(rule.message, {*rule.when, *rule.require, *rule.forbid}, names)
    for row in model.price.rows:
        refuse_unknown("price", row.when, names)


def check_option(option: Option) -> None:
    """Refuse an option whose default or type cannot be."""
    if option.type not in OPTION_TYPES:
        raise ValueError(f"{option.name}: type {option.type!r} is unknown")
    if option.type == "choice" and not option.values:
        raise ValueError(f"{option.name}: a choice needs values")
    if option.default is None:
        return
    if option.values and option.default not in option.values:
        raise ValueError(f"{option.name}: default {option.default!r} is not a value")
    is_below = option.minimum is not None and option.default < option.minimum
    is_above = option.maximum is not None and option.default > option.maximum
    if is_below or is_above:
        raise ValueError(f"{option.name}: default {option.default!r} out of range")


def refuse_unknown(place: str, given: Iterable[str], names: set[str]) -> None:
    """A rule or price may speak only of what the model has."""
    if unknown := sorted(set(given) - names):
        raise ValueError(f"{place}: the model has no {', '.join(unknown)}")
