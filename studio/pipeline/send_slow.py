"""Send a take whose request takes minutes: some answers are the video itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import httpx
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import faults
from studio.models import Generation, LineSetting, Outage
from studio.pipeline import submit
from studio.pipeline.credentials import account_for
from studio.pipeline.gates import Gate
from studio.pipeline.network import Network
from studio.providers import get_provider

logger = logging.getLogger(__name__)


def submit_generation(
    generation_id: str,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    clock: Callable[[], datetime] = timezone.now,
) -> None:
    """Claim, send and settle one take; quietly nothing where it is not ours."""
    generation = (
        Generation.objects.select_related("prompt", "catalog_entry")
        .filter(pk=generation_id)
        .first()
    )
    if generation is None:
        return
    submission = claimed(generation, clock())
    if submission is None:
        return
    network = Network(transport)
    try:
        slug = generation.provider
        provider = get_provider(slug, submission.credentials, network.client(slug))
        network.start(submission, provider.submit(submission.request))
        faults.point("send_slow.sent")
        outcomes = network.take(timeout=submission.timeout + 20)
    finally:
        network.close()
    faults.point("send_slow.answered")
    if not outcomes:
        submit.reap(generation, clock())
    for outcome in outcomes:
        now = clock()
        submit.settle_answer(submission, outcome.answer, now)
        tell_gate(submission, outcome.answer, now)


def tell_gate(submission: submit.Submission, answer: object, now: datetime) -> None:
    """What the answer says of the provider, for whoever asks next."""
    gate = Gate()
    gate.load(now)
    gate.note_submit(submission.generation, answer, submission.sent_at, now)


def holds_back(generation: Generation, now: datetime) -> bool:
    """Whether a pause began after it was handed over; then it waits, and says so."""
    settings = LineSetting.around([generation.team_id])
    account = account_for(generation.team_id, generation.provider)
    key = Outage.key_for(generation.provider, account.pk if account else None)
    outage = Outage.objects.filter(key=key).first()
    if settings.pause(generation.team_id):
        reason = _("Paused: nothing is sent for now.")
    elif outage is not None and outage.is_paused(now):
        reason = outage.reason
    else:
        return False
    submit.stay_in_line(generation, reason, now)
    return True


def claimed(generation: Generation, now: datetime) -> submit.Submission | None:
    """The take, if it is ours to send and can be sent."""
    if holds_back(generation, now):
        return None
    try:
        return submit.claim(generation, now)
    except DatabaseError:
        raise
    except Exception:  # whatever is wrong with it, nothing has left
        logger.exception("take %s cannot be sent", generation.pk)
        submit.fail_broken(generation, now)
        return None
