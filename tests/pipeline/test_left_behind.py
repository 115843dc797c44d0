"""What others left: found again, without a flood of wake-ups and without old files."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from studio import queue, tasks
from studio.models import Generation, Project, Status, User
from studio.pipeline import left_behind, submit
from tests.factories import make_generation
from tests.media.clips import make_clip
from tests.pipeline.vendor import MODEL

NOW = timezone.now()


@pytest.fixture
def lost(project: Project, bob: User) -> Generation:
    """A take whose worker died with the request in the air."""
    take = make_generation(project, bob, model=MODEL)
    take.mark_submitting(now=NOW, deadline=NOW, account=None)
    return take


def test_it_leaves_a_full_queue_alone(project: Project, bob: User) -> None:
    ago = NOW - timedelta(minutes=5)
    for _take in range(left_behind.MOST_WAITING + 3):
        make_generation(project, bob, status=Status.COLLECTING, status_at=ago)

    for _round in range(3):
        left_behind.revive_abandoned(timezone.now())

    assert queue.waiting("collect") == left_behind.MOST_WAITING


def test_it_takes_a_video_that_came_before_the_crash(lost: Generation) -> None:
    make_clip(submit.spool_of(lost).with_suffix(".mp4")).rename(submit.spool_of(lost))

    left_behind.reap_lost(timezone.now())

    lost.refresh_from_db()
    assert lost.status == Status.COLLECTING
    assert lost.results[0]["path"].endswith(submit.spool_of(lost).name)


def test_it_does_not_take_half_a_video(lost: Generation) -> None:
    spool = submit.spool_of(lost)
    content = make_clip(spool.with_suffix(".mp4")).read_bytes()
    spool.write_bytes(content[: len(content) // 2])

    left_behind.reap_lost(timezone.now())

    lost.refresh_from_db()
    assert lost.status == Status.UNKNOWN
    assert not spool.exists()


def test_it_removes_old_temporary_files_alone(db: None) -> None:
    folder = Path(settings.INCOMING_DIR)
    old, new = folder / "old.part", folder / "new.part"
    for path in (old, new):
        path.write_bytes(b"x")
    long_ago = NOW.timestamp() - timedelta(days=9).total_seconds()
    os.utime(old, (long_ago, long_ago))

    left_behind.tidy(timezone.now())

    assert (old.exists(), new.exists()) == (False, True)
    new.unlink()


def test_sweeps_do_not_pile_up(
    project: Project, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(hours=1)
    make_generation(project, bob, model=MODEL, not_before=later)
    queue.enqueue("sweep")
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 0)

    tasks.sweep()

    assert queue.waiting("sweep") == 1
