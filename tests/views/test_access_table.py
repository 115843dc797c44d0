"""Who gets what: every address of the site against one table of answers.

The objects are of alice's team; charlie owns another one. A new address fails here
until it stands in the table.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from studio.models import (
    Asset,
    Comment,
    Generation,
    Invitation,
    Membership,
    Project,
    ProviderAccount,
    Role,
    ShareLink,
    Status,
    Team,
    User,
    Webhook,
)
from tests.factories import make_generation, make_user
from tests.money import make_budget
from tests.views.conftest import status_of

PEOPLE = ("alice", "adam", "bob", "victor", "charlie", "anonymous")


class Answers(NamedTuple):
    """The status of the answer for each of the people."""

    alice: int  # owner
    bob: int  # editor
    victor: int  # viewer
    charlie: int  # of another team
    anonymous: int = 302
    adam: int | None = None  # admin; nothing: the same as the owner

    def of(self, who: str) -> int:
        """One person's answer."""
        found: int | None = getattr(self, who)
        return self.alice if found is None else found


ALL = Answers(200, 200, 200, 200)  # a page of one's own team or account
MEMBERS = Answers(200, 200, 200, 404)
EDITORS = Answers(200, 200, 403, 404)
ADMINS_OWN = Answers(200, 403, 403, 200)  # of one's own team: charlie owns his
ADMINS = Answers(200, 403, 403, 404)
POST_ONLY = Answers(405, 405, 405, 405)
PUBLIC = Answers(200, 200, 200, 200, 200)
AWAY = Answers(302, 302, 302, 302)  # sent on to another page
NOT_SET_UP = Answers(404, 404, 404, 404)  # nobody here has a second factor

