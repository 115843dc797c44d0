"""From a scene in words to a stage set for the camera: light, cast, weather."""

from __future__ import annotations

from random import Random

from studio.animatic.actors import gulls
from studio.animatic.atmosphere import Flash, fireworks, glow, motes, pulses, smoke
from studio.animatic.camera import Camera
from studio.animatic.casting import cast
from studio.animatic.colour import RGB, mix, rgb
from studio.animatic.falling import rain, snow
from studio.animatic.grading import choose_palette
from studio.animatic.places import PLACES
from studio.animatic.scene import Scene
from studio.animatic.sky import paint_sky
from studio.animatic.stage import Layer, Stage
from studio.animatic.storyboard import Shot

# Where the light stands at each hour: height in units, up is negative.
LIGHTS = {
    "dawn": 0.05,
    "golden hour": -0.03,
    "day": -0.24,
    "noon": -0.34,
    "sunset": 0.03,
    "blue hour": 0.15,
    "night": -0.24,
}
HORIZON = 0.22
HORIZONS = {
    "sea": 0.10,
    "beach": 0.10,
    "aerial city": -0.15,
    "street": 0.10,
    "lake": 0.16,
}
ROOFED = ("room", "studio", "concert", "forest")
SHELTERED = ("room", "studio", "space", "underwater")
SUNLESS = ("space", "underwater", "street", "battlefield")
LOW_SUN = ("dawn", "golden hour", "sunset")
FLAME, EMBER, FIREFLY = rgb("ff8a3a"), rgb("ffb04a"), rgb("fff09a")
PETAL, LIGHTNING = rgb("f6b8c8"), rgb("e4ecff")


def set_stage(
    shot: Shot, size: tuple[int, int], *, fineness: float, colours: tuple[RGB, ...] = ()
) -> Stage:
    """Everything a shot shows, painted and ready to be drawn at any moment."""
    scene, dice = shot.scene, Random(f"{shot.seed}:sun")
    half = size[0] / size[1] / 2
    sun = (dice.choice((-1, 1)) * half * dice.uniform(0.34, 0.58), LIGHTS[scene.hour])
    inks, camera = choose_palette(scene, colours), Camera(scene.camera, size)
    stage = Stage(camera, inks, shot.seed, fineness, sun, _sun_shows(scene))
    if scene.place not in ROOFED:
        _sky(stage, scene)
    PLACES[scene.place](stage, scene)
    cast(stage, scene, shot.length)
    stage.layers += _adrift(stage, scene, shot.length)
    stage.layers += _bloom(stage, scene)
    if scene.place not in SHELTERED:
        stage.layers += _weather(stage, scene, shot.length)
    return stage


def _veiled(scene: Scene) -> bool:
    return scene.has("rain", "storm", "cloudy", "snow")


def _sun_shows(scene: Scene) -> bool:
    """Whether the sun or moon stands in the picture."""
    if scene.place in SUNLESS:
        return False
    return not _veiled(scene) or scene.has("moon", "sun")


def _sky(stage: Stage, scene: Scene) -> None:
    clouds = 0.85 if _veiled(scene) else 0.12 if scene.has("clear") else 0.42
    paint_sky(
        stage,
        horizon=HORIZONS.get(scene.place, HORIZON),
        clouds=0.0 if scene.place in ("space", "underwater") else clouds,
        moon=stage.palette.night > 0.5 and scene.hour == "night",
        light=stage.lit,
    )


def _adrift(stage: Stage, scene: Scene, length: float) -> list[Layer]:
    """What floats, flies and burns before everything else."""
    layers: list[Layer] = []
    if scene.place not in SHELTERED:
        if scene.has("gulls"):
            layers += gulls(stage, stage.side * stage.half * 0.3, -0.2, 0.3, 7)
        if scene.has("fireworks"):
            layers += fireworks(stage, length)
    if scene.place != "battlefield":
        layers += _burning(stage, scene)
    if scene.has("fireflies"):
        layers.append(motes(stage, FIREFLY, count=34, rise=0.01, size=0.013, top=-0.1))
    if scene.has("petals", "leaves", "dust"):
        warm = mix(stage.palette.accent, stage.palette.glow, 0.5)
        colour = PETAL if scene.has("petals") else warm
        layers.append(motes(stage, colour, count=46, rise=-0.06, size=0.011))
    return layers


def _burning(stage: Stage, scene: Scene) -> list[Layer]:
    """Smoke and fire on the subject's side."""
    inks, side = stage.palette, stage.side * stage.half
    layers: list[Layer] = []
    if scene.has("smoke"):
        grey = mix(inks.far, inks.near, 0.4)
        layers += smoke(stage, (side * 0.5, 0.34), 0.6, size=0.14, colour=grey)
    if scene.has("fire"):
        layers.append(motes(stage, EMBER, count=40, rise=0.12, size=0.010))
        layers.append(glow(stage, (side * 0.4, 0.42), 0.8, 0.6, FLAME, 0.5))
    return layers


def _bloom(stage: Stage, scene: Scene) -> list[Layer]:
    """The light of a low sun, lying over what stands before it."""
    if scene.place in ROOFED or not stage.lit or scene.hour not in LOW_SUN:
        return []
    return [glow(stage, stage.sun, 0.0, 0.62, stage.palette.glow, 0.34)]


def _weather(stage: Stage, scene: Scene, length: float) -> list[Layer]:
    """Lightning, rain, snow."""
    layers: list[Layer] = []
    if scene.has("lightning", "storm"):
        dice = stage.dice("lightning")
        count = int(length / 1.7) + 1
        times = [0.6 + 1.7 * k + dice.uniform(0, 0.6) for k in range(count)]
        layers.append(Flash(LIGHTNING, pulses(times, 0.32), 0.62))
    if scene.has("rain", "storm"):
        layers += rain(stage, heavy=0.9 if scene.has("storm") else 0.5)
    if scene.has("snow"):
        layers += snow(stage)
    return layers
