"""Verdicts, stars, and the queue of takes that wait for one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from studio.models import (
    Comment,
    Decision,
    Generation,
    Project,
    Status,
    Team,
    User,
    Verdict,
)
from tests.conftest import ClientFor
from tests.factories import make_generation, make_project
from tests.views.conftest import ids_of_cards


def waiting(project: Project, user: User, number: int, words: str) -> Generation:
    """A take that has waited the longer the smaller the number."""
    asked_at = timezone.now() - timedelta(hours=1) + timedelta(seconds=number)
    return make_generation(
        project, user, status=Status.COMPLETED, prompt=words, review_asked_at=asked_at
    )


@pytest.fixture
def takes(project: Project, bob: User) -> list[Generation]:
    """Three takes in the line."""
    return [
        waiting(project, bob, n, words)
        for n, words in enumerate(["First light", "Second boat", "Third wave"])
    ]


def at_hand(client: Client, address: str = "/review/") -> str:
    """The address of the take that the page shows."""
    page = client.get(address).content.decode()
    part = page.partition('id="what-title"')[2]
    return part.partition('href="')[2].partition('"')[0]


def page_address(take: Generation) -> str:
    """The take's own page."""
    return reverse("take", args=[take.pk])


def test_it_shows_who_waited_longest(
    client_for: ClientFor, takes: list[Generation], victor: User
) -> None:
    client = client_for(victor)
    page = client.get("/review/").content.decode()

    assert at_hand(client) == page_address(takes[0])
    assert "3 waiting" in page
    assert 'name="decision"' not in page  # a viewer gives no verdict
    assert "Second boat" in page


def test_a_verdict_leads_to_the_next(
    client_for: ClientFor, takes: list[Generation], alice: User
) -> None:
    client = client_for(alice)

    for place, decision in enumerate(Decision):
        assert at_hand(client) == page_address(takes[place])
        client.post(
            reverse("take-verdict", args=[takes[place].pk]) + "?queue=1",
            {"decision": decision},
        )

    assert "Nothing waits for a verdict" in client.get("/review/").content.decode()
    given = Verdict.objects.order_by("id").values_list("decision", "author__email")
    assert list(given) == [(d, "alice@example.org") for d in Decision]


def test_skipping_goes_round(
    client_for: ClientFor, takes: list[Generation], alice: User
) -> None:
    client = client_for(alice)
    seen = []
    address = "/review/"
    for _n in range(4):
        seen.append(at_hand(client, address))
        page = client.get(address).content.decode()
        before = page.partition('rel="next"')[0]
        address = before.rpartition('href="')[2].partition('"')[0]

    assert seen == [page_address(take) for take in [*takes, takes[0]]]


def test_a_verdict_amid_the_line_goes_on_from_there(
    client_for: ClientFor, takes: list[Generation], alice: User
) -> None:
    client = client_for(alice)
    assert at_hand(client, f"/review/?take={takes[1].pk}") == page_address(takes[1])

    answer = client.post(
        reverse("take-verdict", args=[takes[1].pk]) + "?queue=1",
        {"decision": "rejected"},
    )

    assert at_hand(client, answer["Location"]) == page_address(takes[2])


def test_it_keeps_to_a_project(
    client_for: ClientFor, takes: list[Generation], team: Team, bob: User, alice: User
) -> None:
    other = waiting(make_project(team, name="Second unit"), bob, 9, "Elsewhere")
    client = client_for(alice)

    address = f"/review/?project={other.project_id}"
    assert at_hand(client, address) == page_address(other)
    answer = client.post(
        reverse("take-verdict", args=[other.pk])
        + f"?queue=1&project={other.project_id}",
        {"decision": "approved"},
    )
    assert str(other.project_id) in answer["Location"]
    assert "Nothing waits" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("query", ["take=x", "after=x_y", "project=%00", "take=%F0"])
def test_it_bears_nonsense(
    client_for: ClientFor, takes: list[Generation], alice: User, query: str
) -> None:
    assert at_hand(client_for(alice), f"/review/?{query}") == page_address(takes[0])


def test_strangers_see_nothing_of_it(
    client_for: ClientFor, takes: list[Generation], charlie: User
) -> None:
    page = client_for(charlie).get(f"/review/?take={takes[0].pk}").content.decode()

    assert "Nothing waits for a verdict" in page
    assert "First light" not in page


def test_deleted_takes_leave_the_line(
    client_for: ClientFor, takes: list[Generation], alice: User
) -> None:
    takes[0].delete_softly(now=timezone.now())

    assert at_hand(client_for(alice)) == page_address(takes[1])


@pytest.mark.parametrize("moderation", ["pending", "blocked"])
def test_what_waits_for_moderation_is_for_its_maker_and_admins(
    client_for: ClientFor,
    takes: list[Generation],
    alice: User,
    bob: User,
    victor: User,
    moderation: str,
) -> None:
    Generation.objects.filter(pk=takes[0].pk).update(moderation=moderation)

    shown = [at_hand(client_for(user)) for user in (alice, bob, victor)]
    assert shown == [page_address(takes[n]) for n in (0, 0, 1)]
    assert "2 waiting" in client_for(victor).get("/review/").content.decode()


def test_a_private_project_is_for_those_who_were_chosen(
    client_for: ClientFor, team: Team, alice: User, bob: User, victor: User
) -> None:
    project = make_project(team, name="Secret")
    take = waiting(project, alice, 0, "Hidden")
    project.choose_people([bob], is_private=True)

    shown = [at_hand(client_for(user)) for user in (alice, bob, victor)]
    assert shown == [page_address(take), page_address(take), ""]
    page = client_for(victor).get(f"/review/?take={take.pk}").content.decode()
    assert "Hidden" not in page


