"""Putting in a picture."""

from __future__ import annotations

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from studio.models import Asset, Project, User
from tests.conftest import ClientFor
from tests.factories import picture_upload
from tests.views.conftest import status_of


def test_it_answers_with_a_tile(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    answer = client_for(bob).post(
        "/assets/", {"project": project.pk, "image": picture_upload("harbour.png")}
    )

    asset = Asset.objects.get()
    html = answer.content.decode()
    assert answer.status_code == 201
    assert f'data-asset="{asset.pk}"' in html
    assert "<html" not in html
    assert (asset.team, asset.created_by, asset.name) == (
        project.team,
        bob,
        "harbour.png",
    )
    assert asset.full_path.is_file()


def test_it_keeps_the_same_picture_once(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    client = client_for(bob)

    for _click in range(2):
        client.post("/assets/", {"project": project.pk, "image": picture_upload()})

    assert Asset.objects.count() == 1


def test_it_says_why_not(project: Project, bob: User, client_for: ClientFor) -> None:
    text = SimpleUploadedFile("notes.png", b"only words")

    answer = client_for(bob).post("/assets/", {"project": project.pk, "image": text})

    assert answer.status_code == 422
    assert "The file holds text, not a picture." in answer.content.decode()
    assert not Asset.objects.exists()


def test_it_asks_for_a_picture(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    answer = client_for(bob).post("/assets/", {"project": project.pk})

    assert answer.status_code == 422
    assert "Choose a picture." in answer.content.decode()


def test_it_is_404_without_a_project(bob: User, client_for: ClientFor) -> None:
    answer = client_for(bob).post("/assets/", {"image": picture_upload()})

    assert answer.status_code == 404


def test_it_escapes_a_name(project: Project, bob: User, client_for: ClientFor) -> None:
    upload = picture_upload('"><img src=x onerror=alert(1)>.png')

    answer = client_for(bob).post("/assets/", {"project": project.pk, "image": upload})

    assert "<img src=x" not in answer.content.decode()


def photograph() -> SimpleUploadedFile:
    """A picture with enough in it to be heavy."""
    file = BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(file, "JPEG", quality=95)
    return SimpleUploadedFile("noise.jpg", file.getvalue(), content_type="image/jpeg")


def test_a_large_picture_is_shown_small(
    project: Project, bob: User, charlie: User, client_for: ClientFor
) -> None:
    client = client_for(bob)
    sent = {"project": project.pk, "image": photograph()}

    tile = client.post("/assets/", sent).content.decode()

    asset = Asset.objects.uploads().get()
    small = asset.small
    assert small is not None
    assert (small.width, small.height) == (400, 300)
    assert small.size * 2 < asset.size
    assert small.url in tile
    assert asset.url not in tile
    picker = client.get(
        "/assets/picker", {"project": project.pk, "role": "start_image"}
    )
    assert small.url in picker.content.decode()
    assert status_of(client.get(small.url)) == 200
    assert client_for(charlie).get(small.url).status_code == 404


def test_the_small_one_goes_with_its_original(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    client = client_for(bob)
    client.post("/assets/", {"project": project.pk, "image": photograph()})
    asset = Asset.objects.uploads().get()
    Asset.objects.filter(pk=asset.pk).update(deleted_at=timezone.now())

    assert client.get(asset.small_url).status_code == 404


def test_the_small_one_is_as_private_as_its_original(
    project: Project, alice: User, bob: User, client_for: ClientFor
) -> None:
    project.choose_people([alice], is_private=True)
    client = client_for(alice)
    client.post("/assets/", {"project": project.pk, "image": photograph()})
    small = Asset.objects.uploads().get().small_url

    answer = client.get(small)

    assert status_of(answer) == 200
    assert client_for(bob).get(small).status_code == 404
