"""Every page of the studio asks who comes in: one row per address, none left out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from studio.models import (
    Budget,
    Project,
    ProviderAccount,
    Role,
    Status,
    User,
    Webhook,
)
from tests.conftest import ClientFor
from tests.factories import make_asset, make_generation, make_share_link
from tests.views.conftest import status_of

OK = {200, 201, 204, 302, 404, 422}  # inside: whatever a bare request deserves


@dataclass(frozen=True)
class Door:
    """One address: how it is asked, for what, and which role it needs."""

    method: str
    thing: str = ""  # what its address names, if anything: a key of ``id_of``
    need: Role = Role.VIEWER
    is_hidden: bool = False  # names its thing in the query or form instead


DOORS = {
    "home": Door("GET"),
    "project-create": Door("POST", need=Role.EDITOR),
    "project": Door("GET", "project"),
    "project-takes": Door("GET", "project"),
    "project-rename": Door("POST", "project", Role.EDITOR),
    "project-delete": Door("POST", "project", Role.ADMIN),
    "composer": Door("POST", "project", Role.EDITOR),
    "estimate": Door("POST", "project", Role.EDITOR),
    "model-picker": Door("GET", "project", Role.EDITOR),
    "generation-create": Door("POST", "project", Role.EDITOR),
    "take": Door("GET", "take"),
    "take-card": Door("GET", "take"),
    "take-menu": Door("GET", "take"),
    "take-cancel": Door("POST", "take", Role.EDITOR),
    "take-retry": Door("POST", "take", Role.EDITOR),
    "take-delete": Door("POST", "take", Role.ADMIN),
    "take-remix": Door("GET", "take", Role.EDITOR),
    "take-frame": Door("POST", "take", Role.EDITOR),
    "take-move": Door("POST", "take", Role.EDITOR),
    "take-settle": Door("POST", "take", Role.ADMIN),
    "take-moderate": Door("POST", "take", Role.ADMIN),
    "moderation": Door("GET", need=Role.ADMIN),
    "moderation-switch": Door("POST", need=Role.ADMIN),
    "review": Door("GET"),
    "mentions-read": Door("POST"),
    "comments": Door("GET", "take"),
    "take-verdict": Door("POST", "take", Role.ADMIN),
    "review-ask": Door("POST", "take", Role.EDITOR),
    "take-star": Door("POST", "take", Role.EDITOR),
    "share-create": Door("GET", "project", Role.ADMIN),
    "share-chosen": Door("GET", need=Role.ADMIN),
    "share-list": Door("GET", need=Role.ADMIN),
    "share-revoke": Door("POST", "link", Role.ADMIN),
    "gallery": Door("GET"),
    "gallery-page": Door("GET"),
    "updates": Door("GET", "project", is_hidden=True),
    "asset-create": Door("POST", "project", Role.EDITOR, is_hidden=True),
    "asset-picker": Door("GET", "project", Role.EDITOR, is_hidden=True),
    "asset-file": Door("GET", "asset"),
    "queue": Door("GET"),
    "team": Door("GET"),
    "team-choose": Door("POST", "team", is_hidden=True),
    "model-switch": Door("POST", need=Role.ADMIN),
    "take-place": Door("POST", "take", Role.EDITOR),
    "take-edit": Door("GET", "take", Role.EDITOR),
    "queue-pause": Door("POST", need=Role.ADMIN),
    "queue-limits": Door("POST", need=Role.ADMIN),
    "account-create": Door("POST", need=Role.ADMIN),
    "account-edit": Door("POST", "account", Role.ADMIN),
    "account-test": Door("POST", "account", Role.ADMIN),
    "account-delete": Door("POST", "account", Role.ADMIN),
    "webhook-create": Door("POST", need=Role.ADMIN),
    "webhook-edit": Door("POST", "webhook", Role.ADMIN),
    "webhook-test": Door("POST", "webhook", Role.ADMIN),
    "webhook-delete": Door("POST", "webhook", Role.ADMIN),
    "notices": Door("GET"),
    "project-people": Door("POST", "project", Role.ADMIN),
    "team-create": Door("POST", need=Role.ADMIN),
    "team-members": Door("GET", "team"),
    "team-rename": Door("POST", "team", Role.ADMIN),
    "team-delete": Door("POST", "team", Role.OWNER),
    "team-restore": Door("POST", "team"),
    "team-leave": Door("POST", "team"),
    "team-hand-over": Door("POST", "team", Role.OWNER),
    "team-trail": Door("GET", "team", Role.ADMIN),
    "team-trail-csv": Door("GET", "team", Role.ADMIN),
    "invitation-create": Door("POST", "team", Role.ADMIN),
    "usage": Door("GET"),
    "usage-export": Door("GET"),
    "budgets": Door("POST", need=Role.ADMIN),
    "budget-edit": Door("POST", "budget", Role.ADMIN),
    "budget-delete": Door("POST", "budget", Role.ADMIN),
    "spending-rule": Door("POST", need=Role.ADMIN),
    "take-approval": Door("POST", "take", Role.ADMIN),
    "team-approve": Door("POST", "team", Role.ADMIN),
    "profile": Door("GET"),
    "profile-notices": Door("POST"),
    "authenticator-code": Door("GET"),
}
# Open to everybody: a look at whether the site lives, and who holds a signed address.
OPEN = {
    *("healthz", "readyz"),
    "input-file",
    *("invitation", "invitation-open"),
    *("sign-on", "sign-on-back"),
}
# Two ids or a key in the address: they stand in the access table alone.
DEEP = {
    *("comment-resolve", "comment-delete", "comment-next"),
    *("guest-door", "guest-take", "guest-comment", "guest-verdict", "guest-file"),
    *("member-role", "member-remove"),
    *("invitation-mail", "invitation-link", "invitation-revoke"),
}
NAMED = sorted(name for name, door in DOORS.items() if door.thing)
GUARDED = sorted(name for name, door in DOORS.items() if door.need != Role.VIEWER)
ADMINS = sorted(name for name, door in DOORS.items() if door.need == Role.ADMIN)


def own_names(patterns: list[object]) -> set[str]:
    """The names of the studio's own addresses, without allauth's and the admin's."""
    names = set()
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.callback.__module__.startswith("studio."):
                names.add(pattern.name or "")
        elif not getattr(pattern, "app_name", None):
            names |= own_names(pattern.url_patterns)  # type: ignore[attr-defined]
    return names


