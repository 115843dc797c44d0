"""Fonts of this machine: which can draw a text, whatever its script."""

from __future__ import annotations

import os
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont
ENDINGS = (".ttf", ".otf", ".ttc")
MOST_FONTS = 4000  # files looked at; a machine with more has what we need among them

# Faces in order of preference, as the beginnings of file names without separators.
SERIFS = (
    "notoserifdisplay-regular",
    "ebgaramond",
    "georgia.",
    "iowanoldstyle",
    "palatino",
    "pala.",
    "notoserif-regular",
    "libertinusserif",
    "liberationserif-regular",
    "times.",
    "timesnewroman",
    "dejavuserif.",
)
SANS = (
    "inter",
    "helveticaneue",
    "segoeui.",
    "notosans-regular",
    "liberationsans-regular",
    "arial.",
    "dejavusans.",
)
CJK = "notoserifcjk-regular notosanscjk-regular sourcehanserif hiraginomincho songti "
CJK += "pingfang yumin yugoth msyh msgothic wqy droidsansfallback"

# Per script (the first word of a character's Unicode name), faces that have it.
SCRIPTS: dict[str, tuple[str, ...]] = {
    script: tuple(faces.split())
    for script, faces in {
        "ARABIC": "notonaskharabic-regular notosansarabic geezapro tradbdo arial.",
        "HEBREW": "notoserifhebrew-regular notosanshebrew arialhb david arial.",
        "CJK": CJK,
        "HIRAGANA": CJK,
        "KATAKANA": CJK,
        "HANGUL": "notoserifcjk-regular notosanscjk-regular applesdgothic malgun",
        "DEVANAGARI": "notoserifdevanagari-regular notosansdevanagari kohinoor nirmala",
        "THAI": "notoserifthai-regular notosansthai-regular thonburi leelawui",
    }.items()
}
NOWHERE = "\U0010fffd"  # a character that no font has
LAST = ("dejavusans.", "notosanssymbols", "arialuni", "symbola", "unifont")


def folders() -> list[Path]:
    """Where systems keep their fonts."""
    home = Path.home()
    if sys.platform == "darwin":
        return [
            Path("/System/Library/Fonts"),
            Path("/Library/Fonts"),
            home / "Library/Fonts",
        ]
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home / "AppData/Local"))
        root = Path(os.environ.get("WINDIR", "C:/Windows"))
        return [root / "Fonts", local / "Microsoft/Windows/Fonts"]
    shared = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    return [*shared, home / ".local/share/fonts", home / ".fonts"]


@lru_cache(maxsize=1)
def installed() -> dict[str, Path]:
    """Font files by their name in lower case, sorted so that the choice is stable."""
    paths = []
    for folder in folders():
        for base, _, names in os.walk(folder):
            paths += [Path(base, n) for n in names if n.lower().endswith(ENDINGS)]
            if len(paths) > MOST_FONTS:
                break
    return {p.name.lower().replace(" ", ""): p for p in sorted(paths, reverse=True)}


@dataclass(frozen=True)
class Face:
    """A font file, or (without a path) the font that Pillow brings along."""

    path: Path | None

    def at(self, size: int) -> Font | None:
        """The face at a size in pixels; None if it cannot be read."""
        return _load(self.path, size)

    def has(self, char: str) -> bool:
        """Whether it has a glyph of its own for a character."""
        return char.isspace() or _covers(self.path, char)


@lru_cache(maxsize=64)
def _load(path: Path | None, size: int) -> Font | None:
    try:
        if path is not None:
            return ImageFont.truetype(str(path), size)
        default = ImageFont.load_default(size)
    except OSError:
        return None
    return default if isinstance(default, ImageFont.FreeTypeFont) else None


@lru_cache(maxsize=4096)
def _covers(path: Path | None, char: str) -> bool:
    font = _load(path, 24)
    if font is None:
        return False
    try:
        glyph, missing = font.getmask(char), font.getmask(NOWHERE)
    except (OSError, ValueError):
        return False
    if glyph.getbbox() is None:
        return False
    return glyph.size != missing.size or bytes(glyph) != bytes(missing)


@lru_cache(maxsize=64)
def preferred(faces: tuple[str, ...]) -> tuple[Face, ...]:
    """The installed ones of a list of names, in its order."""
    names = installed()
    return tuple(
        Face(path)
        for face in faces
        for name, path in names.items()
        if name.startswith(face)
    )


@lru_cache(maxsize=4096)
def face_for(char: str) -> Face | None:
    """The face that draws a character, a serif if there is one; None if none can."""
    script = _script(char)
    named = [*preferred(SERIFS), Face(None), *preferred(SCRIPTS.get(script, ()))]
    return next((face for face in named if face.has(char)), None) or _any(script, char)


def _any(script: str, char: str) -> Face | None:
    """A face that is named after the script, else one of those that have much."""
    word = script.lower()
    named = [Face(p) for n, p in installed().items() if len(word) > 2 and word in n]
    return next((f for f in (*named, *preferred(LAST)) if f.has(char)), None)


def _script(char: str) -> str:
    """The first word of the character's name; East Asian points count as CJK."""
    if 0x3000 <= ord(char) <= 0x303F or 0xFF00 <= ord(char) <= 0xFFEF:
        return "CJK"
    return unicodedata.name(char, "").split(" ")[0]
