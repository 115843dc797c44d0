"""The documented schema of a model, as data, and what a request breaks of it.

A schema is a table of fields and a list of rules between fields. The words of a field:

    type      string, integer, number, boolean, array, object; without it anything goes
    enum      the allowed values: a list, or the name of a shared list
    min, max  range of a number; min_length, max_length of a text; min_items, max_items
    items     what an array holds; fields and required: what an object holds
    one_of    several alternatives, one of which must fit
    null      true where null is allowed too
    format    uri: a link, a data URI or base64; base64: only that; uuid
    media     image, video or audio where the name of the field does not tell

Rules are described in `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from studio.simulator.media import (
    LINK_SCHEMES,
    BadMedia,
    MediaKind,
    check_bytes,
    check_media,
    decode_base64,
)
from studio.simulator.rules import Problem, Rule, Values, broken_rules

LONGEST_SHOWN = 80
"""Characters of a wrong value that an error shows."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Schema:
    """What one model takes in one dialect."""

    fields: Mapping[str, Any]
    required: Sequence[str] = ()
    rules: Sequence[Rule] = ()
    enums: Mapping[str, list[Any]] = field(default_factory=dict)
    schemes: Sequence[str] = LINK_SCHEMES
    casts: bool = True
    """Whether "5" is taken for 5."""
    own_host: str = ""

    def check(self, values: Values, path: str = "") -> list[Problem]:
        """Everything that is wrong with these values, most basic things first."""
        problems = [
            Problem(path + name, "required", "missing")
            for name in self.required
            if values.get(name) is None
        ]
        for name, value in values.items():
            spec = self.fields.get(name)
            if spec is not None and not (value is None and name in self.required):
                problems += self._check(path + name, value, spec)
        if problems:
            return problems
        return [found for rule in self.rules for found in broken_rules(rule, values)]

    def unknown(self, values: Values) -> list[str]:
        """The names that this model does not have."""
        return [name for name in values if name not in self.fields]

    def defaults(self) -> dict[str, Any]:
        """What a field is when it is left out."""
        return {
            name: spec["default"]
            for name, spec in self.fields.items()
            if "default" in spec
        }

    def seen_from(self, own_host: str) -> Schema:
        """The same schema, taking links to this host of ours as reachable."""
        return replace(self, own_host=own_host)

    def _check(self, path: str, value: Any, spec: Mapping[str, Any]) -> list[Problem]:
        if value is None:
            return [] if spec.get("null") else [Problem(path, "must not be null")]
        if "one_of" in spec:
            tries = [self._check(path, value, one) for one in spec["one_of"]]
            return [] if [] in tries else _nearest(tries)
        value, problem = self._typed(path, value, spec.get("type"))
        if problem:
            return [problem]
        return [
            *self._check_enum(path, value, spec),
            *self._inside(path, value, spec),
            *_check_range(path, value, spec),
        ]

    def _typed(
        self, path: str, value: Any, wanted: str | None
    ) -> tuple[Any, Problem | None]:
        if self.casts and isinstance(value, str):
            value = _cast(value, wanted)
        if wanted is None or _fits(value, wanted):
            return value, None
        given = type(value).__name__
        return value, Problem(path, f"expected {wanted}, received {given}", "type")

    def _check_enum(
        self, path: str, value: Any, spec: Mapping[str, Any]
    ) -> Iterator[Problem]:
        allowed = spec.get("enum")
        if isinstance(allowed, str):
            allowed = self.enums[allowed]
        if allowed is not None and value not in allowed:
            names = " | ".join(repr(one) for one in allowed)
            text = f"invalid value; expected {names}, received {shortened(value)}"
            yield Problem(path, text, "enum")

    def _inside(self, path: str, value: Any, spec: Mapping[str, Any]) -> list[Problem]:
        if isinstance(value, list) and "items" in spec:
            return [
                problem
                for index, item in enumerate(value)
                for problem in self._check(f"{path}[{index}]", item, spec["items"])
            ]
        if isinstance(value, dict) and "fields" in spec:
            inner = replace(
                self, fields=spec["fields"], required=spec.get("required", ()), rules=()
            )
            return inner.check(value, f"{path}.")
        return self._check_format(path, value, spec)

    def _check_format(
        self, path: str, value: Any, spec: Mapping[str, Any]
    ) -> list[Problem]:
        form = spec.get("format")
        if form == "uuid" and not _UUID.fullmatch(value):
            return [Problem(path, "not a UUID")]
        if form not in ("uri", "base64"):
            return []
        kind = spec.get("media") or media_kind(path)
        try:
            if form == "base64":
                check_bytes(decode_base64(value), kind)
            else:
                check_media(value, kind, schemes=self.schemes, own_host=self.own_host)
        except BadMedia as error:
            return [Problem(path, str(error), "media")]
        return []


def _nearest(tries: list[list[Problem]]) -> list[Problem]:
    """The problems of the alternative that was most likely meant."""
    for strange in ({"type", "missing"}, {"type"}):
        for problems in tries:
            if strange.isdisjoint(problem.code for problem in problems):
                return problems
    return tries[0]


def shortened(value: Any) -> str:
    """A value for a message; nobody wants to read a picture in base64."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def media_kind(path: str) -> MediaKind:
    """What a field holds, told by its name: image_url, video_urls[1], mask…"""
    name = path.lower()
    if "video" in name:
        return "video"
    if "audio" in name:
        return "audio"
    return "image" if re.search("image|mask|frame|alpha", name) else "file"


def _cast(value: str, wanted: str | None) -> Any:
    if wanted in ("integer", "number") and re.fullmatch(r"-?\d+", value):
        return int(value)
    if wanted == "number" and re.fullmatch(r"-?\d*\.\d+", value):
        return float(value)
    if wanted == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _fits(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted == "boolean"
    if wanted == "integer" and isinstance(value, float):
        return value.is_integer()
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "array": list,
        "object": dict,
    }
    return isinstance(value, kinds.get(wanted, object)) and wanted != "boolean"


def _check_range(path: str, value: Any, spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Numbers by their value, texts and lists by how long they are."""
    sized, kind = value, ""
    if isinstance(value, str):
        sized, kind = len(value), "_length"
    elif isinstance(value, list):
        sized, kind = len(value), "_items"
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    unit = kind.replace("_length", " characters").replace("_", " ")
    code = "length" if kind else "range"
    low, high = spec.get(f"min{kind}"), spec.get(f"max{kind}")
    if low is not None and sized < low:
        yield Problem(path, f"must be at least {low}{unit}", code)
    if high is not None and sized > high:
        yield Problem(path, f"must be at most {high}{unit}", code)
