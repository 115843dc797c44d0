"""A frame of a finished take becomes a picture of its team, to go on from."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils.translation import gettext as _

from studio.media.facts import MediaError
from studio.media.frames import extract_frame, sharpest_of_last
from studio.media.images import ImageRefused, normalise_image
from studio.media.store import StoreAway, store
from studio.models import Asset, Event, Generation, Moderation, User
from studio.pipeline.uploads import store_image


class NoFrame(ValueError):
    """There is no such picture to be had; the text says why."""


def keep_frame(generation: Generation, at_seconds: float, *, user: User) -> Asset:
    """The frame on screen at that time, full size, as a file of the team.

    A time outside the clip gives its first or last frame; written down is when the
    frame is shown, not what was typed. Raises NoFrame.
    """
    if not math.isfinite(at_seconds):
        raise NoFrame(_("Give a time in seconds."))
    with room_for_one() as picture, video_of(generation) as video:
        try:
            at_seconds = extract_frame(video, at_seconds, picture)
        except MediaError as error:
            raise NoFrame(str(error)) from error
        return stored(generation, picture, at_seconds, user)


def keep_last_frame(generation: Generation, *, user: User) -> Asset:
    """The sharpest of the last frames: where the next take goes on. Raises NoFrame."""
    with room_for_one() as picture, video_of(generation) as video:
        try:
            at_seconds = sharpest_of_last(video, picture)
        except MediaError as error:
            raise NoFrame(str(error)) from error
        return stored(generation, picture, at_seconds, user)


@contextmanager
def room_for_one() -> Iterator[Path]:
    """Where a frame is drawn."""
    with TemporaryDirectory(dir=settings.INCOMING_DIR, prefix="frame-") as folder:
        yield Path(folder) / "frame.png"


@contextmanager
def video_of(generation: Generation) -> Iterator[Path]:
    """The stored video, on this machine. Raises NoFrame."""
    if generation.moderation == Moderation.BLOCKED:
        raise NoFrame(_("A moderator has blocked this take."))
    if generation.moderation == Moderation.PENDING:
        # The picture would be the whole team's.
        raise NoFrame(_("This take waits for moderation: its frames can be used then."))
    nothing = _("This take has no video to take a frame from.")
    asset = generation.assets.filter(kind=Asset.Kind.VIDEO, deleted_at=None).first()
    if asset is None:
        raise NoFrame(nothing)
    try:
        with store().at_hand(asset.path) as video:
            yield video
    except FileNotFoundError as error:
        raise NoFrame(nothing) from error
    except StoreAway as error:
        raise NoFrame(_("%(reason)s: try again.") % {"reason": error}) from error


def stored(
    generation: Generation, picture: Path, at_seconds: float, user: User
) -> Asset:
    """The picture as an upload of the team, cleaned like any other."""
    name = f"take {generation.take} at {at_seconds:.2f} s.png"
    try:
        with picture.open("rb") as file:
            clean = normalise_image(file, name=name)
    except ImageRefused as refusal:
        raise NoFrame(str(refusal)) from refusal
    asset = store_image(clean, project=generation.project, user=user, name=name)
    Event.record(
        "generation.frame_taken",
        team_id=generation.team_id,
        project_id=generation.project_id,
        generation=generation,
        actor=user,
        data={"asset": str(asset.pk), "at": round(at_seconds, 3)},
    )
    return asset
