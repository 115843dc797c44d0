"""The cast: which figure plays where, how large, and along which path."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.animatic.actors import Actor, Path, Poses, Step, gulls, poses
from studio.animatic.atmosphere import Drift, soft_light
from studio.animatic.figures import FIGURES
from studio.animatic.paths import path_of
from studio.animatic.scene import Scene
from studio.animatic.setpieces import Entrance, caravan, close_up, crowds, dragon
from studio.animatic.stage import Layer, Mark, Moment, Stage

# Marks on which a figure may stand, best first, by how it moves.
WHERE = {
    "fly": ("air", "sky"),
    "drift": ("sky", "air"),
    "sail": ("water", "ground"),
    "float": ("water", "air", "ground"),
    "rise": ("far", "ground"),
    "drive": ("road", "ground"),
}
ANYWHERE = ("ground", "air", "sky")
STANDING = frozenset(
    [
        "castle",
        "lighthouse",
        "tower",
        "windmill",
        "temple",
        "pyramid",
        "church",
        "house",
    ]
)
PEOPLE = frozenset(
    [
        "person",
        "woman",
        "couple",
        "runner",
        "umbrella",
        "soldier",
        "trooper",
        "astronaut",
        "robot",
    ]
)
SCENERY = frozenset(("tree", "pine", "palm"))
ON_TABLE = frozenset(("bottle", "cup", "flower", "cat"))
EXTRAS = frozenset(("trooper", "soldier", "dancer", "person"))
DANCING = {"person": "dancer", "woman": "ballerina", "soldier": "trooper"}
OFF_GROUND = ("fly", "drift", "float", "rise", "sail")
# Where others of the same kind are: across (in sizes), down (in units), how large.
FELLOWS = ((-1.05, -0.020, 0.86), (1.15, -0.035, 0.74))
FLOCK = (
    *((-2.1, -0.07, 0.8), (-1.3, 0.05, 0.9), (1.4, -0.09, 0.7), (2.2, 0.03, 0.85)),
    *((0.4, 0.11, 0.75), (-3.2, 0.02, 0.65), (3.3, -0.05, 0.6), (-0.7, -0.13, 0.6)),
)
OPEN_AIR = ("sea", "beach", "lake", "field", "mountains", "desert")


@dataclass(frozen=True)
class Part:
    """One role: the figure's name, its mark, its height in units, its facing."""

    name: str
    mark: Mark
    size: float
    facing: int  # 1 right, -1 left

    @property
    def gait(self) -> str:
        """How the figure moves."""
        return FIGURES[self.name].gait


def cast(stage: Stage, scene: Scene, length: float) -> None:
    """Put the subjects of a scene among its layers."""
    entrances = _company(stage, scene)
    for k, name in enumerate(_principals(scene)):
        entrances += _play(stage, scene, name, k, length)
    # From the front to the back, so that the places noted earlier stay right.
    for index, layers in sorted(entrances, key=lambda item: -item[0]):
        stage.layers[index:index] = layers


def _principals(scene: Scene) -> list[str]:
    """The subjects, less those that are the crowd."""
    crowded = scene.has("crowd")
    return [name for name in scene.subjects if not (crowded and name in EXTRAS)]


def _play(
    stage: Stage, scene: Scene, name: str, k: int, length: float
) -> list[Entrance]:
    if name == "dragon":
        return dragon(stage, scene, length)
    if name in ("cameleer", "camel") and "line" in stage.lines:
        return [caravan(stage)]
    if scene.close and name in PEOPLE and k == 0:
        return [close_up(stage, name)]
    if scene.action == "dance":
        name = DANCING.get(name, name)
    part = _role(stage, scene, name, k)
    layers = _perform(stage, scene, part, length)
    for fellow in _fellows(stage, scene, part):
        layers = [*_perform(stage, scene, fellow, length), *layers]
    return [(part.mark.index, layers)]