GET: dict[str, Answers] = {
    "home": ALL,
    "project-create": POST_ONLY,
    "project": MEMBERS,
    "project-takes": MEMBERS,
    "project-rename": POST_ONLY,
    "project-delete": POST_ONLY,
    "composer": EDITORS,
    "estimate": POST_ONLY,
    "model-picker": EDITORS,
    "generation-create": POST_ONLY,
    "take": MEMBERS,
    "take-card": MEMBERS,
    "take-menu": MEMBERS,
    "take-remix": Answers(302, 302, 403, 404),
    "take-cancel": POST_ONLY,
    "take-retry": POST_ONLY,
    "take-delete": POST_ONLY,
    "take-frame": POST_ONLY,
    "take-move": POST_ONLY,
    "take-settle": POST_ONLY,
    "take-place": POST_ONLY,
    "take-edit": Answers(302, 302, 403, 404),
    "take-moderate": POST_ONLY,
    "moderation": ADMINS_OWN,
    "moderation-switch": POST_ONLY,
    "review": ALL,
    "mentions-read": POST_ONLY,
    "comments": AWAY._replace(charlie=404),
    "comment-resolve": POST_ONLY,
    "comment-delete": POST_ONLY,
    "comment-next": POST_ONLY,
    "take-verdict": POST_ONLY,
    "review-ask": POST_ONLY,
    "take-star": POST_ONLY,
    "share-create": Answers(200, 403, 403, 404),
    "share-chosen": ADMINS_OWN,
    "share-list": ADMINS_OWN,
    "share-revoke": POST_ONLY,
    # By a review link's address: a form for whoever has it, the rest behind that.
    "guest-door": PUBLIC,
    "guest-take": AWAY,
    "guest-comment": POST_ONLY._replace(anonymous=405),
    "guest-verdict": POST_ONLY._replace(anonymous=405),
    "guest-file": Answers(404, 404, 404, 404, 404),
    "gallery": ALL,
    "gallery-page": ALL,
    "updates": Answers(200, 200, 200, 404, 286),  # no more looks, and no page
    "queue": ALL,
    "input-file": Answers(404, 404, 404, 404, 404),  # the signature is not ours
    "queue-pause": POST_ONLY,
    "queue-limits": POST_ONLY,
    "asset-create": POST_ONLY,
    "asset-picker": EDITORS,
    "asset-file": MEMBERS,
    "team": ALL,
    "team-choose": POST_ONLY,
    "model-switch": POST_ONLY,
    "account-create": ADMINS_OWN,
    "account-edit": Answers(200, 403, 403, 404),
    "account-test": POST_ONLY,
    "account-delete": POST_ONLY,
    "webhook-create": ADMINS_OWN,
    "webhook-edit": Answers(200, 403, 403, 404),
    "webhook-test": POST_ONLY,
    "webhook-delete": POST_ONLY,
    "notices": ALL,
    "profile-notices": POST_ONLY,
    "project-people": ADMINS,
    "team-create": ADMINS_OWN,
    "team-members": MEMBERS,
    "team-rename": POST_ONLY,
    "team-delete": POST_ONLY,
    "team-restore": POST_ONLY,
    "team-leave": POST_ONLY,
    "team-hand-over": POST_ONLY,
    "team-trail": ADMINS,
    "team-trail-csv": ADMINS,
    "member-role": POST_ONLY,
    "member-remove": POST_ONLY,
    "invitation-create": POST_ONLY,
    "invitation-mail": POST_ONLY,
    "invitation-link": POST_ONLY,
    "invitation-revoke": POST_ONLY,
    "invitation": Answers(404, 404, 404, 404, 404),  # none was opened
    "invitation-open": Answers(302, 302, 302, 302, 302),
    "sign-on": Answers(404, 404, 404, 404, 404),  # no issuer is set up
    "sign-on-back": Answers(404, 404, 404, 404, 404),
    "usage": ALL,
    "usage-export": ALL,
    "budgets": ADMINS_OWN,
    "budget-edit": Answers(200, 403, 403, 404),
    "budget-delete": POST_ONLY,
    "spending-rule": POST_ONLY,
    "take-approval": POST_ONLY,
    "team-approve": POST_ONLY,
    "profile": ALL,
    "authenticator-code": Answers(404, 404, 404, 404),
    "healthz": PUBLIC,
    "readyz": Answers(503, 503, 503, 503, 503),  # no queue runs here
    # Signing in and the account, by allauth
    "account_login": Answers(302, 302, 302, 302, 200),
    "account_logout": ALL,
    "account_inactive": PUBLIC,
    "account_signup": Answers(302, 302, 302, 302, 200),
    "account_reauthenticate": ALL,
    "account_email": AWAY,  # nobody gives themselves another address
    "account_email_verification_sent": PUBLIC,
    "account_confirm_email": PUBLIC,
    "account_confirm_login_code": Answers(302, 302, 302, 302, 302),
    "account_change_password": ALL,
    "account_set_password": AWAY,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "mfa_index": ALL,
    "mfa_login_webauthn": Answers(302, 302, 302, 302, 302),  # scripts get a challenge
    "mfa_authenticate": Answers(302, 302, 302, 302),
    "mfa_reauthenticate": AWAY,
    "mfa_reauthenticate_webauthn": AWAY,
    "mfa_activate_totp": AWAY,
    "mfa_deactivate_totp": NOT_SET_UP,
    "mfa_view_recovery_codes": NOT_SET_UP,
    "mfa_generate_recovery_codes": AWAY,
    "mfa_download_recovery_codes": NOT_SET_UP,
    "mfa_list_webauthn": ALL,
    "mfa_add_webauthn": AWAY,
    "mfa_remove_webauthn": AWAY,
    "mfa_edit_webauthn": AWAY,
    "usersessions_list": ALL,
}

