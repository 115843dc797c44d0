"""Takes on their way into the bucket: fetched once, whatever becomes of the upload."""

from __future__ import annotations

import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from django.conf import settings as live
from django.utils import timezone
from pytest_django import Settings

from studio.media.bucket import Bucket
from studio.models import Asset, Generation, Project, Status, User
from studio.object_storage import S3
from studio.pipeline import deliver, left_behind
from studio.pipeline.collect import collect_generation
from studio.pipeline.fetched import new_asset
from tests.bucket.conftest import use
from tests.factories import make_generation
from tests.pipeline.vendor import MODEL


class FileHost:
    """Where the video waits; counts how often it is fetched."""

    def __init__(self, content: bytes) -> None:
        self.content, self.asked = content, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.asked += 1
        return httpx.Response(200, content=self.content)

    def bring(self, take: Generation) -> Generation:
        """Collect once; the row as it is then."""
        Generation.objects.filter(pk=take.pk).update(lease_until=None)
        collect_generation(str(take.pk), httpx.MockTransport(self))
        take.refresh_from_db()
        return take


@pytest.fixture
def host(clip: bytes) -> FileHost:
    """The provider's."""
    return FileHost(clip)


@pytest.fixture
def coming(project: Project, bob: User) -> Generation:
    """A take whose video waits at the provider."""
    return make_generation(
        project,
        bob,
        model=MODEL,
        status=Status.COLLECTING,
        results=[{"url": "https://files.example.com/a.mp4"}],
        estimate=300_000,
        finished_at=timezone.now() + timedelta(seconds=20),
    )


@pytest.fixture
def away(bucket: Bucket, s3: S3, settings: Settings) -> S3:
    """The bucket does not answer; returned is how it is set up otherwise."""
    nobody = "http://127.0.0.1:9"
    keys = {"key_id": s3.key_id, "secret": s3.secret}
    use(settings, S3(bucket=s3.bucket, prefix=s3.prefix, endpoint=nobody, **keys))
    return s3


def left_of(take: Generation) -> list[str]:
    """What lies of a take in the incoming folder."""
    found = Path(live.INCOMING_DIR).glob(f"{take.pk}*")
    return sorted(path.name for path in found)


def test_it_keeps_a_take_in_the_bucket(
    bucket: Bucket, coming: Generation, host: FileHost
) -> None:
    host.bring(coming)

    assert coming.status == Status.COMPLETED
    files = list(coming.assets.all())
    assert {file.kind for file in files} == {
        "video",
        "poster",
        "poster_small",
        "preview",
    }
    for file in files:
        content = bucket.read_bytes(file.path)
        assert (sha256(content).hexdigest(), len(content)) == (file.sha256, file.size)
        assert not file.full_path.exists()
    assert left_of(coming) == []


def test_a_failed_upload_is_tried_again_from_what_is_here(
    away: S3,
    settings: Settings,
    coming: Generation,
    host: FileHost,
    caplog: pytest.LogCaptureFixture,
) -> None:
    host.bring(coming)
    assert (coming.status, coming.assets.count()) == (Status.COLLECTING, 0)
    assert "The bucket does not answer" in coming.wait_reason
    assert "canary" not in coming.wait_reason + caplog.text
    assert left_of(coming) == [f"{coming.pk}.checked"]
    host.bring(coming)  # still away
    os.utime(deliver.kept_here(coming), (0, 0))
    left_behind.tidy(timezone.now())

    use(settings, away)
    host.bring(coming)

    assert coming.status == Status.COMPLETED
    assert host.asked == 1
    assert (coming.attempt, coming.cost) == (0, 300_000)
    assert left_of(coming) == []


def test_a_file_that_was_damaged_meanwhile_is_fetched_again(
    away: S3, settings: Settings, coming: Generation, host: FileHost, clip: bytes
) -> None:
    for _more_than_a_damaged_download_may_be_tried in range(3):
        host.bring(coming)
    deliver.kept_here(coming).write_bytes(clip[:-2000])
    use(settings, away)

    assert host.bring(coming).status == Status.COLLECTING
    assert host.bring(coming).status == Status.COMPLETED
    assert host.asked == 2


def test_what_a_crash_left_in_the_bucket_is_written_over(
    bucket: Bucket, coming: Generation, host: FileHost
) -> None:
    orphan = new_asset(coming, Asset.Kind.VIDEO, "video/mp4")
    bucket.place_bytes(b"of a worker that died", orphan.path, "video/mp4")

    host.bring(coming)

    video = coming.assets.get(kind=Asset.Kind.VIDEO)
    assert video.path == orphan.path
    assert sha256(bucket.read_bytes(video.path)).hexdigest() == video.sha256
    paths = coming.assets.values_list("path", flat=True)
    assert sorted(bucket.older_names(-5)) == sorted(paths)
