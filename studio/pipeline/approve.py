"""A lead agrees to what a take costs, or does not."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from studio.models import Generation, User, approvals
from studio.pipeline import wake


def approve_take(generation: Generation, *, user: User) -> bool:
    """Let it be sent; whether it still waited."""
    return bool(approve_takes([generation], user=user))


def approve_takes(takes: Iterable[Generation], *, user: User) -> list[Generation]:
    """Let these be sent, each looked at for itself: those that still waited."""
    now = timezone.now()
    with transaction.atomic():
        done = [take for take in takes if approvals.approve(take, user=user, now=now)]
        if done:
            wake.wake_sweep()
    return done


def refuse_take(generation: Generation, *, user: User) -> bool:
    """Stop it before it is sent; whether it still waited."""
    return approvals.refuse(generation, user=user, now=timezone.now())
