"""Private projects: chosen members see them, and nobody else learns of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from studio.models import Asset, Event, Generation, Project, Role, Status, Team, User
from studio.pipeline import uploads
from tests.conftest import ClientFor
from tests.factories import (
    make_asset,
    make_generation,
    make_project,
    picture_upload,
)
from tests.views.conftest import ids_of_cards

SECRET = "The unannounced film"  # noqa: S105  (a project's name)


@pytest.fixture
def hidden(team: Team, alice: User) -> Project:
    """A private project for nobody but admins."""
    return make_project(team, name=SECRET, is_private=True, created_by=alice)


@pytest.fixture
def take(hidden: Project, alice: User) -> Generation:
    """A finished take in it."""
    return make_generation(
        hidden, alice, status=Status.COMPLETED, prompt="Nobody may read this"
    )


@pytest.mark.parametrize("who", ["bob", "victor"])
@pytest.mark.parametrize(
    "address",
    ["/", "/gallery/", "/gallery/page", "/queue/", "/gallery/?q=Nobody"],
)
def test_no_page_tells_of_it(
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    hidden: Project,
    take: Generation,
    who: str,
    address: str,
) -> None:
    make_generation(hidden, status=Status.PROCESSING, prompt="Nobody may read this")
    make_generation(hidden, status=Status.UNKNOWN, prompt="Nobody may read this")
    seen_by_alice = client_for(hidden.created_by).get(address).content.decode()
    assert "Nobody may read this" in seen_by_alice or SECRET in seen_by_alice

    html = client_for(request.getfixturevalue(who)).get(address).content.decode()

    assert SECRET not in html
    assert "Nobody may" not in html
    assert str(take.pk) not in html


def test_the_gallery_of_one_is_not_shown_to_another(
    client_for: ClientFor, hidden: Project, take: Generation, alice: User, bob: User
) -> None:
    """Whole pages are kept between requests."""
    hidden.choose_people([bob], is_private=True)
    cleo = User.objects.create_user("cleo@example.org", name="Cleo")
    take.team.memberships.create(user=cleo, role=Role.EDITOR)

    pages = [client_for(user).get("/gallery/") for user in (alice, bob, cleo, bob)]

    shown = [ids_of_cards(page.content.decode()) for page in pages]
    assert shown == [[str(take.pk)], [str(take.pk)], [], [str(take.pk)]]


def test_who_is_chosen_sees_it_at_once_and_no_longer_at_once(
    client_for: ClientFor, hidden: Project, take: Generation, bob: User
) -> None:
    client = client_for(bob)
    found = []

    for people in ([], [bob], []):
        hidden.choose_people(people, is_private=True)
        found.append(str(take.pk) in client.get("/gallery/").content.decode())

    assert found == [False, True, False]


def test_updates_of_the_team_leave_it_out(
    client_for: ClientFor, team: Team, hidden: Project, take: Generation, bob: User
) -> None:
    take.delete_softly(now=take.created_at)

    answer = client_for(bob).get(f"/updates?since=0&scope=team:{team.pk}")

    assert str(take.pk) not in answer.content.decode()
    for scope in (f"project:{hidden.pk}", f"take:{take.pk}"):
        assert client_for(bob).get(f"/updates?scope={scope}").status_code == 404


def test_relatives_in_it_are_not_named(
    client_for: ClientFor, take: Generation, project: Project, bob: User, alice: User
) -> None:
    child = make_generation(
        project, bob, status=Status.COMPLETED, parent=take, parent_relation="remix"
    )

    html = client_for(bob).get(f"/takes/{child.pk}/").content.decode()

    assert str(take.pk) not in html
    assert SECRET not in html  # nor where the take could be moved to
    assert str(take.pk) in client_for(alice).get(f"/takes/{child.pk}/").content.decode()


def test_nothing_is_made_from_it_by_id(
    client_for: ClientFor, take: Generation, project: Project, bob: User
) -> None:
    poster = take.assets.get(kind=Asset.Kind.POSTER)
    client = client_for(bob)

    remix = client.get(f"/projects/{project.pk}/?remix={take.pk}").content.decode()
    sent = client.post(
        f"/projects/{project.pk}/generate",
        {
            "model": "animatic:animatic",
            "prompt": "Mine",
            "duration": "4",
            "start_image_asset": str(poster.pk),
            "parent": str(take.pk),
        },
    )

    assert "Nobody may" not in remix
    assert sent.status_code == 422
    assert "This file does not exist." in sent.content.decode()


def put_in(client_for: ClientFor, user: User, project: Project) -> Asset:
    """Somebody puts a picture into a project."""
    answer = client_for(user).post(
        "/assets/", {"project": str(project.pk), "image": picture_upload()}
    )
    assert answer.status_code == 201
    return Asset.objects.uploads().latest("created_at")


def test_pictures_put_into_it_stay_in_it(
    client_for: ClientFor,
    hidden: Project,
    project: Project,
    alice: User,
    bob: User,
) -> None:
    inside = put_in(client_for, alice, hidden)
    same = put_in(client_for, bob, project)

    assert inside.project == hidden
    assert same.pk != inside.pk
    assert client_for(bob).get(inside.url).status_code == 404
    picker = "/assets/picker?role=start_image&project={}"
    for user, shelf, shown in (
        (bob, project, {same}),
        (alice, project, {same}),
        (alice, hidden, {same, inside}),
    ):
        html = client_for(user).get(picker.format(shelf.pk)).content.decode()
        assert {a for a in (same, inside) if str(a.pk) in html} == shown


def test_a_take_elsewhere_is_not_made_from_what_is_in_it(
    take: Generation, hidden: Project, project: Project, team: Team, alice: User
) -> None:
    upload = make_asset(team, alice, project=hidden)
    poster = take.assets.get(kind=Asset.Kind.POSTER)
    plain = make_asset(team, alice)
    visible = Asset.objects.visible_to(alice)

    assert set(visible.usable_in(project)) == {plain}
    assert {upload, poster, plain} <= set(visible.usable_in(hidden))


def test_the_same_picture_is_kept_once_in_each(
    hidden: Project, project: Project, alice: User
) -> None:
    clean: Any = type("Clean", (), {})()
    clean.sha256, clean.content = "a" * 64, b"x"
    clean.media_type, clean.width, clean.height = "image/png", 1, 1

    kept = [
        uploads.store_image(clean, project=shelf, user=alice, name="a.png").pk
        for shelf in (hidden, hidden, project, project)
    ]

    assert kept[0] == kept[1] != kept[2] == kept[3]


# Choosing


def people_url(project: Project) -> str:
    """Where people are chosen."""
    return reverse("project-people", args=[project.pk])


def test_people_are_chosen(
    client_for: ClientFor, project: Project, alice: User, bob: User, victor: User
) -> None:
    client = client_for(alice)

    client.post(people_url(project), {"is_private": "on", "people": [victor.pk]})

    assert client_for(bob).get(f"/projects/{project.pk}/").status_code == 404
    assert client_for(victor).get(f"/projects/{project.pk}/").status_code == 200
    page = client.get(people_url(project)).content.decode()
    assert f'value="{victor.pk}" id="id_people_1" checked' in page
    event = Event.objects.get(verb="project.access_changed")
    assert event.data == {"private": True, "people": ["victor@example.org"]}


def test_only_members_are_chosen(
    client_for: ClientFor, project: Project, alice: User, charlie: User
) -> None:
    client = client_for(alice)

    for stranger in (charlie.pk, "9" * 30):
        sent = {"is_private": "on", "people": [stranger]}
        assert client.post(people_url(project), sent).status_code == 422

    project.refresh_from_db()
    assert not project.is_private


def test_an_editor_chooses_for_a_project_of_their_own(
    client_for: ClientFor, team: Team, bob: User, victor: User
) -> None:
    client = client_for(bob)
    client.post("/projects/", {"name": "Mine", "is_private": "on"})
    mine = Project.objects.get(name="Mine")
    assert client.get(f"/projects/{mine.pk}/").status_code == 200
    assert client_for(victor).get(f"/projects/{mine.pk}/").status_code == 404

    client.post(people_url(mine), {"is_private": "on", "people": [victor.pk]})

    assert client_for(victor).get(f"/projects/{mine.pk}/").status_code == 200
    assert client.get(f"/projects/{mine.pk}/").status_code == 200


def test_a_hidden_name_is_no_refusal(
    client_for: ClientFor, hidden: Project, bob: User, alice: User
) -> None:
    made = client_for(bob).post("/projects/", {"name": SECRET})
    assert made.status_code == 302

    opened = client_for(alice).post(people_url(hidden), {})

    assert opened.status_code == 422
    assert "rename one" in opened.content.decode()


def test_a_name_does_not_run(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(name="<script>alert(1)</script>")
    Project.objects.filter(pk=project.pk).update(name="<script>alert(2)</script>")

    html = client_for(alice).get(people_url(project)).content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
