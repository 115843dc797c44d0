"""Silhouettes of what a prompt may name, drawn from a few strokes each."""

from __future__ import annotations

from studio.animatic.figures.beasts import BEASTS
from studio.animatic.figures.drawing import Figure, Part, poly, stroke
from studio.animatic.figures.people import PEOPLE
from studio.animatic.figures.places import BUILDINGS
from studio.animatic.figures.portraits import PORTRAITS
from studio.animatic.figures.vehicles import VEHICLES

FIGURES: dict[str, Figure] = {**PEOPLE, **PORTRAITS, **BEASTS, **VEHICLES, **BUILDINGS}

__all__ = ["FIGURES", "Figure", "Part", "poly", "stroke"]