TOO_LOW = 403
POST: dict[str, Answers] = {
    # What an empty form gets from those who may send one, and who may not.
    "project-create": Answers(422, 422, TOO_LOW, 422),
    "project-rename": Answers(422, 422, TOO_LOW, 404),
    "project-delete": Answers(302, TOO_LOW, TOO_LOW, 404),
    "composer": EDITORS,
    "estimate": EDITORS,
    "generation-create": Answers(422, 422, TOO_LOW, 404),
    "take-cancel": Answers(302, 302, TOO_LOW, 404),
    "take-retry": Answers(302, 302, TOO_LOW, 404),
    "take-delete": Answers(302, TOO_LOW, TOO_LOW, 404),
    "take-frame": Answers(302, 302, TOO_LOW, 404),
    "take-move": Answers(404, 404, TOO_LOW, 404),
    "take-settle": Answers(302, TOO_LOW, TOO_LOW, 404),
    "take-place": Answers(404, 404, TOO_LOW, 404),
    "queue-pause": Answers(302, TOO_LOW, TOO_LOW, 302),
    "queue-limits": Answers(302, TOO_LOW, TOO_LOW, 302),
    "take-moderate": Answers(404, TOO_LOW, TOO_LOW, 404),
    "moderation-switch": Answers(302, TOO_LOW, TOO_LOW, 302),
    "mentions-read": AWAY,
    "comments": Answers(422, 422, 422, 404),
    "comment-resolve": Answers(302, 302, TOO_LOW, 404),
    "comment-delete": Answers(302, 302, TOO_LOW, 404),  # it is bob's own
    "comment-next": Answers(302, 302, TOO_LOW, 404),
    "take-verdict": Answers(404, TOO_LOW, TOO_LOW, 404),
    "review-ask": Answers(302, 302, TOO_LOW, 404),
    "take-star": Answers(302, 302, TOO_LOW, 404),
    "share-create": Answers(422, TOO_LOW, TOO_LOW, 404),
    "share-chosen": Answers(422, TOO_LOW, TOO_LOW, 422),  # for their own team
    "share-revoke": Answers(302, TOO_LOW, TOO_LOW, 404),
    "guest-door": Answers(422, 422, 422, 422, 422),
    "guest-comment": AWAY,
    "guest-verdict": AWAY,
    "asset-create": Answers(422, 422, TOO_LOW, 404),
    "team-choose": Answers(404, 404, 404, 404),
    "model-switch": Answers(404, TOO_LOW, TOO_LOW, 404),
    "account-create": Answers(422, TOO_LOW, TOO_LOW, 422),
    "account-edit": Answers(422, TOO_LOW, TOO_LOW, 404),
    "account-test": Answers(302, TOO_LOW, TOO_LOW, 404),
    "account-delete": Answers(302, TOO_LOW, TOO_LOW, 404),
    "webhook-create": Answers(422, TOO_LOW, TOO_LOW, 422),
    "webhook-edit": Answers(422, TOO_LOW, TOO_LOW, 404),
    "webhook-test": Answers(302, TOO_LOW, TOO_LOW, 404),
    "webhook-delete": Answers(302, TOO_LOW, TOO_LOW, 404),
    "profile-notices": Answers(302, 302, 302, 302),
    "project-people": Answers(302, TOO_LOW, TOO_LOW, 404),
    "team-create": Answers(422, TOO_LOW, TOO_LOW, 422),
    "team-rename": Answers(422, TOO_LOW, TOO_LOW, 404),
    "team-delete": Answers(422, TOO_LOW, TOO_LOW, 404, adam=TOO_LOW),
    "team-restore": Answers(404, 404, 404, 404),  # it is not deleted
    "team-leave": Answers(302, 302, 302, 404),
    "team-hand-over": Answers(404, TOO_LOW, TOO_LOW, 404, adam=TOO_LOW),
    "member-role": Answers(302, TOO_LOW, TOO_LOW, 404),
    "member-remove": Answers(302, TOO_LOW, TOO_LOW, 404),
    "invitation-create": Answers(422, TOO_LOW, TOO_LOW, 404),
    "invitation-mail": Answers(302, TOO_LOW, TOO_LOW, 404),
    "invitation-link": Answers(200, TOO_LOW, TOO_LOW, 404),
    "invitation-revoke": Answers(302, TOO_LOW, TOO_LOW, 404),
    "invitation": Answers(404, 404, 404, 404, 404),
    "budgets": Answers(422, TOO_LOW, TOO_LOW, 422),
    "budget-edit": Answers(422, TOO_LOW, TOO_LOW, 404),
    "budget-delete": Answers(302, TOO_LOW, TOO_LOW, 404),
    "spending-rule": Answers(302, TOO_LOW, TOO_LOW, 302),
    "take-approval": Answers(302, TOO_LOW, TOO_LOW, 404),
    "team-approve": Answers(302, TOO_LOW, TOO_LOW, 404),
    "profile": Answers(302, 302, 302, 302),
}
# What is one's own, or asks for another key than a membership.
ANYBODY = {
    *("profile", "profile-notices", "team-choose", "team-leave", "team-restore"),
    *("invitation", "comments", "mentions-read"),
    *("guest-door", "guest-comment", "guest-verdict"),
}


class Address(NamedTuple):
    """One pattern of the site."""

    name: str
    route: str

    @property
    def is_admin(self) -> bool:
        """Whether it belongs to Django admin."""
        return self.route.startswith("admin/")


