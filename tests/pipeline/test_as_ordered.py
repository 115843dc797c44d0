"""Collecting says where a video is not as ordered, and keeps it all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from studio.models import Generation, Project, Status, User
from tests.factories import make_generation
from tests.media.clips import make_clip
from tests.pipeline.test_collect import URL, collect
from tests.pipeline.vendor import MODEL


def half_black(seconds: float, size: tuple[int, int]) -> Image.Image:
    """Black for a second, then light."""
    level = 0 if seconds < 1 else 100 + round(seconds * 40)
    return Image.new("RGB", size, (level,) * 3)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds, the first of them black, with a sound track that is silent."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    made = make_clip(
        path, size=(160, 90), seconds=2.5, paint=half_black, sound=True, loudness=0
    )
    return made.read_bytes()


def take_of(project: Project, user: User, **options: Any) -> Generation:
    """A take whose video waits at the provider."""
    return make_generation(
        project,
        user,
        model=MODEL,
        status=Status.COLLECTING,
        results=[{"url": URL}],
        options=options,
    )


def test_it_finds_what_cannot_be_seen_or_heard(
    project: Project, bob: User, clip: bytes
) -> None:
    take = collect(take_of(project, bob, duration=2.5), clip)

    assert take.status == Status.COMPLETED
    assert [item["kind"] for item in take.flaws] == ["black", "silent"]
    assert take.flaws[0]["end"] == pytest.approx(1.0, abs=0.3)
    assert take.is_as_ordered is False


def test_silence_that_was_asked_for_is_as_ordered(
    project: Project, bob: User, clip: bytes
) -> None:
    take = collect(take_of(project, bob, generate_audio=False), clip)

    assert [item["kind"] for item in take.flaws] == ["black"]


def test_it_compares_the_frame_rate(project: Project, bob: User, clip: bytes) -> None:
    other = collect(take_of(project, bob, frame_rate=50), clip)
    same = collect(take_of(project, bob, frame_rate="24"), clip)

    assert [item["name"] for item in other.differences] == ["frame_rate"]
    assert same.differences == []


def test_a_plain_good_video_is_as_ordered(
    project: Project, bob: User, tmp_path: Path
) -> None:
    good = make_clip(tmp_path / "good.mp4", size=(160, 90), seconds=1.0).read_bytes()

    take = collect(take_of(project, bob, duration=1, aspect_ratio="16:9"), good)

    assert (take.is_as_ordered, take.flaws, take.differences) == (True, [], [])
