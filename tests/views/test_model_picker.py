"""The list of models."""

from __future__ import annotations

import pytest

from studio import catalog
from studio.models import Project, ProviderAccount, Timing, User
from studio.pipeline.expect import Usual
from studio.views import model_picker
from tests.conftest import ClientFor


@pytest.fixture
def url(project: Project) -> str:
    return f"/projects/{project.pk}/models"


def test_it_lists_every_model_that_runs(
    url: str, bob: User, client_for: ClientFor
) -> None:
    html = client_for(bob).get(url).content.decode()

    assert "<html" not in html
    assert 'data-model="animatic:animatic"' in html
    assert html.count("data-model=") > 100
    assert "no key yet" in html


def test_it_says_how_long_takes_took_here(
    url: str, bob: User, client_for: ClientFor
) -> None:
    for seconds in (40, 42, 44):
        Timing.add("animatic:animatic|4|720p", seconds)

    assert "~40 s here" in client_for(bob).get(url).content.decode()


def test_it_says_what_a_model_can_do() -> None:
    line = model_picker.model_line(catalog.get_model("animatic:animatic"), Usual())

    assert line.abilities == ["Text", "Image", "Start + end", "Sound"]
    assert line.lengths == "2–12 s · 1080p"
    assert line.price == "free"
    assert "sound" in line.words


def test_it_puts_every_model_into_words() -> None:
    for model in catalog.all_models().values():
        line = model_picker.model_line(model, Usual(seconds=30))
        assert line.price
        assert line.abilities


def test_providers_without_a_key_are_folded(
    url: str, project: Project, alice: User, bob: User, client_for: ClientFor
) -> None:
    ProviderAccount.objects.create(team=project.team, provider="vtrix")

    for user, links in ((alice, 3), (bob, 0)):
        html = client_for(user).get(url).content.decode()
        assert html.count("data-fold") == 3  # not the animatic, not Vtrix
        assert html.count("/team/keys/?provider=") == links
