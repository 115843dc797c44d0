"""Send a take to its provider, at most once.

The attempt is committed before the first byte leaves, the provider's id before anything
else is done with it. An answer that got lost makes the take *unknown*: a person settles
it; the machine never sends it again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from studio import faults, queue
from studio.media.check import check_whole
from studio.media.facts import MediaError
from studio.media.images import ImageRefused
from studio.media.storage import has_room
from studio.media.store import StoreAway
from studio.models import (
    AT_PROVIDER,
    Attempt,
    Billed,
    Generation,
    ProviderAccount,
    Status,
)
from studio.pipeline import inputs, progress
from studio.pipeline.credentials import account_for, credentials_of
from studio.providers import provider_class
from studio.providers.base import (
    Credentials,
    Operation,
    Progress,
    State,
    VideoRequest,
    VideoResult,
)
from studio.providers.errors import (
    ProviderError,
    ProviderNotConfigured,
    ProviderRejected,
    ProviderUnavailable,
    UnsupportedOption,
)
from studio.secrets import SecretUnreadable

logger = logging.getLogger(__name__)

ROOM_PAUSE = 3  # seconds until a full account is looked at again
DEADLINE_MARGIN = timedelta(seconds=30)
GIVE_UP_AFTER = timedelta(hours=24)  # a provider that never takes it
FIRST_PAUSE, LONGEST_PAUSE = 5, 300  # seconds between two tries
# A POST that may take longer than this gets a queue task of its own.
SWEEP_LIMIT = 120  # seconds


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A claimed take with all that its request needs; no rows from here on."""

    generation: Generation
    request: VideoRequest
    credentials: Credentials
    timeout: float  # seconds
    sent_at: datetime


def claim(generation: Generation, now: datetime) -> Submission | None:
    """Claim a queued take and read what its request needs; None where it is not ours.

    A take that cannot be sent at all (no key) fails here, unbilled.
    """
    provider = provider_class(generation.provider)
    account = account_for(generation.team_id, generation.provider)
    try:
        credentials = credentials_of(generation.provider, account)
    except (ProviderNotConfigured, SecretUnreadable) as error:
        fail_unsent(generation, "not_configured", str(error), now)
        return None
    if provider.runs_here:
        start_here(generation, now)
        return None
    if account is not None and is_full(account):
        wait_for_room(generation, account, now)
        return None
    if not has_room(Path(settings.STORAGE_DIR), settings.MIN_FREE_BYTES):
        full = _("The disk of this installation is almost full: waiting for room.")
        stay_in_line(generation, full, now)
        return None
    timeout = submit_timeout(generation)
    deadline = now + timedelta(seconds=timeout) + DEADLINE_MARGIN
    faults.point("submit.claiming")
    if not generation.mark_submitting(now=now, deadline=deadline, account=account):
        return None
    faults.point("submit.claimed")
    request = request_of(generation, now)
    if request is None:
        return None
    return Submission(
        generation=generation,
        request=request,
        credentials=credentials,
        timeout=timeout,
        sent_at=now,
    )


def is_full(account: ProviderAccount) -> bool:
    """Whether as many takes run with this key as its owner allows."""
    running = account.generations.filter(status__in={Status.SUBMITTING, *AT_PROVIDER})
    return running.count() >= account.max_running


def wait_for_room(
    generation: Generation, account: ProviderAccount, now: datetime
) -> None:
    """Stay in the line; the page says why."""
    reason = _("%(limit)d takes run with this key already: waiting for room.")
    stay_in_line(generation, reason % {"limit": account.max_running}, now)


def stay_in_line(generation: Generation, reason: str, now: datetime) -> None:
    """Not now: it is looked at again in a moment."""
    Generation.objects.filter(pk=generation.pk, status=Status.QUEUED).update(
        not_before=now + timedelta(seconds=ROOM_PAUSE),
        lease_until=None,
        wait_reason=reason,
    )


def submit_timeout(generation: Generation) -> float:
    """How long this model's POST may take, in seconds."""
    own = generation.video_model().transport.get("submit_timeout")
    return float(own or provider_class(generation.provider).submit_timeout)


def start_here(generation: Generation, now: datetime) -> None:
    """A model that runs on this machine: accepted and handed to the drawing queue."""
    with transaction.atomic():
        deadline = now + DEADLINE_MARGIN
        if not generation.mark_submitting(now=now, deadline=deadline, account=None):
            return
        faults.point("submit.starting_here")
        generation.mark_submitted(generation.submit_token, now=now)
        queue.enqueue("render", generation_id=str(generation.pk))


def request_of(generation: Generation, now: datetime) -> VideoRequest | None:
    """What a claimed take asks for; None where its pictures cannot be had."""
    not_sent = Attempt.Outcome.NOT_SENT
    try:
        return build_request(generation)
    except ImageRefused as error:
        fail_unsent(generation, "input_refused", str(error), now, not_sent)
    except StoreAway as away:  # nothing has left: back in the line
        reason = ProviderUnavailable(str(away), provider=generation.provider)
        try_again_later(generation, reason, now)
    except OSError:
        logger.exception("inputs of take %s cannot be read", generation.pk)
        message = _("A picture of this take cannot be read from the storage.")
        fail_unsent(generation, "input_missing", message, now, not_sent)
    return None


