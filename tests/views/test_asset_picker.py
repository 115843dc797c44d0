"""Choosing a picture that is here already."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from studio.models import Asset, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_asset, make_generation


def chosen(client: Client, project: Project, **query: object) -> list[str]:
    query = {"project": project.pk, "role": "start_image", **query}
    html = client.get("/assets/picker", query).content.decode()
    assert "<html" not in html
    return re.findall(r'data-choose="([\w-]+)"', html)


def test_it_shows_uploads_of_the_team(
    project: Project, bob: User, charlie: User, client_for: ClientFor
) -> None:
    make_asset(charlie.memberships.get().team)
    make_asset(project.team, deleted_at=timezone.now())
    asset = make_asset(project.team)

    assert chosen(client_for(bob), project) == [str(asset.pk)]


def test_it_shows_frames_of_takes(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, status=Status.COMPLETED)
    poster = take.assets.get(kind=Asset.Kind.POSTER)

    assert chosen(client_for(bob), project, source="takes") == [str(poster.pk)]


def test_it_shows_videos_where_one_is_wanted(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, status=Status.COMPLETED)
    make_asset(project.team)
    video = take.assets.get(kind=Asset.Kind.VIDEO)

    assert chosen(client_for(bob), project, role="source_video") == [str(video.pk)]


def test_it_goes_on_where_a_page_ends(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    now = timezone.now()
    for number in range(40):
        make_asset(project.team, created_at=now - timedelta(minutes=number))
    client = client_for(bob)
    query = {"project": project.pk, "role": "start_image"}

    html = client.get("/assets/picker", query).content.decode()
    [more] = re.findall(r'hx-get="([^"]+after=[^"]+)"', html)
    rest = client.get(more.replace("&amp;", "&")).content.decode()

    assert html.count("data-choose") == 36
    assert rest.count("data-choose") == 4


def test_it_is_404_for_a_role_that_is_none(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    query = {"project": project.pk, "role": "villain"}

    assert client_for(bob).get("/assets/picker", query).status_code == 404
