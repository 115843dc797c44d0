"""What somebody asks for, already checked against the catalog; not a row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from studio.catalog import VideoModel
from studio.models.assets import Asset
from studio.models.generations import Generation


@dataclass(frozen=True, kw_only=True)
class Order:
    """One press of *Generate*, ready for ``pipeline.create``."""

    model: VideoModel
    mode: str
    prompt: str
    options: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[tuple[str, Asset], ...] = ()  # (role, file), in order
    takes: int = 1
    extra: Mapping[str, Any] = field(default_factory=dict)
    form_key: str = ""
    parent: Generation | None = None
    parent_relation: str = ""

    @property
    def estimate(self) -> int | None:
        """Micro-USD of one take; None when nobody knows."""
        return self.model.estimate(self.mode, self.options)

    @property
    def total_estimate(self) -> int | None:
        """Micro-USD of all takes together."""
        return None if self.estimate is None else self.estimate * self.takes

    def settings(self) -> dict[str, Any]:
        """The form's values as JSON, for a remix and for the fingerprint."""
        return {
            "model": self.model.key,
            "mode": self.mode,
            "options": dict(self.options),
            "inputs": [[role, str(asset.pk)] for role, asset in self.inputs],
            "takes": self.takes,
            "extra": dict(self.extra),
        }

    def fingerprint(self) -> str:
        """The same for the same wish: tells a repeated form from a changed one."""
        wish = {**self.settings(), "prompt": self.prompt}
        return sha256(json.dumps(wish, sort_keys=True).encode()).hexdigest()
