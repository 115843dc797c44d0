"""Does a model take what is asked for? Every fault is named, none is passed over."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.catalog.schema import MediaInput, Option, VideoModel

LABELS = {
    "aspect_ratio": gettext_lazy("Aspect ratio"),
    "duration": gettext_lazy("Duration"),
    "resolution": gettext_lazy("Resolution"),
    "generate_audio": gettext_lazy("Sound"),
    "negative_prompt": gettext_lazy("Negative prompt"),
    "seed": gettext_lazy("Seed"),
    "enhance_prompt": gettext_lazy("Improve the prompt"),
    "cfg_scale": gettext_lazy("Prompt strength"),
    "person_generation": gettext_lazy("People"),
    "start_image": gettext_lazy("Start image"),
    "end_image": gettext_lazy("End image"),
    "reference_images": gettext_lazy("Reference images"),
    "static_mask": gettext_lazy("Mask"),
    "source_video": gettext_lazy("Source video"),
}
# What to do about a picture that is missing.
WANTED = {
    "start_image": gettext_lazy("Add a start image."),
    "end_image": gettext_lazy("Add an end image."),
    "reference_images": gettext_lazy("Add a reference image."),
    "static_mask": gettext_lazy("Add a mask."),
    "source_video": gettext_lazy("Choose a source video."),
}
# NUL and the halves of surrogate pairs: some database refuses each.
UNHOLDABLE = re.compile("[\0\ud800-\udfff]")
TRUE_WORDS = frozenset({"true", "1", "yes", "on"})
FALSE_WORDS = frozenset({"false", "0", "no", "off"})


def label_of(name: str, own: str = "") -> str:
    """What an option or input is called on screen."""
    return own or str(LABELS.get(name) or name.replace("_", " ").capitalize())


def read_value(option: Option, value: Any) -> Any:
    """The value in the option's own type. Raises ValueError with a sentence."""
    text = value.strip() if isinstance(value, str) else value
    match option.type:
        case "integer":
            result: Any = read_number(text, whole=True)
        case "number":
            result = read_number(text, whole=False)
        case "boolean":
            result = read_boolean(text)
        case "json":
            result = read_json(text)
        case "choice":
            result = next((v for v in option.values if str(v) == str(text)), text)
        case _:
            result = str(text)
    refuse_out_of_range(option, result)
    return result


def read_number(text: Any, *, whole: bool) -> int | float:
    """A finite number, whole where it must be."""
    if isinstance(text, bool):
        raise ValueError(_("Give a number."))
    try:
        number = float(text)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(_("Give a number.")) from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(_("Give a number."))
    if not whole:
        return number
    if number != int(number):
        raise ValueError(_("Give a whole number."))
    return int(text) if isinstance(text, str) and text.isdigit() else int(number)


def read_boolean(text: Any) -> bool:
    """A yes or no."""
    word = str(text).lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError(_("Say yes or no."))
    return word in TRUE_WORDS


def read_json(text: Any) -> Any:
    """A JSON value, given as text or already read."""
    try:
        value = json.loads(text) if isinstance(text, str) else text
        if can_be_stored(value):
            return value
    except (ValueError, RecursionError):
        pass
    raise ValueError(_("This is not valid JSON."))


def can_be_stored(value: Any) -> bool:
    """Whether databases take this JSON as well: Python reads more than is standard."""
    match value:
        case float():
            return isfinite(value)
        case str():
            return not UNHOLDABLE.search(value)
        case list():
            return all(map(can_be_stored, value))
        case dict():
            return all(can_be_stored(part) for pair in value.items() for part in pair)
    return True


def refuse_out_of_range(option: Option, value: Any) -> None:
    """Raise ValueError where the option does not have the value."""
    if option.values and value not in option.values:
        listed = ", ".join(str(item) for item in option.values)
        raise ValueError(_("Choose one of: %(values)s.") % {"values": listed})
    if option.minimum is not None and value < option.minimum:
        raise ValueError(_("At least %(limit)g.") % {"limit": option.minimum})
    if option.maximum is not None and value > option.maximum:
        raise ValueError(_("At most %(limit)g.") % {"limit": option.maximum})
    if option.max_length and len(str(value)) > option.max_length:
        raise ValueError(
            _("At most %(limit)d characters.") % {"limit": option.max_length}
        )


