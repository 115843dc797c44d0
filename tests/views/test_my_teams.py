"""One's teams: made, renamed, deleted, brought back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from studio import tasks
from studio.models import (
    Asset,
    Billed,
    Event,
    Generation,
    Membership,
    Project,
    Role,
    Status,
    Team,
    User,
    ledger_check,
)
from studio.models.teams import GRACE
from studio.pipeline import close_team
from tests.conftest import ClientFor
from tests.factories import make_generation, make_user
from tests.money import PRICE, counters, make_budget, press


def url(name: str, team: Team) -> str:
    """An address of the team."""
    return reverse(name, args=[team.pk])


def delete(client_for: ClientFor, team: Team, user: User) -> int:
    """Somebody deletes it; the status of the answer."""
    client = client_for(user)
    answer = client.post(url("team-delete", team), {"name": team.name})
    return int(answer.status_code)


def pass_grace(team: Team) -> None:
    """Its time of grace is over."""
    long_ago = timezone.now() - GRACE - timedelta(minutes=1)
    Team.objects.filter(pk=team.pk).update(deleted_at=long_ago)


def test_a_team_is_made_and_shown(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    client = client_for(alice)

    answer = client.post("/teams/new", {"name": "  South   light "}, follow=True)

    made = Team.objects.get(name="South light")
    assert made.role_of(alice) == Role.OWNER
    assert 'class="team-name"><span>South light</span>' in answer.content.decode()
    assert client.get("/gallery/").status_code == 200  # it has its feed


@pytest.mark.parametrize("who", ["bob", "victor"])
def test_who_may_not_spend_at_will_makes_none(
    request: pytest.FixtureRequest, client_for: ClientFor, team: Team, who: str
) -> None:
    user = request.getfixturevalue(who)

    answer = client_for(user).post("/teams/new", {"name": "Mine"})

    assert answer.status_code == 403
    assert "New team" not in client_for(user).get("/profile/").content.decode()
    assert not Team.objects.filter(name="Mine").exists()


def test_an_operator_makes_the_first_one(client_for: ClientFor, db: None) -> None:
    operator = make_user("operator", is_staff=True)

    assert client_for(operator).post("/teams/new", {"name": "First"}).status_code == 302


def test_it_is_renamed(client_for: ClientFor, team: Team, alice: User) -> None:
    client = client_for(alice)

    client.post(url("team-rename", team), {"name": "Southlight"})
    refused = client.post(url("team-rename", team), {"name": " "})

    team.refresh_from_db()
    assert (team.name, refused.status_code) == ("Southlight", 422)
    event = Event.objects.get(verb="team.renamed")
    assert event.data == {"before": "Northlight", "after": "Southlight"}


def test_it_is_deleted_by_its_owner_who_types_its_name(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.ADMIN)
    client = client_for(alice)

    slip = client.post(url("team-delete", team), {"name": "north"})

    assert slip.status_code == 422
    assert "not the team&#x27;s name" in slip.content.decode()
    assert delete(client_for, team, bob) == 403
    assert delete(client_for, team, alice) == 302
    team.refresh_from_db()
    assert team.deleted_at is not None


def test_a_deleted_team_is_not_there(
    client_for: ClientFor, team: Team, project: Project, alice: User, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED, files=True)
    poster = take.assets.get(kind=Asset.Kind.POSTER)

    delete(client_for, team, alice)

    client = client_for(bob)
    for address in (
        f"/projects/{project.pk}/",
        f"/takes/{take.pk}/",
        f"/updates?since=0&scope=team:{team.pk}",
        url("team-members", team),
        poster.url,
    ):
        assert client.get(address).status_code == 404, address
    assert "in no team" in client.get("/").content.decode()
    assert "Northlight" not in client.get("/profile/").content.decode()
    assert client.post(url("team-restore", team)).status_code == 404


def test_its_owner_brings_it_back(
    client_for: ClientFor, team: Team, project: Project, alice: User, bob: User
) -> None:
    delete(client_for, team, alice)
    client = client_for(alice)
    assert "Bring back" in client.get("/profile/").content.decode()

    client.post(url("team-restore", team))

    assert client_for(bob).get(f"/projects/{project.pk}/").status_code == 200
    verbs = Event.objects.trail_of(team).values_list("verb", flat=True)
    assert list(verbs) == ["team.restored", "team.deleted"]


def test_what_waits_is_stopped_and_what_is_paid_is_finished(
    client_for: ClientFor, team: Team, project: Project, alice: User, bob: User
) -> None:
    waiting = make_generation(project, bob)
    paid = make_generation(
        project, bob, status=Status.PROCESSING, model="vtrix:veo_31_fast"
    )
    delete(client_for, team, alice)

    tasks.stop_takes(team_id=str(team.pk), user_id=alice.pk)

    waiting.refresh_from_db()
    paid.refresh_from_db()
    assert (waiting.status, waiting.billed) == (Status.CANCELED, Billed.NO)
    assert paid.status == Status.PROCESSING
    assert paid.mark_collecting([], now=timezone.now())
    assert paid.mark_completed(now=timezone.now(), cost=350_000, billed=Billed.YES)


def test_takes_of_a_team_that_is_back_are_not_stopped(
    team: Team, project: Project, alice: User
) -> None:
    take = make_generation(project)

    tasks.stop_takes(team_id=str(team.pk), user_id=alice.pk)

    take.refresh_from_db()
    assert take.status == Status.QUEUED


def test_it_is_emptied_when_its_time_is_over(
    client_for: ClientFor, team: Team, project: Project, alice: User, bob: User
) -> None:
    take = make_generation(
        project, bob, status=Status.COMPLETED, files=True, cost=350_000
    )
    file = take.assets.get(kind=Asset.Kind.POSTER).full_path
    take.inputs.create(asset=take.assets.first(), role="start_image")
    delete(client_for, team, alice)
    tasks.empty_teams()
    assert file.exists()
    pass_grace(team)

    tasks.empty_teams()

    take.refresh_from_db()
    take.prompt.refresh_from_db()
    team.refresh_from_db()
    assert not file.exists()
    assert not Asset.objects.filter(team=team).exists()
    assert take.prompt.text == ""
    assert (take.cost, take.status) == (350_000, Status.COMPLETED)
    assert not team.memberships.exists()
    assert team.emptied_at is not None
    assert close_team.empty_teams(timezone.now()) == 0
    assert not team.restore(timezone.now())


def test_it_is_not_emptied_while_something_is_paid_for(
    team: Team, project: Project
) -> None:
    make_generation(project, status=Status.PROCESSING)
    pass_grace(team)

    assert close_team.empty_teams(timezone.now()) == 0

    assert Generation.objects.get().prompt.text != ""
    assert team.memberships.exists()


def test_what_nobody_settled_ends_with_the_grace_and_stays_unclear(
    team: Team, project: Project, alice: User, bob: User
) -> None:
    budget = make_budget(team, alice)
    take = press(project, bob)[0]
    now = timezone.now()
    take.mark_submitting(now=now, deadline=now, account=None)
    take.mark_unknown("The answer was lost.", now=now)
    team.delete_softly(timezone.now())
    assert close_team.empty_teams(timezone.now()) == 0
    take.refresh_from_db()
    assert take.status == Status.UNKNOWN  # it can be settled as long as it lasts
    pass_grace(team)

    assert close_team.empty_teams(timezone.now()) == 1

    take.refresh_from_db()
    assert (take.status, take.billed) == (Status.FAILED, Billed.UNKNOWN)
    assert counters(budget) == (PRICE, 0)  # spent, as far as anybody knows
    assert take.ledger.order_by("-id")[0].basis == "unsure"
    event = Event.objects.get(verb="generation.settled")
    assert event.data == {"decision": "left_unclear", "estimate": PRICE}
    assert (event.actor, event.in_trail) == (None, True)
    assert ledger_check.disagreements(team) == []


def test_a_team_in_use_is_never_emptied(team: Team, project: Project) -> None:
    make_generation(project, status=Status.COMPLETED)

    assert close_team.empty_teams(timezone.now() + 2 * GRACE) == 0

    assert Asset.objects.exists()
