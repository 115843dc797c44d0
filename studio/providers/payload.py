"""Our options to a request body, by the catalog's table. Pure functions.

Nothing that was asked for vanishes: what an entry has no word for raises
UnsupportedOption, before anything is sent. Values are not judged here; the provider
does that itself. A wire path is dotted, and a number in it is a list index:
``keyframes.frame0.url``, ``instances.0.prompt``.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from copy import deepcopy
from math import isfinite
from typing import Any

from studio.catalog import MediaInput, Option, VideoModel
from studio.providers.base import MediaItem, VideoRequest
from studio.providers.errors import UnsupportedOption
from studio.providers.paths import merge, place, without_gaps

PutMedia = Callable[[MediaItem, MediaInput], Any]
NOT_GIVEN = (None, "")
TRUE_WORDS = frozenset({"true", "on", "yes", "1"})
FALSE_WORDS = frozenset({"false", "off", "no", "0"})


def build_body(request: VideoRequest, *, put_media: PutMedia) -> dict[str, Any]:
    """The model's own part of the request body.

    ``put_media`` writes one item in the provider's way; ``media_value`` is the usual
    one. Raises UnsupportedOption for what the model, or this mode, cannot be told.
    """
    model = request.model
    body: dict[str, Any] = {}
    for path, value in model.transport.get("fixed", {}).items():
        place(body, path, deepcopy(value))
    if request.prompt:
        if not model.prompt_wire:
            raise unsupported(model, "takes no prompt")
        place(body, model.prompt_wire, request.prompt)
    for option, value in chosen_options(request):
        place(body, option.wire or option.name, wire_value(model, option, value))
    for media_input, items in given_media(request):
        put = [put_media(item, media_input) for item in items]
        is_list = media_input.is_list or media_input.maximum > 1
        place(body, media_input.wire, put if is_list else put[0])
    merge(body, deepcopy(dict(request.extra)))
    whole: dict[str, Any] = without_gaps(body)
    return whole


def check_request(request: VideoRequest) -> None:
    """Raise UnsupportedOption for what the model, or this mode, cannot be told."""
    chosen_options(request)
    given_media(request)


def chosen_options(request: VideoRequest) -> list[tuple[Option, Any]]:
    """The options given, and those that are always sent, with our values."""
    model, mode = request.model, request.mode
    given = {k: v for k, v in request.options.items() if v not in NOT_GIVEN}
    for name in given:
        option = model.option(name)
        if option is None:
            raise unsupported(model, f"has no option {name}")
        if not option.applies_to(mode):
            raise unsupported(model, f"has no option {name} in the mode {mode}")
    always = {
        option.name: option.default
        for option in model.options_for(mode)
        if option.always and option.default is not None
    }
    values = {**always, **given}
    return [(o, values[o.name]) for o in model.options if o.name in values]


def given_media(
    request: VideoRequest,
) -> list[tuple[MediaInput, tuple[MediaItem, ...]]]:
    """What goes in, by the entry's inputs and in their order."""
    model, mode = request.model, request.mode
    takes = {item.role: item for item in model.inputs_for(mode)}
    for role in dict.fromkeys(item.role for item in request.media):
        if role not in takes:
            raise unsupported(model, f"takes no {words(role)} in the mode {mode}")
        most = takes[role].maximum
        if len(request.items(role)) > most:
            raise unsupported(model, f"takes at most {most} as {words(role)}")
    found = [(media_input, request.items(role)) for role, media_input in takes.items()]
    return [(media_input, items) for media_input, items in found if items]


# Values


def wire_value(model: VideoModel, option: Option, value: Any) -> Any:
    """One value as the provider writes it: by ``wire_values``, then by type."""
    word = as_word(value)
    kind = option.wire_type
    if word in option.wire_values:
        value = deepcopy(option.wire_values[word])
    else:
        value = next((v for v in option.values if as_word(v) == word), value)
        kind = kind or ("" if option.type == "choice" else option.type)
    try:
        return CONVERTERS.get(kind, unchanged)(value)
    except (TypeError, ValueError, RecursionError) as error:
        shown = str(value)[:60]
        raise unsupported(
            model, f"cannot be told {option.name} = {shown!r}: it wants {kind}"
        ) from error


def as_word(value: Any) -> str:
    """A value as catalog files write it as a key: true, 5, 0.5, 16:9."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def as_integer(value: Any) -> int:
    """A whole number; 5.5 is refused rather than cut."""
    return int(as_word(value))


def as_number(value: Any) -> int | float:
    """A number, whole where it can be."""
    word = as_word(value)
    number = float(word)
    if not isfinite(number):
        raise ValueError(value)
    return int(word) if word.lstrip("+-").isdecimal() else number


def as_boolean(value: Any) -> bool:
    """True or false, from a boolean or a word for one."""
    word = as_word(value).lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(value)


def as_object(value: Any) -> Any:
    """Text of JSON as what it says; anything else is one already."""
    return json.loads(value) if isinstance(value, str) else value


def unchanged(value: Any) -> Any:
    """The value."""
    return value


CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    "string": as_word,
    "text": as_word,
    "integer": as_integer,
    "number": as_number,
    "boolean": as_boolean,
    "json": as_object,
}


# Media


def media_value(
    item: MediaItem, media_input: MediaInput, *, usual: str = "data_uri"
) -> Any:
    """One item in the form and by the transport that its input names.

    ``usual`` is the provider's transport where the input names none: url, data_uri,
    base64, or any (the address where there is one, else a data URI).
    """
    if media_input.form == "bytes_object":
        return {"bytesBase64Encoded": bare_base64(item), "mimeType": item.media_type}
    text = media_text(item, media_input.transport or usual)
    if media_input.form == "url_object":
        return {"type": item.media_type.partition("/")[0] or "image", "url": text}
    if media_input.form == "string":
        return text
    raise ValueError(f"{media_input.role}: nobody knows the form {media_input.form}")


def media_text(item: MediaItem, transport: str) -> str:
    """One item as text. Raises UnsupportedOption where it has no address."""
    if transport == "base64":
        return bare_base64(item)
    if item.url and (transport in {"url", "any"} or not item.content):
        return item.url
    if transport == "url":
        raise UnsupportedOption(
            f"This model fetches the {words(item.role)} itself, and this studio has "
            "no public address to fetch it from."
        )
    return data_uri(item)


def data_uri(item: MediaItem) -> str:
    """``data:image/png;base64,...``"""
    return f"data:{item.media_type};base64,{bare_base64(item)}"


def bare_base64(item: MediaItem) -> str:
    """The bytes as base64. Raises UnsupportedOption where only an address is known."""
    if not item.content:
        raise UnsupportedOption(
            f"The {words(item.role)} is known by its address only, and this model "
            "wants the file itself."
        )
    return b64encode(item.content).decode("ascii")


# Words


def words(role: str) -> str:
    """A role as people say it."""
    return role.replace("_", " ")


def unsupported(model: VideoModel, what: str) -> UnsupportedOption:
    """The refusal, naming the model."""
    return UnsupportedOption(f"{model.name} {what}.", provider=model.provider)
