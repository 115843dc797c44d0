"""The short way in which segmind.toml and vtrix.toml write fields.

"text"  "text 2500"   a string, perhaps with a greatest length
"uri"                 a link, a data URI or bare base64
"flag"                true or false
"int"  "int 4..15"    an integer, perhaps in a range; "number" likewise
"list uri 9"          a list of such, perhaps with a greatest length
"object" "any"        not looked into
[5, 10]               one of these values; the first is the default
"picture"             a shape of the table's own, by its name
{…}                   written out, as in `schema`
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from studio.simulator.rules import Rule
from studio.simulator.schema import Schema

SCHEMAS = Path(__file__).parent / "schemas"
_TYPES = {
    "text": "string",
    "flag": "boolean",
    "int": "integer",
    "number": "number",
    "object": "object",
}


@dataclass(frozen=True, eq=False)
class ListedModel:
    """One model of a table: what it takes, how long it works, what it costs."""

    id: str
    title: str
    schema: Schema
    real_seconds: float
    cost_per_second: int
    """Micro-USD."""
    withdrawn: bool = False

    @property
    def default_duration(self) -> int:
        """How long a clip is when nothing is asked."""
        defaults = self.schema.defaults()
        names = ("duration", "durationSeconds", "seconds", "video_length")
        return next((defaults[name] for name in names if name in defaults), 5)


@cache
def load_table(name: str) -> dict[str, ListedModel]:
    """The models of one vendor's table, by id."""
    data = tomllib.loads((SCHEMAS / f"{name}.toml").read_text(encoding="utf-8"))
    return {
        model_id: _listed(model_id, data["usual"] | row, data)
        for row in data["models"].values()
        for model_id in row["ids"]
    }


def _listed(model_id: str, row: dict[str, Any], data: Mapping[str, Any]) -> ListedModel:
    fields: dict[str, Any] = {}
    for group in row.get("groups", []):
        fields |= data["groups"][group]
    fields |= row.get("fields", {})
    rules: list[Rule] = row.get("rules", [])
    schema = Schema(
        {name: expand(spec, data["shapes"]) for name, spec in fields.items()},
        row.get("required", []),
        rules,
    )
    return ListedModel(
        model_id,
        row.get("title", model_id),
        schema,
        row["seconds"],
        row["cost"],
        row.get("withdrawn", False),
    )


def expand(spec: Any, shapes: Mapping[str, Any]) -> dict[str, Any]:
    """A field written out, from its short form."""
    if isinstance(spec, dict):
        return _expand_inside(spec, shapes)
    if isinstance(spec, list):
        kind = "integer" if isinstance(spec[0], int) else "string"
        return {"type": kind, "enum": spec, "default": spec[0]}
    word, _, rest = spec.partition(" ")
    if word in shapes:
        return expand(shapes[word], shapes)
    if word == "uri":
        return {"type": "string", "format": "uri"}
    if word == "any":
        return {}
    if word == "list":
        inner, _, most = rest.partition(" ")
        limit = {"max_items": int(most)} if most else {}
        return {"type": "array", "items": expand(inner, shapes), **limit}
    return {"type": _TYPES[word], **_limits(word, rest)}


def _expand_inside(spec: dict[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(spec)
    if "one_of" in spec:
        whole["one_of"] = [expand(one, shapes) for one in spec["one_of"]]
    if "fields" in spec:
        whole["fields"] = {
            name: expand(one, shapes) for name, one in spec["fields"].items()
        }
    return whole


def _limits(word: str, rest: str) -> dict[str, Any]:
    if not rest:
        return {}
    if word == "text":
        return {"max_length": int(rest)}
    low, _, high = rest.partition("..")
    number = int if word == "int" else float
    return {"min": number(low), "max": number(high)}
