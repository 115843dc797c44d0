"""A person decides what became of an *unknown* take."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.models import (
    Attempt,
    Billed,
    Event,
    Feed,
    Generation,
    ProviderAccount,
    Status,
    User,
    ledger,
)
from studio.pipeline import wake
from studio.pipeline.credentials import account_for


class CannotSettle(ValueError):
    """What was said cannot be; the text says why."""


def it_exists(generation: Generation, operation_id: str, *, user: User) -> bool:
    """The provider has it under this id: go on from there."""
    operation_id = operation_id.strip()
    if not (operation_id and operation_id.isprintable()):
        raise CannotSettle(_("Give the provider's id of the take."))
    now = timezone.now()
    try:
        with transaction.atomic():
            done = generation.mark_submitted(
                operation_id, now=now, billed="", **account_of(generation)
            )
            if done:
                note(generation, user, "it_exists", operation_id=operation_id)
                wake.wake_sweep()
            else:  # too late: its attempt ended as somebody else has said
                transaction.set_rollback(True)
    except IntegrityError as error:
        raise CannotSettle(_("Another take has this id already.")) from error
    return done


def account_of(generation: Generation) -> dict[str, ProviderAccount | None]:
    """Whose key asks for it, where none was written down: it was never claimed here."""
    if generation.account_id is not None:
        return {}
    return {"account": account_for(generation.team_id, generation.provider)}


def it_does_not(generation: Generation, *, user: User) -> bool:
    """The provider never got it: it ends here, unbilled."""
    with transaction.atomic():
        done = generation.mark_failed(
            "never_sent",
            _("It never reached the provider."),
            now=timezone.now(),
            billed=Billed.NO,
            frm={Status.UNKNOWN},
        )
        if done:
            generation.close_attempt(Attempt.Outcome.SETTLED, now=timezone.now())
            note(generation, user, "it_does_not")
    return done


def send_again(generation: Generation, *, user: User) -> bool:
    """Send it once more, knowing that it may be charged twice.

    Raises OverBudget, and CannotSettle where nobody could see what would come of it.
    """
    now = timezone.now()
    homes = (generation, generation.project, generation.team)
    if any(home.deleted_at for home in homes):
        raise CannotSettle(_("It was deleted: nothing is sent for it any more."))
    with transaction.atomic():
        done = generation.mark_requeued(now=now)
        if done:
            generation.close_attempt(Attempt.Outcome.SETTLED, now=now)
            note(generation, user, "send_again")
            wake.wake_sweep()
    return done


def clear_up(generation: Generation, was_billed: bool, *, user: User) -> bool:
    """Somebody found out whether a take that ended was billed; once."""
    with transaction.atomic():
        version = Feed.advance(generation.team_id)
        take = Generation.objects.get(pk=generation.pk)
        if not take.is_terminal or not ledger.clear_up(take, was_billed=was_billed):
            return False
        if take.billed == Billed.UNKNOWN:
            word = Billed.YES if was_billed else Billed.NO
            Generation.objects.filter(pk=take.pk).update(billed=word, version=version)
        note(take, user, "was_billed" if was_billed else "was_not_billed")
    return True


def note(generation: Generation, user: User, decision: str, **data: Any) -> None:
    """Who decided what."""
    Event.record(
        "generation.settled",
        team_id=generation.team_id,
        project_id=generation.project_id,
        generation=generation,
        actor=user,
        data={"decision": decision, **data},
    )