def test_what_was_drawn_shows_each_change_of_a_comment(
    client_for: ClientFor, takes: list[Generation], alice: User, bob: User
) -> None:
    say = partial(Comment.say, takes[0], author=bob, now=timezone.now())
    head = say("Slower")
    say("And darker", parent=head)
    client = client_for(alice)
    assert "badge-good" not in client.get("/review/").content.decode()

    head.resolve(user=alice, now=timezone.now())
    assert 'title="Alice">Resolved' in client.get("/review/").content.decode()
    head.reopen(user=alice)
    assert "badge-good" not in client.get("/review/").content.decode()
    head.delete_softly(user=alice, now=timezone.now())
    page = client.get("/review/").content.decode()
    assert "Slower" not in page
    assert "And darker" in page


def test_each_sees_their_own_acts_on_a_comment(
    client_for: ClientFor, takes: list[Generation], bob: User, victor: User
) -> None:
    comment = Comment.say(takes[0], "Slower", author=bob, now=timezone.now())
    act = reverse("comment-delete", args=[takes[0].pk, comment.pk])

    pages = [client_for(user).get("/review/") for user in (bob, victor)]
    assert [act in page.content.decode() for page in pages] == [True, False]


@pytest.mark.parametrize("number", [2, 40])
def test_it_asks_the_database_as_often_for_many(
    client_for: ClientFor,
    project: Project,
    alice: User,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    for n in range(number):
        waiting(project, alice, n, "Shot")
    client = client_for(alice)

    with django_assert_num_queries(10):
        client.get("/review/")


def test_what_is_kept_holds_nobodys_token(
    client_for: ClientFor, takes: list[Generation], alice: User
) -> None:
    client_for(alice).get("/review/")  # drawn for another browser of hers
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    page = client.get("/review/").content.decode()

    form = page.partition('id="comment-form"')[2]
    token = form.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    say = reverse("comments", args=[takes[0].pk])
    sent = client.post(say, {"text": "Slower", "csrfmiddlewaretoken": token})

    assert sent.status_code == 302
    assert "Slower" in client.get("/review/").content.decode()  # and drawn anew


# On the take's page


@pytest.mark.parametrize("decision", ["", "canonised", "approved<script>"])
def test_it_knows_three_verdicts(
    client_for: ClientFor, takes: list[Generation], alice: User, decision: str
) -> None:
    address = reverse("take-verdict", args=[takes[0].pk])

    answer = client_for(alice).post(address, {"decision": decision})
    assert answer.status_code == 404
    assert not Verdict.objects.exists()


def test_htmx_gets_the_verdict_alone(
    client_for: ClientFor, takes: list[Generation], alice: User, htmx: dict[str, str]
) -> None:
    answer = client_for(alice).post(
        reverse("take-verdict", args=[takes[0].pk]),
        {"decision": "changes_requested"},
        headers=htmx,
    )

    html = answer.content.decode()
    assert html.strip().startswith('<section id="verdict"')
    assert "Changes requested" in html


def test_an_editor_asks_for_a_review_and_withdraws(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED)
    client, address = client_for(bob), reverse("review-ask", args=[take.pk])

    client.post(address)
    assert at_hand(client) == page_address(take)
    client.post(address, {"wanted": "no"})
    assert "Nothing waits" in client.get("/review/").content.decode()


def test_a_running_take_cannot_be_reviewed(
    client_for: ClientFor, project: Project, bob: User, alice: User
) -> None:
    take = make_generation(project, bob, status=Status.PROCESSING)

    client_for(bob).post(reverse("review-ask", args=[take.pk]))
    verdict = reverse("take-verdict", args=[take.pk])
    client_for(alice).post(verdict, {"decision": "approved"})

    take.refresh_from_db()
    assert (take.review_asked_at, take.verdict) == (None, "")


# In the gallery


def test_cards_show_verdict_and_star_at_once(
    client_for: ClientFor, takes: list[Generation], alice: User
) -> None:
    client = client_for(alice)
    client.get("/gallery/")

    verdict = reverse("take-verdict", args=[takes[0].pk])
    client.post(verdict, {"decision": "approved"})
    client.post(reverse("take-star", args=[takes[1].pk]), {"starred": "yes"})

    page = client.get("/gallery/").content.decode()
    assert page.count('<span class="badge badge-good">Approved</span>') == 1
    assert page.count('class="star"') == 1
    client.post(reverse("take-star", args=[takes[1].pk]), {"starred": "no"})
    assert 'class="star"' not in client.get("/gallery/").content.decode()


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("verdict=approved", [0]),
        ("verdict=waiting", [2, 1]),
        ("verdict=none", [2, 1]),
        ("verdict=rejected", []),
        ("star=yes", [1]),
        ("verdict=nonsense", [2, 1, 0]),
    ],
)
def test_the_gallery_is_filtered_by_them(
    client_for: ClientFor,
    takes: list[Generation],
    alice: User,
    query: str,
    places: list[int],
) -> None:
    client = client_for(alice)
    verdict = reverse("take-verdict", args=[takes[0].pk])
    client.post(verdict, {"decision": "approved"})
    client.post(reverse("take-star", args=[takes[1].pk]), {"starred": "yes"})

    page = client.get(f"/gallery/?{query}").content.decode()

    assert ids_of_cards(page) == [str(takes[place].pk) for place in places]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59-14"])
def test_it_bears_the_ends_of_time(
    client_for: ClientFor, takes: list[Generation], alice: User, moment: str
) -> None:
    query = urlencode({"after": f"{moment}_{takes[0].pk}"})

    assert client_for(alice).get(f"/review/?{query}").status_code == 200
