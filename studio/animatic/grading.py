"""Which inks a scene is painted in: by hour, place, weather, words and references."""

from __future__ import annotations

from dataclasses import replace

from studio.animatic.colour import RGB, mix, rgb
from studio.animatic.palette import PALETTES, Palette, grounded, misty, toned
from studio.animatic.scene import Scene

DARK_HOURS = ("night", "blue hour")
HIGH_HOURS = ("day", "noon")
GROUND_OF = {"beach": "sea", "lake": "sea"}
ANGRY, EMBER = rgb("ff4a2a"), rgb("ff5a2a")


def choose_palette(scene: Scene, colours: tuple[RGB, ...] = ()) -> Palette:
    """The inks for a scene, leaning towards the colours of reference images."""
    inks = grounded(PALETTES[_name(scene)], _ground(scene))
    fog = 0.42 * scene.has("fog") + 0.20 * scene.has("rain") + 0.16 * scene.has("snow")
    if fog and scene.place not in ("room", "studio", "space"):
        inks = misty(inks, min(0.6, fog) * (1 - 0.6 * inks.night))
    for colour in (*colours[:1], *([scene.tint] if scene.tint else [])):
        inks = toned(inks, colour)
    if scene.has("red"):
        inks = replace(inks, accent=ANGRY, glow=mix(inks.glow, EMBER, 0.4))
    if colours[1:]:
        inks = replace(inks, accent=mix(inks.accent, colours[1], 0.6))
    return replace(inks, accent=scene.accent) if scene.accent else inks


def _ground(scene: Scene) -> str:
    if scene.has("snow", "ice"):
        return "snow"
    return GROUND_OF.get(scene.place, scene.place)


def _name(scene: Scene) -> str:
    """The palette: that of the place if it has its own, else of weather and hour."""
    dark = scene.hour in DARK_HOURS
    if scene.place in ("space", "underwater"):
        return scene.place
    if scene.has("neon") or scene.place == "concert":
        return "neon"
    if scene.place == "battlefield" and not dark:
        return "war"
    if scene.place == "studio":
        return "lamp" if dark or scene.has("dark") else "gallery"
    if scene.place == "room" and dark:
        return "lamp"
    return _by_weather(scene)


def _by_weather(scene: Scene) -> str:
    if scene.has("storm"):
        return "storm"
    grey = scene.has("rain", "cloudy", "fog", "snow") and scene.hour in HIGH_HOURS
    if grey or (scene.has("snow") and scene.hour == "golden hour"):
        return "overcast"
    return scene.hour
