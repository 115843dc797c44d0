"""The AI/ML API models as data: which schemas each dialect has, prices, ids.

Three eras of documentation are in force at once. On the unified path a model has one
schema. On a vendor path a request is good if it fits *any* of the documented ones: that
of mid 2025, that of late 2025, or the unified one (48 pages say that the vendor path
may still be called for their model, and many examples do so with unified names).
"""

from __future__ import annotations

import json
import random
import string
import time
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio.simulator.rules import Problem, Rule
from studio.simulator.schema import Schema
from studio.simulator.shape import clip_seconds

UNIFIED = "unified"
UNIFIED_PATH = "/v2/video/generations"
SCHEMAS = Path(__file__).parent / "schemas"
CREDITS_PER_MICRO_USD = 2
"""1 USD = 2,000,000 credits, by the vendor's own page."""
USUAL_CREDITS_PER_SECOND = 100_000
"""0.05 USD a second, where no price is documented."""
USUAL_SECONDS = 90.0

# Seconds that the real model takes, as its page says it; shell patterns, first match.
REAL_SECONDS = (
    ("veo2*", 45),
    ("google/veo*", 120),
    ("kling-video/v1/*", 180),
    ("kling-video/v1.6/*", 150),
    ("klingai/*effects", 120),
    ("klingai/v2*", 330),
    ("kling-video/v2.1/*", 220),
    ("klingai/avatar*", 400),
    ("klingai/video-v3*", 330),
    ("gen3a_turbo", 25),
    ("runway/gen4_turbo", 65),
    ("runway/gen4_aleph", 210),
    ("video-01-live2d", 180),
    ("minimax/*", 270),
    ("luma/ray-2", 108),
    ("ray-1-6*", 108),
    ("wan/v2.1/*", 55),
    ("alibaba/wan2.1-t2v-turbo", 90),
    ("alibaba/wan-2-7*", 500),
    ("bytedance/seedance*", 120),
    ("krea/*", 12),
    ("openai/sora*", 75),
)
# Seconds that a result link holds, told by the signed links in sample answers.
LINK_SECONDS = (
    ("bytedance/*", 86_400),
    ("magic/*", 600),
    ("alibaba/*", 43_200),
    ("minimax/*", 43_200),
    ("video-01*", 43_200),
    ("runway/*", 86_400),
    ("gen3a_turbo", 86_400),
)
LONG_LINK_SECONDS = 30 * 86_400
# Models whose sample answers say "succeeded" although the enum says "completed".
SAYS_SUCCEEDED = (
    "bytedance/seedance-1-0-pro-fast",
    "pixverse/v5/*",
    "pixverse/v5-5-*",
    "pixverse/lip-sync",
)


def matching(
    model_id: str, table: tuple[tuple[str, float], ...], other: float
) -> float:
    """The value of the first pattern that fits the id."""
    return next((value for name, value in table if fnmatchcase(model_id, name)), other)


@dataclass(frozen=True, eq=False)
class Model:
    """One entry of the catalog."""

    id: str
    vendor: str
    title: str
    modes: list[str]
    aliases: list[str]
    availability: str
    answer: str
    credits: Mapping[str, int]
    schemas: Mapping[str, list[Schema]]
    """Dialect (`UNIFIED` or a vendor path) to its schemas, the current one first."""
    renames: Mapping[str, str] = field(default_factory=dict)
    id_field: str = "id"
    """What the vendor path calls the id in the answer to a submit."""

    @property
    def names(self) -> list[str]:
        """Everything it answers to."""
        return [self.id, *self.aliases]

    @property
    def is_offered(self) -> bool:
        """Whether the catalog still lists it."""
        return UNIFIED in self.schemas and self.availability != "deprecated"

    @property
    def default_seconds(self) -> int:
        """How long a clip is when nothing is asked."""
        return clip_seconds(self.main_schema.defaults())

    @property
    def main_schema(self) -> Schema:
        """The schema that the catalog shows."""
        return next(iter(self.schemas.values()))[0]

    def check(
        self, values: Mapping[str, Any], dialect: str, host: str
    ) -> list[Problem]:
        """What is wrong with these values; nothing, if any schema takes them."""
        tries = [
            schema.seen_from(host).check(values) for schema in self.schemas[dialect]
        ]
        return min(tries, key=len)

    def unknown(self, values: Mapping[str, Any], dialect: str) -> list[str]:
        """The names among these that no schema of the dialect has."""
        known: set[str] = set().union(*(one.fields for one in self.schemas[dialect]))
        return [name for name in values if name not in known]

    def cost_credits(self, seconds: int) -> int:
        """What a clip of that length costs, in credits."""
        if "clip" in self.credits:
            return self.credits["clip"]
        if "sample" in self.credits:
            return self.credits["sample"] * seconds // self.default_seconds
        return self.credits.get("second", USUAL_CREDITS_PER_SECOND) * seconds

    def new_id(self, rng: random.Random) -> str:
        """An id in one of the forms that this vendor's jobs really have."""
        if self.vendor == "ByteDance":
            return f"cgt-{time.strftime('%Y%m%d%H%M%S')}-{_letters(rng, 5)}"
        if self.vendor == "OpenAI":
            return f"video_{rng.getrandbits(128):032x}:{self.id}"
        if self.vendor == "MiniMax":
            return f"{rng.randrange(10**17, 10**18)}:{self.id}"
        if self.vendor in ("Google", "Kling AI", "Alibaba Cloud"):
            return f"{uuid.UUID(int=rng.getrandbits(128), version=4)}:{self.id}"
        if self.vendor == "Luma AI" or self.vendor == "Runway":
            return str(uuid.UUID(int=rng.getrandbits(128), version=4))
        # A nano id: 21 characters, of which the first may be - or _.
        return _letters(rng, 21, string.ascii_letters + string.digits + "_-")


