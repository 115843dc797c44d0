"""What the queue may call: ids in, one call of the pipeline, nothing else."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.utils import timezone

from studio import queue
from studio.keeping.checking import Away, Slice
from studio.models import FileCheck, Heartbeat
from studio.pipeline import (
    close_team,
    doctor,
    invite,
    keys,
    ledger_watch,
    notices,
    send_slow,
)
from studio.pipeline import collect as collecting
from studio.pipeline import render as rendering
from studio.pipeline.clock import SteadyClock
from studio.pipeline.sweep import Sweep

logger = logging.getLogger(__name__)
SLICE_SECONDS = 50
CLOCK = SteadyClock()  # of this process: it remembers from slice to slice


def sweep(**_: Any) -> None:
    """One slice of submitting and polling; another follows while work is left.

    One alone: what the schedule adds each minute would pile up before the heartbeats.
    """
    CLOCK.begin()
    if Sweep(clock=CLOCK).run(SLICE_SECONDS) and not queue.is_waiting("sweep"):
        queue.enqueue("sweep")


def submit(*, generation_id: str, **_: Any) -> None:
    """Send one take whose request takes minutes."""
    send_slow.submit_generation(generation_id)
    notices.spread_waiting()


def render(*, generation_id: str, **_: Any) -> None:
    """Draw one animatic."""
    rendering.render_generation(generation_id)
    notices.spread_waiting()


def collect(*, generation_id: str, **_: Any) -> None:
    """Fetch and store one finished video."""
    collecting.collect_generation(generation_id)
    notices.spread_waiting()


def deliver(*, delivery_id: str, **_: Any) -> None:
    """One try of telling somebody outside."""
    notices.deliver(delivery_id)


def diagnose(*, slug: str, **_: Any) -> None:
    """Judge earlier failures by a rule that has changed."""
    doctor.judge_anew(slug, timezone.now())


def check_key(*, account_id: str, **_: Any) -> None:
    """Ask what is left on one account."""
    keys.check_stale(account_id)


def check_files(**_: Any) -> None:
    """A slice of the nightly look at stored files; another follows until its end."""
    if not FileCheck.is_due(timezone.now()):
        return
    slice_ = Slice(seconds=SLICE_SECONDS, bytes_per_second=settings.CHECK_RATE)
    try:
        check = slice_.run()
    except Away as away:  # looked at again by the schedule
        logger.warning("the file check stops for now: %s", away)
        return
    if check and not check.finished_at and not queue.is_waiting("check_files"):
        queue.enqueue("check_files")


def mail_invitation(*, invitation_id: str, **_: Any) -> None:
    """Send one invitation."""
    invite.mail_invitation(invitation_id)


def stop_takes(*, team_id: str, user_id: int, **_: Any) -> None:
    """Stop the takes of a deleted team."""
    close_team.stop_takes(team_id, user_id)


def empty_teams(**_: Any) -> None:
    """Empty the deleted teams whose time of grace is over."""
    close_team.empty_teams(timezone.now())


def check_ledger(**_: Any) -> None:
    """Say where ledger and takes disagree."""
    ledger_watch.check_ledgers()


def heartbeat(*, queue: str, **_: Any) -> None:
    """This queue runs tasks."""
    Heartbeat.beat(queue, timezone.now())
