"""A studio that keeps its files in a bucket on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from typing import cast

import pytest
from pytest_django import Settings

from studio import object_storage
from studio.media.bucket import Bucket
from studio.media.store import store
from studio.models import Asset, Generation, Project, Status, User
from tests.bucket.server import BUCKET, running_bucket_server
from tests.factories import make_generation
from tests.media.clips import brightness_is_time, make_clip

numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the server."""
    with running_bucket_server() as address:
        yield address


@pytest.fixture
def s3(server: str) -> object_storage.S3:
    """Settings of a bucket with a prefix of its own."""
    return object_storage.S3(
        bucket=BUCKET,
        endpoint=server,
        prefix=f"tests/{next(numbers)}",
        key_id="s3-id-canary-1",
        secret="s3-secret-canary-1",
    )


@pytest.fixture
def bucket(s3: object_storage.S3, settings: Settings) -> Bucket:
    """The bucket that finished files are kept in during this test."""
    use(settings, s3)
    return cast(Bucket, store())


def use(settings: Settings, s3: object_storage.S3) -> None:
    """Have the studio keep its files so."""
    settings.S3 = s3
    settings.STORAGES = {**settings.STORAGES, "default": object_storage.backend(s3)}


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of grey that grows lighter."""
    path = tmp_path_factory.mktemp("clips") / "grey.mp4"
    return make_clip(path, paint=brightness_is_time).read_bytes()


@pytest.fixture
def take(bucket: Bucket, project: Project, bob: User, clip: bytes) -> Generation:
    """A finished take whose files are all in the bucket."""
    made = make_generation(project, bob, status=Status.COMPLETED, prompt="Grey dawn")
    for asset in made.assets.all():
        keep(asset, clip)
    return made


def keep(asset: Asset, content: bytes) -> None:
    """Put a file in its place, and have its row know it."""
    asset.size, asset.sha256 = len(content), sha256(content).hexdigest()
    asset.save()
    store().place_bytes(content, asset.path, asset.media_type)
