"""Uploads beyond all measure: nobody fills the disk, signed in or not."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from studio.media.images import MAX_BYTES
from studio.media.receiving import BoundedFiles
from studio.models import Asset, Project, User
from tests.conftest import ClientFor
from tests.factories import picture_bytes

CHUNK = 2**20


def test_no_more_of_a_file_is_kept_than_tells_that_it_is_too_large() -> None:
    handler = BoundedFiles()
    handler.new_file("image", "huge.png", "image/png", None)

    for start in range(0, 2 * MAX_BYTES, CHUNK):
        handler.receive_data_chunk(bytes(CHUNK), start)
    kept = handler.file_complete(2 * MAX_BYTES)

    assert kept is not None
    assert len(kept.read()) == MAX_BYTES + CHUNK
    kept.close()


def test_who_sent_it_is_told_so(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    content = picture_bytes().ljust(MAX_BYTES + 3 * CHUNK, b"\0")
    sent = {"project": project.pk, "image": SimpleUploadedFile("a.png", content)}

    answer = client_for(bob).post("/assets/", sent)

    assert answer.status_code == 422
    assert "larger than 25 MB" in answer.content.decode()
    assert not Asset.objects.exists()


def test_a_picture_at_the_limit_is_read_whole(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    content = picture_bytes().ljust(MAX_BYTES, b"\0")
    sent = {"project": project.pk, "image": SimpleUploadedFile("a.png", content)}

    assert client_for(bob).post("/assets/", sent).status_code == 201


def test_a_request_beyond_all_pictures_is_not_even_read(
    settings: Settings, db: None
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    huge = SimpleUploadedFile("a.png", bytes(MAX_BYTES + 3 * CHUNK))

    answer = Client().post("/accounts/login/", {"login": "x", "image": huge})

    assert answer.status_code == 400