def _letters(
    rng: random.Random,
    count: int,
    alphabet: str = string.ascii_lowercase + string.digits,
) -> str:
    return "".join(rng.choices(alphabet, k=count))


@lru_cache(maxsize=1)
def load_models() -> dict[str, Model]:
    """Every model by id and by alias, read once."""
    data = json.loads((SCHEMAS / "aimlapi.json").read_text(encoding="utf-8"))
    rules = tomllib.loads((SCHEMAS / "aimlapi_rules.toml").read_text(encoding="utf-8"))
    models = [_model(row, data["enums"], rules["rule"]) for row in data["models"]]
    by_name = {model.id: model for model in models}
    for model in models:
        for alias in model.aliases:
            by_name.setdefault(alias, model)
    return by_name


def all_models() -> list[Model]:
    """Every model once, in the order of the data file."""
    return list({model.id: model for model in load_models().values()}.values())


def _model(
    row: dict[str, Any], enums: dict[str, list[Any]], rules: list[dict[str, Any]]
) -> Model:
    own_rules = [
        rule
        for rule in rules
        if any(fnmatchcase(row["id"], pattern) for pattern in rule["models"])
    ]
    old = row.get("old", {})
    return Model(
        row["id"],
        row["vendor"],
        row["title"],
        row["modes"],
        row.get("aliases", []),
        row.get("availability", "listed"),
        row.get("answer", "video_object"),
        row.get("credits", {}),
        _schemas(row, enums, own_rules),
        old.get("renames", {}),
        old.get("id_field", "id"),
    )


def _schemas(
    row: dict[str, Any], enums: dict[str, list[Any]], rules: list[dict[str, Any]]
) -> dict[str, list[Schema]]:
    # Gemini Omni is the one whose page also names gs:// links.
    schemes = ["http", "https"] + (["gs"] if "gemini" in row["id"] else [])

    def schema(fields: dict[str, Any], required: list[str]) -> Schema:
        filled: list[Rule] = [
            {**rule, "fields": ["model", *fields]} if "extra" in rule else rule
            for rule in rules
        ]
        return Schema(fields, required, filled, enums, schemes)

    main = schema(row["fields"], row["required"])
    schemas = {row.get("path", UNIFIED): [main]}
    old = row.get("old")
    if old:
        older = [
            schema(era["fields"], era["required"])
            for era in old.get("eras", {}).values()
        ]
        derived = [] if older else [schema(*_older_fields(row, old))]
        schemas[old["path"]] = [main, *reversed(older), *derived]
    return schemas


def _older_fields(
    row: dict[str, Any], old: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The vendor-path schema where only the differences are known."""
    fields = {
        name: spec
        for name, spec in row["fields"].items()
        if name not in old.get("without", [])
    }
    required = list(row["required"])
    renames = old.get("renames", {})
    for name in old.get("extra", []):
        new = renames.get(name, "")
        fields[name] = row["fields"].get(new, {})
        required = [name if one == new else one for one in required]
    return fields, required
