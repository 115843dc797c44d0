"""A person settles what became of an unknown take, once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from studio.models import (
    Attempt,
    Event,
    Generation,
    Project,
    ProviderAccount,
    Status,
    User,
)
from studio.pipeline import settle
from tests.factories import make_generation

NOW = timezone.now()


@pytest.fixture
def unknown(project: Project, bob: User) -> Generation:
    """A take whose answer was lost."""
    take = make_generation(
        project,
        bob,
        status=Status.UNKNOWN,
        provider="vtrix",
        model="veo_31_fast",
        attempt=1,
    )
    Attempt.objects.create(
        generation=take, n=1, token="t-1", deadline=take.created_at, outcome="unknown"
    )
    return take


def test_it_goes_on_from_an_id(unknown: Generation, alice: User) -> None:
    assert settle.it_exists(unknown, " op-9 ", user=alice)

    unknown.refresh_from_db()
    assert (unknown.status, unknown.operation_id) == (Status.SUBMITTED, "op-9")
    assert Event.objects.get(verb="generation.settled").actor == alice


def test_it_refuses_an_id_that_another_take_has(
    unknown: Generation, project: Project, alice: User
) -> None:
    make_generation(project, status="submitted", provider="vtrix", operation_id="op-9")

    with pytest.raises(settle.CannotSettle):
        settle.it_exists(unknown, "op-9", user=alice)

    unknown.refresh_from_db()
    assert unknown.status == Status.UNKNOWN


def test_it_releases_what_never_ran(unknown: Generation, alice: User) -> None:
    assert settle.it_does_not(unknown, user=alice)

    unknown.refresh_from_db()
    assert (unknown.status, unknown.billed) == (Status.FAILED, "no")


def test_it_sends_again_when_told_to(unknown: Generation, alice: User) -> None:
    assert settle.send_again(unknown, user=alice)

    unknown.refresh_from_db()
    assert (unknown.status, unknown.attempt) == (Status.QUEUED, 1)


def test_it_settles_once(unknown: Generation, alice: User) -> None:
    same = Generation.objects.get(pk=unknown.pk)
    settle.it_does_not(unknown, user=alice)

    assert not settle.send_again(same, user=alice)
    assert not settle.it_exists(same, "op-9", user=alice)


def test_it_sends_again_what_somebody_wanted_to_stop(
    unknown: Generation, alice: User
) -> None:
    Generation.objects.filter(pk=unknown.pk).update(cancel_requested_at=NOW)

    assert settle.send_again(unknown, user=alice)

    assert list(Generation.objects.ready_to_submit(timezone.now())) == [unknown]


def test_it_sends_nothing_of_a_project_that_is_gone(
    unknown: Generation, alice: User
) -> None:
    unknown.project.delete_softly(NOW)
    take = Generation.objects.get(pk=unknown.pk)

    with pytest.raises(settle.CannotSettle):
        settle.send_again(take, user=alice)

    assert settle.it_does_not(take, user=alice)


def test_it_leaves_the_attempt_of_a_take_that_moved_on(
    unknown: Generation, alice: User
) -> None:
    settle.it_exists(unknown, "op-9", user=alice)

    assert not settle.it_does_not(unknown, user=alice)

    assert unknown.attempts.get().outcome == "accepted"


def test_it_exists_asks_with_the_teams_key(project: Project, alice: User) -> None:
    """A restored take was never claimed: nobody wrote down whose key it has."""
    account = ProviderAccount.objects.create(team=project.team, provider="vtrix")
    take = make_generation(
        project, alice, model="vtrix:veo_31_fast", status=Status.UNKNOWN
    )

    assert settle.it_exists(take, "job-77", user=alice)

    take.refresh_from_db()
    assert take.account == account
