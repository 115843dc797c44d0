"""A prompt read as a storyboard: one to three timed shots, each a scene."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from random import Random

from studio.animatic import lexicon
from studio.animatic.camera import quiet_move
from studio.animatic.colour import RGB, rgb
from studio.animatic.lexicon import every, first, found
from studio.animatic.scene import Scene

SHORTEST_SHOT = 2.5  # seconds
MOST_SHOTS = 3
READ = 4000  # characters of a prompt that are looked at
INDOORS = ("room", "studio", "concert")
# What later shots share with the whole prompt, whether they name it or not.
LASTING = {"war", "neon", "ice", "snow", "rain", "red", "dark"}
PLAIN = ("black", "golden", "white", "silver")  # colours that make no accent

# Where something usually is, if the prompt does not say.
HOMES = {
    "fish": "underwater", "whale": "sea", "astronaut": "space", "rocket": "space",
    "cup": "room", "car": "street", "umbrella": "street", "robot": "street",
    "camel": "desert", "elephant": "field", "deer": "forest", "cat": "room",
    "dj": "concert", "flower": "field", "wolf": "forest", "train": "field",
    "pyramid": "desert", "soldier": "battlefield",
}  # fmt: skip

# Words that colour everything.
SEASONED = {"autumn": rgb("d9822b"), "mars": rgb("c4592f"), "martian": rgb("c4592f")}

# Who is already part of another subject.
PART_OF = {
    "rider": {"horse", "person", "woman"},
    "cameleer": {"camel", "person"},
    "spaceship": {"ship"},
    "umbrella": {"person", "woman"},
    "dj": {"person", "woman"},
    "couple": {"person", "woman"},
    "boat": {"person"},
    "astronaut": {"person"},
    "runner": {"person", "woman"},
    "woman": {"person"},
    "ship": {"boat", "sailboat"},
    "sailboat": {"boat"},
    "bicycle": {"person", "woman"},
}
PEOPLE = {"person", "woman", "couple", "runner", "soldier", "umbrella", "dj"}

_SENTENCES = re.compile(r"(?<=[.!?。！？؟;\n])\s*|,?\s+then\s+", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|without|free of)\s+((?:\w+\s?){1,2})", re.IGNORECASE)
# A colour said of the air tints the picture; said of the land, nothing.
_AIR = "sky|skies|lights?|clouds?|haze|tones?|palette|fog|mist|hour|sunset"
_LAND = "hills?|forests?|grass|fields?|sea|ocean|water|mountains?|trees?|leaves|sand"


@dataclass(frozen=True)
class Shot:
    """One picture of the board: its scene, its words, and when it is on."""

    scene: Scene
    text: str
    start: float
    length: float
    seed: int


def board(prompt: str, negative: str, seed: int, duration: float) -> list[Shot]:
    """The shots of a prompt, lasting `duration` seconds together."""
    texts = beats(prompt, duration)
    whole = read(prompt, negative, seed)
    length = duration / len(texts)
    shots = []
    for k, text in enumerate(texts):
        alone = len(texts) == 1
        scene = whole if alone else _part(whole, text, negative, seed + k)
        shots.append(Shot(scene, text, k * length, length, seed * 7 + k * 101))
    return shots


def beats(prompt: str, duration: float) -> list[str]:
    """The prompt in as many parts as there is time for, sentences kept whole."""
    split = (part.strip() for part in _SENTENCES.split(prompt[:READ]))
    parts = [part for part in split if any(map(str.isalnum, part))]
    room = max(1, min(MOST_SHOTS, len(parts), int(duration / SHORTEST_SHOT)))
    if room == 1:
        return [prompt.strip()]
    bounds = [round(k * len(parts) / room) for k in range(room + 1)]
    return [" ".join(parts[a:b]) for a, b in zip(bounds, bounds[1:], strict=False)]


def read(prompt: str, negative: str, seed: int) -> Scene:
    """What a text asks for, less what `negative` (or its own *without*) forbids."""
    text = prompt[:READ].lower()
    denied = negative[:READ].lower() + " " + " ".join(_DENIED.findall(text))
    rng = Random(f"{seed}:reading")
    words = _words(text, denied)
    place = _place(text, rng)
    subjects = _subjects(text, denied)
    looks = every(lexicon.LOOKS, text)
    plain = "sepia" if "aged" in looks else "colour"  # old film is brown, if not grey
    return Scene(
        place=place,
        hour=_hour(text, words, rng),
        subjects=subjects,
        many=frozenset(s for s in subjects if _several(s, text)),
        action=first(lexicon.ACTIONS, text, denied),
        look=next((look for look in looks if look != "aged"), plain),
        aged="aged" in looks,
        accent=_accent(text),
        tint=_tint(text),
        words=words,
        camera=camera_of(text) or quiet_move(rng, indoors=place in INDOORS),
        close=found(lexicon.CLOSE, text),
    )


def _words(text: str, denied: str) -> frozenset[str]:
    """Every weather, thing and mood that is named and not forbidden."""
    tables = (lexicon.WEATHER, lexicon.THINGS, lexicon.MOODS)
    names = {name for table in tables for name in every(table, text, denied)}
    return frozenset(names - {"crowd"} if found(lexicon.ANYBODY, denied) else names)


def _part(whole: Scene, text: str, negative: str, seed: int) -> Scene:
    """One part of the prompt, in the world of the whole."""
    own, lowered = read(text, negative, seed), text.lower()
    return replace(
        own,
        place=own.place if every(lexicon.PLACES, lowered) else whole.place,
        hour=own.hour if every(lexicon.HOURS, lowered) else whole.hour,
        subjects=own.subjects or whole.subjects[:1],
        look=whole.look,
        aged=whole.aged,
        accent=own.accent or whole.accent,
        tint=whole.tint,
        words=own.words | (whole.words & LASTING),
    )


def camera_of(text: str) -> str:
    """The camera move a text names, or an empty string."""
    # The last entry of the table is a plain *dolly*, which goes in.
    return first(lexicon.CAMERAS, text.lower()).removesuffix(" 2")


def _place(text: str, rng: Random) -> str:
    named = every(lexicon.PLACES, text)
    if found("mars. martian", text):
        return "desert"
    if "city" in named and camera_of(text) == "aerial":
        return "aerial city"
    if not named:
        return _home(text, rng)
    # Woods on mountains are mountains; everything else goes by the table's order.
    return "mountains" if named[:2] == ["forest", "mountains"] else named[0]


def _home(text: str, rng: Random) -> str:
    """A place for a text that names none, by who is in it."""
    if found(lexicon.CLOSE, text):
        return "studio"
    homes = (HOMES[s] for s in every(lexicon.SUBJECTS, text) if s in HOMES)
    return next(homes, rng.choice(["mountains", "field", "lake", "sea"]))


def _hour(text: str, words: frozenset[str], rng: Random) -> str:
    named = every(lexicon.HOURS, text)
    if named:
        return named[0]
    if words & {"neon", "fireworks", "fireflies"}:
        return "night"
    if "dark" in words:
        return "sunset"
    return rng.choice(["golden hour", "day", "sunset", "dawn", "golden hour"])


def _subjects(text: str, denied: str) -> tuple[str, ...]:
    """Up to three named subjects, in order of weight; a rider needs no horse beside."""
    named = every(lexicon.SUBJECTS, text, denied)
    hidden = {other for name in named for other in PART_OF.get(name, ())}
    if found(lexicon.ANYBODY, denied):
        hidden |= PEOPLE
    if not named and found(lexicon.PLACES["concert"], text):
        named = ["dj"]  # a stage is not left empty
    return tuple(name for name in named if name not in hidden)[:3]


def _several(subject: str, text: str) -> bool:
    # A plural of people is a word of its own: *he cooks* is one man.
    if subject in ("person", "woman"):
        return found(lexicon.SEVERAL_PEOPLE, text)
    return lexicon.plural(lexicon.SUBJECTS[subject], text)


def _accent(text: str) -> RGB | None:
    """The first named colour of something that can be worn or painted."""
    for name, colour in lexicon.COLOURS.items():
        elsewhere = rf"\s+(?:\w+\s+)?(?:{_AIR}|{_LAND})\b"
        if name not in PLAIN and re.search(rf"\b{name}\b(?!{elsewhere})", text):
            return colour
    return None


def _tint(text: str) -> RGB | None:
    """A colour said of the sky, the light or the whole picture."""
    for word, colour in SEASONED.items():
        if re.search(rf"\b{word}", text):
            return colour
    for name, colour in lexicon.COLOURS.items():
        # The blue hour is an hour, and a blue sky is any sky.
        if name != "blue" and re.search(rf"\b{name}\s+(?:{_AIR})\b", text):
            return colour
    return None
