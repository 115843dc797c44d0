"""Black, frozen and silent stretches: found where they are, and nowhere else."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PIL import Image

from studio.media.flaws import find_flaws
from tests.media.clips import Painter, make_clip, moving_bar


def clip_of(
    folder: Path, paint: Painter, *, seconds: float, sound: bool = False
) -> Path:
    """A little clip that is painted so."""
    return make_clip(
        folder / "clip.mp4", size=(160, 90), seconds=seconds, paint=paint, sound=sound
    )


def plain(colour: tuple[int, int, int], begin: float, end: float) -> Painter:
    """One colour from then till then, and a moving bar before and after."""

    def paint(seconds: float, size: tuple[int, int]) -> Image.Image:
        if begin <= seconds < end:
            return Image.new("RGB", size, colour)
        return moving_bar(seconds, size)

    return paint


def test_a_clip_that_moves_and_sounds_has_none(tmp_path: Path) -> None:
    assert find_flaws(clip_of(tmp_path, moving_bar, seconds=3, sound=True)) == []


@pytest.mark.parametrize(
    ("colour", "kind"), [((0, 0, 0), "black"), ((180, 90, 40), "frozen")]
)
def test_a_stretch_is_found_where_it_is(
    tmp_path: Path, colour: tuple[int, int, int], kind: str
) -> None:
    clip = clip_of(tmp_path, plain(colour, 1.0, 3.0), seconds=4)

    [found] = find_flaws(clip)

    assert found.kind == kind
    assert found.start == pytest.approx(1.0, abs=0.3)
    assert found.end == pytest.approx(3.0, abs=0.3)


def test_a_stretch_at_the_end_goes_to_the_end(tmp_path: Path) -> None:
    clip = clip_of(tmp_path, plain((0, 0, 0), 1.0, 9.0), seconds=3)

    [found] = find_flaws(clip)

    assert (found.kind, found.end) == ("black", 3.0)


def test_a_blink_is_no_stretch(tmp_path: Path) -> None:
    clip = clip_of(tmp_path, plain((0, 0, 0), 1.0, 1.2), seconds=3)

    assert find_flaws(clip) == []


def test_a_slow_drift_is_movement(tmp_path: Path) -> None:
    def brightens(seconds: float, size: tuple[int, int]) -> Image.Image:
        return Image.new("RGB", size, (60 + round(seconds * 15),) * 3)

    assert find_flaws(clip_of(tmp_path, brightens, seconds=4)) == []


def test_a_small_thing_that_moves_is_movement(tmp_path: Path) -> None:
    def bird(seconds: float, size: tuple[int, int]) -> Image.Image:
        picture = Image.new("RGB", size, (120, 150, 190))
        left = 20 + round(30 * math.sin(seconds * 2))
        picture.paste((30, 30, 30), (left, 40, left + 4, 43))
        return picture

    assert find_flaws(clip_of(tmp_path, bird, seconds=3)) == []


def test_silence_is_found(tmp_path: Path) -> None:
    silent = make_clip(
        tmp_path / "silent.mp4", size=(160, 90), seconds=3, sound=True, loudness=0.0
    )

    [found] = find_flaws(silent)

    assert (found.kind, found.start) == ("silent", 0.0)
    assert found.end == pytest.approx(3.0, abs=0.2)


def test_a_clip_without_a_sound_track_is_not_called_silent(tmp_path: Path) -> None:
    assert find_flaws(clip_of(tmp_path, moving_bar, seconds=3)) == []


def test_what_cannot_be_watched_in_time_has_none_that_we_know_of(
    tmp_path: Path,
) -> None:
    clip = clip_of(tmp_path, plain((0, 0, 0), 0, 9), seconds=2)

    assert find_flaws(clip, timeout=0.01) == []


def test_a_broken_file_has_none_that_we_know_of(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")

    assert find_flaws(broken) == []
