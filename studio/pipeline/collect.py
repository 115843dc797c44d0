"""Fetch a finished video and keep it: whole, checked, with its pictures.

Free to repeat: a failed or interrupted collect fetches again and never generates again.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import faults
from studio.media.facts import MediaError
from studio.media.store import store
from studio.models import Asset, Billed, Generation, Status, Timing
from studio.outbound.failures import DownloadFailed
from studio.pipeline import deliver, keys
from studio.pipeline.bring import LEASE, Stopped, bring, hold
from studio.pipeline.database import DATABASE_AWAY
from studio.pipeline.fetched import (
    Fetched,
    check,
    is_free,
    outcome_fields,
    picture_asset,
    video_asset,
)
from studio.pipeline.owner import new_owner

logger = logging.getLogger(__name__)

CHECK_LEASE = timedelta(minutes=5)  # looking at a video takes longer than a renewal
FIRST_PAUSE, LONGEST_PAUSE = 5, 600  # seconds between two tries
MOST_DEAD_LINKS = 3
MOST_TRIES_UNREADABLE = 3  # a file that arrives damaged each time
GIVE_UP_AFTER = timedelta(days=7)


def collect_generation(
    generation_id: str, transport: httpx.AsyncBaseTransport | None = None
) -> None:
    """Bring one take in; quietly nothing where it is not ours to bring."""
    owner = new_owner()
    generation = claim(generation_id, owner, timezone.now())
    if generation is None:
        return
    faults.point("collect.claimed")
    folder = Path(settings.INCOMING_DIR)
    stem = f"{generation.pk}.{uuid.uuid4().hex[:8]}"
    was_here = False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep_up(generation, folder)
        part = folder / f"{stem}.part"
        was_here = deliver.take_back(generation, part)
        if not was_here:
            bring(generation, owner, part, transport)
        faults.point("collect.fetched")
        hold(generation, owner, CHECK_LEASE)
        fetched = check(part, folder, stem)
        faults.point("collect.checked")
        keep(generation, owner, fetched)
    except Stopped:
        logger.info("take %s is collected by another worker", generation.pk)
    except DownloadFailed as error:
        settle_failed_download(generation, owner, error, timezone.now())
    except MediaError as error:
        if was_here:  # it went bad on this machine: the next try downloads
            deliver.forget(generation)
            try_later(generation, owner, str(error), timezone.now())
        else:
            settle_unreadable(generation, owner, str(error), timezone.now())
    except OSError as error:
        logger.exception("take %s could not be stored", generation.pk)
        reason = _("The storage of this installation cannot be written: %(reason)s.")
        reason %= {"reason": error.strerror or error}
        try_later(generation, owner, reason, timezone.now())
    except DATABASE_AWAY:
        raise
    except Exception:  # unforeseen: tried again like a download, and not for ever
        logger.exception("take %s could not be brought in", generation.pk)
        broke = DownloadFailed(_("Dailies could not bring it in: the log says why."))
        settle_failed_download(generation, owner, broke, timezone.now())
    finally:
        for leftover in folder.glob(f"{stem}*"):
            leftover.unlink(missing_ok=True)


def claim(generation_id: str, owner: str, now: datetime) -> Generation | None:
    """Take the lease of one collect; the tries are counted before the work."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = Generation.objects.filter(free, pk=generation_id, status=Status.COLLECTING)
    generation = rows.select_related("prompt", "catalog_entry").first()
    if generation is None:
        return None
    changed = rows.filter(collect_attempts=generation.collect_attempts).update(
        lease_by=owner,
        lease_until=now + LEASE,
        collect_attempts=generation.collect_attempts + 1,
    )
    generation.collect_attempts += 1
    return generation if changed == 1 else None


def sweep_up(generation: Generation, folder: Path) -> None:
    """Remove what a worker that died left of this take; the lease is ours."""
    for pattern in ("*.part", "*.webp", "*.preview.mp4"):
        for leftover in folder.glob(f"{generation.pk}.{pattern}"):
            leftover.unlink(missing_ok=True)


