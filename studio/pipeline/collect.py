"""Fetch a finished video and keep it: whole, checked, with its pictures.

Free to repeat: a failed or interrupted collect fetches again and never generates again.
Names follow from the take's id, so a repeat finds the files of the one before.
"""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from studio import faults
from studio.media.check import as_ordered, check_whole, sniff
from studio.media.facts import MediaError, VideoFacts
from studio.media.flaws import Stretch, find_flaws
from studio.media.posters import examine
from studio.media.storage import sha256_of
from studio.media.store import store
from studio.models import Asset, Billed, Generation, Status, Timing
from studio.outbound.failures import DownloadFailed
from studio.pipeline import deliver, keys
from studio.pipeline.bring import LEASE, Stopped, bring, hold

logger = logging.getLogger(__name__)

CHECK_LEASE = timedelta(minutes=5)  # looking at a video takes longer than a renewal
FIRST_PAUSE, LONGEST_PAUSE = 5, 600  # seconds between two tries
MOST_DEAD_LINKS = 3
MOST_TRIES_UNREADABLE = 3  # a file that arrives damaged each time
GIVE_UP_AFTER = timedelta(days=7)
POSTER, POSTER_SMALL = 640, 320  # pixels wide


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A whole video under its temporary name, and what is known of it."""

    part: Path
    media_type: str
    sha256: str
    size: int
    facts: VideoFacts
    pictures: Mapping[str, Path]  # asset kind -> temporary file
    flaws: Sequence[Stretch] = ()


def collect_generation(
    generation_id: str, transport: httpx.AsyncBaseTransport | None = None
) -> None:
    """Bring one take in; quietly nothing where it is not ours to bring."""
    owner = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
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


def check(part: Path, folder: Path, stem: str) -> Fetched:
    """Look at the video from its first byte to its last frame, and draw its pictures.

    Raises MediaError where it is not whole, or no video.
    """
    media_type = sniff(part)
    if media_type is None:
        raise MediaError(_("What the provider sent is not a video."))
    check_whole(part)
    pictures = {
        Asset.Kind.POSTER: folder / f"{stem}.{POSTER}.webp",
        Asset.Kind.POSTER_SMALL: folder / f"{stem}.{POSTER_SMALL}.webp",
        Asset.Kind.PREVIEW: folder / f"{stem}.preview.mp4",
    }
    facts = examine(
        part,
        posters={
            POSTER: pictures[Asset.Kind.POSTER],
            POSTER_SMALL: pictures[Asset.Kind.POSTER_SMALL],
        },
        preview=pictures[Asset.Kind.PREVIEW],
    )
    sha256, size = sha256_of(part)
    return Fetched(
        part=part,
        media_type=media_type,
        sha256=sha256,
        size=size,
        facts=facts,
        pictures={kind: path for kind, path in pictures.items() if path.exists()},
        flaws=find_flaws(part),
    )


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


def outcome_fields(generation: Generation, fetched: Fetched) -> dict[str, Any]:
    """What the row says of the result: its cost, and whether it is as ordered."""
    is_free = generation.estimate == 0 and generation.cost is None
    fields: dict[str, Any] = {
        "billed": Billed.NO if is_free else Billed.YES,
        "fraction": None,
        "wait_reason": "",
        "lease_until": None,
    }
    if generation.cost is None:
        fields["cost"] = generation.estimate
    return {**fields, **ordered_fields(generation, fetched)}


def ordered_fields(generation: Generation, fetched: Fetched) -> dict[str, Any]:
    """Asked against got, and where nothing is to be seen or heard."""
    differences = [asdict(d) for d in as_ordered(generation.options, fetched.facts)]
    is_silence_asked = generation.options.get("generate_audio") is False
    flaws = [
        asdict(stretch)
        for stretch in fetched.flaws
        if not (is_silence_asked and stretch.kind == "silent")
    ]
    return {
        "differences": differences,
        "flaws": flaws,
        "is_as_ordered": not (differences or flaws),
    }


def video_asset(generation: Generation, fetched: Fetched) -> Asset:
    """The row for the video itself."""
    facts = fetched.facts
    return new_asset(
        generation,
        Asset.Kind.VIDEO,
        fetched.media_type,
        sha256=fetched.sha256,
        size=fetched.size,
        width=facts.width,
        height=facts.height,
        duration=facts.duration,
        facts=asdict(facts),
    )


def picture_asset(
    generation: Generation, kind: str, path: Path, fetched: Fetched
) -> Asset:
    """The row for a poster or the hover preview."""
    sha256, size = sha256_of(path)
    media_type = "video/mp4" if kind == Asset.Kind.PREVIEW else "image/webp"
    width, height = (None, None)
    if media_type == "image/webp":
        with Image.open(path) as image:  # our own worker drew it
            width, height = image.size
    return new_asset(
        generation,
        kind,
        media_type,
        sha256=sha256,
        size=size,
        width=width,
        height=height,
    )


def new_asset(
    generation: Generation, kind: str, media_type: str, **facts: Any
) -> Asset:
    """A row whose id and path follow from the take's id: a repeat makes the same."""
    asset_id = uuid.uuid5(generation.pk, kind)
    month = generation.created_at.strftime("%Y/%m")
    asset = Asset(
        id=asset_id,
        team_id=generation.team_id,
        kind=kind,
        generation=generation,
        created_by_id=generation.created_by_id,
        media_type=media_type,
        **facts,
    )
    asset.path = f"{generation.team_id}/{month}/{asset_id}.{asset.suffix}"
    return asset


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
    billed = Billed.NO if generation.estimate == 0 else Billed.YES
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
