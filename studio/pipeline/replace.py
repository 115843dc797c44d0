"""Edit a take that waits: new takes in its place, if it has not been sent meanwhile."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.models import Billed, Event, Generation, Order, Status, User
from studio.pipeline import create, line


class SentMeanwhile(Exception):
    """It is on its way already: it can no longer be changed."""


def replace_take(take: Generation, order: Order, *, user: User) -> list[Generation]:
    """Cancel it and ask for these instead, in one transaction.

    Raises SentMeanwhile where it does not wait any more, and FormChanged as
    ``create_takes`` does. The same press finds its own takes again.
    """
    if order.form_key and (takes := create.takes_of_form(order, user)):
        return takes
    try:
        with transaction.atomic():
            return exchange(take, order, user)
    except SentMeanwhile:
        # The other click was faster: its takes are ours.
        if order.form_key and (takes := create.takes_of_form(order, user)):
            return takes
        raise


def exchange(take: Generation, order: Order, user: User) -> list[Generation]:
    """The old one out, the new ones in. Raises SentMeanwhile."""
    now = timezone.now()
    stood = line.own_line(take)
    if not take.mark_canceled(
        now=now, frm={Status.QUEUED}, billed=Billed.NO, cancel_requested_at=now
    ):
        raise SentMeanwhile(_("It was sent meanwhile."))
    take.delete_softly(now=now)  # nothing of it was sent: it would only be in the way
    made = create.create_takes(order, user=user, project=take.project)
    if take.created_by_id == user.pk and take.pk in stood:
        line.put_in(made, at=stood.index(take.pk))
    note(take, made, user)
    return made


def note(take: Generation, made: list[Generation], user: User) -> None:
    """Who changed it, and into which."""
    Event.record(
        "generation.replaced",
        team_id=take.team_id,
        project_id=take.project_id,
        generation=take,
        actor=user,
        data={"by": [str(new.pk) for new in made]},
    )
