"""Stop a take, as far as it can be stopped."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from studio.catalog import PROVIDERS_THAT_CANCEL
from studio.models import AT_PROVIDER, Billed, Event, Generation, Status, User


def cancel_take(generation: Generation, *, user: User) -> bool:
    """Stop it now, or ask for it to be stopped; whether anything changed.

    A take whose request is in the air is stopped if the provider turns out not to have
    accepted it. One that runs at a provider without a cancel call goes on: it is paid
    for, and its video is kept.
    """
    now = timezone.now()
    with transaction.atomic():
        # Twice, since a request in the air may come back to the line in between.
        done = stop(generation, now) or ask(generation, now) or stop(generation, now)
        if done:
            Event.record(
                "generation.cancel_asked",
                team_id=generation.team_id,
                project_id=generation.project_id,
                generation=generation,
                actor=user,
            )
    return done


def stop(generation: Generation, now: datetime) -> bool:
    """Stop what is still ours to stop."""
    frm = {Status.QUEUED}
    if generation.provider in PROVIDERS_THAT_CANCEL:
        frm |= AT_PROVIDER
    return generation.mark_canceled(
        now=now, frm=frm, billed=Billed.NO, cancel_requested_at=now
    )


def ask(generation: Generation, now: datetime) -> bool:
    """Have a request that is in the air not be sent again."""
    rows = Generation.objects.filter(
        pk=generation.pk, status=Status.SUBMITTING, cancel_requested_at=None
    )
    return bool(rows.update(cancel_requested_at=now))
