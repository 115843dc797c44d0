from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.media.probe import MediaError, probe_video
from tests.media.clips import make_clip

ROOT = Path(__file__).parents[2]


def test_it_tells_what_is_in_the_file(clip: Path) -> None:
    facts = probe_video(clip)

    assert (facts.width, facts.height) == (320, 180)
    assert facts.duration == pytest.approx(1.0, abs=0.05)
    assert (facts.frame_rate, facts.frames) == (24.0, 24)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert facts.pixel_format == "yuv420p"
    assert facts.bit_rate and facts.bit_rate > 1000
    assert facts.rotation == 0


def test_it_says_when_a_clip_is_silent(tmp_path: Path) -> None:
    assert probe_video(make_clip(tmp_path / "a.mp4")).audio_codec is None


@pytest.mark.parametrize(
    ("codec", "name", "expected"),
    [
        ("libvpx-vp9", "a.webm", "vp9"),
        ("mpeg4", "a.mp4", "mpeg4"),
    ],
)
def test_it_reads_the_common_codecs(
    tmp_path: Path, codec: str, name: str, expected: str
) -> None:
    video = make_clip(tmp_path / name, codec=codec)

    facts = probe_video(video)

    assert facts.video_codec == expected
    assert facts.duration == pytest.approx(1.0, abs=0.1)


def test_it_reads_av1(tmp_path: Path) -> None:
    """Encoded by a process of its own: where it may, as root, this encoder makes the
    process that it runs in a real-time one, and with it all that is started later; a
    browser that is busy then leaves no processor time to anybody."""
    video = tmp_path / "a.mp4"
    make = (
        "import sys; from pathlib import Path; from tests.media.clips import make_clip"
    )
    code = f"{make}; make_clip(Path(sys.argv[1]), codec='libsvtav1')"

    subprocess.run([sys.executable, "-c", code, video], check=True, cwd=ROOT)

    assert probe_video(video).video_codec == "av1"
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_it_gives_the_size_as_shown(tmp_path: Path) -> None:
    facts = probe_video(make_clip(tmp_path / "phone.mp4", rotation=90))

    assert (facts.width, facts.height, facts.rotation) == (180, 320, 90)


def test_it_works_in_a_folder_with_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "naïve – 夢: 100% http"
    folder.mkdir()

    assert probe_video(make_clip(folder / "a b.mp4")).frames == 24


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><title>Error</title>",
        bytes(5000),
        b"",
        b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:5,\nhttp://127.0.0.1:9/secret.ts\n",
        b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42",
        b"\x1a\x45\xdf\xa3 and then nothing of the kind",
    ],
    ids=["html", "zeros", "empty", "playlist", "only a header", "broken webm"],
)
def test_it_refuses_what_only_claims_to_be_a_video(
    tmp_path: Path, content: bytes
) -> None:
    video = tmp_path / "result.mp4"
    video.write_bytes(content)

    with pytest.raises(MediaError, match=r"\.$"):
        probe_video(video)


def test_it_notices_a_cut_file_whose_index_comes_first(
    clip: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])

    with pytest.raises(MediaError, match="cut short"):
        probe_video(cut)


def test_it_notices_pictures_that_end_early(clip: Path, tmp_path: Path) -> None:
    """All boxes add up, but the second half of the pictures is blank."""
    content = bytearray(clip.read_bytes())
    start = content.index(b"mdat") + 4
    middle = start + (len(content) - start) // 4
    content[middle:] = bytes(len(content) - middle)
    blanked = tmp_path / "blanked.mp4"
    blanked.write_bytes(content)

    with pytest.raises(MediaError):
        probe_video(blanked)


def test_it_gives_up_in_time(clip: Path) -> None:
    with pytest.raises(MediaError, match="too long"):
        probe_video(clip, timeout=0.001)
