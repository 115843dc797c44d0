"""Finding words in a prompt: the tables of `words.toml`, and how they are matched."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from studio.animatic.colour import RGB, rgb

Table = dict[str, str]

_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))

PLACES: Table = _WORDS["places"]
HOURS: Table = _WORDS["hours"]
WEATHER: Table = _WORDS["weather"]
SUBJECTS: Table = _WORDS["subjects"]
THINGS: Table = _WORDS["things"]
ACTIONS: Table = _WORDS["actions"]
MOODS: Table = _WORDS["moods"]
LOOKS: Table = _WORDS["looks"]
CAMERAS: Table = _WORDS["cameras"]
CLOSE: str = _WORDS["framing"]["close"]
ANYBODY: str = _WORDS["framing"]["people"]
SEVERAL_PEOPLE: str = _WORDS["framing"]["several"]
COLOURS: dict[str, RGB] = {name: rgb(code) for name, code in _WORDS["colours"].items()}

EAST_ASIAN = 0x2E80  # from here on, words are written without spaces
ARABIC = ("\u0600", "\u06ff")  # words that may have an article before them

# Said of more than one, when it stands before a subject.
GROUP = "pack|herd|pair|fleet|school|flock|group"
SEVERAL = rf"(?:two|three|four|five|several|many|(?:{GROUP}) of)"


def found(entry: str, text: str) -> bool:
    """Whether any stem of an entry occurs in the (lower-case) text."""
    return _pattern(entry).search(text) is not None


def first(table: Table, text: str, denied: str = "") -> str:
    """The first name of a table that the text holds and `denied` does not, or ""."""
    return next(iter(every(table, text, denied)), "")


def every(table: Table, text: str, denied: str = "") -> list[str]:
    """Every name of a table that the text holds and `denied` does not."""
    return [
        name
        for name, entry in table.items()
        if found(entry, text) and not found(entry, denied)
    ]


def plural(entry: str, text: str) -> bool:
    """Whether the text speaks of several: *wolves*, *two dogs*, *a herd of deer*."""
    stems = [s.rstrip(".") for s in entry.split() if s.isascii() and "_" not in s]
    named = "|".join(re.escape(stem) for stem in stems)
    ended = rf"(?<!\w)(?:{named})(?:(?<=s)|e?s)(?!\w)"
    counted = rf"{SEVERAL}\s+(?:\w+\s+)?(?:{named})"
    grouped = rf"(?<!\w)(?:{named})\s+(?:{GROUP})"
    return re.search(f"{ended}|{counted}|{grouped}", text) is not None


@lru_cache(maxsize=256)
def _pattern(entry: str) -> re.Pattern[str]:
    return re.compile("|".join(_stem(stem) for stem in entry.split()))


def _stem(stem: str) -> str:
    whole = stem.endswith(".")
    body = re.escape(stem.rstrip(".")).replace("_", r"[\s_-]+")
    if ord(stem[0]) >= EAST_ASIAN:
        return body
    if ARABIC[0] <= stem[0] <= ARABIC[1]:
        body = f"(?:[وف]?(?:ال|بال|لل))?{body}"
    return rf"(?<!\w){body}" + (r"(?!\w)" if whole else "")
