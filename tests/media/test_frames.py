from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from studio.media.facts import MediaError
from studio.media.frames import extract_frame, sharpest_of_last
from tests.media.clips import brightness_is_time, make_clip

RATE = 24


def level(path: Path) -> float:
    with Image.open(path) as picture:
        pixel = picture.convert("L").getpixel((50, 50))
    assert isinstance(pixel, int)
    return pixel


@pytest.fixture(scope="module")
def greys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip whose every frame tells its time by its brightness."""
    folder = tmp_path_factory.mktemp("greys")
    return make_clip(folder / "greys.mp4", paint=brightness_is_time)


@pytest.mark.parametrize("number", [0, 1, 7, 12, 23])
def test_it_takes_the_very_frame(greys: Path, tmp_path: Path, number: int) -> None:
    target = tmp_path / "frame.png"

    # Where a player may stand while it shows frame `number`.
    extract_frame(greys, (number + 0.4) / RATE, target)

    assert level(target) == pytest.approx(40 + number / RATE * 100, abs=2)


def test_it_understands_rounded_times(greys: Path, tmp_path: Path) -> None:
    target = tmp_path / "frame.png"

    extract_frame(greys, 0.2916, target)  # frame 7 begins at 0.29166…

    assert level(target) == pytest.approx(40 + 7 / RATE * 100, abs=2)


@pytest.mark.parametrize(("seconds", "number"), [(-3.0, 0), (60.0, 23)])
def test_outside_it_takes_the_first_or_last(
    greys: Path, tmp_path: Path, seconds: float, number: int
) -> None:
    extract_frame(greys, seconds, tmp_path / "frame.png")

    grey = level(tmp_path / "frame.png")
    assert grey == pytest.approx(40 + number / RATE * 100, abs=2)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "PNG"), ("a.webp", "WEBP"), ("a.jpg", "JPEG")]
)
def test_the_name_decides_the_format(
    clip: Path, tmp_path: Path, name: str, kind: str
) -> None:
    extract_frame(clip, 0.5, tmp_path / name)

    with Image.open(tmp_path / name) as picture:
        assert (picture.format, picture.size) == (kind, (320, 180))


def test_it_finds_the_sharpest_of_the_last(tmp_path: Path) -> None:
    sharp_at = 18 / RATE
    stripes = Image.effect_noise((320, 180), 90).convert("RGB")
    blurred = stripes.filter(ImageFilter.GaussianBlur(6))

    def mostly_blurred(seconds: float, _size: tuple[int, int]) -> Image.Image:
        return stripes if seconds in (0, sharp_at) else blurred

    video = make_clip(tmp_path / "a.mp4", paint=mostly_blurred)
    chosen = sharpest_of_last(video, tmp_path / "sharp.png")

    assert chosen == pytest.approx(sharp_at, abs=0.001)
    with Image.open(tmp_path / "sharp.png") as picture:
        assert picture.size == (320, 180)


def test_a_clip_of_few_frames_will_do(tmp_path: Path) -> None:
    video = make_clip(tmp_path / "a.mp4", seconds=0.2)

    chosen = sharpest_of_last(video, tmp_path / "sharp.png", dozen=12)

    assert 0 <= chosen < 0.2


def test_a_broken_clip_is_refused(clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:2000])

    with pytest.raises(MediaError):
        extract_frame(cut, 0.5, tmp_path / "frame.png")
    assert not (tmp_path / "frame.png").exists()
