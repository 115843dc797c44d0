"""Canceling: what can be stopped is, what is paid for goes on."""

from __future__ import annotations

import pytest

from studio.models import Billed, Project, Status, User
from studio.pipeline import cancel
from tests.factories import make_generation


def test_it_cancels_what_waits(project: Project, bob: User) -> None:
    take = make_generation(project, bob)

    assert cancel.cancel_take(take, user=bob)

    take.refresh_from_db()
    assert (take.status, take.billed) == (Status.CANCELED, Billed.NO)


def test_it_cancels_a_drawing(project: Project, bob: User) -> None:
    take = make_generation(project, bob, status=Status.PROCESSING)

    assert cancel.cancel_take(take, user=bob)

    take.refresh_from_db()
    assert take.status == Status.CANCELED


def test_it_lets_a_paid_take_go_on(project: Project, bob: User) -> None:
    take = make_generation(
        project, bob, status=Status.PROCESSING, provider="vtrix", model="veo_31_fast"
    )

    assert not cancel.cancel_take(take, user=bob)

    take.refresh_from_db()
    assert take.status == Status.PROCESSING


def test_it_remembers_a_cancel_while_the_request_is_in_the_air(
    project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.SUBMITTING)

    assert cancel.cancel_take(take, user=bob)
    assert not cancel.cancel_take(take, user=bob)

    take.refresh_from_db()
    assert take.status == Status.SUBMITTING
    assert take.cancel_requested_at is not None


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED, Status.CANCELED])
def test_it_changes_nothing_that_ended(
    project: Project, bob: User, status: Status
) -> None:
    take = make_generation(project, bob, status=status)

    assert not cancel.cancel_take(take, user=bob)
