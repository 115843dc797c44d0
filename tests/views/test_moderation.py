"""Moderation: a take waits before others than its maker and the admins see it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.catalog import get_model
from studio.models import (
    Asset,
    Billed,
    Event,
    Feed,
    Generation,
    Membership,
    Moderation,
    Order,
    Project,
    Role,
    Status,
    Team,
    User,
)
from studio.pipeline import create, moderate
from tests.conftest import ClientFor
from tests.factories import ANIMATIC, make_generation, make_user
from tests.views.conftest import ids_of_cards, status_of


@pytest.fixture
def dana(team: Team) -> User:
    """Another editor of the team."""
    dana = make_user("dana")
    Membership.objects.create(team=team, user=dana, role=Role.EDITOR)
    return dana


@pytest.fixture
def pending(project: Project, bob: User) -> Generation:
    """Bob's finished take, waiting."""
    return make_generation(
        project,
        bob,
        status=Status.COMPLETED,
        moderation=Moderation.PENDING,
        prompt="A hidden harbour",
        files=True,
    )


def order() -> Order:
    """One animatic."""
    return Order(model=get_model(ANIMATIC), mode="text_to_video", prompt="A fox")


def statuses(client: Client, take: Generation) -> list[int]:
    """What somebody gets of a take: its page, card, menu, poster, changes."""
    poster = take.assets.get(kind=Asset.Kind.POSTER)
    addresses = [
        reverse("take", args=[take.pk]),
        reverse("take-card", args=[take.pk]),
        reverse("take-menu", args=[take.pk]),
        reverse("updates") + f"?since=0&scope=take:{take.pk}",
        poster.url,
    ]
    found = []
    for address in addresses:
        found.append(status_of(client.get(address)))
    return found


def lists_of(client: Client, project: Project) -> str:
    """Every page of a team on which takes are listed."""
    team = project.team_id
    addresses = [
        reverse("home"),
        reverse("project", args=[project.pk]),
        reverse("project-takes", args=[project.pk]),
        reverse("gallery"),
        reverse("gallery-page"),
        reverse("queue"),
        f"{reverse('updates')}?since=0&scope=project:{project.pk}",
        f"{reverse('updates')}?since=0&scope=team:{team}",
        f"{reverse('asset-picker')}?project={project.pk}&role=start_image&source=takes",
    ]
    pages = [client.get(address).content.decode() for address in addresses]
    return "\n".join(pages)


def test_a_take_waits_where_the_team_wants_it(project: Project, bob: User) -> None:
    moderate.require(project.team, True, user=bob)
    project.team.refresh_from_db()

    [take] = create.create_takes(order(), user=bob, project=project)

    assert take.moderation == Moderation.PENDING


def test_elsewhere_nothing_waits(project: Project, bob: User) -> None:
    [take] = create.create_takes(order(), user=bob, project=project)

    assert take.moderation == Moderation.NONE


def test_its_maker_and_the_admins_see_it(
    client_for: ClientFor, alice: User, bob: User, pending: Generation
) -> None:
    for user in (alice, bob):
        client = client_for(user)
        assert statuses(client, pending) == [200] * 5, user
        assert "A hidden harbour" in lists_of(client, pending.project)
        assert "Waits for moderation" in lists_of(client, pending.project)


def test_others_do_not_know_that_it_exists(
    client_for: ClientFor, dana: User, victor: User, pending: Generation
) -> None:
    for user in (dana, victor):
        client = client_for(user)
        assert statuses(client, pending) == [404] * 5, user
        listed = lists_of(client, pending.project)
        assert "A hidden harbour" not in listed
        assert str(pending.pk) not in listed


def test_others_do_not_find_it_in_a_family(
    client_for: ClientFor, dana: User, pending: Generation
) -> None:
    beside = make_generation(
        pending.project,
        dana,
        status=Status.COMPLETED,
        prompt=pending.prompt,
        take=2,
        parent=pending,
    )

    page = client_for(dana).get(reverse("take", args=[beside.pk])).content.decode()

    assert str(pending.pk) not in page


def test_one_persons_page_is_not_kept_for_another(
    client_for: ClientFor, bob: User, dana: User, pending: Generation
) -> None:
    address = reverse("project", args=[pending.project_id])

    for _time in range(2):
        mine = client_for(bob).get(address).content.decode()
        theirs = client_for(dana).get(address).content.decode()
        assert ids_of_cards(mine) == [str(pending.pk)]
        assert ids_of_cards(theirs) == []


def test_everybody_sees_it_when_it_has_passed(
    client_for: ClientFor, alice: User, victor: User, pending: Generation
) -> None:
    before = Feed.objects.get(team=pending.team_id).version
    client = client_for(alice)
    page = client.get(reverse("moderation")).content.decode()
    assert f"pending-{pending.pk}" in page

    client.post(reverse("take-moderate", args=[pending.pk]), {"decision": "pass"})

    pending.refresh_from_db()
    assert pending.moderation == Moderation.PASSED
    assert pending.version > before
    assert Event.objects.get(verb="generation.passed").actor == alice
    assert statuses(client_for(victor), pending) == [200] * 5
    assert (
        f"pending-{pending.pk}"
        not in client.get(reverse("moderation")).content.decode()
    )


