"""A take's settings in the composer."""

from __future__ import annotations

from studio.models import GenerationInput, Project, User
from tests.conftest import ClientFor
from tests.factories import make_asset, make_generation, make_prompt


def test_it_leads_to_the_project(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    take = make_generation(project)

    answer = client_for(bob).get(f"/takes/{take.pk}/remix")

    assert answer.url == f"/projects/{project.pk}/?remix={take.pk}"


def test_a_take_that_goes_on_leaves_the_old_end_behind(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    start, end, frame = (make_asset(project.team, bob) for _n in range(3))
    inputs = [("start_image", str(start.pk)), ("end_image", str(end.pk))]
    prompt = make_prompt(project, bob, settings={"options": {}, "inputs": inputs})
    take = make_generation(project, bob, prompt=prompt)
    for role, asset in (("start_image", start), ("end_image", end)):
        GenerationInput.objects.create(generation=take, asset=asset, role=role)
    client, page = client_for(bob), f"/projects/{project.pk}/"
    on = {"remix": take.pk, "parent_relation": "continue"}

    again = client.get(page, {"remix": take.pk}).content.decode()
    assert f'name="end_image_asset" value="{end.pk}"' in again
    html = client.get(page, on | {"start_image_asset": frame.pk}).content.decode()
    assert f'name="start_image_asset" value="{frame.pk}"' in html
    assert 'name="end_image_asset" value=""' in html
    assert "the old end image was left out" in html
    html = client.get(page, on | {"end_image_asset": frame.pk}).content.decode()
    assert f'name="start_image_asset" value="{start.pk}"' in html
    assert "left out" not in html
