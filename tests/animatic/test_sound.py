from __future__ import annotations

from array import array

import pytest
from av.audio.frame import AudioFrame

from studio.animatic.scene import Scene
from studio.animatic.sound import SAMPLE_RATE, bed


def samples(frames: list[AudioFrame]) -> array[float]:
    """The left channel."""
    found = array("f")
    for frame in frames:
        found.frombytes(bytes(frame.planes[0])[: frame.samples * 4])
    return found


@pytest.mark.parametrize(
    "scene",
    [
        Scene(place="sea", words=frozenset({"rain"})),
        Scene(place="concert"),
        Scene(place="battlefield", words=frozenset({"war", "dark"})),
    ],
)
def test_it_is_soft_and_lasts_exactly(scene: Scene) -> None:
    left = samples(bed(scene, 3, 2.0))

    assert len(left) == 2 * SAMPLE_RATE
    assert 0.01 < max(left) < 0.9


def test_it_fades_in_and_out() -> None:
    left = samples(bed(Scene(), 3, 2.0))

    loudest = max(abs(v) for v in left)
    assert abs(left[0]) < loudest / 5
    assert abs(left[-1]) < loudest / 5


def test_it_sounds_the_same_for_the_same_seed() -> None:
    scene = Scene(place="sea")

    assert samples(bed(scene, 5, 2.0)) == samples(bed(scene, 5, 2.0))
    assert samples(bed(scene, 5, 2.0)) != samples(bed(scene, 6, 2.0))
