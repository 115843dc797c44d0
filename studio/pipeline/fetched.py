"""A video that has come in: looked at, drawn from, and what the rows say of it.

Names follow from the take's id, so a repeat finds the files of the one before.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from studio.media.check import as_ordered, check_whole, sniff
from studio.media.facts import MediaError, VideoFacts
from studio.media.flaws import Stretch, find_flaws
from studio.media.posters import examine
from studio.media.storage import sha256_of
from studio.models import Asset, Billed, Generation

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


def outcome_fields(generation: Generation, fetched: Fetched) -> dict[str, Any]:
    """What the row says of the result: its cost, and whether it is as ordered."""
    fields: dict[str, Any] = {
        "billed": Billed.NO if is_free(generation) else Billed.YES,
        "fraction": None,
        "wait_reason": "",
        "lease_until": None,
    }
    if generation.cost is None:
        fields["cost"] = generation.estimate
    return {**fields, **ordered_fields(generation, fetched)}


def is_free(generation: Generation) -> bool:
    """Whether it costs nothing, and nobody has said anything else since."""
    return generation.estimate == 0 and generation.cost is None


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
