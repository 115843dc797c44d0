"""A team is deleted: hidden at once, its takes stopped or finished, emptied later.

What a take has cost stays written down for ever; words, pictures, films and keys go.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import queue
from studio.media.store import store
from studio.models import (
    Asset,
    Attempt,
    Billed,
    Event,
    Feed,
    Generation,
    GenerationInput,
    Project,
    Prompt,
    Status,
    Team,
    User,
)
from studio.models.teams import GRACE
from studio.pipeline import cancel

logger = logging.getLogger(__name__)
AT_ONCE = 200  # rows of one step


def delete_team(team: Team, *, user: User) -> bool:
    """Hide it, and have its takes stopped; whether it was still there."""
    with transaction.atomic():
        Feed.advance(team.pk)  # what is asked for now comes before, or is refused
        done = team.delete_softly(timezone.now())
        if done:
            data = {"name": team.name}
            Event.record("team.deleted", team=team, actor=user, data=data)
            queue.enqueue("stop_takes", team_id=str(team.pk), user_id=user.pk)
    return done


def stop_takes(team_id: str, user_id: int) -> None:
    """Stop what can be stopped of a deleted team; the rest is finished and charged."""
    team = Team.objects.filter(pk=team_id).exclude(deleted_at=None).first()
    user = User.objects.filter(pk=user_id).first()
    if team is None or user is None:
        return
    for take in Generation.objects.in_flight().filter(team=team).order_by("pk"):
        cancel.cancel_take(take, user=user)


def empty_teams(now: datetime) -> int:
    """Empty every team whose time is over, one after another; how many were."""
    return sum(empty_team(team, now) for team in Team.objects.due_for_emptying(now))


def empty_team(team: Team, now: datetime) -> bool:
    """Whether nothing of it is left. Safe to repeat: it goes on where it stopped."""
    end_unclear(team, now)
    if Generation.objects.open().filter(team=team).exists():
        logger.info("team %s still has open takes: emptied later", team.pk)
        return False
    remove_files(team)
    forget_words(team)
    with transaction.atomic():
        over = Team.objects.filter(
            pk=team.pk, emptied_at=None, deleted_at__lte=now - GRACE
        )
        if not over.update(emptied_at=now):
            return False
        team.invitations.all().delete()
        team.provider_accounts.all().delete()
        team.model_settings.all().delete()
        Event.record("team.emptied", team=team)
        team.spending_sums.update(approved=0)  # there is no video any more
        team.memberships.all().delete()
    return True


def end_unclear(team: Team, now: datetime) -> None:
    """Nobody has settled them in time. What was held is charged as *may have been
    billed*, for nobody has found out that it was not."""
    takes = Generation.objects.filter(
        team=team, team__deleted_at__lte=now - GRACE, status=Status.UNKNOWN
    )
    for take in takes.order_by("pk"):
        with transaction.atomic():
            done = take.mark_failed(
                "never_settled",
                _("Nobody found out what became of it before its team was emptied."),
                now=now,
                billed=Billed.UNKNOWN,
                frm={Status.UNKNOWN},
            )
            if done:
                take.close_attempt(Attempt.Outcome.SETTLED, now=now)
                note_unclear(take)


def note_unclear(take: Generation) -> None:
    """It stays unclear in the trail, with what it may have cost."""
    Event.record(
        "generation.settled",
        team_id=take.team_id,
        project_id=take.project_id,
        generation=take,
        data={"decision": "left_unclear", "estimate": take.estimate},
    )


def remove_files(team: Team) -> None:
    """First the files, then their rows: a crash leaves rows to go on from."""
    while assets := list(Asset.objects.filter(team=team).order_by("pk")[:AT_ONCE]):
        for asset in assets:
            store().remove(asset.path)
        with transaction.atomic():
            GenerationInput.objects.filter(asset__in=assets).delete()
            Asset.objects.filter(pk__in=[asset.pk for asset in assets]).delete()


def forget_words(team: Team) -> None:
    """What people wrote; numbers, models and costs stay."""
    Prompt.objects.filter(team=team).update(text="", settings={})
    Generation.objects.filter(team=team).update(
        revised_prompt="", extra={}, results=[], differences=[]
    )
    worded = Generation.objects.filter(team=team, options__has_key="negative_prompt")
    while takes := list(worded.order_by("pk")[:AT_ONCE]):
        for take in takes:
            del take.options["negative_prompt"]
        Generation.objects.bulk_update(takes, ["options"])
    projects = Project.objects.filter(team=team)
    projects.filter(deleted_at=None).update(deleted_at=timezone.now())
    projects.update(name="", is_private=True)
