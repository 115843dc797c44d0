"""Pictures that a provider fetches itself, where the world reaches the studio."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from PIL import Image

from studio.models import Generation, GenerationInput, Project, Status, User
from studio.pipeline.inputs import ADDRESS_SECONDS, media_item
from tests.factories import make_asset, make_generation

MODEL = "aimlapi:kling-video/v1.6/pro/image-to-video"


@pytest.fixture
def take(project: Project, bob: User) -> Generation:
    """A take that is being sent, with a start image."""
    take = make_generation(project, bob, model=MODEL, status=Status.SUBMITTING)
    picture = make_asset(project.team, on_disk=True)
    GenerationInput.objects.create(generation=take, asset=picture, role="start_image")
    return take


@pytest.fixture
def public(settings: Any) -> None:
    """A studio that the world reaches."""
    settings.STUDIO_IS_PUBLIC = True
    settings.STUDIO_URL = "https://studio.example.com"


def url_of(take: Generation) -> str:
    """What its provider is told."""
    item = take.inputs.get()
    return media_item(item, take.video_model().input(item.role)).url


def test_it_gives_no_address_where_nobody_reaches_it(take: Generation) -> None:
    assert url_of(take) == ""


def test_it_gives_the_picture_to_whoever_has_the_address(
    public: None, take: Generation, client: Client
) -> None:
    url = url_of(take)

    answer = client.get(urlsplit(url).path)

    assert url.startswith("https://studio.example.com/inputs/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    Image.open(BytesIO(answer.content)).verify()


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED, Status.CANCELED])
def test_it_ends_with_the_take(
    public: None, take: Generation, client: Client, status: Status
) -> None:
    url = url_of(take)
    Generation.objects.filter(pk=take.pk).update(status=status, operation_id="job-1")

    assert client.get(urlsplit(url).path).status_code == 404


def test_it_ends_after_a_day(public: None, take: Generation, client: Client) -> None:
    path = urlsplit(url_of(take)).path

    with time_machine.travel(timezone.now() + timedelta(seconds=ADDRESS_SECONDS + 5)):
        assert client.get(path).status_code == 404


def test_it_does_not_believe_a_changed_address(
    public: None, take: Generation, client: Client
) -> None:
    path = urlsplit(url_of(take)).path
    token, _dot, suffix = path.removeprefix("/inputs/").partition(".")

    assert client.get(f"/inputs/x{token}.{suffix}").status_code == 404
    assert client.get(f"/inputs/{token}.mp4").status_code == 404
