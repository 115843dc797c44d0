"""The team that the header shows."""

from __future__ import annotations

import pytest

from studio.models import Team, User
from tests.conftest import ClientFor
from tests.factories import make_team


def test_it_works(team: Team, bob: User, client_for: ClientFor) -> None:
    other = make_team(bob, name="Bob alone")
    client = client_for(bob)
    shown = 'class="team-name"><span>{}</span>'
    assert shown.format("Northlight") in client.get("/").content.decode()

    answer = client.post("/team/choose", {"team": other.pk})

    assert answer.url == "/"
    assert shown.format("Bob alone") in client.get("/").content.decode()


def test_it_forgets_a_team_that_somebody_left(
    team: Team, bob: User, client_for: ClientFor
) -> None:
    other = make_team(bob, name="Bob alone")
    client = client_for(bob)
    client.post("/team/choose", {"team": other.pk})

    other.memberships.all().delete()

    assert "Northlight" in client.get("/").content.decode()


@pytest.mark.parametrize("team_id", ["", "x"])
def test_it_is_404_for_an_id_that_is_none(
    team: Team, bob: User, client_for: ClientFor, team_id: str
) -> None:
    assert client_for(bob).post("/team/choose", {"team": team_id}).status_code == 404
