"""The reviewers' desk: failures by cause, what waits, and what can be done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.models import (
    Asset,
    Attempt,
    Billed,
    Event,
    Generation,
    ModelSetting,
    Moderation,
    Project,
    Status,
    User,
)
from tests.factories import make_generation
from tests.views.conftest import status_of

FAILED = "admin:studio_failedtake_changelist"
PENDING = "admin:studio_pendingtake_changelist"


@pytest.fixture
def failures(project: Project, bob: User) -> dict[str, Generation]:
    """One of each kind."""
    now = timezone.now()
    old = now - timedelta(days=12)
    refused = {"error_code": "content_rejected", "cause": "refused"}
    return {
        "safety": make_generation(project, bob, status=Status.FAILED, **refused),
        "older": make_generation(
            project, bob, status=Status.FAILED, status_at=old, **refused
        ),
        "odd": make_generation(project, bob, status=Status.FAILED, cause=""),
        "unclear": make_generation(
            project, bob, status=Status.UNKNOWN, cause="uncertain", attempt=1
        ),
        "fine": make_generation(project, bob, status=Status.COMPLETED),
    }


def listed(client: Client, address: str, **query: str) -> set[object]:
    """The takes on a list."""
    page = client.get(reverse(address), query)
    assert page.status_code == 200
    return {take.pk for take in page.context["cl"].result_list}


def test_it_lists_what_went_wrong(
    client: Client, failures: dict[str, Generation]
) -> None:
    wrong = {take.pk for name, take in failures.items() if name != "fine"}

    assert listed(client, FAILED) == wrong
    assert listed(client, FAILED, kind="unclear") == {failures["unclear"].pk}
    assert listed(client, FAILED, kind="safety") == {
        failures["safety"].pk,
        failures["older"].pk,
    }
    assert listed(client, FAILED, cause="-") == {failures["odd"].pk}
    assert listed(client, FAILED, cause="uncertain") == {failures["unclear"].pk}


def test_it_counts_by_cause_and_model(
    client: Client, failures: dict[str, Generation]
) -> None:
    context = client.get(reverse(FAILED)).context

    causes = {line["slug"]: (line["week"], line["month"]) for line in context["causes"]}
    assert causes == {"refused": (1, 2), "-": (1, 1), "uncertain": (1, 1)}
    [model] = context["models"]
    assert (model["model_name"], model["week"], model["month"]) == (
        failures["odd"].model_name,
        3,
        4,
    )


def act(client: Client, address: str, action: str, *takes: Generation) -> str:
    """The list after an action."""
    values = {"action": action, "_selected_action": [str(take.pk) for take in takes]}
    return client.post(reverse(address), values, follow=True).content.decode()


def test_failed_takes_are_retried(
    client: Client, failures: dict[str, Generation]
) -> None:
    act(client, FAILED, "retry_takes", failures["odd"])

    assert Generation.objects.get(parent=failures["odd"]).status == Status.QUEUED


def test_an_unclear_take_is_released(
    client: Client, operator: User, failures: dict[str, Generation]
) -> None:
    page = act(client, FAILED, "release_takes", failures["unclear"], failures["odd"])

    failures["unclear"].refresh_from_db()
    assert failures["unclear"].status == Status.FAILED
    assert failures["unclear"].cause == "never-sent"
    assert Event.objects.get(verb="generation.settled").actor == operator
    assert "Done for 1 of 2 takes." in page


def test_an_unclear_take_is_settled_with_its_id(
    client: Client, failures: dict[str, Generation]
) -> None:
    take = failures["unclear"]
    Attempt.objects.create(
        generation=take, n=1, token="t", outcome="unknown", deadline=timezone.now()
    )
    address = reverse("admin:studio_failedtake_settle", args=[take.pk])
    assert "The provider’s id" in client.get(address).content.decode()
    assert client.post(address, {"decision": "nonsense"}).status_code == 200

    client.post(address, {"decision": "exists", "operation_id": "job-7"})

    take.refresh_from_db()
    assert (take.status, take.operation_id) == (Status.SUBMITTED, "job-7")
    assert client.get(address).status_code == 404


def test_it_lists_what_waits_for_moderation_with_its_video(
    client: Client, project: Project, bob: User, operator: User
) -> None:
    waits = {"moderation": Moderation.PENDING}
    pending = make_generation(project, bob, status=Status.COMPLETED, **waits)
    make_generation(project, bob, status=Status.PROCESSING, **waits)
    make_generation(project, bob, status=Status.COMPLETED)

    assert listed(client, PENDING) == {pending.pk}
    page = client.get(reverse(PENDING)).content.decode()
    video = pending.assets.get(kind=Asset.Kind.VIDEO)
    assert f"/asset/{video.pk}/file.mp4" in page

    act(client, PENDING, "pass_takes", pending)

    pending.refresh_from_db()
    assert pending.moderation == Moderation.PASSED
    assert Event.objects.get(verb="generation.passed").actor == operator


def test_takes_are_blocked_and_unblocked(
    client: Client, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED)
    address = "admin:studio_generation_changelist"

    act(client, address, "block_takes", take)
    take.refresh_from_db()
    assert take.moderation == Moderation.BLOCKED

    act(client, address, "unblock_takes", take)
    take.refresh_from_db()
    assert take.moderation == Moderation.PASSED


def test_an_operator_sees_files_without_being_in_the_team(
    client: Client, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED, files=True)
    poster = take.assets.get(kind=Asset.Kind.POSTER)

    answer = client.get(
        reverse("admin:studio_asset_file", args=[poster.pk, poster.suffix])
    )

    assert status_of(answer) == 200
    assert answer["Content-Type"] == "image/webp"
    assert client.get(poster.url).status_code == 404


def test_a_take_whose_model_is_switched_off_is_not_retried(
    client: Client, failures: dict[str, Generation]
) -> None:
    odd = failures["odd"]
    ModelSetting.objects.create(provider=odd.provider, model=odd.model, is_on=False)

    page = act(client, FAILED, "retry_takes", odd)

    assert not odd.children.exists()
    assert "Done for 0 of 1 take." in page


def test_unclear_takes_of_deleted_teams_can_be_settled_but_not_sent(
    client: Client, failures: dict[str, Generation]
) -> None:
    unclear, odd = failures["unclear"], failures["odd"]
    unclear.team.delete_softly(timezone.now())
    for take in (unclear, odd):
        take.delete_softly(now=timezone.now())

    assert unclear.pk in listed(client, FAILED)
    assert odd.pk not in listed(client, FAILED)
    address = reverse("admin:studio_failedtake_settle", args=[unclear.pk])
    page = client.post(address, {"decision": "again"}).content.decode()
    assert "nothing is sent for it any more" in page
    client.post(address, {"decision": "release"})
    unclear.refresh_from_db()
    assert (unclear.status, unclear.billed) == (Status.FAILED, Billed.NO)
