"""What a form keeps when its model changes, and what a take lends to the next one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from studio.catalog import Option, VideoModel
from studio.catalog.checking import label_of, read_value
from studio.forms.composer import OWN_FIELDS
from studio.models import Generation


def still_valid(
    model: VideoModel, values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What of these values another model can take, and the labels of what it cannot.

    Values come as text, from the form as it stands or from an earlier take.
    """
    kept = {name: values[name] for name in OWN_FIELDS & values.keys()}
    dropped = []
    inputs = {item.role: item for item in model.inputs}
    for name, value in values.items():
        if name in OWN_FIELDS or value in (None, "", []):
            continue
        role = name.removesuffix("_asset")
        option = model.option(name)
        if (option and fits(option, value)) or role in inputs:
            kept[name] = value
        elif value is not False and value != "false":  # nobody misses what was off
            dropped.append(label_of(role, option.label if option else ""))
    return kept, dropped


def fits(option: Option, value: Any) -> bool:
    """Whether the option has this value."""
    try:
        read_value(option, value)
    except ValueError:
        return False
    return True


def values_of(generation: Generation) -> dict[str, Any]:
    """A take's settings as form values: for a remix."""
    settings = generation.prompt.settings
    values: dict[str, Any] = {
        "model": generation.model_key,
        "prompt": generation.prompt.text,
    }
    values |= {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in settings.get("options", {}).items()
    }
    if extra := settings.get("extra"):
        values["extra"] = extra
    for role, pk in settings.get("inputs", []):
        field = f"{role}_asset"
        values[field] = f"{values[field]} {pk}" if field in values else pk
    return values


def values_to_edit(generation: Generation) -> dict[str, Any]:
    """A waiting take's settings, with its own seed, to be changed in its place."""
    values = values_of(generation)
    if "seed" in values:
        values["seed"] = generation.options.get("seed", values["seed"])
    values |= {"replaces": str(generation.pk), "takes": 1}
    if generation.parent_id:
        values["parent"] = str(generation.parent_id)
        values["parent_relation"] = generation.parent_relation
    return values
