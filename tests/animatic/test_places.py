"""Every place, hour, weather and figure can be drawn, and shows."""

from __future__ import annotations

import pytest
from PIL import Image, ImageStat

from studio.animatic.camera import MOVES, Camera
from studio.animatic.director import LIGHTS, set_stage
from studio.animatic.figures import FIGURES
from studio.animatic.figures.drawing import extent
from studio.animatic.grading import choose_palette
from studio.animatic.lexicon import SUBJECTS, THINGS, WEATHER
from studio.animatic.palette import PALETTES
from studio.animatic.places import PLACES
from studio.animatic.playing import Drawn
from studio.animatic.scene import Scene
from studio.animatic.stage import Moment
from studio.animatic.storyboard import Shot
from tests.animatic.films import difference

SIZE = (64, 36)
ACTIONS = ("", "rush", "dance", "run", "fly", "leave", "stand")
EVERYTHING = frozenset([*WEATHER, *THINGS])


def drawn(scene: Scene, *, seed: int = 3) -> Drawn:
    """A scene set up in a tiny frame."""
    shot = Shot(scene, "", 0.0, 2.0, seed)
    return Drawn(set_stage(shot, SIZE, fineness=1.6))


def picture(scene: Scene, frame: int = 4) -> Image.Image:
    """One frame of a scene in RGB."""
    return drawn(scene).show(Moment(frame, 16, 8)).complete().image()


@pytest.mark.parametrize("place", sorted(PLACES))
def test_it_draws_every_place(place: str) -> None:
    first = picture(Scene(place=place), 0)
    last = picture(Scene(place=place), 15)

    assert max(ImageStat.Stat(first).stddev) > 8
    assert difference(first, last) > 0.2


@pytest.mark.parametrize("place", sorted(PLACES))
def test_it_draws_every_place_with_everything_in_it(place: str) -> None:
    assert picture(Scene(place=place, words=EVERYTHING)).size == SIZE


@pytest.mark.parametrize("k", range(0, len(SUBJECTS), 3))
def test_it_draws_every_subject_somewhere(k: int) -> None:
    named, places = tuple(SUBJECTS)[k : k + 3], sorted(PLACES)
    scene = Scene(
        place=places[k // 3 % len(places)],
        subjects=named,
        many=frozenset(named[:1]),
        action=ACTIONS[k // 3 % len(ACTIONS)],
    )

    assert picture(scene).size == SIZE


@pytest.mark.parametrize("action", ACTIONS)
def test_it_draws_every_action(action: str) -> None:
    for subject in ("dragon", "person", "ship"):
        assert picture(Scene(subjects=(subject,), action=action)).size == SIZE


@pytest.mark.parametrize("hour", sorted(LIGHTS))
def test_it_draws_every_hour(hour: str) -> None:
    assert choose_palette(Scene(hour=hour)) == PALETTES[hour]
    picture(Scene(hour=hour))


def test_it_is_darker_at_night_than_at_noon() -> None:
    noon = ImageStat.Stat(picture(Scene(hour="noon")).convert("L")).mean[0]
    night = ImageStat.Stat(picture(Scene(hour="night")).convert("L")).mean[0]

    assert night < noon / 2


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_it_draws_every_figure_in_every_pose(name: str) -> None:
    figure = FIGURES[name]

    for pose in range(figure.poses):
        left, top, right, bottom = extent(figure.parts(pose))
        assert 0.2 < right - left < 4
        assert 0.2 < bottom - top < 2.5


@pytest.mark.parametrize("word", ["rain", "snow", "fog"])
def test_it_shows_the_weather(word: str) -> None:
    clear = picture(Scene(place="city", hour="day"))
    weather = picture(Scene(place="city", hour="day", words=frozenset([word])))

    assert difference(clear, weather) > 1


def test_it_shows_the_subject() -> None:
    empty = picture(Scene(place="sea", words=frozenset(["storm"])))
    sailed = picture(Scene(place="sea", words=frozenset(["storm"]), subjects=("ship",)))

    assert difference(empty, sailed) > 1


@pytest.mark.parametrize("name", sorted(MOVES))
def test_it_never_shows_beyond_what_is_painted(name: str) -> None:
    camera = Camera(name, SIZE)

    for depth in (0.0, 0.3, 1.0):
        x0, y0, x1, y1 = camera.sweep(depth)
        for step in range(41):
            left, top, right, bottom = camera.placement(depth, step / 40).bounds(
                (x0, y0, x1, y1)
            )
            assert left <= 0 and top <= 0
            assert right >= SIZE[0] and bottom >= SIZE[1]


def test_it_moves_the_near_more_than_the_far() -> None:
    camera = Camera("tracking", SIZE)

    far, near = (
        abs(camera.placement(d, 1.0).x - camera.placement(d, 0.0).x) for d in (0.1, 1.0)
    )

    assert near > 4 * far
