"""What is made of files that lie in the bucket: frames, requests, films, checks."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as live
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from studio import tasks
from studio.catalog import MediaInput
from studio.keeping.backup import Packer, Shelf
from studio.keeping.checking import Away, Slice
from studio.keeping.restore import bring_files
from studio.keeping.snapshot import named_files
from studio.media.bucket import Bucket
from studio.models import (
    Asset,
    FileCheck,
    FileProblem,
    Generation,
    GenerationInput,
    Project,
    ProviderAccount,
    Status,
    Team,
    User,
)
from studio.object_storage import S3
from studio.pipeline import close_team
from studio.pipeline.inputs import media_item
from studio.pipeline.render import render_generation
from studio.pipeline.sweep import Sweep
from tests.bucket.conftest import keep, use
from tests.conftest import ClientFor
from tests.factories import make_asset, make_generation, picture_bytes, picture_upload
from tests.pipeline.vendor import MODEL, Vendor


def look() -> FileCheck:
    """A whole look at the files."""
    check = Slice(seconds=None, bytes_per_second=2**40).run()
    assert check is not None
    return check


def put_away(settings: Settings, s3: S3) -> None:
    """From now on the bucket does not answer."""
    keys = {"key_id": s3.key_id, "secret": s3.secret}
    use(settings, S3(bucket=s3.bucket, endpoint="http://127.0.0.1:9", **keys))


def test_a_frame_becomes_a_picture_in_the_bucket(
    take: Generation, bob: User, client_for: ClientFor, bucket: Bucket
) -> None:
    client = client_for(bob)
    answer = client.post(
        reverse("take-frame", args=[take.pk]), {"at": "0.5", "role": "start_image"}
    )

    assert answer.status_code == 302
    picture = take.team.assets.get(kind=Asset.Kind.IMAGE)
    with Image.open(BytesIO(bucket.read_bytes(picture.path))) as image:
        assert image.size == (320, 180)
    assert not list(Path(live.INCOMING_DIR).glob("copy-*"))


def test_no_frame_is_had_while_the_bucket_is_away(
    take: Generation, bob: User, client_for: ClientFor, settings: Settings, s3: S3
) -> None:
    put_away(settings, s3)

    answer = client_for(bob).post(
        reverse("take-frame", args=[take.pk]), {"at": "0.5"}, follow=True
    )

    assert "The bucket does not answer: try again." in answer.content.decode()


def test_an_upload_goes_into_the_bucket(
    project: Project, bob: User, client_for: ClientFor, bucket: Bucket
) -> None:
    upload = picture_upload(width=1200, height=800)
    values = {"project": str(project.pk), "image": upload}

    answer = client_for(bob).post(reverse("asset-create"), values)

    assert answer.status_code == 201
    paths = project.team.assets.values_list("path", flat=True)
    assert sorted(bucket.older_names(-5)) == sorted(paths)


def test_an_upload_is_refused_kindly_while_the_bucket_is_away(
    project: Project,
    bob: User,
    client_for: ClientFor,
    bucket: Bucket,
    settings: Settings,
    s3: S3,
) -> None:
    put_away(settings, s3)
    values = {"project": str(project.pk), "image": picture_upload()}

    answer = client_for(bob).post(reverse("asset-create"), values)

    assert answer.status_code == 422
    assert "The bucket does not answer" in answer.content.decode()
    assert not project.team.assets.exists()


def test_a_request_carries_a_picture_from_the_bucket(
    project: Project, bob: User, bucket: Bucket
) -> None:
    picture = make_asset(project.team, bob, width=800, height=450)
    keep(picture, picture_bytes(800, 450))
    item = GenerationInput(asset=picture, role="start_image")
    limits = MediaInput(role="start_image", wire="image", max_side=200)

    sent = media_item(item, limits)

    assert Image.open(BytesIO(sent.content)).size == (200, 112)


def test_a_take_that_goes_on_from_another_carries_its_video(
    take: Generation, clip: bytes
) -> None:
    video = take.assets.get(kind=Asset.Kind.VIDEO)
    item = GenerationInput(asset=video, role="source_video")
    limits = MediaInput(role="source_video", wire="video")

    sent = media_item(item, limits)

    assert (sent.content, sent.media_type) == (clip, "video/mp4")


def test_a_take_waits_in_line_while_its_picture_cannot_be_fetched(
    project: Project, bob: User, bucket: Bucket, settings: Settings, s3: S3
) -> None:
    account = ProviderAccount(team=project.team, provider="vtrix")
    account.set_secrets({"api_key": "canary-vtrix"})
    account.save()
    waiting = make_generation(project, bob, model=MODEL, mode="image_to_video")
    picture = make_asset(project.team, bob)
    GenerationInput.objects.create(
        generation=waiting, asset=picture, role="start_image"
    )
    put_away(settings, s3)
    vendor = Vendor()

    sweep = Sweep(transport=vendor.transport)
    sweep.run_until_idle(rounds=1)
    sweep.close()

    waiting.refresh_from_db()
    assert (waiting.status, vendor.submits) == (Status.QUEUED, [])
    assert "The bucket does not answer" in waiting.wait_reason


def test_an_animatic_is_drawn_from_a_picture_in_the_bucket(
    project: Project, bob: User, bucket: Bucket
) -> None:
    options = {"duration": 2, "resolution": "480p", "aspect_ratio": "16:9", "seed": 7}
    film = make_generation(
        project, bob, status=Status.PROCESSING, mode="image_to_video", options=options
    )
    picture = make_asset(project.team, bob)
    keep(picture, picture_bytes())
    GenerationInput.objects.create(generation=film, asset=picture, role="start_image")

    render_generation(str(film.pk))
    tasks.collect(generation_id=str(film.pk))

    film.refresh_from_db()
    assert film.status == Status.COMPLETED
    video = film.assets.get(kind=Asset.Kind.VIDEO)
    assert sha256(bucket.read_bytes(video.path)).hexdigest() == video.sha256
    assert not list(Path(live.INCOMING_DIR).glob(f"{film.pk}*"))


def test_the_check_reads_the_bucket(take: Generation, bucket: Bucket) -> None:
    assert (look().files, look().problems) == (4, 0)
    video, poster, *_others = take.assets.order_by("pk")
    bucket.place_bytes(b"something else", video.path, "video/mp4")
    bucket.remove(poster.path)
    bucket.place_bytes(b"of no row", "left/behind.mp4", "video/mp4")

    assert look().problems == 2

    kinds = FileProblem.objects.order_by("asset_id").values_list("kind", flat=True)
    assert list(kinds) == [FileProblem.Kind.DAMAGED, FileProblem.Kind.MISSING]


def test_the_check_blames_no_file_for_a_bucket_that_is_away(
    take: Generation, settings: Settings, s3: S3
) -> None:
    put_away(settings, s3)

    with pytest.raises(Away):
        look()
    tasks.check_files()

    assert not FileProblem.objects.exists()
    assert FileCheck.objects.get().finished_at is None


def test_a_deleted_team_leaves_nothing(
    take: Generation, team: Team, bucket: Bucket, alice: User
) -> None:
    close_team.remove_files(team)

    assert list(bucket.older_names(-5)) == []
    assert not Asset.objects.filter(team=team).exists()


def test_a_backup_holds_what_is_in_the_bucket(
    take: Generation, bucket: Bucket, tmp_path: Path
) -> None:
    video = take.assets.get(kind=Asset.Kind.VIDEO)
    poster = take.assets.get(kind=Asset.Kind.POSTER)
    files = named_files()

    first, second = Packer(Shelf(tmp_path)), Packer(Shelf(tmp_path))
    first.pack(files)
    bucket.remove(poster.path)  # it is not fetched a second time
    second.pack(files)

    assert (first.new, second.new) == (4, 0)
    assert first.missing | first.damaged | second.missing == set()
    copy = tmp_path / "storage" / video.path
    assert sha256(copy.read_bytes()).hexdigest() == video.sha256


def test_a_backup_names_what_is_missing_or_damaged(
    take: Generation, bucket: Bucket, tmp_path: Path, clip: bytes
) -> None:
    video, poster, *_others = take.assets.order_by("pk")
    bucket.place_bytes(clip[::-1], video.path, "video/mp4")
    bucket.remove(poster.path)

    packer = Packer(Shelf(tmp_path))
    packer.pack(named_files())

    assert (packer.damaged, packer.missing) == ({video.path}, {poster.path})


def test_a_restore_brings_into_the_bucket_what_is_not_there(
    take: Generation, bucket: Bucket, tmp_path: Path, clip: bytes
) -> None:
    Packer(Shelf(tmp_path)).pack(named_files())
    video, poster, *_others = take.assets.order_by("pk")
    bucket.place_bytes(clip[::-1], video.path, "video/mp4")
    bucket.remove(poster.path)

    counted = bring_files(tmp_path / "storage", named_files())

    assert counted == (2, 2)
    assert bucket.read_bytes(video.path) == bucket.read_bytes(poster.path) == clip
