"""A catalog entry as JSON and back: a generation keeps the entry it was made with."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date
from hashlib import sha256
from typing import Any

from studio.catalog.loader import as_lists, frozen
from studio.catalog.schema import (
    MediaInput,
    Mode,
    Option,
    Price,
    PriceRow,
    Rule,
    VideoModel,
)


def to_json(model: VideoModel) -> dict[str, Any]:
    """The entry as plain JSON values."""
    table = {
        item.name: getattr(model, item.name)
        for item in fields(VideoModel)
        if item.name not in {"options", "inputs", "rules", "price"}
    }
    table["options"] = [asdict(option) for option in model.options]
    table["inputs"] = [asdict(item) for item in model.inputs]
    table["rules"] = [asdict(rule) for rule in model.rules]
    table["price"] = asdict(model.price)
    result: dict[str, Any] = json.loads(json.dumps(table, default=plain))
    return result


def plain(value: Any) -> Any:
    """What JSON has no word for."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value)


def digest(table: dict[str, Any]) -> str:
    """The same entry always has the same digest."""
    return sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


def from_json(table: dict[str, Any]) -> VideoModel:
    """The entry that ``to_json`` was given."""
    names = {item.name for item in fields(VideoModel)}
    values = {name: value for name, value in table.items() if name in names}
    price = dict(values["price"])  # the table stays as it is: it may be read again
    for holder in (values, price):
        for name in ("checked", "ends"):
            if holder.get(name):
                holder[name] = date.fromisoformat(holder[name])
    rows = tuple(
        PriceRow(amount=row["amount"], when=as_lists(row["when"]))
        for row in price["rows"]
    )
    return VideoModel(
        **{
            **values,
            "modes": tuple(Mode(mode) for mode in values["modes"]),
            "options": tuple(Option(**frozen(item)) for item in values["options"]),
            "inputs": tuple(MediaInput(**frozen(item)) for item in values["inputs"]),
            "rules": tuple(read_back_rule(rule) for rule in values["rules"]),
            "price": Price(**{**price, "rows": rows}),
            "prompt_optional": frozenset(values["prompt_optional"]),
            "aliases": tuple(values["aliases"]),
        }
    )


def read_back_rule(table: dict[str, Any]) -> Rule:
    """A rule whose lists are tuples again."""
    return Rule(
        message=table["message"],
        when=as_lists(table["when"]),
        require=as_lists(table["require"]),
        forbid=tuple(table["forbid"]),
    )
