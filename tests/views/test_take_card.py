"""One card, in every state."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from studio.models import Billed, GenerationInput, Project, Status, Timing, User
from tests.conftest import ClientFor
from tests.factories import make_asset, make_generation


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.QUEUED, "Queued"),
        (Status.SUBMITTING, "Sending"),
        (Status.SUBMITTED, "Accepted"),
        (Status.PROCESSING, "Running"),
        (Status.COLLECTING, "Downloading"),
        (Status.UNKNOWN, "Unclear"),
        (Status.FAILED, "Failed"),
        (Status.CANCELED, "Canceled"),
    ],
)
def test_it_says_where_a_take_is(
    project: Project, bob: User, client_for: ClientFor, status: str, word: str
) -> None:
    take = make_generation(project, bob, status=status, model="aimlapi:veo2")

    html = client_for(bob).get(f"/takes/{take.pk}/card").content.decode()

    assert html.startswith("<article")
    assert f"{word}</strong>" in html


def test_nothing_is_downloaded_that_was_drawn_here(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    drawn = make_generation(project, bob, status=Status.COLLECTING)

    html = client_for(bob).get(f"/takes/{drawn.pk}/card").content.decode()

    assert "Storing</strong>" in html


def test_it_shows_poster_and_player_of_a_finished_one(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED)

    html = client_for(bob).get(f"/takes/{take.pk}/card").content.decode()

    assert 'width="640" height="360" loading="lazy"' in html
    assert "data-play" in html
    assert "<video" not in html
    assert 'class="card r178"' in html


def test_it_holds_the_place_in_the_shape_asked_for(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, bob, options={"aspect_ratio": "9:16"})

    html = client_for(bob).get(f"/takes/{take.pk}/card").content.decode()

    assert 'class="card r56 is-waiting"' in html


def test_it_shows_the_start_image_meanwhile(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, bob)
    asset = make_asset(project.team)
    GenerationInput.objects.create(generation=take, asset=asset, role="start_image")

    html = client_for(bob).get(f"/takes/{take.pk}/card").content.decode()

    assert f'class="dimmed" src="{asset.url}"' in html


def test_it_draws_a_bar_only_where_progress_is_known(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    client = client_for(bob)
    known = make_generation(project, bob, status=Status.PROCESSING, fraction=0.42)
    other = make_generation(project, bob, status=Status.PROCESSING)

    assert 'value="42"' in client.get(f"/takes/{known.pk}/card").content.decode()
    assert "<progress" not in client.get(f"/takes/{other.pk}/card").content.decode()


@pytest.mark.parametrize(
    ("ran", "words"),
    [(20, "about 30 s left"), (54, "any moment now"), (400, "longer than usual here")],
)
def test_it_expects_from_its_own_history(
    project: Project, bob: User, client_for: ClientFor, ran: int, words: str
) -> None:
    now = timezone.now()
    since = now - timedelta(seconds=ran)
    take = make_generation(project, bob, status=Status.PROCESSING, running_at=since)
    for seconds in (40, 50, 52, 60):
        Timing.add(take.timing_key(), seconds)

    with time_machine.travel(now, tick=False):
        html = client_for(bob).get(f"/takes/{take.pk}/card").content.decode()

    assert words in html


def test_it_promises_nothing_without_a_history(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, bob, status=Status.PROCESSING)

    html = client_for(bob).get(f"/takes/{take.pk}/card").content.decode()

    assert 'class="expected"' not in html


@pytest.mark.parametrize(
    ("billed", "words"),
    [
        (Billed.YES, "Billed"),
        (Billed.NO, "Not billed"),
        (Billed.UNKNOWN, "May have been billed"),
    ],
)
def test_it_says_whether_a_failure_was_billed(
    project: Project, bob: User, client_for: ClientFor, billed: str, words: str
) -> None:
    take = make_generation(project, bob, status=Status.FAILED, billed=billed)

    html = client_for(bob).get(f"/takes/{take.pk}/card").content.decode()

    assert f'<p class="billed">{words}</p>' in html
    assert "The provider could not make this video." in html


def test_it_offers_the_next_step_to_those_who_may(
    project: Project, bob: User, victor: User, client_for: ClientFor
) -> None:
    take = make_generation(project, bob, status=Status.FAILED)

    def card(user: User) -> str:
        return client_for(user).get(f"/takes/{take.pk}/card").content.decode()

    assert f'formaction="/takes/{take.pk}/retry"' in card(bob)
    assert "formaction" not in card(victor)


def test_it_lets_nobody_stop_what_is_not_theirs(
    project: Project, alice: User, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, alice)

    def card(user: User) -> str:
        return client_for(user).get(f"/takes/{take.pk}/card").content.decode()

    assert "cancel" in card(alice)
    assert "cancel" not in card(bob)


def test_it_says_what_a_take_costs(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    client = client_for(bob)
    done = make_generation(project, bob, status=Status.COMPLETED, cost=350_000)
    going = make_generation(project, bob, estimate=700_000)

    assert "<span>$0.35</span>" in client.get(f"/takes/{done.pk}/card").content.decode()
    assert "about $0.70" in client.get(f"/takes/{going.pk}/card").content.decode()


def test_what_was_not_charged_has_no_price(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    facts = {"status": Status.FAILED, "model": "aimlapi:veo2", "cost": 350_000}
    free = make_generation(project, bob, billed=Billed.NO, **facts)
    paid = make_generation(project, bob, billed=Billed.YES, **facts)

    cards = [
        client_for(bob).get(f"/takes/{take.pk}/card").content.decode()
        for take in (free, paid)
    ]
    page = client_for(bob).get(f"/takes/{free.pk}/").content.decode()

    assert ["$0.35" in html for html in cards] == [False, True]
    assert "the provider named $0.35 and did not charge it" in page
