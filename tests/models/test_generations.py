"""The life of a take: each step is made once, by whoever is first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from studio.models import (
    Attempt,
    Billed,
    Event,
    Feed,
    Generation,
    Project,
    Status,
    User,
)
from tests.factories import make_generation

NOW = timezone.now()
LATER = NOW + timedelta(minutes=2)


def test_it_claims_a_take_once(project: Project, bob: User) -> None:
    take = make_generation(project, bob)
    same = Generation.objects.get(pk=take.pk)

    assert take.mark_submitting(now=NOW, deadline=LATER, account=None)
    assert not same.mark_submitting(now=NOW, deadline=LATER, account=None)

    assert Attempt.objects.filter(generation=take).count() == 1
    assert (
        Event.objects.filter(generation=take, verb="generation.submitting").count() == 1
    )


def test_it_opens_the_attempt_before_anything_leaves(
    project: Project, bob: User
) -> None:
    take = make_generation(project, bob)

    take.mark_submitting(now=NOW, deadline=LATER, account=None)

    attempt = take.attempts.get()
    assert (attempt.n, attempt.outcome, attempt.token) == (1, "open", take.submit_token)


def test_it_does_not_submit_what_is_to_be_canceled(project: Project, bob: User) -> None:
    take = make_generation(project, bob, cancel_requested_at=NOW)

    assert not take.mark_submitting(now=NOW, deadline=LATER, account=None)


def test_it_keeps_the_id_of_a_take_that_moved_on(project: Project, bob: User) -> None:
    take = make_generation(project, bob)
    take.mark_submitting(now=NOW, deadline=LATER, account=None)
    Generation.objects.filter(pk=take.pk).update(
        status=Status.CANCELED, submit_deadline=None
    )

    assert not take.mark_submitted("op-7", now=NOW)

    assert take.attempts.get().operation_id == "op-7"


def test_it_raises_the_feed_with_every_step_and_with_no_other(
    project: Project, bob: User
) -> None:
    take = make_generation(project, bob)
    before = Feed.objects.get(team=project.team).version

    take.mark_submitting(now=NOW, deadline=LATER, account=None)
    take.mark_completed(now=NOW)  # not from here

    after = Feed.objects.get(team=project.team).version
    assert after == before + 1
    take.refresh_from_db()
    assert take.version == after


def test_it_finds_what_changed_since(project: Project, bob: User) -> None:
    old = make_generation(project, bob)
    seen = Feed.objects.get(team=project.team).version
    new = make_generation(project, bob)

    found = Generation.objects.visible_to(bob).changed_since(seen)

    assert list(found) == [new]
    assert old not in found


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED, Status.CANCELED])
def test_it_never_leaves_an_end(project: Project, bob: User, status: Status) -> None:
    take = make_generation(project, bob, status=status)

    assert not take.mark_failed("x", "x", now=NOW, billed=Billed.NO)
    assert not take.mark_processing(now=NOW)
    assert not take.mark_collecting([], now=NOW)


def test_it_refuses_a_status_that_is_none(project: Project, bob: User) -> None:
    take = make_generation(project, bob)

    with pytest.raises(IntegrityError):
        Generation.objects.filter(pk=take.pk).update(status="lost")


def test_it_refuses_an_operation_that_another_take_has(
    project: Project, bob: User
) -> None:
    make_generation(project, bob, status=Status.SUBMITTED, operation_id="op-1")

    with pytest.raises(IntegrityError):
        make_generation(project, bob, status=Status.SUBMITTED, operation_id="op-1")


def test_it_refuses_a_running_take_without_an_operation(
    project: Project, bob: User
) -> None:
    with pytest.raises(IntegrityError):
        make_generation(project, bob, status=Status.SUBMITTED, operation_id="")


def test_it_keeps_the_catalog_as_it_was(project: Project, bob: User) -> None:
    take = make_generation(project, bob)

    model = Generation.objects.get(pk=take.pk).video_model()

    assert model.key == "animatic:animatic"
    assert model.option("duration").maximum == 12


def test_it_hides_takes_from_strangers(
    project: Project, bob: User, charlie: User
) -> None:
    take = make_generation(project, bob)

    assert take in Generation.objects.visible_to(bob)
    assert take not in Generation.objects.visible_to(charlie)


def test_it_hides_deleted_takes(project: Project, bob: User) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED)

    assert take.delete_softly(now=NOW)
    assert not take.delete_softly(now=NOW)

    assert take not in Generation.objects.visible_to(bob)


def test_it_does_not_end_by_the_answer_to_an_earlier_attempt(
    project: Project, bob: User
) -> None:
    take = make_generation(project, bob)
    take.mark_submitting(now=NOW, deadline=LATER, account=None)
    late = Generation.objects.get(pk=take.pk)
    take.mark_unknown("The answer was lost.", now=NOW)
    take.mark_requeued(now=NOW)
    take.mark_submitting(now=NOW, deadline=LATER, account=None)

    assert not late.mark_failed("rejected", "No.", now=NOW, billed=Billed.NO)
