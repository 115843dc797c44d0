"""Every list and page of the admin: there, and as quick with thirty rows as with
three."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.admin.assets import file_address
from studio.models import (
    Asset,
    Comment,
    Event,
    Feed,
    Generation,
    LineSetting,
    Membership,
    Project,
    ProviderAccount,
    Role,
    ShareLink,
    Status,
    Team,
    User,
)
from tests.admin.conftest import Fill
from tests.factories import PASSWORD, make_generation

OURS = [model for model in admin.site._registry if model._meta.app_label == "studio"]
by_model = pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)


def address_of(model: type[Model], act: str, *args: object) -> str:
    """An address of the admin."""
    name = f"{model._meta.app_label}_{model._meta.model_name}_{act}"
    return reverse(f"admin:{name}", args=args)


def queries_of(client: Client, address: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(queries)


def test_a_wide_list_gets_its_own_frame(client: Client, rows: Fill) -> None:
    rows(1)

    page = client.get(address_of(Generation, "changelist")).content.decode()

    # After Django's own styles, so that it is the one that counts.
    assert page.index("changelists.css") < page.index("css/admin.css")


def test_a_list_takes_as_many_queries_for_thirty_rows(
    client: Client, rows: Fill
) -> None:
    def counted() -> dict[str, int]:
        return {
            model.__name__: queries_of(client, address_of(model, "changelist"))
            for model in OURS
        }

    rows(3)
    few = counted()
    rows(30)
    many = counted()

    assert [name for name in many if many[name] > few[name]] == []
    assert [model for model in OURS if model._default_manager.count() < 30] == []


@by_model
def test_every_row_has_its_page(client: Client, rows: Fill, model: type[Model]) -> None:
    rows(3)

    for row in model._default_manager.all()[:3]:
        answer = client.get(address_of(model, "change", row.pk))
        assert answer.status_code == 200
        assert b"style=" not in answer.content


@by_model
def test_a_list_can_be_searched(client: Client, rows: Fill, model: type[Model]) -> None:
    rows(3)

    answer = client.get(address_of(model, "changelist"), {"q": "person-3-1"})

    assert answer.status_code == 200
    assert admin.site._registry[model].search_fields


@by_model
def test_what_the_pipeline_writes_nobody_else_does(
    client: Client, rows: Fill, model: type[Model]
) -> None:
    rows(1)
    page: ModelAdmin[Model] = admin.site._registry[model]
    row = model._default_manager.first()
    assert row is not None
    by_hand = {"ModelSetting", "ProviderAccount", "Project", "Team", "Membership"}
    by_hand |= {"Budget"}

    answer = client.post(address_of(model, "change", row.pk), {"status": "completed"})

    by_hand |= {"FailureRule"}

    if model is LineSetting:
        assert answer.status_code == 302  # every one of its fields may be empty
    elif model.__name__ in by_hand | {"User"}:
        assert answer.status_code == 200  # the form, with its faults
    else:
        assert answer.status_code == 403, page


def test_a_take_has_poster_and_player(client: Client, project: Project) -> None:
    take = make_generation(project, status=Status.COMPLETED)

    listed = client.get(address_of(Generation, "changelist")).content.decode()
    shown = client.get(address_of(Generation, "change", take.pk)).content.decode()

    assert file_address(take.assets.get(kind=Asset.Kind.POSTER_SMALL)) in listed
    assert f'src="{file_address(take.assets.get(kind=Asset.Kind.VIDEO))}"' in shown
    assert "<video" in shown


def test_the_words_of_a_prompt_are_no_html(client: Client, project: Project) -> None:
    nasty = "<script>alert(1)</script>"
    take = make_generation(
        project, status=Status.FAILED, prompt=nasty, error_message=nasty
    )

    for address in (
        address_of(Generation, "changelist"),
        address_of(Generation, "change", take.pk),
    ):
        assert nasty not in client.get(address).content.decode()


# Actions


def act(client: Client, action: str, *takes: Generation) -> str:
    """The list after an action on these takes."""
    values = {"action": action, "_selected_action": [str(take.pk) for take in takes]}
    answer = client.post(address_of(Generation, "changelist"), values, follow=True)
    return answer.content.decode()


def test_takes_are_retried(client: Client, project: Project, operator: User) -> None:
    failed = make_generation(project, status=Status.FAILED)
    running = make_generation(project, status=Status.PROCESSING)

    page = act(client, "retry_takes", failed, running)

    retried = Generation.objects.get(parent=failed)
    assert (retried.status, retried.created_by) == (Status.QUEUED, operator)
    assert not running.children.exists()
    assert "Done for 1 of 2 takes." in page


def test_takes_of_a_project_that_is_gone_are_not_retried(
    client: Client, project: Project
) -> None:
    failed = make_generation(project, status=Status.FAILED)
    project.delete_softly(timezone.now())

    page = act(client, "retry_takes", failed)

    assert "This project was deleted. Nothing was sent." in page
    assert not failed.children.exists()


def test_takes_are_canceled(client: Client, project: Project, operator: User) -> None:
    waiting = make_generation(project)
    done = make_generation(project, status=Status.COMPLETED)

    page = act(client, "cancel_takes", waiting, done)

    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (waiting.status, done.status) == (Status.CANCELED, Status.COMPLETED)
    assert Event.objects.get(verb="generation.cancel_asked").actor == operator
    assert "Done for 1 of 2 takes." in page


def test_takes_are_not_deleted_by_hand(client: Client, project: Project) -> None:
    take = make_generation(project, status=Status.FAILED)

    act(client, "delete_selected", take)

    assert Generation.objects.filter(pk=take.pk).exists()


# What is done by hand


def test_a_person_is_added(client: Client) -> None:
    client.post(
        address_of(User, "add"),
        {
            "email": "Dana@Example.org",
            "name": "Dana",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        },
    )

    dana = User.objects.get(name="Dana")
    assert dana.check_password(PASSWORD)


def test_a_team_is_added_with_its_feed_and_an_owner(
    client: Client, operator: User
) -> None:
    client.post(
        address_of(Team, "add"),
        {
            "name": "New",
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        },
    )

    team = Team.objects.get(name="New")
    assert Feed.objects.filter(team=team).exists()
    assert Membership.objects.get(team=team).role == Role.OWNER


def test_a_key_goes_in_and_never_comes_out(
    client: Client, team: Team, operator: User
) -> None:
    key = "sk-canary-0123456789"
    client.post(
        address_of(ProviderAccount, "add"),
        {
            "provider": "vtrix",
            "team": str(team.pk),
            "settings": "{}",
            "max_running": "5",
            "is_active": "on",
            "api_key": key,
        },
    )

    account = ProviderAccount.objects.get()
    assert account.secrets() == {"api_key": key}
    page = client.get(address_of(ProviderAccount, "change", account.pk))
    assert key not in page.content.decode()
    assert Event.objects.get(verb="account.added").actor == operator


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example.com", "http://plain.example.com"]
)
def test_a_key_does_not_follow_its_address(
    client: Client, team: Team, address: str
) -> None:
    account = ProviderAccount(team=team, provider="vtrix")
    account.set_secrets({"api_key": "sk-canary-0123456789"})
    account.save()

    page = client.post(
        address_of(ProviderAccount, "change", account.pk),
        {
            "provider": "vtrix",
            "team": str(team.pk),
            "settings": "{}",
            "max_running": "5",
            "is_active": "on",
            "base_url": address,
        },
    )

    assert page.status_code == 200
    assert "Type the key in again" in page.content.decode()
    account.refresh_from_db()
    assert account.base_url == ""


@pytest.mark.parametrize("model", [Team, Project], ids=["Team", "Project"])
def test_what_holds_paid_work_is_not_deleted(
    client: Client, project: Project, model: type[Model]
) -> None:
    row = project if model is Project else project.team

    answer = client.post(address_of(model, "delete", row.pk), {"post": "yes"})

    assert answer.status_code == 403


def test_a_member_is_no_operator(
    client_for: Callable[[User], Client], alice: User
) -> None:
    assert client_for(alice).get(reverse("admin:index")).status_code == 302


def test_an_operator_pauses_everybody(client: Client, project: Project) -> None:
    page = address_of(LineSetting, "changelist")
    client.get(page)
    act = {"_selected_action": "installation", "action": "pause_all"}

    client.post(page, act)
    assert LineSetting.around([]).pause(project.team_id) is not None

    client.post(page, {**act, "action": "resume_all"})
    assert LineSetting.around([]).pause(project.team_id) is None
    verbs = Event.objects.filter(verb__startswith="line.").order_by("id")
    assert [event.verb for event in verbs] == ["line.paused", "line.resumed"]


def test_a_review_link_is_closed_and_shows_no_key(client: Client, rows: Fill) -> None:
    rows(1)
    link = ShareLink.objects.get()
    address = address_of(ShareLink, "changelist")

    page = client.get(address_of(ShareLink, "change", link.pk)).content.decode()
    client.post(address, {"action": "revoke_links", "_selected_action": [link.pk]})

    assert link.token_hash not in page
    link.refresh_from_db()
    assert link.revoked_at is not None


def test_comments_are_shown_as_words(client: Client, rows: Fill) -> None:
    rows(1)

    page = client.get(address_of(Comment, "changelist")).content.decode()

    assert "&lt;b&gt;Slower" in page
    assert "<b>Slower" not in page
