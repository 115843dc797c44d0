"""A frame of a take as a picture for the next one."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from PIL import Image

from studio.media.storage import store_bytes
from studio.models import Asset, Generation, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation
from tests.media.clips import brightness_is_time, make_clip

LEVEL_AT_START, LEVELS_A_SECOND = 40, 100  # of the clip's grey


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of grey that grows lighter."""
    path = tmp_path_factory.mktemp("clips") / "grey.mp4"
    return make_clip(path, paint=brightness_is_time).read_bytes()


@pytest.fixture
def take(project: Project, bob: User, clip: bytes) -> Generation:
    """A finished take with a true video."""
    made = make_generation(project, bob, status=Status.COMPLETED)
    store_bytes(clip, made.assets.get(kind=Asset.Kind.VIDEO).full_path)
    return made


def frame_of(
    client_for: ClientFor, user: User, take: Generation, **values: str
) -> dict[str, str]:
    """The query of the composer's address that a frame leads to."""
    answer = client_for(user).post(reverse("take-frame", args=[take.pk]), values)
    assert answer.status_code == 302
    address = urlsplit(answer["Location"])
    assert address.path == reverse("project", args=[take.project_id])
    return {name: value[0] for name, value in parse_qs(address.query).items()}


def level_of(path: Path) -> int:
    """How light a picture is in its middle."""
    with Image.open(path) as image:
        pixel = image.convert("L").getpixel((image.width // 2, image.height // 2))
    assert isinstance(pixel, int)
    return pixel


@pytest.mark.parametrize("at", ["0.25", "0,75"])
def test_it_takes_the_very_frame(
    client_for: ClientFor, bob: User, take: Generation, at: str
) -> None:
    query = frame_of(client_for, bob, take, at=at, role="start_image")

    picture = Asset.objects.get(pk=query["start_image_asset"])
    wanted = LEVEL_AT_START + float(at.replace(",", ".")) * LEVELS_A_SECOND
    assert level_of(picture.full_path) == pytest.approx(wanted, abs=8)
    assert (picture.width, picture.height) == (320, 180)
    assert (picture.kind, picture.team_id) == (Asset.Kind.IMAGE, take.team_id)


def test_it_goes_on_from_the_end(
    client_for: ClientFor, bob: User, take: Generation
) -> None:
    query = frame_of(client_for, bob, take, frame="last")

    picture = Asset.objects.get(pk=query["start_image_asset"])
    assert level_of(picture.full_path) > LEVEL_AT_START + LEVELS_A_SECOND // 2
    assert query["parent_relation"] == "continue"
    assert take.events.get().verb == "generation.frame_taken"


def test_the_composer_has_the_picture_in_it(
    client_for: ClientFor, bob: User, take: Generation
) -> None:
    client = client_for(bob)
    answer = client.post(
        reverse("take-frame", args=[take.pk]), {"at": "0", "role": "start_image"}
    )

    page = client.get(answer["Location"]).content.decode()

    picture = Asset.objects.uploads().get()
    assert picture.url in page
    assert take.prompt.text in page
    assert str(take.pk) in page


def test_it_finds_a_model_for_a_role_that_its_own_does_not_take(
    client_for: ClientFor, bob: User, take: Generation
) -> None:
    Generation.objects.filter(pk=take.pk).update(
        provider="vtrix", model="kirin_v1_6_t2v"
    )

    query = frame_of(client_for, bob, take, at="0", role="start_image")

    assert query["model"] == "vtrix:kirin_v1_6_i2v"


@pytest.mark.parametrize(("at", "shown"), [("99", "0.96"), ("-5", "0.00")])
def test_it_writes_down_a_time_within_the_clip(
    client_for: ClientFor, bob: User, take: Generation, at: str, shown: str
) -> None:
    query = frame_of(client_for, bob, take, at=at)

    assert Asset.objects.get(pk=query["start_image_asset"]).name.endswith(
        f"at {shown} s.png"
    )


@pytest.mark.parametrize("at", ["", "soon", "nan", "inf"])
def test_it_asks_for_a_time(
    client_for: ClientFor, bob: User, take: Generation, at: str
) -> None:
    answer = client_for(bob).post(
        reverse("take-frame", args=[take.pk]), {"at": at}, follow=True
    )

    assert "Give a time in seconds." in answer.content.decode()
    assert not Asset.objects.uploads().exists()


def test_it_says_that_there_is_no_video(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.FAILED)

    answer = client_for(bob).post(
        reverse("take-frame", args=[take.pk]), {"at": "0"}, follow=True
    )

    assert "no video to take a frame from" in answer.content.decode()


def test_it_says_that_the_video_is_damaged(
    client_for: ClientFor, bob: User, take: Generation
) -> None:
    video = take.assets.get(kind=Asset.Kind.VIDEO)
    video.full_path.write_bytes(video.full_path.read_bytes()[:-2000])

    answer = client_for(bob).post(
        reverse("take-frame", args=[take.pk]), {"at": "0"}, follow=True
    )

    assert "part of the file is missing" in answer.content.decode()


def test_it_knows_three_roles(
    client_for: ClientFor, bob: User, take: Generation
) -> None:
    answer = client_for(bob).post(
        reverse("take-frame", args=[take.pk]), {"at": "0", "role": "source_video"}
    )

    assert answer.status_code == 404
