"""The price on the button."""

from __future__ import annotations

import json

import pytest

from studio import catalog
from studio.models import Project, User
from tests.conftest import ClientFor
from tests.views.conftest import Fields


@pytest.fixture
def url(project: Project) -> str:
    return f"/projects/{project.pk}/estimate"


def priced() -> catalog.VideoModel:
    """A model that asks by the second for its usual settings."""
    return next(
        model
        for model in catalog.all_models().values()
        if model.price.unit == "second" and model.estimate(model.modes[0], {})
    )


def test_it_says_free(
    url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    html = client_for(bob).post(url, fields()).content.decode()

    assert html.startswith("free")


def test_it_counts_the_takes(
    url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    html = client_for(bob).post(url, fields(takes="3")).content.decode()

    assert html.startswith("3 takes · free")


def test_it_follows_the_duration(url: str, bob: User, client_for: ClientFor) -> None:
    model = priced()
    client = client_for(bob)

    def price(seconds: object) -> str:
        answer = client.post(url, {"model": model.key, "duration": seconds})
        return answer.content.decode().partition("<")[0]

    option = model.option("duration")
    assert option is not None
    lengths = option.values or (option.minimum, option.maximum)
    assert price(lengths[0]).startswith("about $")
    assert price(lengths[0]) != price(lengths[-1])


def test_it_admits_what_it_does_not_know(
    url: str, bob: User, client_for: ClientFor
) -> None:
    sent = {"model": "aimlapi:", "custom_model": "nobody/knows"}

    assert client_for(bob).post(url, sent).content.decode().startswith("price unknown")


@pytest.mark.parametrize("takes", ["", "0", "-2", "x", "²", "99999999"])
def test_it_survives_nonsense(
    url: str, bob: User, client_for: ClientFor, fields: Fields, takes: str
) -> None:
    sent = fields(takes=takes, duration="never", resolution="blue")

    assert client_for(bob).post(url, sent).content.decode().startswith("free")


def test_it_tells_the_mode_that_the_pictures_make(
    url: str, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    sent = fields(start_image_asset="11111111-1111-1111-1111-111111111111")

    answer = client_for(bob).post(url, sent)

    event = json.loads(answer["HX-Trigger"])
    assert event == {"composer-mode": {"value": "image_to_video"}}
