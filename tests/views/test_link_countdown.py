"""A result that cannot be fetched yet: for how long its link holds stands on screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.models import Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation


@pytest.fixture
def client(bob: User, client_for: ClientFor) -> Client:
    return client_for(bob)


@pytest.mark.parametrize(("attempts", "is_said"), [(1, False), (2, True)])
def test_it_counts_down_once_a_fetch_has_failed(
    client: Client, project: Project, bob: User, attempts: int, is_said: bool
) -> None:
    make_generation(
        project,
        bob,
        status=Status.COLLECTING,
        collect_attempts=attempts,
        results_expire_at=timezone.now() + timedelta(minutes=9),
    )

    page = client.get(f"/projects/{project.pk}/").content.decode()

    assert ("link holds for" in page) is is_said
    assert ('data-words="the provider' in page) is is_said
