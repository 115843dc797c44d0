"""The same once more."""

from __future__ import annotations

import pytest
from django.utils import timezone

from studio.models import Billed, Generation, ModelSetting, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation
from tests.money import press
from tests.views.conftest import ids_of_cards


def test_it_works(project: Project, bob: User, client_for: ClientFor) -> None:
    take = make_generation(project, bob, status=Status.FAILED, prompt="A fox")

    answer = client_for(bob).post(f"/takes/{take.pk}/retry")

    again = Generation.objects.exclude(pk=take.pk).get()
    assert answer.url == f"/projects/{project.pk}/"
    assert again.parent == take
    assert again.prompt.text == "A fox"
    assert again.created_by == bob


def test_it_answers_htmx_with_the_new_card(
    project: Project, bob: User, client_for: ClientFor, htmx: dict[str, str]
) -> None:
    take = make_generation(project, bob, status=Status.FAILED)

    answer = client_for(bob).post(f"/takes/{take.pk}/retry", headers=htmx)

    again = Generation.objects.exclude(pk=take.pk).get()
    assert ids_of_cards(answer.content.decode()) == [str(again.pk)]
    assert answer["HX-Trigger"] == "takes-started"


def test_it_makes_one_take_of_one_form(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project, bob, status=Status.FAILED)
    client = client_for(bob)

    for _click in range(2):
        client.post(f"/takes/{take.pk}/retry", {"form_key": "once"})

    assert Generation.objects.count() == 2


def test_a_form_that_was_sent_for_another_take_makes_none(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    takes = [make_generation(project, bob, status=Status.FAILED) for _ in range(2)]
    Generation.objects.filter(pk=takes[1].pk).update(options={"duration": 8})
    client = client_for(bob)

    for take in takes:
        answer = client.post(f"/takes/{take.pk}/retry", {"form_key": "o\0nce"})

    assert answer.url == f"/takes/{takes[1].pk}/"
    assert Generation.objects.exclude(pk__in=[t.pk for t in takes]).count() == 1
    assert takes[0].children.get().prompt.form_key == "once"


@pytest.fixture
def unpriced(project: Project, bob: User) -> Generation:
    """A failed take of a model whose price nobody knows."""
    take = press(project, bob, price=None)[0]
    now = timezone.now()
    take.mark_failed("odd", "It failed.", now=now, billed=Billed.NO)
    return take


def test_an_unknown_price_needs_a_tick(
    unpriced: Generation, bob: User, client_for: ClientFor
) -> None:
    client, address = client_for(bob), f"/takes/{unpriced.pk}/retry"

    page = client.post(address, follow=True).content.decode()

    assert "The price is not known: tick the box" in page
    assert 'name="accept_unknown_price" required' in page
    assert Generation.objects.count() == 1
    client.post(address, {"accept_unknown_price": "on"})
    assert Generation.objects.count() == 2


def test_a_card_and_its_menu_lead_to_the_tick(
    unpriced: Generation, project: Project, bob: User, client_for: ClientFor
) -> None:
    client, take = client_for(bob), f"/takes/{unpriced.pk}/"

    for page in (f"/projects/{project.pk}/", f"{take}menu"):
        html = client.get(page).content.decode()
        assert f'href="{take}#take-actions"' in html
        assert f"{take}retry" not in html


def test_a_known_price_stands_on_each_button(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = press(project, bob)[0]
    take.mark_failed("odd", "It failed.", now=timezone.now(), billed=Billed.NO)
    client = client_for(bob)

    for page in (f"/projects/{project.pk}/", f"/takes/{take.pk}/"):
        html = client.get(page).content.decode()
        button = html[html.index("#refresh-cw") :]
        assert "Retry · about $0.70</button>" in button
        assert "accept_unknown_price" not in button
    assert "about $0.70" in client.get(f"/takes/{take.pk}/menu").content.decode()


def test_it_costs_what_it_costs_today(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = press(project, bob)[0]
    take.mark_failed("odd", "It failed.", now=timezone.now(), billed=Billed.NO)
    ModelSetting.objects.create(
        provider=take.provider,
        model=take.model,
        price={"unit": "video", "rows": [{"amount": 900_000}]},
    )
    client, address = client_for(bob), f"/takes/{take.pk}/retry"

    page = client.post(address, {"price": str(take.estimate)}, follow=True)

    assert "it is about $0.90 now: press again" in page.content.decode()
    assert Generation.objects.count() == 1
    client.post(address)
    again = Generation.objects.exclude(pk=take.pk).get()
    assert again.estimate == 900_000
