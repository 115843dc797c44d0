"""What is not as ordered: a badge on the card, words on the page, a filter."""

from __future__ import annotations

import pytest
from django.urls import reverse

from studio.models import Generation, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation
from tests.views.conftest import ids_of_cards

FLAWS = [
    {"kind": "black", "start": 2.5, "end": 4.0},
    {"kind": "silent", "start": 0, "end": 61.2},
]


@pytest.fixture
def wrong(project: Project, bob: User) -> Generation:
    """A take with a black and a silent stretch."""
    return make_generation(
        project, bob, status=Status.COMPLETED, flaws=FLAWS, is_as_ordered=False
    )


def test_the_card_has_a_badge(
    client_for: ClientFor, project: Project, bob: User, wrong: Generation
) -> None:
    page = client_for(bob).get(reverse("project", args=[project.pk]))

    assert "Not as ordered" in page.content.decode()


def test_the_page_says_where_in_words_and_leads_there(
    client_for: ClientFor, victor: User, wrong: Generation
) -> None:
    page = client_for(victor).get(reverse("take", args=[wrong.pk])).content.decode()

    assert "Black from 0:02.5 to 0:04.0" in page
    assert "No sound from 0:00.0 to 1:01.2" in page
    assert 'data-jump="2.5"' in page
    assert "#t=2.5" in page
    assert "Not as ordered" in page


def test_what_is_as_ordered_says_so(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED, is_as_ordered=True)

    page = client_for(bob).get(reverse("take", args=[take.pk])).content.decode()

    assert "Not as ordered" not in page
    assert "As ordered" in page


def test_the_gallery_is_filtered_by_it(
    client_for: ClientFor, project: Project, bob: User, wrong: Generation
) -> None:
    good = make_generation(project, bob, status=Status.COMPLETED, is_as_ordered=True)
    make_generation(project, bob, status=Status.PROCESSING)

    def found(value: str) -> list[str]:
        page = client_for(bob).get(reverse("gallery"), {"ordered": value})
        return ids_of_cards(page.content.decode())

    assert found("no") == [str(wrong.pk)]
    assert found("yes") == [str(good.pk)]
    assert len(found("nonsense")) == 3
