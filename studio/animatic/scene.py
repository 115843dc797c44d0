"""What a prompt was understood to ask for, in the words the painters know."""

from __future__ import annotations

from dataclasses import dataclass

from studio.animatic.colour import RGB


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One picture in words."""

    place: str = "mountains"
    hour: str = "golden hour"
    subjects: tuple[str, ...] = ()
    many: frozenset[str] = frozenset()  # subjects named in the plural
    action: str = ""
    look: str = "colour"  # colour, mono, sepia
    aged: bool = False  # old film: scratches, flicker
    accent: RGB | None = None
    tint: RGB | None = None
    words: frozenset[str] = frozenset()
    camera: str = "dolly in"
    close: bool = False

    def has(self, *words: str) -> bool:
        """Whether the prompt named any of these."""
        return any(word in self.words for word in words)