def test_a_blocked_take_leaves_the_pages_of_the_others(
    client_for: ClientFor, alice: User, victor: User, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED, files=True)
    since = take.version
    watching = client_for(victor)
    assert statuses(watching, take) == [200] * 5

    client_for(alice).post(
        reverse("take-moderate", args=[take.pk]), {"decision": "block"}
    )

    assert statuses(watching, take) == [404] * 5
    changed = watching.get(
        f"{reverse('updates')}?since={since}&scope=project:{project.pk}"
    ).content.decode()
    assert f'<div id="take-{take.pk}" hx-swap-oob="delete">' in changed


def test_its_maker_sees_that_it_was_blocked_and_has_its_files_no_more(
    client_for: ClientFor, alice: User, bob: User, pending: Generation
) -> None:
    moderate.block_take(pending, user=alice)

    mine = statuses(client_for(bob), pending)
    page = client_for(bob).get(reverse("take", args=[pending.pk])).content.decode()

    assert mine == [200, 200, 200, 200, 404]
    assert "Blocked" in page
    assert pending.assets.get(kind=Asset.Kind.VIDEO).url not in page
    assert statuses(client_for(alice), pending) == [200] * 5
    picture = client_for(bob).post(reverse("take-frame", args=[pending.pk]))
    assert picture.status_code == 302
    assert not Asset.objects.filter(kind=Asset.Kind.IMAGE).exists()


def test_an_admin_can_look_at_a_blocked_take_and_unblock_it(
    client_for: ClientFor, alice: User, victor: User, pending: Generation
) -> None:
    moderate.block_take(pending, user=alice)
    client = client_for(alice)
    page = client.get(reverse("take", args=[pending.pk])).content.decode()
    assert pending.assets.get(kind=Asset.Kind.VIDEO).url in page

    client.post(reverse("take-moderate", args=[pending.pk]), {"decision": "unblock"})

    assert statuses(client_for(victor), pending) == [200] * 5


def test_two_decisions_make_one(alice: User, pending: Generation) -> None:
    assert moderate.pass_take(pending, user=alice)
    assert not moderate.pass_take(pending, user=alice)
    assert Event.objects.filter(verb="generation.passed").count() == 1


def test_the_team_page_switches_it_on_and_off(
    client_for: ClientFor, alice: User, team: Team
) -> None:
    client = client_for(alice)

    client.post(reverse("moderation-switch"), {"on": "yes"})
    team.refresh_from_db()
    assert team.needs_moderation
    assert "wait for an admin" in client.get(reverse("team")).content.decode()

    client.post(reverse("moderation-switch"), {"off": "yes"})
    team.refresh_from_db()
    assert not team.needs_moderation
    assert Event.objects.filter(verb="team.moderation").count() == 2


def test_it_does_not_lead_away_from_this_site(
    client_for: ClientFor, alice: User, pending: Generation
) -> None:
    answer = client_for(alice).post(
        reverse("take-moderate", args=[pending.pk]),
        {"decision": "pass", "next": "//elsewhere.example/"},
    )

    assert answer["Location"] == reverse("take", args=[pending.pk])


@pytest.mark.parametrize("ending", ["failed", "canceled"])
def test_what_ends_without_a_video_waits_for_nobody(
    client_for: ClientFor, project: Project, bob: User, dana: User, ending: str
) -> None:
    take = make_generation(project, bob, moderation=Moderation.PENDING)
    address = reverse("take", args=[take.pk])
    assert client_for(dana).get(address).status_code == 404
    now = timezone.now()

    if ending == "failed":
        take.mark_failed("odd", "It failed.", now=now, billed=Billed.NO)
    else:
        take.mark_canceled(now=now, frm={Status.QUEUED}, billed=Billed.NO)

    assert Generation.objects.get().moderation == take.moderation == Moderation.NONE
    page = client_for(dana).get(address)
    assert page.status_code == 200
    assert "Waits for moderation" not in page.content.decode()


def test_a_take_that_was_blocked_while_it_ran_stays_blocked(
    project: Project, bob: User, alice: User
) -> None:
    take = make_generation(project, bob, moderation=Moderation.PENDING)
    moderate.block_take(Generation.objects.get(), user=alice)

    take.mark_failed("odd", "It failed.", now=timezone.now(), billed=Billed.NO)

    assert Generation.objects.get().moderation == Moderation.BLOCKED


@pytest.mark.parametrize("values", [{"at": "0"}, {"frame": "last"}])
def test_no_frame_of_a_waiting_take_becomes_the_teams_picture(
    client_for: ClientFor,
    pending: Generation,
    alice: User,
    bob: User,
    values: dict[str, str],
) -> None:
    for user in (bob, alice):
        client = client_for(user)
        address = reverse("take-frame", args=[pending.pk])
        page = client.post(address, values, follow=True).content.decode()
        assert "its frames can be used then" in page
        assert "data-frame-form" not in page
    assert not Asset.objects.uploads().exists()
