from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from studio.media.check import check_whole
from studio.media.facts import MediaError
from studio.media.posters import examine
from studio.media.probe import probe_video
from tests.media.clips import brightness_is_time, make_clip


def make_posters(video: Path, targets: Mapping[int, Path]) -> None:
    """The pictures alone."""
    examine(video, posters=targets, preview=None)


def make_preview(video: Path, target: Path) -> None:
    """The moving picture alone."""
    examine(video, posters={}, preview=target)


def level(path: Path) -> int:
    """The grey level of a plain picture, read in its middle."""
    with Image.open(path) as picture:
        pixel = picture.convert("L").getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(pixel, int)
    return pixel


@pytest.mark.parametrize(
    ("size", "heights"),
    [
        ((320, 180), {320: 180, 640: 360}),
        ((180, 320), {320: 569, 640: 1138}),
        ((200, 200), {320: 320, 640: 640}),
        ((420, 180), {320: 137, 640: 274}),
    ],
)
def test_posters_keep_the_true_aspect_ratio(
    tmp_path: Path, size: tuple[int, int], heights: dict[int, int]
) -> None:
    video = make_clip(tmp_path / "a.mp4", size=size, seconds=0.5)
    targets = {width: tmp_path / f"{width}.webp" for width in heights}

    make_posters(video, targets)

    for width, height in heights.items():
        with Image.open(targets[width]) as poster:
            assert poster.format == "WEBP"
            assert poster.size == (width, height)


def test_a_poster_stands_upright(tmp_path: Path) -> None:
    def left_half_white(_seconds: float, size: tuple[int, int]) -> Image.Image:
        picture = Image.new("RGB", size, (60, 60, 60))
        picture.paste("white", (0, 0, size[0] // 2, size[1]))
        return picture

    video = make_clip(tmp_path / "a.mp4", paint=left_half_white, rotation=90)
    make_posters(video, {320: tmp_path / "a.webp"})

    with Image.open(tmp_path / "a.webp") as poster:
        assert poster.size == (320, 569)
        top, bottom = poster.getpixel((160, 50)), poster.getpixel((160, 500))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert (top[0] > 200) and (bottom[0] < 100)


def test_the_poster_is_not_the_first_frame(tmp_path: Path) -> None:
    video = make_clip(tmp_path / "a.mp4", paint=brightness_is_time)

    make_posters(video, {320: tmp_path / "a.webp"})

    assert level(tmp_path / "a.webp") == pytest.approx(50, abs=4)


def test_the_poster_skips_a_black_start(tmp_path: Path) -> None:
    def fades_in(seconds: float, size: tuple[int, int]) -> Image.Image:
        return Image.new("RGB", size, "black" if seconds < 0.25 else (200, 200, 200))

    video = make_clip(tmp_path / "a.mp4", paint=fades_in)
    make_posters(video, {320: tmp_path / "a.webp"})

    assert level(tmp_path / "a.webp") > 150


def test_a_black_clip_has_a_poster_too(tmp_path: Path) -> None:
    video = make_clip(
        tmp_path / "a.mp4", paint=lambda _seconds, size: Image.new("RGB", size)
    )

    make_posters(video, {320: tmp_path / "a.webp"})

    assert level(tmp_path / "a.webp") < 10


def test_the_preview_is_short_small_and_silent(tmp_path: Path) -> None:
    video = make_clip(tmp_path / "a.mp4", size=(640, 362), seconds=5, sound=True)
    preview = tmp_path / "preview.mp4"

    make_preview(video, preview)

    facts = probe_video(preview)
    assert (facts.width, facts.height) == (480, 272)
    assert facts.duration == pytest.approx(4.0, abs=0.1)
    assert (facts.frame_rate, facts.frames) == (12.0, 48)
    assert (facts.video_codec, facts.audio_codec) == ("h264", None)
    content = preview.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_preview_keeps_the_pace(tmp_path: Path) -> None:
    """10 and 30 frames a second do not divide by 12; time must not drift."""
    for rate in (10, 30):
        video = make_clip(
            tmp_path / f"{rate}.mp4", rate=rate, seconds=2, paint=brightness_is_time
        )
        make_preview(video, tmp_path / "preview.mp4")

        with av.open(str(tmp_path / "preview.mp4")) as preview:
            frames: list[Any] = list(preview.decode(video=0))
        for frame in frames[1:-1]:
            grey = frame.to_image().convert("L").getpixel((50, 50))
            assert grey == pytest.approx(40 + frame.time * 100, abs=13)


def test_a_small_clip_is_not_blown_up(tmp_path: Path) -> None:
    video = make_clip(tmp_path / "a.mp4", size=(322, 182))

    make_preview(video, tmp_path / "preview.mp4")

    facts = probe_video(tmp_path / "preview.mp4")
    assert (facts.width, facts.height) == (322, 182)


def test_one_call_does_it_all(clip: Path, tmp_path: Path) -> None:
    posters = {320: tmp_path / "320.webp", 640: tmp_path / "640.webp"}
    preview = tmp_path / "preview.mp4"

    facts = examine(clip, posters=posters, preview=preview)

    assert facts == probe_video(clip)
    check_whole(preview)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "320.webp",
        "640.webp",
        "preview.mp4",
    ]


def test_colours_stay_as_players_show_them(tmp_path: Path) -> None:
    """BT.709 read as BT.601 would turn (200, 30, 60) into (183, 10, 59)."""
    video = make_clip(
        tmp_path / "a.mp4",
        paint=lambda _seconds, size: Image.new("RGB", size, (200, 30, 60)),
        colours=1,
    )
    make_posters(video, {320: tmp_path / "a.webp"})
    make_preview(video, tmp_path / "preview.mp4")

    with Image.open(tmp_path / "a.webp") as poster:
        shown = [poster.convert("RGB").getpixel((160, 90))]
    with av.open(str(tmp_path / "preview.mp4")) as preview:
        frame: Any = next(preview.decode(video=0))
        assert (frame.colorspace, frame.color_range) == (1, 1)
        shown.append(frame.to_image().getpixel((160, 90)))
    for colour in shown:
        assert colour == pytest.approx((200, 30, 60), abs=6)


def test_a_broken_clip_leaves_no_pictures(clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:-100])

    with pytest.raises(MediaError):
        examine(cut, posters={320: tmp_path / "a.webp"}, preview=tmp_path / "p.mp4")

    assert [path.name for path in tmp_path.iterdir()] == ["cut.mp4"]
