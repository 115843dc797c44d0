"""What changed since a page looked last."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from studio.models import Feed, Generation, Moderation, Project, Status, Team, User
from studio.pipeline.move import move_take
from tests.conftest import ClientFor
from tests.factories import make_generation, make_project
from tests.views.conftest import ids_of_cards


def address_on(client: Client, page: str) -> str:
    """Where this page asks for news."""
    html = client.get(page).content.decode()
    return next_address(html)


def next_address(html: str) -> str:
    found = re.search(r'id="updates" hx-get="([^"]+)"', html)
    assert found
    return found[1].replace("&amp;", "&")


@pytest.fixture
def page(project: Project) -> str:
    return f"/projects/{project.pk}/"


@pytest.fixture
def client(bob: User, client_for: ClientFor) -> Client:
    return client_for(bob)


def test_it_has_nothing_to_say_when_nothing_changed(
    project: Project,
    client: Client,
    page: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_generation(project)
    address = address_on(client, page)

    with django_assert_num_queries(3):
        answer = client.get(address)

    assert answer.status_code == 204
    assert answer.content == b""


def test_it_brings_changed_cards_out_of_band(
    project: Project, client: Client, page: str
) -> None:
    take = make_generation(project)
    other = make_generation(project, status=Status.COMPLETED)
    address = address_on(client, page)
    take.mark_canceled(now=timezone.now(), frm={Status.QUEUED}, billed="no")

    html = client.get(address).content.decode()

    assert f'id="take-{take.pk}" hx-swap-oob="true"' in html
    assert str(other.pk) not in html


def test_it_puts_new_cards_at_the_head(
    project: Project, alice: User, client: Client, page: str
) -> None:
    make_generation(project)
    address = address_on(client, page)
    first, second = make_generation(project, alice), make_generation(project, alice)

    html = client.get(address).content.decode()

    head = html.partition('hx-swap-oob="afterbegin:#takes"')[2]
    assert ids_of_cards(head) == [str(second.pk), str(first.pk)]


def test_it_brings_the_first_take_to_an_empty_page(
    project: Project, client: Client, page: str
) -> None:
    address = address_on(client, page)
    take = make_generation(project)

    assert ids_of_cards(client.get(address).content.decode()) == [str(take.pk)]


def test_it_takes_deleted_ones_away(
    project: Project, client: Client, page: str
) -> None:
    take = make_generation(project)
    address = address_on(client, page)
    take.delete_softly(now=timezone.now())

    html = client.get(address).content.decode()

    assert f'<div id="take-{take.pk}" hx-swap-oob="delete">' in html


def test_it_takes_moved_ones_away_from_where_they_were(
    project: Project, team: Team, alice: User, client: Client, page: str
) -> None:
    take, other = make_generation(project), make_project(team, name="Second unit")
    address = address_on(client, page)
    move_take(take, other, user=alice)

    html = client.get(address).content.decode()

    assert f'<div id="take-{take.pk}" hx-swap-oob="delete">' in html
    assert ids_of_cards(html) == []
    after = next_address(html)
    take.refresh_from_db()
    take.mark_canceled(now=timezone.now(), frm={Status.QUEUED}, billed="no")
    assert str(take.pk) not in client.get(after).content.decode()


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [(None, 0.01, True), (0.01, 0.04, False), (0.04, 0.06, True), (0.5, 0.5, False)],
)
def test_it_tells_of_a_bar_that_has_visibly_moved(
    project: Project,
    client: Client,
    page: str,
    before: float | None,
    now: float,
    told: bool,
) -> None:
    take = make_generation(project, status=Status.PROCESSING, fraction=before)
    address = address_on(client, page)

    take.note_progress(now, "")

    assert client.get(address).status_code == (200 if told else 204)
    take.refresh_from_db()
    assert take.fraction == (now if told else before)  # what shows nothing is not kept


def test_it_tells_why_a_take_waits(project: Project, client: Client, page: str) -> None:
    take = make_generation(project, status=Status.PROCESSING)
    address = address_on(client, page)

    take.note_progress(None, "The provider does not answer.")

    assert "The provider does not answer." in client.get(address).content.decode()


def test_it_looks_again_only_while_something_moves(
    project: Project, client: Client, page: str
) -> None:
    take = make_generation(project)
    address = address_on(client, page)
    make_generation(project)
    going = client.get(address).content.decode()
    assert "every 2s" in going

    for one in Generation.objects.all():
        one.mark_canceled(now=timezone.now(), frm={Status.QUEUED}, billed="no")
    done = client.get(next_address(going)).content.decode()

    assert str(take.pk) in done
    assert "every" not in done
    assert client.get(next_address(done)).status_code == 204


def test_it_looks_again_for_what_ends_in_its_midst(
    project: Project, client: Client, page: str
) -> None:
    take = make_generation(project)
    address = address_on(client, page)
    make_generation(project, status=Status.COMPLETED)
    ends = [take]

    def end_after_rows(execute: Any, sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if "studio_prompt" in sql and ends:
            now = timezone.now()
            ends.pop().mark_canceled(now=now, frm={Status.QUEUED}, billed="no")
        return answer

    with connection.execute_wrapper(end_after_rows):
        html = client.get(address).content.decode()

    assert not ends
    assert "every 2s" in html
    assert f'id="take-{take.pk}"' in client.get(next_address(html)).content.decode()


def test_it_says_aloud_what_arrived(
    project: Project, client: Client, page: str
) -> None:
    address = address_on(client, page)
    for status in (Status.COMPLETED, Status.COMPLETED, Status.FAILED):
        make_generation(project, status=status)

    assert "2 takes are ready. A take failed." in client.get(address).content.decode()


def test_it_tells_a_project_nothing_of_another(
    project: Project, team: Team, client: Client, page: str
) -> None:
    address = address_on(client, page)
    make_generation(make_project(team))

    assert ids_of_cards(client.get(address).content.decode()) == []


def test_it_tells_the_gallery_of_every_project(
    project: Project, team: Team, client: Client
) -> None:
    address = address_on(client, "/gallery/")
    take = make_generation(make_project(team, name="Second unit"))

    html = client.get(address).content.decode()

    assert ids_of_cards(html) == [str(take.pk)]
    assert "Second unit" in html


def test_it_lets_new_ones_through_the_filters_of_the_page(
    project: Project, client: Client
) -> None:
    address = address_on(client, "/gallery/?q=fox")
    make_generation(project, prompt="Ink")
    fox = make_generation(project, prompt="A fox")

    assert ids_of_cards(client.get(address).content.decode()) == [str(fox.pk)]


def test_it_wakes_the_page_of_one_take(project: Project, client: Client) -> None:
    take = make_generation(project)
    make_generation(project)

    answer = client.get(f"/updates?since=0&scope=take:{take.pk}")

    assert answer["HX-Trigger"] == "take-changed"
    assert "every 2s" in answer.content.decode()
    assert ids_of_cards(answer.content.decode()) == []


@pytest.mark.parametrize(
    "scope", ["", "project", "project:x", "planet:00000000-0000-0000-0000-000000000000"]
)
def test_it_is_404_for_a_scope_that_is_none(client: Client, scope: str) -> None:
    assert client.get("/updates", {"scope": scope}).status_code == 404


@pytest.mark.parametrize("newest", ["x", "9999-12-31T23:59:59-20:00"])
@pytest.mark.parametrize("since", ["", "x", "-1", "²", "9" * 40])
def test_it_survives_a_version_that_is_none(
    project: Project, client: Client, since: str, newest: str
) -> None:
    make_generation(project)
    known = {"since": since, "newest": newest}

    answer = client.get("/updates", {"scope": f"project:{project.pk}", **known})

    assert answer.status_code == 200


def test_it_sends_many_changes_in_several_answers(
    project: Project, client: Client
) -> None:
    for _ in range(100):
        make_generation(project, status=Status.CANCELED)
    scope = f"project:{project.pk}"

    first = client.get("/updates", {"scope": scope, "since": 0}).content.decode()
    second = client.get(next_address(first)).content.decode()

    assert len(ids_of_cards(first)) == 96
    assert (
        len(set(ids_of_cards(first)) | set(re.findall(r"take-([\w-]{36})", second)))
        == 100
    )
    assert Feed.objects.get(team=project.team).version == 100


@pytest.mark.parametrize("since", [0, 10**9])
def test_it_is_404_for_what_its_reader_may_not_see(
    project: Project, team: Team, client_for: ClientFor, bob: User, since: int
) -> None:
    """Also where there is nothing new: a 204 would say that it exists."""
    take = make_generation(project, status=Status.COMPLETED)
    Project.objects.filter(pk=project.pk).update(is_private=True)
    open_take = make_generation(make_project(team), moderation=Moderation.PENDING)
    client = client_for(bob)

    for scope in (f"project:{project.pk}", f"take:{take.pk}", f"take:{open_take.pk}"):
        answer = client.get("/updates", {"scope": scope, "since": since})
        assert answer.status_code == 404, scope
    team.delete_softly(timezone.now())
    answer = client.get("/updates", {"scope": f"team:{team.pk}", "since": since})
    assert answer.status_code == 404


def test_it_answers_whoever_may_see_it(
    project: Project,
    team: Team,
    client_for: ClientFor,
    alice: User,
    bob: User,
) -> None:
    project.choose_people([bob], is_private=True)
    take = make_generation(project, bob, moderation=Moderation.PENDING)

    for user in (alice, bob):
        for scope in (f"project:{project.pk}", f"take:{take.pk}", f"team:{team.pk}"):
            query = {"scope": scope, "since": 10**9}
            answer = client_for(user).get("/updates", query)
            assert answer.status_code == 204, (user, scope)
