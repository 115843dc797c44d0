"""The file: frames, codec, boxes, sound, progress, and stopping half-way."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import av
import pytest

from studio.animatic import render
from tests.animatic.films import boxes, decoded, difference, film_at, spec


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a quiet sea."""
    return film_at(tmp_path_factory.mktemp("films"), sound=True)


def test_it_is_h264_that_every_browser_plays(film: Path) -> None:
    with av.open(str(film)) as container:
        video = container.streams.video[0]

        assert video.codec_context.name == "h264"
        assert video.codec_context.pix_fmt == "yuv420p"
        assert (video.width, video.height) == (96, 64)


def test_it_names_its_colours(film: Path) -> None:
    with av.open(str(film)) as container:
        context = container.streams.video[0].codec_context

        assert (context.colorspace, context.color_range) == (1, 1)
        assert (context.color_primaries, context.color_trc) == (1, 1)


def test_it_begins_with_its_index(film: Path) -> None:
    assert boxes(film)[:2] == ["ftyp", "moov"]
    assert boxes(film)[-1] == "mdat"


@pytest.mark.parametrize(
    ("duration", "rate", "frames"), [(2.0, 24, 48), (2.5, 30, 75), (3.0, 25, 75)]
)
def test_it_has_each_frame_asked_for(
    tmp_path: Path, duration: float, rate: int, frames: int
) -> None:
    film = film_at(tmp_path, duration=duration, frame_rate=rate)

    assert len(decoded(film)) == frames
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == rate
        assert float(stream.duration * stream.time_base) == pytest.approx(duration)


def test_it_moves(film: Path) -> None:
    pictures = decoded(film)

    assert difference(pictures[0], pictures[-1]) > 1


def test_it_has_sound_when_asked(film: Path) -> None:
    with av.open(str(film)) as container:
        audio = container.streams.audio[0]

        assert audio.codec_context.name == "aac"
        assert audio.codec_context.channels == 2
        assert float(audio.duration * audio.time_base) == pytest.approx(2, abs=0.05)


def test_it_is_silent_when_not_asked(tmp_path: Path) -> None:
    with av.open(str(film_at(tmp_path))) as container:
        assert not container.streams.audio


def test_it_gives_the_same_file_for_the_same_spec(tmp_path: Path) -> None:
    asked = spec("Rain on a neon street", sound=True)
    first, second = tmp_path / "first", tmp_path / "second"

    render(asked, first)
    render(asked, second)

    assert first.read_bytes() == second.read_bytes()


def test_it_gives_another_film_for_another_seed(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    render(spec(seed=1), first)
    render(spec(seed=2), second)

    assert difference(decoded(first)[0], decoded(second)[0]) > 1


def test_it_reports_growing_shares_up_to_one(tmp_path: Path) -> None:
    heard: list[float] = []

    render(spec(), tmp_path / "film", heard.append)

    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0.0, 1.0)
    assert all(0 <= share <= 1 for share in heard)


class Cancelled(Exception):
    """Somebody pressed cancel."""


def test_it_stops_when_its_listener_raises(tmp_path: Path) -> None:
    def listener(share: float) -> None:
        if share > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        render(spec(duration=12.0), tmp_path / "film", listener)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux")
def test_it_leaves_no_file_open_when_stopped(tmp_path: Path) -> None:
    def listener(share: float) -> None:
        if share > 0.1:
            raise Cancelled

    with pytest.raises(Cancelled):
        render(spec(), tmp_path / "film", listener)
    gc.collect()

    links = [os.readlink(f"/proc/self/fd/{fd}") for fd in _open_files()]
    assert not [link for link in links if str(tmp_path) in link]


def _open_files() -> list[str]:
    return [fd for fd in os.listdir("/proc/self/fd") if os.path.lexists(_link(fd))]


def _link(fd: str) -> str:
    return f"/proc/self/fd/{fd}"


def test_it_says_when_the_file_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        render(spec(), tmp_path / "nowhere" / "film")
