"""Old backups go: the oldest first, with what only they name, and nothing else."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.keeping import CannotKeep
from studio.keeping.manifest import (
    MANIFEST,
    STORAGE,
    Manifest,
    StoredFile,
    digest,
    moments,
    name_of,
    write_list,
)
from studio.keeping.prune import REMOVING, in_use, is_ours, prune

FIRST = datetime(2026, 11, 1, 3, tzinfo=UTC)


def keep_moment(folder: Path, day: int, *files: str, microsecond: int = 0) -> Path:
    """What a backup of that day leaves behind, with these files."""
    at = FIRST + timedelta(days=day, microseconds=microsecond)
    moment = folder / name_of(at)
    moment.mkdir()
    (moment / "studio.sqlite3").write_text(f"day {day}")
    for name in files:
        path = folder / STORAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    write_list([StoredFile(path=name, sha256="0" * 64) for name in files], moment)
    Manifest(
        made_at=at.isoformat(),
        engine="sqlite",
        database="studio.sqlite3",
        sha256=digest(moment / "studio.sqlite3"),
        migrations=[],
        files=len(files),
        bytes=0,
    ).write(moment)
    return moment


@pytest.fixture
def week(tmp_path: Path) -> list[Path]:
    """Four days: one file that stays, and one of each day."""
    return [keep_moment(tmp_path, day, "a/old.mp4", f"b/{day}.mp4") for day in range(4)]


def stored(folder: Path) -> set[str]:
    """The files that are there."""
    storage = folder / STORAGE
    return {str(p.relative_to(storage)) for p in storage.rglob("*") if p.is_file()}


def change(moment: Path, **fields: object) -> None:
    """Have the manifest say something else."""
    path = moment / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_it_keeps_the_newest_and_what_they_name(
    tmp_path: Path, week: list[Path]
) -> None:
    gone = prune(tmp_path, keep=2)

    assert gone.moments == [moment.name for moment in week[:2]]
    assert gone.files == 2
    assert moments(tmp_path) == week[2:]
    assert stored(tmp_path) == {"a/old.mp4", "b/2.mp4", "b/3.mp4"}


def test_it_removes_nothing_where_there_are_no_more(
    tmp_path: Path, week: list[Path]
) -> None:
    assert prune(tmp_path, keep=4).moments == []
    assert moments(tmp_path) == week


@pytest.mark.parametrize("flaw", ["missing", "copy", "file"])
def test_it_never_removes_the_newest_whole_one(
    tmp_path: Path, week: list[Path], flaw: str
) -> None:
    for day in (2, 3):
        if flaw == "missing":
            change(week[day], missing=["b/lost.mp4"])
        elif flaw == "copy":
            (week[day] / "studio.sqlite3").write_text("")
        else:
            (tmp_path / STORAGE / f"b/{day}.mp4").unlink()

    prune(tmp_path, keep=1)

    assert moments(tmp_path) == [week[1], week[3]]
    assert "b/1.mp4" in stored(tmp_path)


def test_it_touches_nothing_that_no_backup_made(
    tmp_path: Path, week: list[Path]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    linked = shutil.move(week[0], elsewhere)
    week[0].symlink_to(linked)
    (week[1] / "notes.txt").write_text("why we kept this one")
    named_anew = week[2].rename(tmp_path / "2026-before the move")
    (tmp_path / STORAGE / "b" / "theirs.mp4").write_text("theirs")
    unreadable = keep_moment(tmp_path, -1)
    (unreadable / MANIFEST).write_text("{")

    assert prune(tmp_path, keep=1).moments == []

    left = {*moments(tmp_path), elsewhere}
    assert left == {week[0], week[1], week[3], named_anew, unreadable, elsewhere}
    assert stored(tmp_path) == {
        *("a/old.mp4", "b/theirs.mp4"),
        *(f"b/{day}.mp4" for day in range(4)),
    }


def test_it_removes_nothing_beside_a_list_that_cannot_be_read(
    tmp_path: Path, week: list[Path]
) -> None:
    (week[3] / "files.sha256").write_text("0  storage/../../elsewhere\n")

    with pytest.raises(CannotKeep):
        prune(tmp_path, keep=1)

    assert moments(tmp_path) == week


def test_it_waits_for_nobody_who_copies(tmp_path: Path, week: list[Path]) -> None:
    with in_use(tmp_path), pytest.raises(CannotKeep, match="in use"):
        prune(tmp_path, keep=1)

    assert moments(tmp_path) == week


def test_it_goes_on_where_one_died(tmp_path: Path, week: list[Path]) -> None:
    week[0].rename(tmp_path / f"{REMOVING}{week[0].name}")

    gone = prune(tmp_path, keep=3)

    assert gone.moments == [week[0].name]
    assert "b/0.mp4" not in stored(tmp_path)
    assert not list(tmp_path.glob(f"{REMOVING}*"))


def test_it_knows_its_own(week: list[Path]) -> None:
    assert all(is_ours(moment) for moment in week)


def test_two_moments_of_one_second_are_both_kept(tmp_path: Path) -> None:
    first = keep_moment(tmp_path, 0)
    second = keep_moment(tmp_path, 0, microsecond=1)
    assert moments(tmp_path) == [first, second]

    gone = prune(tmp_path, keep=1)

    assert gone.moments == [first.name]
    assert moments(tmp_path) == [second]
