"""Pause and resume all: what is queued stays queued, what runs goes on."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from studio.models import Event, Generation, LineSetting, Team, User
from studio.pipeline import turns, wake


def pause(team: Team | None, *, user: User) -> bool:
    """Send nothing more of a team, or of anybody; whether that is new."""
    now = timezone.now()
    return change(team, "line.paused", user, was_paused=False, at=now)


def resume(team: Team | None, *, user: User) -> bool:
    """Send again; whether that is new. A team cannot undo the installation's pause."""
    return change(team, "line.resumed", user, was_paused=True, at=None)


def change(
    team: Team | None, verb: str, user: User, *, was_paused: bool, at: object
) -> bool:
    """One or the other, where it was not so already."""
    with transaction.atomic():
        setting = LineSetting.of(team.pk if team else None)
        rows = LineSetting.objects.filter(
            pk=setting.pk, paused_at__isnull=not was_paused
        )
        if rows.update(paused_at=at, paused_by=user if at else None) != 1:
            return False
        if team:
            say_so(team, turns.paused_words() if at else "")
        Event.record(verb, team=team, actor=user)
        wake.wake_sweep()  # it writes on every take why it waits, or that it need not
    return True


def say_so(team: Team, words: str) -> None:
    """Write it on what waits at once: whoever has pressed the button looks now."""
    waiting = Generation.objects.filter(team=team).ready_to_submit(timezone.now())
    waiting.order_by().tell(team.pk, wait_reason=words)
