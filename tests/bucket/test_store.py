"""The bucket as a place for files: whole, by name, with plain words for what fails."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pytest_django import Settings

from studio.media.bucket import ADDRESS_SECONDS, Bucket
from studio.media.store import StoreAway, store
from studio.object_storage import S3, backend, faults, origins
from tests.bucket.conftest import use

NAME = "team/2026/11/film.mp4"


def test_it_keeps_a_file_below_its_prefix(bucket: Bucket, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"0123456789")
    sent: list[int] = []

    bucket.place(film, NAME, "video/mp4", sent.append)

    assert bucket.read_bytes(NAME) == b"0123456789"
    assert bucket.size_of(NAME) == sent[-1] == 10
    assert bucket.where(NAME) == f"s3://dailies-films/{bucket.location}/{NAME}"
    assert list(bucket.older_names(-5)) == [NAME]
    with bucket.at_hand(NAME) as copy:
        assert copy.read_bytes() == b"0123456789"
    assert not copy.exists()


def test_it_reads_just_what_is_asked_for(bucket: Bucket) -> None:
    bucket.place_bytes(b"0123456789", NAME, "video/mp4")

    part = bucket.open_part(NAME, 2, 4)

    assert part.read(100) == b"234"


def test_it_forgets_a_file(bucket: Bucket) -> None:
    bucket.place_bytes(b"0123456789", NAME, "video/mp4")

    bucket.remove(NAME)
    bucket.remove(NAME)

    with pytest.raises(FileNotFoundError):
        bucket.read_bytes(NAME)


def test_an_upload_that_breaks_off_leaves_nothing(
    bucket: Bucket, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"x" * 2**20)

    def stop(sent: int) -> None:
        if sent > 2**17:
            raise ValueError

    with pytest.raises((StoreAway, ValueError)):
        bucket.place(film, NAME, "video/mp4", stop)

    assert list(bucket.older_names(-5)) == []


def test_it_stays_below_its_prefix(bucket: Bucket) -> None:
    with pytest.raises(Exception, match="denied"):
        bucket.read_bytes("../elsewhere.mp4")


@pytest.mark.parametrize("is_gone", [False, True])
def test_it_says_plainly_that_nothing_can_be_said(
    bucket: Bucket, s3: S3, settings: Settings, is_gone: bool
) -> None:
    endpoint = "http://127.0.0.1:9" if is_gone else s3.endpoint
    name = s3.bucket if is_gone else "another-bucket"
    keys = {"key_id": s3.key_id, "secret": s3.secret}
    use(settings, S3(bucket=name, endpoint=endpoint, **keys))

    with pytest.raises(StoreAway) as caught:
        store().read_bytes(NAME)

    words = "does not answer" if is_gone else "status 404, NoSuchBucket"
    assert words in str(caught.value)
    assert "canary" not in str(caught.value) + str(caught.value.__cause__)


def test_it_signs_addresses_that_die_soon(bucket: Bucket, s3: S3) -> None:
    bucket.place_bytes(b"0123456789", NAME, "application/octet-stream")

    address = bucket.address_of(NAME, "video/mp4", 'attachment; filename="a.mp4"')
    answer = httpx.get(address, headers={"Range": "bytes=2-4"})

    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-disposition"] == 'attachment; filename="a.mp4"'
    query = parse_qs(urlsplit(address).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert int(query["X-Amz-Expires"][0]) == ADDRESS_SECONDS <= 300
    assert s3.secret not in address


@pytest.mark.parametrize(
    ("bucket_name", "endpoint", "origin"),
    [
        ("films", "", "https://films.s3.eu-central-1.amazonaws.com"),
        ("my.films", "", "https://s3.eu-central-1.amazonaws.com"),
        ("films", "https://minio.example.com:9000", "https://minio.example.com:9000"),
    ],
)
def test_pages_may_load_from_where_addresses_lead_and_nowhere_else(
    settings: Settings, bucket_name: str, endpoint: str, origin: str
) -> None:
    keys = {"key_id": "id", "secret": "no-secret"}
    s3 = S3(bucket=bucket_name, endpoint=endpoint, region="eu-central-1", **keys)

    options = backend(s3)["OPTIONS"]
    address = urlsplit(Bucket(**options).address_of(NAME, "video/mp4", "inline"))

    assert origins(s3) == [f"{address.scheme}://{address.netloc}"] == [origin]
    assert list(faults(s3, is_https=True, sender="inline")) == []


def test_without_a_bucket_files_stay_here() -> None:
    assert backend(S3()) == {"BACKEND": "studio.media.folder.Folder"}
    assert origins(S3()) == []
    assert store().is_remote is False
