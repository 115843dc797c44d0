"""Money by the composer: what is left, what is refused, what nobody knows."""

from __future__ import annotations

import pytest

from studio.models import Generation, Project, Prompt, ProviderAccount, User
from tests.conftest import ClientFor
from tests.factories import make_generation, picture_upload
from tests.money import PRICE, make_budget, press

MODEL = "segmind:kling-2.5-turbo"  # $0.44 for five seconds
PRICED = {"model": MODEL, "duration": "5", "prompt": "A fox in the fog"}
UNPRICED = {"model": "aimlapi:", "custom_model": "nobody/knows", "prompt": "A fox"}


@pytest.fixture(autouse=True)
def keys(project: Project) -> None:
    """The team's accounts at the providers of these models."""
    for provider in ("aimlapi", "segmind"):
        account = ProviderAccount(team=project.team, provider=provider)
        account.set_secrets({"api_key": "sk-canary-0123456789"})
        account.save()


@pytest.fixture
def url(project: Project) -> str:
    return f"/projects/{project.pk}/generate"


def test_a_refused_take_says_so_and_loses_nothing(
    url: str,
    client_for: ClientFor,
    project: Project,
    alice: User,
    bob: User,
    htmx: dict[str, str],
) -> None:
    make_budget(project.team, alice, limit=PRICE)
    sent = {**PRICED, "takes": "2", "form_key": "k1"}

    answer = client_for(bob).post(url, sent, headers=htmx)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "$0.70 is left of the budget of $0.70" in html
    assert "Nothing was sent." in html
    assert "A fox in the fog" in html
    assert 'value="k1"' in html
    assert not Prompt.objects.exists()


def test_a_picture_sent_with_a_refused_take_is_kept(
    url: str, client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    make_budget(project.team, alice, limit=1)
    sent = {**PRICED, "start_image": picture_upload()}

    answer = client_for(bob).post(url, sent)

    assert answer.status_code == 422
    asset = project.team.assets.get()
    assert f'name="start_image_asset" value="{asset.pk}"' in answer.content.decode()


def test_what_is_left_stands_by_the_composer(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    make_budget(project.team, alice)
    make_budget(project.team, alice, person=bob, limit=2_000_000)
    press(project, bob)

    page = client_for(bob).get(f"/projects/{project.pk}/").content.decode()

    assert "$1.30 left (Bob · Each month)" in page


def test_the_price_warns_before_it_is_pressed(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    make_budget(project.team, alice, limit=PRICE, is_hard=False)
    client = client_for(bob)

    few = client.post(f"/projects/{project.pk}/estimate", {"model": "animatic"})
    many = client.post(f"/projects/{project.pk}/estimate", {**PRICED, "takes": "8"})

    assert "goes over" not in few.content.decode()
    assert "This goes over the budget of $0.70" in many.content.decode()


def test_an_unknown_price_needs_a_tick(
    url: str, client_for: ClientFor, bob: User, htmx: dict[str, str]
) -> None:
    client = client_for(bob)

    refused = client.post(url, UNPRICED, headers=htmx)
    accepted = client.post(url, {**UNPRICED, "accept_unknown_price": "on"})

    html = refused.content.decode()
    assert refused.status_code == 422
    assert 'id="id_accept_unknown_price_error"' in html
    assert accepted.status_code == 302
    assert Generation.objects.get().estimate is None


def test_the_tick_is_asked_for_only_where_it_is_needed(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    client = client_for(bob)
    url = f"/projects/{project.pk}/estimate"

    known = client.post(url, PRICED).content.decode()
    unknown = client.post(url, UNPRICED).content.decode()
    ticked = client.post(url, {**UNPRICED, "accept_unknown_price": "on"})

    assert "accept_unknown_price" not in known
    assert 'name="accept_unknown_price"' in unknown and "checked" not in unknown
    assert "checked" in ticked.content.decode()


def test_a_tick_is_not_carried_to_another_model_nor_taken_from_a_link(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    client = client_for(bob)
    ticked = {**UNPRICED, "accept_unknown_price": "on"}

    followed = client.post(f"/projects/{project.pk}/composer", ticked)
    linked = client.get(f"/projects/{project.pk}/", ticked)

    for answer in (followed, linked):
        html = answer.content.decode()
        assert 'name="accept_unknown_price"' in html
        assert 'name="accept_unknown_price" checked' not in html


def test_a_retry_over_budget_is_refused_in_words(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    failed = make_generation(project, bob, model=MODEL, status="failed")
    make_budget(project.team, alice, limit=1)

    answer = client_for(bob).post(f"/takes/{failed.pk}/retry", follow=True)

    assert "is left of the budget" in answer.content.decode()
    assert Generation.objects.count() == 1


def test_sending_again_over_budget_is_refused_in_words(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    lost = make_generation(project, bob, model=MODEL, status="unknown")
    make_budget(project.team, alice, limit=1)
    client = client_for(alice)

    answer = client.post(f"/takes/{lost.pk}/settle", {"decision": "again"}, follow=True)

    lost.refresh_from_db()
    assert "Nothing was sent." in answer.content.decode()
    assert lost.status == "unknown"


def test_the_button_of_a_retry_says_that_nobody_knows_its_price(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    known = make_generation(project, bob, model=MODEL, status="failed")
    unknown = make_generation(project, bob, model="aimlapi:veo2", status="failed")
    client = client_for(bob)

    assert "Retry · about $0.44" in client.get(f"/takes/{known.pk}/").content.decode()
    page = client.get(f"/takes/{unknown.pk}/").content.decode()
    assert "Retry · price unknown" in page
