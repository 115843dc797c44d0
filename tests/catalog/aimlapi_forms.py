"""The smallest and the largest form of each AI/ML API mode, and what the documents
have against the bodies that they make.

The schemas are those that the simulated service checks requests with: they were read
from the documents independently of the catalog, so that a slip in one shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from studio.catalog import Mode, Option, VideoModel
from studio.providers.aimlapi_asking import continued, put_media, route_of
from studio.providers.base import MediaItem, VideoRequest
from studio.providers.payload import build_body
from studio.simulator.aimlapi_models import UNIFIED, load_models
from studio.simulator.schema import Schema

TAKE = "0f3ea4aa-10e7-4dae-af0b-263ab4ac45f9"
JSON_VALUES: dict[str, Any] = {
    "dynamic_masks": [
        {
            "mask": "https://a.example/mask.png",
            "trajectories": [{"x": 1, "y": 2}, {"x": 3, "y": 4}],
        }
    ],
    "elements": [
        {
            "reference_image_urls": ["https://a.example/1.png"],
            "frontal_image_url": "https://a.example/2.png",
        }
    ],
    "multi_prompt": ["A door", "A street"],
}
TIMED_SHOTS = [{"prompt": "A door", "duration": 2}]

Form = tuple[dict[str, Any], dict[str, int]]  # options, and how many files per role


# Forms


def smallest(model: VideoModel, mode: Mode) -> Form:
    """What a mode cannot do without."""
    options = {
        option.name: last_value(model, mode, option)
        for option in model.options_for(mode)
        if option.required
    }
    counts = {item.role: item.minimum for item in model.inputs_for(mode)}
    if mode == Mode.REFERENCE_TO_VIDEO and not any(counts.values()):
        counts["reference_images"] = 1
    return options, counts


def untouched(model: VideoModel, mode: Mode) -> Form:
    """What the form starts with, and what a mode cannot do without."""
    options, counts = smallest(model, mode)
    return {**model.defaults(mode), **options}, counts


def largest(model: VideoModel, mode: Mode) -> Form:
    """Everything that a mode can be told, as far as its rules allow it together."""
    options = {
        option.name: last_value(model, mode, option)
        for option in model.options_for(mode)
    }
    counts = {item.role: item.maximum for item in model.inputs_for(mode)}
    return kept_rules(model, mode, options, counts), counts


def each_value(model: VideoModel, mode: Mode) -> Iterator[Form]:
    """The smallest form with each value of each option in turn."""
    options, counts = smallest(model, mode)
    for option in model.options_for(mode):
        for value in values_of(model, option):
            if option.name == "effect" and is_for_other_mode(mode, value):
                continue
            chosen = {**options, option.name: value}
            yield kept_rules(model, mode, chosen, counts), counts


def last_value(model: VideoModel, mode: Mode, option: Option) -> Any:
    """The last value of an option; of effects, one that takes as many pictures."""
    if option.name == "effect":
        return "kiss" if mode == Mode.REFERENCE_TO_VIDEO else "let's_ride"
    return values_of(model, option)[-1]


def values_of(model: VideoModel, option: Option) -> list[Any]:
    """Each value of a choice; the ends of a range; something of the kind."""
    if option.values:
        return list(option.values)
    match option.type:
        case "boolean":
            return [False, True]
        case "integer" | "number":
            ends = [option.minimum, option.maximum]
            found = [end for end in ends if end is not None] or [option.default or 7]
            return [int(end) if option.type == "integer" else end for end in found]
        case "json":
            is_timed = option.name == "multi_prompt" and "turbo" in model.id
            return [TIMED_SHOTS if is_timed else JSON_VALUES[option.name]]
        case _:
            return ["auto"]


def is_for_other_mode(mode: Mode, effect: Any) -> bool:
    """Whether an effect wants another number of pictures than this mode has."""
    if mode == Mode.IMAGE_TO_VIDEO:
        return effect in {"hug", "kiss", "heart_gesture"}
    return effect in {"squish", "expansion"}


def kept_rules(
    model: VideoModel, mode: Mode, options: dict[str, Any], counts: Mapping[str, int]
) -> dict[str, Any]:
    """The options with those changed, added or left out that the rules ask for."""
    options = dict(options)
    given = {role: bool(count) for role, count in counts.items()}
    for rule in [*model.rules, *model.rules]:  # one rule may call for another
        facts = {**model.defaults(mode), **options, **given}
        facts |= {"mode": str(mode), "prompt": "multi_prompt" not in options}
        name = rule.broken_by(facts)
        if name and name in rule.require:
            options[name] = rule.require[name][0]
        elif name:
            options.pop(name)
    return options


def request_for(model: VideoModel, mode: Mode, form: Form) -> VideoRequest:
    """The request that the form makes."""
    options, counts = form
    has_prompt = model.prompt_wire and "multi_prompt" not in options
    media = tuple(
        MediaItem(
            role=role,
            media_type="video/mp4" if role == "source_video" else "image/png",
            url=f"https://a.example/{role}-{number}",
            operation_id=TAKE,
        )
        for role, count in counts.items()
        for number in range(count)
    )
    return VideoRequest(
        model=model,
        mode=str(mode),
        prompt="A boat" if has_prompt else "",
        options=options,
        media=media,
    )


def body_of(request: VideoRequest) -> dict[str, Any]:
    """The fields that go on the wire, without the model."""
    request, _ = continued(request, "")
    return build_body(request, put_media=put_media)


# Schemas


def schemas_of(model: VideoModel, *, old: bool = False) -> list[Schema]:
    """The documented schemas of an entry: of its path, or of its old one."""
    found = load_models()
    names = (model.id, *model.aliases)
    documented = next(found[name] for name in names if name in found)
    if not old and UNIFIED in documented.schemas:
        return documented.schemas[UNIFIED]
    schemas = documented.schemas[route_of(model, {"path": "vendor"}).submit]
    # The first one is the unified schema where there is one.
    return schemas[1:] if UNIFIED in documented.schemas else schemas


def complaints(
    model: VideoModel, body: Mapping[str, Any], *, old: bool = False
) -> list[str]:
    """What the schema that fits best has against a body; [] where one takes it."""
    tries = [
        [
            *map(str, schema.check(body)),
            *strangers(schema.fields, body),
        ]
        for schema in schemas_of(model, old=old)
    ]
    return min(tries, key=len)


def strangers(fields: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    """Fields, at any depth of objects, that are not documented."""
    for name, value in values.items():
        if name not in fields:
            yield f"{name} is not documented"
        elif isinstance(value, dict) and "fields" in fields[name]:
            yield from strangers(fields[name]["fields"], value)