def build_request(generation: Generation) -> VideoRequest:
    """The frozen request in the providers' terms, pictures read from the storage."""
    rows = generation.inputs.select_related("asset__generation")
    model = generation.video_model()
    media = tuple(
        inputs.media_item(item, model.input(item.role))
        for item in rows.order_by("role", "position")
    )
    return VideoRequest(
        model=model,
        mode=generation.mode,
        prompt=generation.prompt.text,
        options=generation.options,
        media=media,
        extra=generation.extra,
        token=generation.submit_token,
        spool=spool_of(generation),
    )


def spool_of(generation: Generation) -> Path:
    """Where a video that comes inside the answer itself is written as it comes."""
    return Path(settings.INCOMING_DIR) / f"{generation.submit_token}.part"


def settle_answer(
    submission: Submission, answer: Operation | BaseException, now: datetime
) -> None:
    """Write down what came of the POST."""
    faults.point("submit.answered")
    generation = submission.generation
    match answer:
        case Operation():
            accept(generation, answer, now)
        case UnsupportedOption() | ProviderRejected():
            refused = Attempt.Outcome.REFUSED
            facts = facts_of(answer)
            fail_unsent(generation, answer.code, answer.message, now, refused, **facts)
        case ProviderUnavailable():
            try_again_later(generation, answer, now)
        case ProviderError():
            generation.mark_unknown(answer.message, now=now, **facts_of(answer))
        case _:
            logger.error("submit of take %s broke", generation.pk, exc_info=answer)
            settle_broken(submission, answer, now)


def settle_broken(submission: Submission, answer: object, now: datetime) -> None:
    """The answer cannot be used: a person decides, by its id where there is one."""
    facts = {}
    if isinstance(answer, Operation) and answer.id.isprintable():
        facts["operation_id"] = answer.id[:500]
    message = _("The answer was lost inside Dailies: it may run, and cost.")
    submission.generation.mark_unknown(message, now=now, **facts)


def accept(generation: Generation, operation: Operation, now: datetime) -> None:
    """Keep the provider's id, and with it the end where the answer tells it already.

    One transaction: what came inside the answer itself could never be asked for again.
    """
    usage = progress.usage_fields(operation.usage)
    try:
        with transaction.atomic():
            is_ours = generation.mark_submitted(
                operation.id, now=now, operation=dict(operation.data), **usage
            )
            faults.point("submit.accepted")
            progress.note_credit(generation, operation.usage, now)
            if is_ours and operation.progress is not None:
                progress.apply(generation, operation.progress, now)
    except IntegrityError:
        message = _("The provider answered with an id that another take has.")
        generation.mark_unknown(message, now=now, operation_id=operation.id[:500])


def try_again_later(
    generation: Generation, error: ProviderUnavailable, now: datetime
) -> None:
    """Not accepted: back in the line, after a pause that grows."""
    facts = facts_of(error)
    first = generation.attempts.order_by("n").first()  # it may have waited before
    if first is not None and now - first.opened_at > GIVE_UP_AFTER:
        not_sent = Attempt.Outcome.NOT_SENT
        fail_unsent(generation, error.code, error.message, now, not_sent, **facts)
        return
    pause = min(FIRST_PAUSE * 2 ** min(generation.attempt - 1, 10), LONGEST_PAUSE)
    pause = max(pause, error.retry_after or 0)
    with transaction.atomic():
        generation.mark_queued_again(
            now=now,
            not_before=now + timedelta(seconds=pause),
            reason=error.message,
            **facts,
        )
        # Asked of the row: somebody may have stopped it while it was in the air.
        asked = Generation.objects.exclude(cancel_requested_at=None)
        if asked.filter(pk=generation.pk).exists():
            generation.mark_canceled(now=now, frm={Status.QUEUED}, billed=Billed.NO)


def fail_unsent(
    generation: Generation,
    code: str,
    message: str,
    now: datetime,
    outcome: Attempt.Outcome | None = None,
    **facts: object,
) -> None:
    """It never ran: nothing is charged. ``outcome`` is that of its attempt, if any."""
    with transaction.atomic():
        generation.mark_failed(
            code,
            message,
            said=str(facts.get("excerpt", "")),
            now=now,
            billed=Billed.NO,
            frm={Status.QUEUED, Status.SUBMITTING},
        )
        if outcome is not None:
            generation.close_attempt(outcome, now=now, **facts)


def fail_broken(generation: Generation, now: datetime) -> None:
    """A take that cannot even be put together must not stop all others."""
    message = _("Dailies could not put this request together. Nothing was sent.")
    fail_unsent(generation, "broken", message, now, Attempt.Outcome.NOT_SENT)


def facts_of(error: ProviderError) -> dict[str, object]:
    """What an attempt keeps of a refusal."""
    return {"http_status": error.http_status, "excerpt": error.excerpt[:500]}


def reap(generation: Generation, now: datetime) -> None:
    """Its worker died with the request in the air.

    Where the answer was the video itself and lies here whole, it is taken.
    """
    spool = spool_of(generation)
    if is_whole(spool):
        found = Progress(state=State.COMPLETED, results=(VideoResult(path=spool),))
        accept(generation, Operation(id=generation.submit_token, progress=found), now)
        return
    spool.unlink(missing_ok=True)
    message = _(
        "Dailies stopped while this was being sent. It may run at the provider, and "
        "cost: look there before sending it again."
    )
    generation.mark_unknown(message, now=now)


def is_whole(spool: Path) -> bool:
    """Whether a spooled answer came to its end."""
    try:
        check_whole(spool)
    except (OSError, MediaError):
        return False
    return True
