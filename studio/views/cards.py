"""What a card of a take shows, worked out before the template: 48 of them on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from studio import formats
from studio.models import (
    Asset,
    Billed,
    Decision,
    Generation,
    Moderation,
    Role,
    Status,
    User,
    diagnose,
)
from studio.models.at_hand import Picture
from studio.models.moderation import MODERATORS
from studio.pipeline.expect import Expected, expected_times
from studio.views.addresses import address, file_address
from studio.views.card_words import (
    BILLED,
    TONES,
    approval_words,
    comment_words,
    estimate_of,
    expected_at,
    expected_words,
    facts_of,
    link_words,
    place_words,
    price_of,
    reason_of,
    stage_of,
    usual_words,
    words_of,
)
from studio.views.flaws import warning_of

DEFAULT_SIZE = (16, 9)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One take as a card; every value is ready to be printed."""

    id: UUID
    take: Generation
    href: str
    ratio: str  # the CSS class that holds its place open
    width: int
    height: int
    words: str
    facts: str
    price: str
    by: str
    initials: str
    created: datetime
    moment: str  # the same for machines
    day: str
    menu: str  # where the inside of its menu is
    project: str = ""
    verdict: str = ""
    tone: str = ""  # of the verdict's badge
    is_starred: bool = False
    awaits_review: bool = False
    comments: int = 0
    comment_words: str = ""  # how many, and how many are open
    has_open_comments: bool = False
    # With a video
    poster: str = ""
    video: str = ""
    preview: str = ""
    warning: str = ""  # it is not as ordered
    # On its way, or ended without one
    state: str = ""  # waiting, failed, unknown, canceled or nothing
    stage: str = ""
    since: str = ""  # when this stage began, for machines
    elapsed: str = ""
    before: int | None = None  # takes that go first, while it waits to be sent
    place: str = ""  # the same in words
    expected: str = ""
    usual: str = ""  # how long such takes have taken here
    expected_at: str = ""  # for machines, where a countdown means something
    until_words: str = ""  # with a place for the time; else *about {} left*
    reason: str = ""
    next_step: str = ""  # what to do about a failure, or who can approve it
    percent: int | None = None
    dimmed: str = ""  # the start image, behind the words
    billed: str = ""
    can_cancel: bool = False
    can_move: bool = False  # within its person's own line, and be edited
    can_retry: bool = False
    again: str = ""  # what a retry costs; nothing where nobody knows
    can_choose: bool = False  # for a review link


def cards(
    takes: Iterable[Generation], user: User, role: Role, now: datetime
) -> list[Card]:
    """The cards of these takes for somebody; they come ``with_cards``."""
    listed = list(takes)
    diagnose(listed)
    waiting = [take for take in listed if take.is_in_flight]
    times = expected_times(waiting, now) if waiting else {}
    return [card(take, user, role, times.get(take.pk), now) for take in listed]


def card(
    take: Generation,
    user: User,
    role: Role,
    times: Expected | None,
    now: datetime,
    *,
    shows_blocked: bool = False,
) -> Card:
    """One card; ``times`` says when a take in flight can be expected.

    A blocked take has no pictures on it; ``shows_blocked`` gives them to admins.
    """
    width, height = size_of(take)
    author = take.created_by
    return Card(
        id=take.pk,
        take=take,
        href=address("take", take.pk),
        ratio=ratio_class(width, height),
        width=width,
        height=height,
        words=words_of(take.prompt.text),
        facts=facts_of(take),
        price=price_of(take),
        by=author.display_name if author else "",
        initials=author.initials if author else "",
        created=take.created_at,
        moment=take.created_at.isoformat(timespec="seconds"),
        menu=address("take-menu", take.pk),
        day=date_format(timezone.localtime(take.created_at), "j M"),
        project=take.project.name,
        **marks_of(take),
        **pictures_and_state(take, user, role, times, now, shows_blocked),
    )


def pictures_and_state(
    take: Generation,
    user: User,
    role: Role,
    times: Expected | None,
    now: datetime,
    shows_blocked: bool,
) -> dict[str, Any]:
    """What is to be seen of it, and where it is."""
    if take.moderation == Moderation.BLOCKED:
        blocked = _("A moderator has taken this take from the team's pages.")
        if not (shows_blocked and role in MODERATORS):
            return {"state": "blocked", "stage": _("Blocked"), "reason": blocked}
    width, height = size_of(take)
    return {
        **files_of(take.files, is_tall=width < height),
        **state_of(take, user, role, times, now),
    }