def id_of(thing: str, project: Project) -> uuid.UUID | None:
    """The id of something of the team."""
    match thing:
        case "project":
            return project.pk
        case "take":
            return make_generation(project, status=Status.COMPLETED).pk
        case "asset":
            return make_asset(project.team, on_disk=True).pk
        case "account":
            return ProviderAccount.objects.create(
                team=project.team, provider="aimlapi"
            ).pk
        case "webhook":
            return Webhook.objects.create(team=project.team, url="https://a.example").pk
        case "budget":
            return Budget.objects.create(
                team=project.team, limit=1, since=timezone.localdate()
            ).pk
        case "team":
            return project.team_id
        case "link":
            owner = User.objects.get(
                memberships__role=Role.OWNER, memberships__team=project.team
            )
            return make_share_link(project, owner)[0].pk
    return None


def knock(client: Client, name: str, pk: uuid.UUID | None) -> int:
    """Ask this address about that thing; the answer's status."""
    door = DOORS[name]
    named = pk is not None and not door.is_hidden
    args = [pk] if named else []
    if name == "asset-file":
        args.append("png")  # type: ignore[arg-type]
    values = {}
    if pk and door.is_hidden:
        values = {"project": pk, "team": pk, "scope": f"project:{pk}", "since": 0}
        values["role"] = "start_image"
    ask = client.get if door.method == "GET" else client.post
    return status_of(ask(reverse(name, args=args), values))


def test_it_knows_every_address() -> None:
    found = own_names(get_resolver().url_patterns)

    assert found - OPEN - DEEP == DOORS.keys()


@pytest.mark.parametrize("name", sorted(DOORS))
def test_it_sends_the_anonymous_to_sign_in(name: str, project: Project) -> None:
    pk = id_of(DOORS[name].thing, project)

    status = knock(Client(), name, pk)

    # A page that looks for news by itself is told so where it stands.
    assert status == (286 if name == "updates" else 302)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_it_lets_the_owner_in(
    name: str, project: Project, alice: User, client_for: ClientFor
) -> None:
    status = knock(client_for(alice), name, id_of(DOORS[name].thing, project))

    assert status in OK
    if DOORS[name].thing and DOORS[name].method == "GET":
        assert status in {200, 204, 302}


@pytest.mark.parametrize("name", NAMED)
def test_it_is_404_to_a_stranger(
    name: str, project: Project, charlie: User, client_for: ClientFor
) -> None:
    assert knock(client_for(charlie), name, id_of(DOORS[name].thing, project)) == 404


@pytest.mark.parametrize("name", GUARDED)
def test_it_is_403_to_a_viewer(
    name: str, project: Project, victor: User, client_for: ClientFor
) -> None:
    assert knock(client_for(victor), name, id_of(DOORS[name].thing, project)) == 403


@pytest.mark.parametrize("name", ADMINS)
def test_it_is_403_to_an_editor(
    name: str, project: Project, bob: User, client_for: ClientFor
) -> None:
    assert knock(client_for(bob), name, id_of(DOORS[name].thing, project)) == 403


@pytest.mark.parametrize("name", NAMED)
def test_it_is_404_for_what_is_not_there(
    name: str, project: Project, alice: User, client_for: ClientFor
) -> None:
    assert knock(client_for(alice), name, uuid.uuid4()) == 404


@pytest.mark.parametrize("name", sorted(DOORS))
def test_it_rejects_the_other_method(
    name: str, project: Project, alice: User, client_for: ClientFor
) -> None:
    door = DOORS[name]
    pk = id_of(door.thing, project)
    args = [pk] if pk and not door.is_hidden else []
    args += ["png"] if name == "asset-file" else []
    client = client_for(alice)

    answer = client.put(reverse(name, args=args))

    assert answer.status_code == 405
