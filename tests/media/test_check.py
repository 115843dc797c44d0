from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.media.check import Difference, as_ordered, check_whole, sniff
from studio.media.facts import MediaError, VideoFacts
from tests.media.clips import make_clip


def box(name: bytes, content: bytes = b"", *, length: int | None = None) -> bytes:
    return struct.pack(">I", length or 8 + len(content)) + name + content


FTYP = box(b"ftyp", b"isom\0\0\0\0")


def facts(**changes: Any) -> VideoFacts:
    values: dict[str, Any] = {
        "duration": 5.04,
        "width": 1280,
        "height": 720,
        "frame_rate": 24.0,
        "video_codec": "h264",
        "pixel_format": "yuv420p",
        "audio_codec": "aac",
        "bit_rate": None,
        "frames": 121,
    }
    return VideoFacts(**values | changes)


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (FTYP, "video/mp4"),
        (box(b"ftyp", b"mp42"), "video/mp4"),
        (box(b"ftyp", b"qt  "), "video/quicktime"),
        (box(b"wide") + box(b"mdat"), "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "video/x-matroska"),
        (box(b"ftyp", b"heic"), None),
        (box(b"ftyp", b"avif"), None),
        (box(b"ftyp", b"M4A "), None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_the_bytes_decide_the_type(
    tmp_path: Path, content: bytes, kind: str | None
) -> None:
    assert sniff(written(tmp_path, content)) == kind


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_a_whole_file_passes(tmp_path: Path, name: str) -> None:
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"

    check_whole(make_clip(tmp_path / name, codec=codec))


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.999])
def test_a_cut_file_is_refused(tmp_path: Path, name: str, share: float) -> None:
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    content = make_clip(tmp_path / name, codec=codec).read_bytes()
    cut = written(tmp_path, content[: int(len(content) * share)])

    with pytest.raises(MediaError, match="missing"):
        check_whole(cut)


def test_one_byte_too_many_is_refused(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cut short"):
        check_whole(written(tmp_path, clip.read_bytes() + b"\n"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"not a video", "not a video"),
        (FTYP + box(b"mdat"), "index is missing"),
        (FTYP + box(b"moov"), "pictures are missing"),
        (FTYP + box(b"moov") + box(b"mdat", length=7), "cut short"),
        (FTYP + box(b"moov", length=1), "cut short"),
    ],
)
def test_it_says_what_is_missing(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(MediaError, match=sentence):
        check_whole(written(tmp_path, content))


def test_it_reads_long_and_open_lengths(tmp_path: Path) -> None:
    long = struct.pack(">I4sQ", 1, b"moov", 16 + 3) + b"abc"
    rest = struct.pack(">I4s", 0, b"mdat") + bytes(100)

    check_whole(written(tmp_path, FTYP + long + rest))


@given(st.binary(max_size=300))
def test_it_ends_whatever_the_bytes(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes
) -> None:
    path = written(tmp_path_factory.mktemp("any"), FTYP + tail)

    with pytest.raises(MediaError):
        check_whole(path)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"duration": 5, "aspect_ratio": "16:9", "resolution": "720p"},
        {"duration": "5", "generate_audio": True},
        {"duration": 5.2},
        {"duration": None, "aspect_ratio": "auto", "resolution": "", "seed": 7},
        {"duration": -1, "aspect_ratio": "0:0", "generate_audio": None},
    ],
)
def test_it_is_as_ordered(asked: dict[str, Any]) -> None:
    assert as_ordered(asked, facts()) == []


@pytest.mark.parametrize(
    ("size", "resolution", "aspect_ratio"),
    [
        ((1280, 720), "720p", "16:9"),
        ((720, 1280), "720p", "9:16"),
        ((1248, 704), "720p", "16:9"),
        ((960, 960), "720p", "1:1"),
        ((992, 432), "480p", "21:9"),
        ((3840, 2160), "4k", "16:9"),
        ((1920, 1088), "1080P", "16:9"),
    ],
)
def test_models_round_sides_and_keep_the_area(
    size: tuple[int, int], resolution: str, aspect_ratio: str
) -> None:
    held = facts(width=size[0], height=size[1])
    asked = {"resolution": resolution, "aspect_ratio": aspect_ratio}

    assert [d.name for d in as_ordered(asked, held) if d.name == "resolution"] == []


@pytest.mark.parametrize(
    ("asked", "difference"),
    [
        ({"duration": 8}, Difference("duration", "8 s", "5.0 s")),
        ({"duration": 4.7}, Difference("duration", "4.7 s", "5.0 s")),
        (
            {"aspect_ratio": "9:16"},
            Difference("aspect_ratio", "9:16", "1280 × 720"),
        ),
        ({"aspect_ratio": "4:3"}, Difference("aspect_ratio", "4:3", "1280 × 720")),
        ({"resolution": "1080p"}, Difference("resolution", "1080p", "1280 × 720")),
        ({"resolution": "480p"}, Difference("resolution", "480p", "1280 × 720")),
        (
            {"generate_audio": False},
            Difference("generate_audio", "silent", "with sound"),
        ),
    ],
)
def test_it_names_the_difference(asked: dict[str, Any], difference: Difference) -> None:
    assert as_ordered(asked, facts()) == [difference]


def test_it_misses_the_sound_that_was_ordered() -> None:
    held = facts(audio_codec=None)

    found = as_ordered({"generate_audio": True, "duration": 5}, held)

    assert found == [Difference("generate_audio", "with sound", "silent")]
