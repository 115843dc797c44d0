"""The look at stored files: it finds, it reports once, it goes on where it was."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ

from studio import tasks
from studio.keeping.checking import LEASE, STRAY_AFTER, Slice
from studio.models import Asset, Event, FileCheck, FileProblem, Lease, Team
from tests.factories import make_asset

FAST = 2**40  # bytes a second


def look(seconds: float | None = None) -> FileCheck:
    """A stretch of a look."""
    check = Slice(seconds=seconds, bytes_per_second=FAST).run()
    assert check is not None
    return check


@pytest.fixture
def picture(team: Team) -> Asset:
    """A stored file."""
    return make_asset(team, on_disk=True)


def test_it_is_content_with_whole_files(picture: Asset) -> None:
    check = look()

    assert (check.files, check.bytes, check.problems) == (1, picture.size, 0)
    assert check.finished_at is not None
    assert not Event.objects.exists()


def test_it_finds_a_missing_file(picture: Asset) -> None:
    picture.full_path.unlink()

    assert look().problems == 1

    assert FileProblem.objects.get(asset=picture).kind == "missing"


@pytest.mark.parametrize("change", [b"", b"x" * 10])
def test_it_finds_a_damaged_file(picture: Asset, change: bytes) -> None:
    picture.full_path.write_bytes(change)

    look()

    assert FileProblem.objects.get(asset=picture).kind == "damaged"


def test_it_finds_what_cannot_be_read(picture: Asset) -> None:
    picture.full_path.unlink()
    picture.full_path.mkdir()

    look()

    assert FileProblem.objects.get(asset=picture).kind == "unreadable"
    picture.full_path.rmdir()


def test_it_tells_the_team_once(
    picture: Asset, team: Team, caplog: pytest.LogCaptureFixture
) -> None:
    picture.full_path.write_bytes(b"")

    look()
    look()

    event = Event.objects.get(verb="file.damaged")
    assert (event.team, event.data["file"]) == (team, str(picture.pk))
    assert caplog.text.count(f"file {picture.pk} is damaged") == 1


def test_it_tells_when_a_file_is_whole_again(picture: Asset) -> None:
    content = picture.full_path.read_bytes()
    picture.full_path.unlink()
    look()
    picture.full_path.write_bytes(content)

    assert look().problems == 0

    assert not FileProblem.objects.exists()
    assert Event.objects.filter(verb="file.whole_again").count() == 1


def test_it_changes_its_mind_about_what_is_wrong(picture: Asset) -> None:
    picture.full_path.write_bytes(b"")
    look()
    picture.full_path.unlink()

    look()

    assert FileProblem.objects.get(asset=picture).kind == "missing"


def test_it_goes_on_where_the_slice_before_ended(team: Team) -> None:
    for _number in range(3):
        make_asset(team, on_disk=True)
    first = look(seconds=0)  # no time for a single one

    assert (first.files, first.finished_at) == (0, None)

    FileCheck.objects.update(
        cursor=Asset.objects.order_by("pk").values("pk")[:1], files=1
    )
    second = look()

    assert (second.pk, second.files) == (first.pk, 3)
    assert second.finished_at is not None


def test_it_leaves_the_files_to_whoever_looks_at_them(picture: Asset) -> None:
    Lease.take(LEASE, "another", timezone.now())

    assert Slice(seconds=None, bytes_per_second=FAST).run() is None

    assert not FileCheck.objects.exists()


def test_it_reads_no_faster_than_it_may(picture: Asset) -> None:
    slow = Slice(seconds=None, bytes_per_second=picture.size * 5)

    begun = time.monotonic()
    slow.run()

    assert time.monotonic() - begun >= 0.2  # a fifth of a second for all of it


def test_it_counts_files_that_no_row_names(picture: Asset) -> None:
    stray = Path(settings.STORAGE_DIR) / "left" / "behind.mp4"
    young = stray.with_name("young.mp4")
    stray.parent.mkdir()
    for path in (stray, young):
        path.write_bytes(b"paid for")
    ago = time.time() - STRAY_AFTER - 60
    for path in (stray, picture.full_path):
        os.utime(path, (ago, ago))

    assert look().strays == 1

    assert stray.exists()


def test_the_task_looks_once_a_day(picture: Asset) -> None:
    tasks.check_files()
    tasks.check_files()

    assert FileCheck.objects.count() == 1
    assert not OrmQ.objects.exists()


def test_the_task_asks_for_another_slice(
    picture: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 0)

    tasks.check_files()

    assert OrmQ.objects.get().func() == "studio.tasks.check_files"


def test_the_command_lists_what_is_wrong(
    picture: Asset, capsys: pytest.CaptureFixture[str]
) -> None:
    picture.full_path.unlink()

    with pytest.raises(SystemExit) as ending:
        call_command("check_files")

    assert ending.value.code == 1
    assert f"missing: {picture.path}" in capsys.readouterr().out