def marks_of(take: Generation) -> dict[str, Any]:
    """What the team thinks of it."""
    decision = Decision(take.verdict) if take.verdict else None
    words = str(decision.label) if decision else ""
    return {
        "verdict": _("%(verdict)s by a guest") % {"verdict": words}
        if take.verdict_is_guests
        else words,
        "tone": TONES[decision] if decision else "",
        "is_starred": take.is_starred,
        "awaits_review": take.review_asked_at is not None,
        "comments": take.comments_said,
        "comment_words": comment_words(take),
        "has_open_comments": take.comments_open > 0,
    }


def size_of(take: Generation) -> tuple[int, int]:
    """Pixels of the poster; before there is one, the shape that was asked for."""
    if size := known_size(take.files, take.options):
        return size
    for given in take.inputs.all():
        if given.asset.width and given.asset.height:
            return given.asset.width, given.asset.height
    return DEFAULT_SIZE


def known_size(
    files: Iterable[Asset | Picture], options: Mapping[str, Any]
) -> tuple[int, int] | None:
    """The same, where files or settings tell."""
    for item in files:
        if item.kind == Asset.Kind.POSTER and item.width and item.height:
            return item.width, item.height
    return shape(str(options.get("aspect_ratio", "")))


@cache
def shape(aspect_ratio: str) -> tuple[int, int] | None:
    """``"9:16"`` as (9, 16); None for words such as *auto*."""
    left, colon, right = aspect_ratio.partition(":")
    if not colon or not left.isdecimal() or not right.isdecimal():
        return None
    width, height = int(left), int(right)
    return (width, height) if width and height else None


def ratio_class(width: int, height: int) -> str:
    """The class of ``ratios.css`` for a shape, r178 for 16:9; within 0.4 and 2.6."""
    return f"r{min(max(round(100 * width / height), 40), 260)}"


def files_of(listed: Iterable[Asset | Picture], *, is_tall: bool) -> dict[str, Any]:
    """Addresses of what there is to see; of a tall one the small poster is enough."""
    files = {item.kind: item for item in listed}
    video = files.get(Asset.Kind.VIDEO)
    large, small = files.get(Asset.Kind.POSTER), files.get(Asset.Kind.POSTER_SMALL)
    poster = (small or large) if is_tall else (large or small)
    preview = files.get(Asset.Kind.PREVIEW)
    return {
        "video": file_address(video) if video else "",
        "poster": file_address(poster) if poster else "",
        "preview": file_address(preview) if preview else "",
    }


def state_of(
    take: Generation, user: User, role: Role, times: Expected | None, now: datetime
) -> dict[str, Any]:
    """Where it is, in words; nothing for a finished one."""
    if take.status == Status.COMPLETED:
        return {
            "can_retry": role.is_at_least(Role.EDITOR),
            "can_choose": role.is_at_least(Role.ADMIN),
            "warning": warning_of(take),
        }
    mine = take.created_by_id == user.pk and role.is_at_least(Role.EDITOR)
    may_stop = mine or role.is_at_least(Role.ADMIN)
    return {
        "can_move": take.status == Status.QUEUED and may_stop,
        "state": "waiting" if take.is_in_flight else str(take.status),
        "stage": stage_of(take),
        "since": take.status_at.isoformat(timespec="seconds"),
        "elapsed": formats.seconds((now - take.status_at).total_seconds()),
        "dimmed": start_image_of(take),
        "can_cancel": take.can_be_canceled and may_stop,
        **(way_of(take, role, times, now) if take.is_in_flight else end_of(take, role)),
    }


def way_of(
    take: Generation, role: Role, times: Expected | None, now: datetime
) -> dict[str, Any]:
    """How far one is that is on its way, and what it waits for."""
    return {
        "before": times.place.before if times and times.place else None,
        "place": place_words(times),
        "usual": usual_words(take, times),
        "expected": expected_words(take, times),
        "expected_at": expected_at(times, now),
        **link_words(take, now),
        "percent": None if take.fraction is None else round(take.fraction * 100),
        "reason": take.wait_reason,
        "next_step": approval_words(take, role),
    }


def end_of(take: Generation, role: Role) -> dict[str, Any]:
    """Why one ended without a video, and what can be done."""
    return {
        **reason_of(take),
        "billed": str(BILLED.get(Billed(take.billed), "")),
        "can_retry": take.can_be_retried and role.is_at_least(Role.EDITOR),
        "again": estimate_of(take),
    }


def start_image_of(take: Generation) -> str:
    """The address of the picture it starts from."""
    for given in take.inputs.all():
        if given.role == "start_image":
            return given.asset.small_url
    return ""
