"""Comments as HTML, each drawn once and kept for as long as it looks the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from studio import formats
from studio.forms.reviews import moment_of, rate_of
from studio.models import Asset, Generation, Role, User
from studio.models.reviews import Said
from studio.views.kept import Kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Who reads and answers: somebody of the team, or a guest."""

    action: str  # where a new comment goes
    queue: str = ""  # the query that leads back to the review queue
    video: str = ""  # the address of the clip, where it is not the file's own
    user: User | None = None
    role: Role = Role.VIEWER
    can_comment: bool = True

    @property
    def sight(self) -> tuple[object, ...]:
        """What a comment looks like to them depends on, besides the comment."""
        user = self.user.pk if self.user else None
        return (user, self.role, self.action, self.queue, self.video, self.can_comment)

    @property
    def can_edit(self) -> bool:
        """Whether they may make takes of it."""
        return self.user is not None and self.role.is_at_least(Role.EDITOR)

    def owns(self, comment: Said) -> bool:
        """Whether it is their own."""
        return self.user is not None and comment.author == self.user.pk

    def may_delete(self, comment: Said) -> bool:
        """One's own; an admin anybody's."""
        is_admin = self.user is not None and self.role.is_at_least(Role.ADMIN)
        return self.owns(comment) or is_admin

    def may_answer(self, take: Generation) -> bool:
        """Where there is something to comment on."""
        return self.can_comment and take.video is not None

    def may_resolve(self, comment: Said) -> bool:
        """One's own; who makes takes anybody's."""
        return self.owns(comment) or self.can_edit


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """One comment as it is shown."""

    id: UUID
    parent: UUID | None  # what it answers
    by: str
    initials: str
    is_guest: bool
    text: str
    created: datetime
    is_gone: bool
    is_resolved: bool
    resolved_by: str
    timecode: str
    seconds: str  # where the player goes; empty without a pin
    place: str  # on the line below the player, in percent
    drawing: str
    can_delete: bool
    can_resolve: bool
    can_answer: bool  # it heads a thread
    can_continue: bool  # make the next take from it
    next: str  # where that and the other acts are sent
    resolve: str
    delete: str
    is_shared: bool  # the guests of a link read this thread


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A comment, drawn."""

    word: Word
    html: str
    marker: str  # on the line below the player; empty without a pin
    place: tuple[float, datetime]  # in the film
    age: int


# Of about 2 kB each. All that is shown of a comment is in the key, so it can be kept
# for long; but for its age, which is looked at each time.
_kept: Kept[Spoken] = Kept(most=4000, seconds=3600)


def spoken(take: Generation, rows: Iterable[Said], reader: Reader) -> list[Spoken]:
    """What was said of a take, drawn where it is not yet."""
    video, now = take.video, timezone.now()
    shape = (video.pk, rate_of(video), video.duration) if video else None
    sight = (shape, reader.sight, get_language())
    found = []
    for row in rows:
        kept = _kept.get((row, sight))
        if kept is None or kept.age != age_of(kept.word.created, now):
            kept = _kept.put((row, sight), draw(take, row, reader, now))
        found.append(kept)
    return found


def age_of(moment: datetime, now: datetime) -> int:
    """As fine as ``formats.since`` tells it: another number where it says another."""
    age = max(now - moment, timedelta())
    if age.days:
        return -age.days
    return age.seconds // 60 if age.seconds < 3600 else 60 + age.seconds // 3600


def draw(take: Generation, row: Said, reader: Reader, now: datetime) -> Spoken:
    """One of them."""
    shown = word(take, row, reader)
    video = reader.video or (take.video.url if take.video else "")
    context = {"word": shown, "take": take, "video": video, "queue": reader.queue}
    has_pin = shown.parent is None and not shown.is_gone and shown.place
    return Spoken(
        word=shown,
        html=render_to_string("reviews/_word.html", context),
        marker=render_to_string("reviews/_marker.html", context) if has_pin else "",
        place=(float(shown.seconds or -1), shown.created),
        age=age_of(shown.created, now),
    )


def word(take: Generation, row: Said, reader: Reader) -> Word:
    """The same before it is drawn."""
    rate = rate_of(take.video)
    is_gone = row.deleted is not None
    frame = row.frame
    moment = None if frame is None else moment_of(frame, rate)
    pk = UUID(str(row.pk))
    acts = acts_of(take, pk, reader)
    return Word(
        id=pk,
        parent=UUID(str(row.parent)) if row.parent else None,
        by=row.by,
        initials=initials_of(row.by),
        is_guest=bool(row.guest_name),
        text="" if is_gone else row.text,
        created=row.at,
        is_gone=is_gone,
        is_resolved=row.resolved is not None,
        resolved_by=row.resolved_by,
        timecode="" if frame is None else formats.timecode(frame, rate),
        seconds="" if moment is None else f"{moment:.4f}",
        place=place_of(moment, take.video),
        drawing="" if row.strokes == "[]" else row.strokes,
        can_delete=not is_gone and reader.may_delete(row),
        can_resolve=not is_gone and reader.may_resolve(row),
        can_answer=row.parent is None and not is_gone and reader.may_answer(take),
        can_continue=moment is not None and not is_gone and reader.can_edit,
        next=acts["next"],
        resolve=acts["resolve"],
        delete=acts["delete"],
        is_shared=reader.user is not None and row.link is not None,
    )


def acts_of(take: Generation, pk: UUID, reader: Reader) -> dict[str, str]:
    """Where a member's acts on a comment are sent."""
    names = ("next", "resolve", "delete")
    if reader.user is None:
        return dict.fromkeys(names, "")
    ids = (take.pk, pk)
    return {n: pattern(f"comment-{n}").format(*ids) + reader.queue for n in names}


@cache
def pattern(name: str) -> str:
    """``reverse`` for a page with dozens of comments: places for take and comment."""
    one, two = UUID(int=1), UUID(int=2)
    found = reverse(name, args=[one, two])
    return found.replace(str(one), "{0}").replace(str(two), "{1}")


def initials_of(name: str) -> str:
    """One or two letters of a name."""
    return "".join(part[0] for part in name.split()[:2]).upper() or "?"


def place_of(moment: float | None, video: Asset | None) -> str:
    """How far along the clip a moment is: ``12.5%``."""
    if moment is None or video is None or not video.duration:
        return ""
    return f"{min(100 * moment / video.duration, 100):.2f}%"