def walk(
    patterns: list[URLPattern | URLResolver], before: str = ""
) -> Iterator[Address]:
    """Every pattern, however deep."""
    for item in patterns:
        route = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from walk(item.url_patterns, route)
        else:
            yield Address(item.name or "", route)


ADDRESSES = list(walk(get_resolver().url_patterns))
OURS = [address for address in ADDRESSES if not address.is_admin]


@pytest.fixture
def values(
    project: Project, team: Team, bob: User, alice: User, victor: User
) -> dict[str, str]:
    """Alice's team's objects, by the names that addresses give them."""
    take = make_generation(project, bob, status=Status.COMPLETED, files=True)
    poster = take.assets.get(kind=Asset.Kind.POSTER)
    comment = Comment.say(
        take, "Slower", author=bob, pin=(1000, 24), now=timezone.now()
    )
    link, token = ShareLink.make(
        team,
        [take],
        user=alice,
        name="For the client",
        shows_name=False,
        expires_at=timezone.now() + timedelta(days=1),
    )
    account = ProviderAccount.objects.create(team=team, provider="vtrix")
    webhook = Webhook.objects.create(team=team, url="https://hooks.example/")
    now = timezone.now()
    invitation = Invitation.make(
        team, "nora@example.org", Role.VIEWER, by=alice, now=now
    )
    return {
        "team_id": str(team.pk),
        "member_id": str(team.memberships.get(user=victor).pk),
        "invitation_id": str(invitation.pk),
        "project_id": str(project.pk),
        "generation_id": str(take.pk),
        "asset_id": str(poster.pk),
        "comment_id": str(comment.pk),
        "link_id": str(link.pk),
        "token": token,
        "take": str(take.pk),
        "file": str(poster.pk),
        "account_id": str(account.pk),
        "webhook_id": str(webhook.pk),
        "budget_id": str(make_budget(team, alice).pk),
        "suffix": poster.suffix,
        "pk": "1",
        "key": "made-up",
        "uidb36": "1",
    }


def path_of(address: Address, values: dict[str, str]) -> str:
    """The pattern with an object of alice's team in it."""
    route = re.sub(r"\(\?P(<\w+>)(?:\[[^]]*\]|[^()[\]])+\)", r"\1", address.route)
    route = route.replace("^", "").replace("$", "").replace("\\Z", "")
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: values.get(m[1], "1"), route)
    query = {
        "updates": f"?since=0&scope=project:{values['project_id']}",
        "asset-picker": f"?project={values['project_id']}&role=start_image",
    }
    return f"/{path}{query.get(address.name, '')}"


def body_of(address: Address, values: dict[str, str]) -> dict[str, Any]:
    """Almost nothing: what names the object, where the path does not."""
    if address.name == "asset-create":
        return {"project": values["project_id"]}
    return {}


def client_of(who: str, users: dict[str, User], **options: Any) -> Client:
    """Somebody's browser."""
    client = Client(**options)
    if who in users:
        client.force_login(users[who])
    return client


@pytest.fixture
def users(
    team: Team, alice: User, bob: User, victor: User, charlie: User
) -> dict[str, User]:
    """Everybody with a login."""
    adam = make_user("adam")
    Membership.objects.create(team=team, user=adam, role=Role.ADMIN)
    return {
        "alice": alice,
        "adam": adam,
        "bob": bob,
        "victor": victor,
        "charlie": charlie,
    }


def test_every_address_is_in_the_table() -> None:
    names = {address.name for address in OURS}

    assert names == GET.keys()
    assert POST.keys() <= names


@pytest.mark.parametrize("who", PEOPLE)
def test_looking(who: str, users: dict[str, User], values: dict[str, str]) -> None:
    found = {
        address.name: status_of(client_of(who, users).get(path_of(address, values)))
        for address in OURS
    }

    assert found == {name: answers.of(who) for name, answers in GET.items()}


