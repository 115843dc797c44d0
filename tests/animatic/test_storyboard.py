"""What a prompt is understood to say."""

from __future__ import annotations

import pytest

from studio.animatic.camera import MOVES
from studio.animatic.figures import FIGURES
from studio.animatic.lexicon import CAMERAS, SUBJECTS
from studio.animatic.places import PLACES
from studio.animatic.storyboard import beats, board, camera_of, read

DRAGON = (
    "A menacing evil dragon appears in a distance above the tallest mountain, then "
    "rushes toward the camera with its jaws open, revealing massive fangs."
)
DISC_JOCKEY = (
    "A DJ on the stand is playing, around a World War II battlefield, lots of "
    "explosions, thousands of dancing soldiers, between tanks shooting, barbed wire "
    "fences, lots of smoke and fire, black and white old video"
)


def test_it_reads_the_dragon() -> None:
    scene = read(DRAGON, "", 1)

    assert (scene.place, scene.subjects, scene.action) == (
        "mountains",
        ("dragon",),
        "rush",
    )
    assert scene.has("dark")


def test_it_reads_the_disc_jockey() -> None:
    scene = read(DISC_JOCKEY, "", 1)

    assert scene.place == "battlefield"
    assert scene.subjects[0] == "dj"
    assert (scene.look, scene.aged, scene.action) == ("mono", True, "dance")
    assert scene.words >= {"explosion", "tank", "wire", "smoke", "fire", "crowd"}


@pytest.mark.parametrize(
    ("prompt", "place", "hour"),
    [
        ("A quiet sea at dawn", "sea", "dawn"),
        ("Tokyo from above, drone shot at blue hour", "aerial city", "blue hour"),
        ("a neon street at night", "street", "night"),
        ("camels in the desert at noon", "desert", "noon"),
        ("قافلة جمال تعبر الصحراء عند غروب الشمس", "desert", "sunset"),
        ("夜の東京、雨", "city", "night"),
        ("La mer au coucher de soleil", "sea", "sunset"),
        ("Ein Wald im Nebel, Morgendämmerung", "forest", "dawn"),
        ("An astronaut drifts, noon", "space", "noon"),
        ("Close-up portrait at night", "studio", "night"),
    ],
)
def test_it_reads_place_and_hour(prompt: str, place: str, hour: str) -> None:
    scene = read(prompt, "", 1)

    assert (scene.place, scene.hour) == (place, hour)


@pytest.mark.parametrize(
    ("words", "move"),
    [
        ("slow dolly in", "dolly in"),
        ("the camera pushes in", "dolly in"),
        ("dolly out", "dolly out"),
        ("pull back to reveal", "dolly out"),
        ("pan left over the hills", "pan left"),
        ("Pans right", "pan right"),
        ("tilt up", "tilt up"),
        ("tilting down", "tilt down"),
        ("aerial view", "aerial"),
        ("drone flyover", "aerial"),
        ("slow zoom", "slow zoom"),
        ("zoom out", "zoom out"),
        ("orbiting shot", "orbit"),
        ("tracking shot", "tracking"),
        ("hand-held", "handheld"),
        ("crane up", "crane up"),
        ("static camera", "static"),
        ("a japanese panda expands", ""),
    ],
)
def test_it_reads_the_camera(words: str, move: str) -> None:
    assert camera_of(words) == move


def test_it_knows_every_move_the_words_name() -> None:
    assert {name.removesuffix(" 2") for name in CAMERAS} <= set(MOVES)


def test_it_can_draw_every_subject_the_words_name() -> None:
    assert set(SUBJECTS) <= set(FIGURES)


def test_it_leaves_out_what_is_forbidden() -> None:
    prompt = "A man walks a street in the rain, crowd of people"

    scene = read(prompt, "rain, people", 1)

    assert scene.subjects == ()
    assert not scene.has("rain", "crowd")


@pytest.mark.parametrize(
    ("prompt", "look", "aged"),
    [
        ("a street in black and white", "mono", False),
        ("an old film of a train", "sepia", True),
        ("old film, black and white", "mono", True),
        ("a train", "colour", False),
    ],
)
def test_it_reads_the_look(prompt: str, look: str, aged: bool) -> None:
    scene = read(prompt, "", 1)

    assert (scene.look, scene.aged) == (look, aged)


def test_it_hears_without() -> None:
    assert not read("A forest without fog", "", 1).has("fog")
    assert read("A forest in fog", "", 1).has("fog")


def test_it_gives_a_named_colour_to_the_subject() -> None:
    assert read("a red car", "", 1).accent == (216, 57, 43)
    assert read("a red sky over a car", "", 1).accent is None
    assert read("a red sky over a car", "", 1).tint == (216, 57, 43)
    assert read("a car on green hills", "", 1).accent is None


@pytest.mark.parametrize(
    ("prompt", "several"),
    [("two dogs run", True), ("wolves in snow", True), ("a wolf in snow", False)],
)
def test_it_counts(prompt: str, several: bool) -> None:
    assert bool(read(prompt, "", 1).many) is several


def test_it_takes_no_animal_out_of_another_word() -> None:
    assert "cat" not in read("A catalogue of scattered delicacies", "", 1).subjects
    assert "cat" not in read("لقطة واسعة للمدينة", "", 1).subjects


def test_it_shares_the_time_among_sentences() -> None:
    shots = board("Dawn on a lake. Noon in a forest. Night on a street.", "", 1, 9.0)

    assert [shot.scene.place for shot in shots] == ["lake", "forest", "street"]
    assert [shot.start for shot in shots] == [0.0, 3.0, 6.0]


def test_it_makes_one_shot_where_time_is_short() -> None:
    assert len(board("Dawn on a lake. Noon in a forest.", "", 1, 4.0)) == 1


def test_it_keeps_later_shots_in_the_world_of_the_first() -> None:
    first, second = board("A neon street at night. She stops.", "", 1, 6.0)

    assert (second.scene.place, second.scene.hour) == ("street", "night")
    assert second.text == "She stops."


@pytest.mark.parametrize("prompt", ["", "   ", ".", "...", "\n\n", "then", "!?"])
def test_it_makes_a_shot_of_nothing(prompt: str) -> None:
    assert len(beats(prompt, 12.0)) == 1


def test_it_reads_the_same_each_time() -> None:
    assert read("A dream", "", 5) == read("A dream", "", 5)


def test_it_has_a_painter_for_every_place_it_reads() -> None:
    assert {read("", "", seed).place for seed in range(40)} <= set(PLACES)