def keep(generation: Generation, owner: str, fetched: Fetched) -> None:
    """Files to their places, then the commit that makes them visible.

    The step comes first in the transaction: whoever was overtaken finds out before it
    can lay its files over those of another. To a bucket they go before it.
    """
    now = timezone.now()
    pictures = {
        picture_asset(generation, kind, path, fetched): path
        for kind, path in fetched.pictures.items()
    }
    video = video_asset(generation, fetched)
    spooled = [r["path"] for r in generation.results if "path" in r]
    is_remote = store().is_remote
    if is_remote:
        deliver.send(generation, owner, fetched.part, {**pictures, video: fetched.part})
    with transaction.atomic():
        fields = outcome_fields(generation, fetched)
        if not generation.mark_completed(now=now, lease_by=owner, **fields):
            raise Stopped
        if not is_remote:
            put_in_place(fetched.part, video)
            faults.point("collect.video_placed")
            for asset, path in pictures.items():
                put_in_place(path, asset)
        faults.point("collect.placed")
        Asset.objects.bulk_create([video, *pictures])
        learn(generation, now)
        keys.look_soon(generation.account)
    faults.point("collect.committed")
    deliver.forget(generation)
    for path in spooled:
        (Path(settings.STORAGE_DIR) / path).unlink(missing_ok=True)


def put_in_place(path: Path, asset: Asset) -> None:
    """Give a whole file its final name, durably."""
    store().place(path, asset.path, asset.media_type)


def learn(generation: Generation, now: datetime) -> None:
    """Remember how long the making took, for waiting times and polling."""
    started = generation.running_at or generation.submitted_at
    finished = generation.finished_at or now
    if started is not None and finished > started:
        Timing.add(generation.timing_key(), (finished - started).total_seconds())


# What went wrong


def settle_failed_download(
    generation: Generation, owner: str, error: DownloadFailed, now: datetime
) -> None:
    """Links die: the provider is asked for another, twice. The rest is tried again."""
    since = generation.finished_at or generation.status_at
    is_dead = error.permanent and generation.collect_attempts >= MOST_DEAD_LINKS
    if is_dead or now - since > GIVE_UP_AFTER:
        end_without_file(generation, owner, "result_lost", str(error), now)
    elif error.permanent and any("url" in result for result in generation.results):
        generation.mark_asked_again(now=now, lease_by=owner)
    else:
        try_later(generation, owner, str(error), now)


def settle_unreadable(
    generation: Generation, owner: str, reason: str, now: datetime
) -> None:
    """Fetch it again; a file that is damaged each time is the provider's."""
    if generation.collect_attempts >= MOST_TRIES_UNREADABLE:
        end_without_file(generation, owner, "damaged", reason, now)
    else:
        try_later(generation, owner, reason, now)


def end_without_file(
    generation: Generation, owner: str, code: str, message: str, now: datetime
) -> None:
    """The provider made it and very likely charged for it, and it cannot be had."""
    billed = Billed.NO if is_free(generation) else Billed.YES
    made = _("The video was made, but it cannot be had. %(reason)s")
    message = made % {"reason": message}
    generation.mark_failed(
        code,
        message,
        now=now,
        billed=billed,
        frm={Status.COLLECTING},
        where=Q(lease_by=owner),
    )


def try_later(generation: Generation, owner: str, reason: str, now: datetime) -> None:
    """Give the lease back with a pause that grows; the sweep wakes it then."""
    pause = min(FIRST_PAUSE * 2 ** (generation.collect_attempts - 1), LONGEST_PAUSE)
    Generation.objects.filter(
        pk=generation.pk, status=Status.COLLECTING, lease_by=owner
    ).update(
        lease_by="",
        lease_until=now + timedelta(seconds=pause),
        wait_reason=reason[:300],
    )