@pytest.mark.parametrize("who", PEOPLE)
def test_sending(who: str, users: dict[str, User], values: dict[str, str]) -> None:
    client = client_of(who, users)
    # What takes things away comes last, the largest at the end.
    last = (
        *("share-revoke", "comment-delete", "budget-delete", "webhook-delete"),
        *("account-delete", "invitation-revoke", "member-remove", "take-delete"),
        *("project-delete", "team-delete", "team-leave"),
    )
    ranks = {name: rank for rank, name in enumerate(last, 1)}
    order = sorted(POST, key=lambda name: ranks.get(name, 0))
    addresses = {address.name: address for address in OURS}

    found = {
        name: status_of(
            client.post(
                path_of(addresses[name], values), body_of(addresses[name], values)
            )
        )
        for name in order
    }

    assert found == {name: answers.of(who) for name, answers in POST.items()}


def test_a_viewer_sends_nothing_but_what_is_their_own() -> None:
    let_in = {name for name, answers in POST.items() if answers.victor != TOO_LOW}

    assert let_in == ANYBODY


def test_what_is_only_looked_at_takes_no_forms(
    users: dict[str, User], values: dict[str, str]
) -> None:
    client = client_of("alice", users)
    ours = [a for a in OURS if not a.route.startswith("accounts/")]

    found = {
        address.name: status_of(client.post(path_of(address, values)))
        for address in ours
        if address.name not in POST
    }

    assert found
    assert set(found.values()) == {405}


@pytest.mark.parametrize("who", ["bob", "victor", "charlie"])
def test_a_private_project_is_not_there_for_others(
    who: str, users: dict[str, User], values: dict[str, str], project: Project
) -> None:
    project.choose_people([], is_private=True)
    ids = ("project_id>", "generation_id>", "asset_id>")
    of_it = [a for a in OURS if any(name in a.route for name in ids)]
    client = client_of(who, users)

    looked = {a.name: status_of(client.get(path_of(a, values))) for a in of_it}
    sent = {a.name: status_of(client.post(path_of(a, values))) for a in of_it}

    assert set(looked.values()) <= {404, 405}
    assert set(sent.values()) <= {404, 405}
    assert looked["asset-file"] == looked["take"] == looked["project"] == 404
    assert client.get(f"/updates?scope=project:{project.pk}").status_code == 404


@pytest.mark.parametrize("who", ["alice", "adam", "victor"])
def test_a_private_project_is_there_for_the_chosen_and_for_admins(
    who: str, users: dict[str, User], values: dict[str, str], project: Project
) -> None:
    project.choose_people([users["victor"]], is_private=True)
    client = client_of(who, users)

    for name in ("project", "take", "asset-file", "updates"):
        [address] = [a for a in OURS if a.name == name]
        assert status_of(client.get(path_of(address, values))) == 200, name


@pytest.mark.parametrize("who", PEOPLE)
def test_a_stranger_learns_nothing_from_an_id(
    who: str, users: dict[str, User], values: dict[str, str]
) -> None:
    made_up = {**values} | {
        name: str(uuid.uuid4()) for name in values if name.endswith("_id")
    }
    with_ids = [a for a in OURS if "_id>" in a.route and a.name in {*GET} - {*POST}]

    found = {
        address.name: status_of(client_of(who, users).get(path_of(address, made_up)))
        for address in with_ids
    }

    assert set(found.values()) == {302 if who == "anonymous" else 404}


def test_everything_that_is_sent_needs_a_token(
    users: dict[str, User], values: dict[str, str]
) -> None:
    client = client_of("alice", users, enforce_csrf_checks=True)

    accepted = [
        address.route
        for address in ADDRESSES
        if client.post(path_of(address, values)).status_code != 403
    ]

    assert accepted == []
    assert Generation.objects.count() == 1


@pytest.mark.parametrize("who", PEOPLE)
def test_the_admin_is_for_staff(
    who: str, users: dict[str, User], values: dict[str, str]
) -> None:
    client = client_of(who, users)

    for address in ADDRESSES:
        if address.is_admin and address.name not in {"login", "jsi18n"}:
            answer = client.get(path_of(address, values))
            assert answer.status_code in {302, 404}, address.route
            if answer.status_code == 302:
                assert "/login/" in answer["Location"] or address.name == "logout"


def test_staff_alone_do_not_become_members(
    project: Project, values: dict[str, str]
) -> None:
    client = Client()
    client.force_login(make_user("operator", is_staff=True, is_superuser=True))

    assert client.get(f"/projects/{project.pk}/").status_code == 404
    assert client.get(f"/takes/{values['generation_id']}/").status_code == 404
