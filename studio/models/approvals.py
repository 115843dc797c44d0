"""Takes that cost more than may be spent without a lead's word: they wait for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from studio.formats import dollars
from studio.models.events import Event
from studio.models.generations import Generation
from studio.models.notices import Notice, Topic
from studio.models.projects import Project
from studio.models.statuses import Billed, Status
from studio.models.teams import Feed, Role
from studio.models.users import User

NOT_APPROVED = "not_approved"  # the error of a take that was refused


def reason_to_wait(total: int | None, project: Project, user: User) -> str:
    """Why new takes must wait, in words; nothing where they need not.

    It is the price of all takes of one press that counts: eight small ones are a large
    one. A price that nobody knows waits as well. Who may agree need not ask.
    """
    limit = project.team.approval_above
    if limit is None or (total is not None and total <= limit):
        return ""
    role = project.team.role_of(user)
    if role is not None and role.is_at_least(Role.ADMIN):
        return ""
    if total is None:
        return _("Waits for approval: nobody knows what it costs.")
    words = _("Waits for approval: it costs more than %(limit)s.")
    return words % {"limit": dollars(limit)}


def waiting_fields(total: int | None, project: Project, user: User) -> dict[str, Any]:
    """The fields of new takes that must wait."""
    reason = reason_to_wait(total, project, user)
    return {"awaits_approval": True, "wait_reason": reason} if reason else {}


def ask(takes: list[Generation], now: datetime) -> None:
    """Tell the leads of these takes of one press, where they wait: one notice of all.

    Call it in the transaction that writes them.
    """
    if takes and takes[0].awaits_approval:
        Notice.write(takes[0], Status.QUEUED, now, Topic.ASKED)


def approve(take: Generation, *, user: User, now: datetime) -> bool:
    """Let it be sent; whether it still waited."""
    with transaction.atomic():
        version = Feed.advance(take.team_id)
        waiting = Generation.objects.awaiting_approval().order_by()
        done = waiting.filter(pk=take.pk).update(
            awaits_approval=False, wait_reason="", version=version
        )
        if done:
            Notice.write(take, Status.QUEUED, now, Topic.APPROVED)
            note(take, user, "generation.spending_approved")
    return bool(done)


def refuse(take: Generation, *, user: User, now: datetime) -> bool:
    """Stop it, unsent; whether it still waited."""
    words = _("%(name)s did not approve what this costs.") % {"name": user}
    with transaction.atomic():
        done = take.mark_canceled(
            now=now,
            frm={Status.QUEUED},
            billed=Billed.NO,
            where=Q(awaits_approval=True),
            error_code=NOT_APPROVED,
            error_message=words,
            wait_reason="",
        )
        if done:
            Notice.write(take, Status.CANCELED, now, Topic.REFUSED)
            note(take, user, "generation.spending_refused")
    return done


def note(take: Generation, user: User, verb: str) -> None:
    """Who decided."""
    Event.record(
        verb,
        team_id=take.team_id,
        project_id=take.project_id,
        generation=take,
        actor=user,
        data={"estimate": take.estimate},
    )
