"""The catalog: what each video model can do. Data, no ORM, no network."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from studio.catalog.loader import CatalogError, load_file
from studio.catalog.schema import MediaInput, Mode, Option, Price, Rule, VideoModel

__all__ = [
    "PROVIDERS_THAT_CANCEL",
    "PROVIDER_LABELS",
    "CatalogError",
    "MediaInput",
    "Mode",
    "Option",
    "Price",
    "Rule",
    "UnknownModel",
    "VideoModel",
    "all_models",
    "get_model",
    "models_of",
]

CATALOG_DIR = Path(__file__).parent
# What providers are called on screen, in the order in which they are listed.
PROVIDER_LABELS = {
    "animatic": "On this machine",
    "aimlapi": "AI/ML API",
    "globant": "Globant Enterprise AI",
    "segmind": "Segmind",
    "vtrix": "Vtrix",
}
# Where a running take can be stopped; the others document no such call.
PROVIDERS_THAT_CANCEL = frozenset({"animatic"})
# Providers that accept ids the catalog does not list: ids come and go.
FREE_TEXT_PROVIDERS = frozenset({"aimlapi", "globant", "segmind", "vtrix"})


class UnknownModel(LookupError):
    """No model of that name, or several; the text says which."""


@cache
def all_models() -> dict[str, VideoModel]:
    """Every entry by its key, in the order of the files. Raises CatalogError."""
    models: dict[str, VideoModel] = {}
    for path in sorted(CATALOG_DIR.rglob("*.toml")):
        for model in load_file(path):
            if model.key in models:
                raise CatalogError(f"{path.name}: {model.id}: listed twice")
            models[model.key] = model
    return models


def models_of(provider: str) -> list[VideoModel]:
    """The entries of one provider."""
    return [model for model in all_models().values() if model.provider == provider]


def get_model(name: str) -> VideoModel:
    """The model called ``provider:id``, or the bare id where only one has it.

    An id that a provider's list does not hold is taken all the same, in the shape of
    the closest entry; its price is unknown. Raises UnknownModel.
    """
    name = name.strip()
    models = all_models()
    if name in models:
        return models[name]
    matches = [m for m in models.values() if name == m.id or name in m.aliases]
    if len(matches) == 1:
        return matches[0]
    if matches:
        keys = ", ".join(match.key for match in matches)
        raise UnknownModel(f"Several providers have {name}: choose one of {keys}.")
    provider, separator, model_id = name.partition(":")
    if separator and provider in FREE_TEXT_PROVIDERS and model_id.strip():
        return in_closest_shape(provider, model_id.strip())
    raise UnknownModel(f"There is no model called {name}.")


def in_closest_shape(provider: str, model_id: str) -> VideoModel:
    """An entry for an id that is not listed, shaped like the most similar one."""
    entries = models_of(provider)
    for entry in entries:
        if model_id in entry.aliases:
            return entry
    if not entries:
        raise UnknownModel(f"There is no model called {provider}:{model_id}.")
    closest = max(
        entries, key=lambda entry: SequenceMatcher(None, entry.id, model_id).ratio()
    )
    return replace(
        closest,
        id=model_id,
        name=model_id,
        price=Price(unit="unknown"),
        note=f"Not in the catalog: treated like {closest.name}.",
        status="current",
        ends=None,
        successor="",
        documented="",
        is_custom=True,
    )
