"""A take that its provider does not accept is sent again, for a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.models import Project, Status, User
from studio.pipeline.submit import try_again_later
from studio.providers.errors import ProviderUnavailable
from tests.factories import make_generation
from tests.pipeline.vendor import MODEL

NOW = timezone.now()


@pytest.mark.parametrize(
    ("hours", "status"), [(23, Status.QUEUED), (25, Status.FAILED)]
)
def test_the_day_begins_when_it_was_first_sent(
    project: Project, bob: User, hours: int, status: Status
) -> None:
    """Whoever waited for approval, or for their turn, has not been sent yet."""
    asked = NOW - timedelta(days=9)
    take = make_generation(project, bob, model=MODEL, created_at=asked)
    sent = NOW - timedelta(hours=hours)
    take.mark_submitting(now=sent, deadline=NOW, account=None)

    try_again_later(take, ProviderUnavailable("Busy.", provider="vtrix"), NOW)

    take.refresh_from_db()
    assert take.status == status
