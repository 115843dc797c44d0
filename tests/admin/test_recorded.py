"""What operators do in Django admin stands in the teams' audit trails."""

from __future__ import annotations

from django.contrib import admin
from django.test import Client
from django.urls import reverse

from studio.admin_site import Recorded
from studio.models import Event, Membership, Project, Role, Status, Team, User
from tests.factories import make_generation


def trail(team: Team) -> list[str]:
    """The verbs of a team's trail, the newest first."""
    return list(Event.objects.trail_of(team).values_list("verb", flat=True))


def test_every_page_of_it_records() -> None:
    pages = admin.site._registry.values()

    assert pages
    assert [page for page in pages if not isinstance(page, Recorded)] == []


def test_a_change_is_recorded_with_its_fields_and_no_values(
    client: Client, operator: User, team: Team, bob: User
) -> None:
    place = team.memberships.get(user=bob)
    address = reverse("admin:studio_membership_change", args=[place.pk])

    client.post(address, {"team": team.pk, "user": bob.pk, "role": "admin"})

    place.refresh_from_db()
    assert place.role == Role.ADMIN
    event = Event.objects.get(verb="admin.changed")
    assert (event.team, event.actor) == (team, operator)
    assert event.data["fields"] == ["Role"]
    assert event.data["kind"] == "membership"


def test_adding_and_deleting_are_recorded(
    client: Client, team: Team, charlie: User
) -> None:
    values = {"team": team.pk, "user": charlie.pk, "role": "viewer"}
    client.post(reverse("admin:studio_membership_add"), values)
    place = Membership.objects.get(team=team, user=charlie)

    client.post(
        reverse("admin:studio_membership_delete", args=[place.pk]), {"post": "yes"}
    )

    assert trail(team) == ["admin.deleted", "admin.added"]


def test_an_action_is_recorded_for_each_team(
    client: Client, project: Project, charlie: User
) -> None:
    theirs = charlie.memberships.get().team.projects.get()
    takes = [make_generation(p, status=Status.FAILED) for p in (project, theirs)]

    client.post(
        reverse("admin:studio_generation_changelist"),
        {"action": "retry_takes", "_selected_action": [take.pk for take in takes]},
    )

    for take in takes:
        event = Event.objects.get(verb="admin.acted", team=take.team)
        assert event.data["action"] == "retry_takes"
        assert event.data["objects"] == [str(take.pk)]


def test_a_password_is_recorded_as_changed_and_never_written_down(
    client: Client, bob: User
) -> None:
    word = "a-new-and-long-phrase"
    address = reverse("admin:auth_user_password_change", args=[bob.pk])

    client.post(
        address, {"password1": word, "password2": word, "usable_password": "true"}
    )

    bob.refresh_from_db()
    assert bob.check_password(word)
    event = Event.objects.get(verb="admin.changed")
    assert word not in str(event.data)
    assert event.data["fields"] == ["password"]


def test_the_trail_is_not_changed_there(client: Client, team: Team) -> None:
    event = Event.record("team.renamed", team=team)

    for page in ("change", "delete"):
        address = reverse(f"admin:studio_event_{page}", args=[event.pk])
        client.post(address, {"post": "yes", "verb": "x"})
    client.post(
        reverse("admin:studio_event_changelist"),
        {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"},
    )

    assert Event.objects.get(pk=event.pk).verb == "team.renamed"