def _fellows(stage: Stage, scene: Scene, part: Part) -> list[Part]:
    """Others of the same kind, behind and beside, where the prompt says several."""
    if part.name not in scene.many or part.name in SCENERY:
        return []
    mark, reach = part.mark, part.size * (1.25 if part.name in STANDING else 1.0)
    found = []
    others = FLOCK if part.name in ("fish", "bird") else FELLOWS
    for dx, dy, scale in others[:1] if scene.has("two") else others:
        at = replace(mark, x=mark.x + dx * reach * stage.side, y=mark.y + dy)
        found.append(replace(part, size=part.size * scale, mark=at))
    return found


def _role(stage: Stage, scene: Scene, name: str, k: int) -> Part:
    figure = FIGURES[name]
    order = WHERE.get(figure.gait, ("ground",))
    if name in STANDING:
        order = ("far", "ground")
    if name in ON_TABLE:
        order = ("table", "ground")
    mark = next(stage.marks[m] for m in (*order, *ANYWHERE) if m in stage.marks)
    size = figure.height * mark.size * (1.5 if scene.close else 1.0)
    if k and name in ON_TABLE:
        size *= 0.45  # beside somebody, not instead
    x, y = _slot(stage, scene, name, k, mark)
    if figure.gait in ("fly", "drift"):
        y += size * 0.45  # its middle, not its foot, belongs at a place in the air
    return Part(name, replace(mark, x=x, y=y), size, -stage.side)


def _slot(
    stage: Stage, scene: Scene, name: str, k: int, mark: Mark
) -> tuple[float, float]:
    """Where at its mark a figure stands, so that two do not stand in one place."""
    reach = stage.side * stage.half
    if name in SCENERY and len(scene.subjects) > 1:
        return reach * 0.66, mark.y + 0.03
    if name in STANDING:
        return mark.x, mark.y
    if k == 0 and STANDING.intersection(scene.subjects):
        # The building has the mark; the living stand in the middle.
        return mark.x - reach * 0.38, mark.y
    return mark.x + (0.0, -reach * 0.42, reach * 0.30)[min(k, 2)], mark.y


def _perform(stage: Stage, scene: Scene, part: Part, length: float) -> list[Layer]:
    largest = 2.2 if scene.action == "rush" else 1.2
    mark, flip = part.mark, part.facing < 0
    plates = poses(stage, part.name, part.size, mark.depth, flip=flip, largest=largest)
    path = path_of(part.gait, scene.action, (mark.x, mark.y), part.facing, length)
    still = scene.action == "stand" and part.gait in ("walk", "run")
    rate = 0.0 if still else FIGURES[part.name].rate
    actor = Actor(plates, mark.depth, path, rate)
    if part.gait == "sail":
        return [_mirrored(actor), actor]
    return [actor] if part.gait in OFF_GROUND else [_shadow(stage, part, path), actor]


def _mirrored(actor: Actor) -> Actor:
    """The figure upside down in the water, pale."""

    def below(now: Moment) -> Step:
        step = actor.path(now)
        return replace(step, roll=-step.roll, alpha=0.26)

    over = Poses(len(actor.poses), lambda k: actor.poses[k].flipped())
    return replace(actor, poses=over, path=below)


def _shadow(stage: Stage, part: Part, path: Path) -> Drift:
    """A soft dark patch under what stands on the ground."""
    veil = soft_light(stage, part.size * 0.5, stage.palette.near, 0.55, 1.0, flat=0.16)
    return Drift(veil, part.mark.depth, lambda now: replace(path(now), roll=0.0))


def _company(stage: Stage, scene: Scene) -> list[Entrance]:
    """Crowds, and a few birds where the sky is wide and empty."""
    if scene.has("crowd") and scene.place not in ("concert", "space", "underwater"):
        return [crowds(stage, scene)]
    alone = not scene.subjects and scene.place in OPEN_AIR
    if alone and not scene.has("gulls", "storm", "snow") and scene.hour != "night":
        mark = stage.marks["sky"]
        birds: list[Layer] = [*gulls(stage, mark.x, mark.y + 0.06, mark.depth, 6)]
        return [(mark.index, birds)]
    return []
