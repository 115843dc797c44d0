"""Apply what a provider says of an operation to its take."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from studio import faults, queue
from studio.media.storage import store_bytes
from studio.models import AT_PROVIDER, Billed, Generation, Status
from studio.providers.base import Progress, State, Usage, VideoResult


def apply(
    generation: Generation, seen: Progress, now: datetime, *, was_queued: bool = False
) -> None:
    """Make the step that this look calls for, if any.

    ``was_queued`` says that an earlier look saw it wait. Where none did, it may have
    run since it was sent: to count from the first look would teach us times that get
    shorter and shorter.
    """
    match seen.state:
        case State.COMPLETED if seen.results:
            take_results(generation, seen, now)
        case State.COMPLETED:
            message = _("The provider says that it is done, but gave no video.")
            fail(generation, "no_video", message, seen, now)
        case State.FAILED:
            code = seen.error.code if seen.error else "failed"
            message = seen.error.message if seen.error else _("The provider failed.")
            fail(generation, code, message, seen, now)
        case State.CANCELED:
            generation.mark_canceled(
                now=now,
                frm=AT_PROVIDER,
                billed=billed_of(seen),
                finished_at=now,
                **usage_fields(seen.usage),
            )
        case State.PROCESSING if generation.status == Status.SUBMITTED:
            since = None if was_queued else generation.submitted_at
            generation.mark_processing(
                now=now, running_at=since, fraction=seen.fraction
            )


def take_results(generation: Generation, seen: Progress, now: datetime) -> None:
    """Keep where the video is, then have it fetched: one transaction."""
    results = [stored_result(result) for result in seen.results]
    expires = timedelta(seconds=seen.expires_in) if seen.expires_in else None
    note_credit(generation, seen.usage, now)
    faults.point("poll.collecting")
    with transaction.atomic(savepoint=False):
        if generation.mark_collecting(
            results,
            now=now,
            results_expire_at=now + expires if expires else None,
            revised_prompt=seen.revised_prompt,
            **usage_fields(seen.usage),
        ):
            faults.point("poll.collecting_marked")
            queue.enqueue("collect", generation_id=str(generation.pk))


def stored_result(result: VideoResult) -> dict[str, Any]:
    """A result as JSON; bytes that came inside the answer become a file first."""
    if result.content is not None:
        path = Path(settings.INCOMING_DIR) / f"{uuid.uuid4().hex}.part"
        store_bytes(result.content, path)
        return {"path": str(path.relative_to(settings.STORAGE_DIR))}
    if result.path is not None:
        return {"path": str(result.path.relative_to(settings.STORAGE_DIR))}
    return {"url": result.url}


def fail(
    generation: Generation, code: str, message: str, seen: Progress, now: datetime
) -> None:
    """The provider ended it without a video."""
    generation.mark_failed(
        code,
        message,
        said=seen.error.excerpt if seen.error else "",
        now=now,
        billed=billed_of(seen),
        frm=AT_PROVIDER,
        finished_at=now,
        **usage_fields(seen.usage),
    )


def billed_of(seen: Progress) -> str:
    """The provider's word on it, in ours."""
    return Billed(seen.billed.value)


def note_credit(generation: Generation, usage: Usage, now: datetime) -> None:
    """Keep what is left on the account, and that its key works, where that is news."""
    account = generation.account
    if account is not None and (usage.credit_left or not account.is_valid):
        account.note_answer(now=now, credit_left=usage.credit_left)


def usage_fields(usage: Usage) -> Mapping[str, Any]:
    """What the provider says of money, as fields; nothing where it says nothing."""
    fields: dict[str, Any] = {}
    if usage.cost is not None:
        fields |= {"cost": usage.cost, "cost_is_reported": True}
    if usage.credits:
        fields["credits"] = usage.credits[:60]
    return fields
