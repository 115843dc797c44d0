"""Creating takes: everything on disk, once per form."""

from __future__ import annotations

import pytest
from django.utils import timezone

from studio import catalog
from studio.models import Event, Generation, Order, Project, Prompt, Team, User
from studio.pipeline import close_team, create
from tests.factories import make_asset, make_generation


def order(**fields: object) -> Order:
    """A wish for an animatic."""
    values = {
        "model": catalog.get_model("animatic"),
        "mode": "text_to_video",
        "prompt": "A lighthouse",
        "form_key": "form-1",
        **fields,
    }
    return Order(**values)  # type: ignore[arg-type]  # fields of a test


def test_it_queues_every_take(project: Project, bob: User) -> None:
    takes = create.create_takes(order(takes=3), user=bob, project=project)

    assert [take.take for take in takes] == [1, 2, 3]
    assert {take.status for take in takes} == {"queued"}
    assert Event.objects.filter(verb="generation.queued", actor=bob).count() == 3


def test_it_gives_the_same_form_the_same_takes(project: Project, bob: User) -> None:
    first = create.create_takes(order(takes=2), user=bob, project=project)
    second = create.create_takes(order(takes=2), user=bob, project=project)

    assert first == second
    assert Generation.objects.count() == 2


def test_it_refuses_a_form_sent_again_with_other_words(
    project: Project, bob: User
) -> None:
    create.create_takes(order(), user=bob, project=project)

    with pytest.raises(create.FormChanged):
        create.create_takes(order(prompt="Another"), user=bob, project=project)


@pytest.mark.parametrize("what", ["project", "team"])
def test_nothing_is_asked_for_where_nobody_would_see_it(
    project: Project, alice: User, bob: User, what: str
) -> None:
    if what == "project":
        Project.objects.get(pk=project.pk).delete_softly(timezone.now())
    else:
        close_team.delete_team(Team.objects.get(pk=project.team_id), user=alice)

    with pytest.raises(create.ProjectGone):
        create.create_takes(order(), user=bob, project=project)

    assert not Prompt.objects.exists()
    assert not Generation.objects.exists()


def test_it_keeps_forms_of_two_people_apart(
    project: Project, alice: User, bob: User
) -> None:
    create.create_takes(order(), user=bob, project=project)
    create.create_takes(order(), user=alice, project=project)

    assert Prompt.objects.count() == 2


def test_it_gives_every_take_a_seed_of_its_own(project: Project, bob: User) -> None:
    takes = create.create_takes(order(takes=4), user=bob, project=project)

    assert len({take.options["seed"] for take in takes}) == 4


def test_it_counts_a_locked_seed_up(project: Project, bob: User) -> None:
    wish = order(takes=3, options={"seed": 7})

    takes = create.create_takes(wish, user=bob, project=project)

    assert [take.options["seed"] for take in takes] == [7, 8, 9]


def test_it_freezes_defaults_price_and_inputs(project: Project, bob: User) -> None:
    picture = make_asset(project.team, bob)
    wish = order(mode="image_to_video", inputs=(("start_image", picture),))

    (take,) = create.create_takes(wish, user=bob, project=project)

    assert take.options["aspect_ratio"] == "16:9"
    assert take.estimate == 0
    assert [item.asset for item in take.inputs.all()] == [picture]


def test_it_retries_as_a_new_take_of_the_same_request(
    project: Project, bob: User
) -> None:
    failed = make_generation(project, bob, status="failed", options={"duration": 6})

    again = create.retry_take(failed, user=bob)

    assert again.pk != failed.pk
    assert (again.parent, again.parent_relation) == (failed, "retry")
    assert again.options["duration"] == 6
