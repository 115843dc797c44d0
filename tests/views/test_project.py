"""The workspace."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from studio.models import Generation, Project, Status, Team, User
from tests.conftest import ClientFor
from tests.factories import (
    make_asset,
    make_generation,
    make_project,
    make_prompt,
)
from tests.views.conftest import Fields, ids_of_cards


def page(project: Project) -> str:
    return f"/projects/{project.pk}/"


def test_it_works(project: Project, bob: User, client_for: ClientFor) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED, prompt="A red fox")

    html = client_for(bob).get(page(project)).content.decode()

    assert ids_of_cards(html) == [str(take.pk)]
    assert "A red fox" in html
    assert "Generate · <span" in html


def test_it_shows_the_newest_first_and_no_deleted_one(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    old, new, gone = (make_generation(project, bob) for _ in range(3))
    gone.delete_softly(now=gone.created_at)

    html = client_for(bob).get(page(project)).content.decode()

    assert ids_of_cards(html) == [str(new.pk), str(old.pk)]


def test_it_shows_no_other_project(
    project: Project, team: Team, bob: User, client_for: ClientFor
) -> None:
    make_generation(make_project(team), bob)

    assert ids_of_cards(client_for(bob).get(page(project)).content.decode()) == []


def test_it_says_what_to_do_in_an_empty_one(
    project: Project, bob: User, victor: User, client_for: ClientFor
) -> None:
    html = client_for(bob).get(page(project)).content.decode()
    assert html.count("data-example=") == 3

    html = client_for(victor).get(page(project)).content.decode()
    assert "data-example=" not in html


def test_it_has_no_composer_for_a_viewer(
    project: Project, victor: User, client_for: ClientFor
) -> None:
    html = client_for(victor).get(page(project)).content.decode()

    assert 'id="composer"' not in html


def test_it_starts_with_the_settings_used_last(
    project: Project, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    client = client_for(bob)
    client.post(
        f"{page(project)}generate", fields(duration="9", seed="5", form_key="a")
    )

    html = client.get(page(project)).content.decode()

    assert '<option value="9" selected>' in html
    assert 'name="seed" value=""' in html
    assert '<textarea id="id_prompt"' in html
    assert "A lighthouse at dawn</textarea>" not in html


def test_it_takes_a_prompt_from_its_address(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    html = client_for(bob).get(page(project), {"prompt": "<b>Ink"}).content.decode()

    assert "&lt;b&gt;Ink</textarea>" in html


def test_it_opens_a_take_for_a_remix(
    project: Project, bob: User, client_for: ClientFor, fields: Fields
) -> None:
    asset = make_asset(project.team, on_disk=True)
    client = client_for(bob)
    client.post(
        f"{page(project)}generate",
        fields(prompt="Again", seed="7", start_image_asset=str(asset.pk)),
    )
    take = Generation.objects.get()

    html = client.get(page(project), {"remix": str(take.pk)}).content.decode()

    assert "Again</textarea>" in html
    assert 'name="seed" value="7"' in html
    assert f'name="start_image_asset" value="{asset.pk}"' in html
    assert f'name="parent" value="{take.pk}"' in html


@pytest.mark.parametrize("name", ["remix", "edit"])
def test_it_opens_a_silent_take_as_a_silent_one(
    project: Project, bob: User, client_for: ClientFor, name: str
) -> None:
    settings = {
        "model": "segmind:veo-3",
        "options": {"generate_audio": False, "seed": 0},
        "inputs": [],
    }
    prompt = make_prompt(project, bob, settings=settings)
    options = settings["options"]
    take = make_generation(
        project, bob, prompt=prompt, provider="segmind", model="veo-3", options=options
    )

    html = client_for(bob).get(page(project), {name: take.pk}).content.decode()

    assert '<option value="False" selected>Off</option>' in html
    assert 'name="seed" value="0"' in html


def test_it_names_what_a_remix_cannot_bring_along(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    prompt = make_prompt(
        project,
        bob,
        settings={
            "model": "animatic:animatic",
            "options": {"cfg_scale": 3},
            "inputs": [],
        },
    )
    take = make_generation(project, bob, prompt=prompt)

    html = client_for(bob).get(page(project), {"remix": take.pk}).content.decode()

    assert "Left out for Animatic preview: Prompt strength." in html


def test_it_ignores_a_remix_of_a_stranger(
    project: Project, charlie: User, client_for: ClientFor
) -> None:
    take = make_generation(project, prompt="A secret")
    own = charlie.memberships.get().team.projects.get()

    html = client_for(charlie).get(page(own), {"remix": take.pk}).content.decode()

    assert "A secret" not in html


def test_it_escapes_what_people_write(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    bad = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    bob.name = bad[:90]
    bob.save(update_fields=["name"])
    project.rename(bad[:90])
    make_generation(project, bob, prompt=bad, status=Status.COMPLETED)
    make_generation(project, bob, prompt=bad, status=Status.FAILED, error_message=bad)

    html = client_for(bob).get(page(project)).content.decode()

    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize("number", [2, 20])
def test_it_asks_as_often_for_many_takes_as_for_few(
    project: Project,
    bob: User,
    client_for: ClientFor,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    for status in (Status.QUEUED, Status.COMPLETED, Status.FAILED, Status.PROCESSING):
        for _ in range(number // 2):
            make_generation(project, bob, status=status)
    client = client_for(bob)
    client.get(page(project))

    with django_assert_max_num_queries(24):
        client.get(page(project))


def test_it_watches_only_while_something_moves(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    make_generation(project, bob, status=Status.COMPLETED)
    client = client_for(bob)
    assert "every 2s" not in client.get(page(project)).content.decode()

    make_generation(project, bob, status=Status.QUEUED)
    assert "every 2s" in client.get(page(project)).content.decode()


def test_it_goes_on_where_the_page_ends(
    project: Project, bob: User, client_for: ClientFor, htmx: dict[str, str]
) -> None:
    takes = [make_generation(project, bob) for _ in range(50)][::-1]
    client = client_for(bob)
    html = client.get(page(project)).content.decode()
    [address] = [
        word[6:-1].replace("&amp;", "&")
        for word in html.split()
        if word.startswith('href="') and "after=" in word
    ]

    rest = client.get(address, headers=htmx)

    assert ids_of_cards(html) == [str(take.pk) for take in takes[:48]]
    assert ids_of_cards(rest.content.decode()) == [str(take.pk) for take in takes[48:]]
    assert "<html" not in rest.content.decode()
    assert "<html" in client.get(address).content.decode()


def test_it_starts_over_for_a_place_that_is_none(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    make_generation(project, bob)

    answer = client_for(bob).get(f"{page(project)}takes", {"after": "nonsense_x"})

    assert len(ids_of_cards(answer.content.decode())) == 1
