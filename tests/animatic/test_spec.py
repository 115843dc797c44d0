from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.animatic import frame_size, render
from tests.animatic.films import spec


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [
        ("16:9", "720p", (1280, 720)),
        ("9:16", "720p", (720, 1280)),
        ("1:1", "1080p", (1080, 1080)),
        ("16:9", "480p", (854, 480)),
        ("21:9", "1080p", (2520, 1080)),
        ("4:3", "480p", (640, 480)),
        ("2.39:1", "720p", (1720, 720)),
    ],
)
def test_it_gives_even_sizes_by_the_shorter_side(
    ratio: str, resolution: str, size: tuple[int, int]
) -> None:
    assert frame_size(ratio, resolution) == size


@pytest.mark.parametrize("ratio", ["", "16x9", "16:9:4", "0:1", "a:b", "nan:1", "99:1"])
def test_it_refuses_what_is_no_ratio(ratio: str) -> None:
    with pytest.raises(ValueError, match="ratio"):
        frame_size(ratio, "720p")


def test_it_refuses_a_resolution_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="480p, 720p, 1080p"):
        frame_size("16:9", "8k")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"duration": 1.9}, "duration"),
        ({"duration": 12.1}, "duration"),
        ({"duration": float("nan")}, "duration"),
        ({"width": 97}, "even"),
        ({"height": 62}, "64"),
        ({"width": 5000}, "4096"),
        ({"frame_rate": 0}, "frame rate"),
        ({"start_image": Path("missing.png")}, "missing.png"),
    ],
)
def test_it_refuses_in_a_sentence(
    tmp_path: Path, wrong: dict[str, Any], word: str
) -> None:
    target = tmp_path / "film"

    with pytest.raises(ValueError, match=word) as refusal:
        render(spec(**wrong), target)

    assert str(refusal.value).endswith(".")
    assert not target.exists()