def faults(
    model: VideoModel,
    mode: str,
    prompt: str,
    options: Mapping[str, Any],
    counts: Mapping[str, int],
) -> dict[str, str]:
    """What this model cannot be asked: field name -> sentence. Empty: all is well.

    ``options`` are read values, without those that were not given; ``counts`` says how
    many files were given per input role.
    """
    found = {}
    if not prompt.strip() and mode not in model.prompt_optional:
        found["prompt"] = _("Describe what should be seen.")
    if len(prompt) > model.prompt_max:
        found["prompt"] = _("%(model)s takes at most %(limit)d characters.") % {
            "model": model.name,
            "limit": model.prompt_max,
        }
    found |= foreign_options(model, mode, options)
    found |= missing_options(model, mode, options)
    found |= input_faults(model, mode, counts)
    return found or rule_faults(model, mode, prompt, options, counts)


def foreign_options(
    model: VideoModel, mode: str, options: Mapping[str, Any]
) -> dict[str, str]:
    """Options that the model does not have, or not in this mode."""
    has = {option.name for option in model.options_for(mode)}
    return {
        name: _("%(model)s has no option “%(name)s” here.")
        % {"model": model.name, "name": label_of(name)}
        for name in options
        if name not in has
    }


def missing_options(
    model: VideoModel, mode: str, options: Mapping[str, Any]
) -> dict[str, str]:
    """Options that the model insists on."""
    return {
        option.name: _("Give a value: %(model)s needs one.") % {"model": model.name}
        for option in model.options_for(mode)
        if option.required and option.name not in options and option.default is None
    }


def input_faults(
    model: VideoModel, mode: str, counts: Mapping[str, int]
) -> dict[str, str]:
    """Pictures missing, too many, or of no use to the model."""
    found = {}
    takes = {item.role: item for item in model.inputs_for(mode)}
    for role, count in counts.items():
        if count and role not in takes:
            found[role] = _("%(model)s cannot use this here.") % {"model": model.name}
    for role, item in takes.items():
        count = counts.get(role, 0)
        if count < item.minimum:
            found[role] = wanted(item, count)
        elif count > item.maximum:
            found[role] = _("At most %(limit)d.") % {"limit": item.maximum}
    return found


def wanted(item: MediaInput, count: int) -> str:
    """What to do where too few files were given."""
    if item.minimum - count > 1:
        return _("%(name)s: add %(n)d more.") % {
            "name": label_of(item.role, item.label),
            "n": item.minimum - count,
        }
    name = {"name": label_of(item.role, item.label)}
    return str(WANTED.get(item.role) or _("Add: %(name)s.") % name)


def raw_faults(model: VideoModel, raw: Mapping[str, Any]) -> list[str]:
    """What raw parameters would say otherwise than the page: which model is asked, and
    what its price follows from. Labels of the fields that these have."""
    names = model.price.depends_on
    priced = [option for option in model.options if option.name in names]
    wires = {"model": _("Model")}
    for option in priced:
        label = label_of(option.name, option.label)
        wire = option.wire or option.name
        vendors = model.transport.get("vendor_wires", {}).get(wire, wire)
        # Some dialects are flat: there the last word of a path is all of it.
        wires |= dict.fromkeys((wire, vendors, wire.rpartition(".")[2]), label)
    return sorted({label for wire, label in wires.items() if writes(raw, wire)})


def writes(raw: Any, wire: str) -> bool:
    """Whether raw parameters put something at a path, or where its holder would be."""
    for part in wire.split("."):
        if not isinstance(raw, Mapping):
            return True
        if part not in raw:
            return False
        raw = raw[part]
    return True


def rule_faults(
    model: VideoModel,
    mode: str,
    prompt: str,
    options: Mapping[str, Any],
    counts: Mapping[str, int],
) -> dict[str, str]:
    """Rules between options that are broken, by the first option at fault."""
    facts = rule_facts(model, mode, prompt, options, counts)
    found: dict[str, str] = {}
    for rule in model.rules:
        if name := rule.broken_by(facts):
            found.setdefault(name, _(rule.message))
    return found


def rule_facts(
    model: VideoModel,
    mode: str,
    prompt: str,
    options: Mapping[str, Any],
    counts: Mapping[str, int],
) -> dict[str, Any]:
    """What rules and prices look at."""
    given: Collection[str] = {role for role, count in counts.items() if count}
    roles = {item.role: item.role in given for item in model.inputs}
    facts = {**model.defaults(mode), **options, **roles}
    return {**facts, "mode": mode, "prompt": bool(prompt.strip())}
