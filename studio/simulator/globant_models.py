"""The Veo models of Globant Enterprise AI and what each takes."""

from __future__ import annotations

from typing import Any

from studio.simulator.schema import Schema

PREFIX = "vertex_ai/"
# The ids of the wiki page, and the two that Google names as their replacements.
MODELS = tuple(
    PREFIX + name
    for name in (
        "veo-2.0-generate-001",
        "veo-3.0-generate-001",
        "veo-3.0-fast-generate-001",
        "veo-3.0-generate-preview",
        "veo-3.0-fast-generate-preview",
        "veo-3.1-generate-preview",
        "veo-3.1-fast-generate-preview",
        "veo-3.1-generate-001",
        "veo-3.1-fast-generate-001",
    )
)
# The wiki's object with bare base64, or the SDK's one string: a link or a data URI.
IMAGE: dict[str, Any] = {
    "one_of": [
        {
            "type": "object",
            "required": ["bytesBase64Encoded", "mimeType"],
            "fields": {
                "bytesBase64Encoded": {"type": "string", "format": "base64"},
                "mimeType": {"type": "string", "enum": ["image/png", "image/jpeg"]},
            },
        },
        {"type": "string", "format": "uri"},
    ]
}


def model_schema(model: str) -> Schema:
    """What this model takes, both dialects in one table of names."""
    durations = [5, 6, 7, 8] if "veo-2" in model else [4, 6, 8]
    fields = {
        "prompt": {"type": "string", "min_length": 1},
        "image": IMAGE,
        # A string in the SDK ("8"), an integer on the wiki page.
        "duration": {"type": "integer", "enum": durations},
    }
    return Schema(fields, ["prompt"])
