from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from studio.media.storage import new_part, sha256_of, store_bytes, write_durably


def test_a_part_is_new_empty_and_beside_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "team" / "2026" / "11"

    first, second = new_part(folder), new_part(folder)

    assert first != second
    assert first.parent == folder
    assert (first.suffix, first.stat().st_size) == (".part", 0)


def test_a_part_can_be_read_by_the_web_server(tmp_path: Path) -> None:
    """nginx runs as another user: the mode is the one any new file gets."""
    ordinary = tmp_path / "ordinary"
    ordinary.touch()

    assert new_part(tmp_path).stat().st_mode == ordinary.stat().st_mode


def test_it_gives_the_file_its_name(tmp_path: Path) -> None:
    part = new_part(tmp_path)
    part.write_bytes(b"film")
    final = tmp_path / "new" / "folder" / "clip.mp4"

    write_durably(part, final)

    assert final.read_bytes() == b"film"
    assert not part.exists()


def test_it_forces_file_and_folder_to_disk_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(descriptor: int) -> None:
        done.append("folder" if os.path.isdir(f"/dev/fd/{descriptor}/.") else "file")
        fsync(descriptor)

    def noted_replace(source: Path, target: Path) -> None:
        done.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    part = new_part(tmp_path)
    write_durably(part, tmp_path / "clip.mp4")

    assert done == ["file", "rename", "folder"]


def test_it_stores_bytes_whole_or_not_at_all(tmp_path: Path) -> None:
    store_bytes(b"picture", tmp_path / "a" / "b.png")

    assert (tmp_path / "a" / "b.png").read_bytes() == b"picture"
    assert os.listdir(tmp_path / "a") == ["b.png"]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    in_the_way = tmp_path / "b.png"
    in_the_way.mkdir()

    with pytest.raises(OSError):
        store_bytes(b"picture", in_the_way)

    assert os.listdir(tmp_path) == ["b.png"]


def test_it_sums_up_a_file(tmp_path: Path) -> None:
    content = os.urandom(300_000)
    (tmp_path / "a").write_bytes(content)

    assert sha256_of(tmp_path / "a") == (hashlib.sha256(content).hexdigest(), 300_000)
