"""The review queue: takes that wait for a verdict, one after another."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio.forms.gallery import chosen
from studio.forms.reviews import rate_of
from studio.http import StudioRequest
from studio.models import Generation, Mention, Moderation, Role, Team
from studio.models.at_hand import Line, Picture, Waiting, pictures_of, take_at_hand
from studio.models.reviews import MentionQuerySet
from studio.views import access
from studio.views.addresses import place, read_id
from studio.views.card_words import words_of
from studio.views.cards import (
    DEFAULT_SIZE,
    card,
    files_of,
    known_size,
    ratio_class,
)
from studio.views.discussion import LISTEN_SECONDS, about, queue_of
from studio.views.gallery import project_names
from studio.views.grid import Watch
from studio.views.kept import Kept
from studio.views.take_page import SPEEDS

AHEAD = 8  # takes shown as coming next
MOST_COUNTED = 999
MOST_MENTIONS = 20
NEXT = '<li><a class="relative {}" href="{}" title="{}">{}</a></li>'
PICTURE = '<img src="{}" alt="{}" decoding="async">'


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """The take at hand, drawn. It holds no token of a form."""

    id: uuid.UUID
    stage: str
    side: str
    mark: str  # its place in the line


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A take further on in the line, drawn: little more than its picture."""

    html: str
    video: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """What comes next: drawn, and the clip of the first, which is fetched meanwhile."""

    drawn: SafeString
    video: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where in the line somebody is."""

    length: str  # how many wait
    skip: str  # the address of the take after this one


# The take's version is in the keys: every word and verdict makes it another one. A
# person's new name, and how long ago something was, show after a minute.
_hands: Kept[Hand] = Kept(most=200, seconds=60)
_steps: Kept[Step] = Kept(most=2000, seconds=600)
# Stands where a form's token goes: that is each visitor's own, so it is never kept.
# Nobody can guess it, and so have a token shown in the words of a comment.
TOKEN = token_urlsafe(24)


@require_GET
def review(request: StudioRequest) -> HttpResponse:
    """The take at hand with player, comments and verdict, and what comes next."""
    team = access.current_team(request)
    project = read_id(request.GET.get("project", ""))
    line = Line(team=team, user=request.user, project=project)
    found = from_here(request, line)
    names = [("", _("All projects")), *project_names(team, request.user)]
    context: dict[str, Any] = {
        "current_team": team,
        "team": team,
        "projects": chosen(names, project or ""),
        "mentions": mentions_of(request, team),
        "can_share": team.my_role.is_at_least(Role.ADMIN),
    }
    if found and (hand := hand_of(request, found[0], team.my_role)):
        context |= at_hand(request, line, hand, found[1:])
    return render(request, "reviews/index.html", context)


def from_here(request: StudioRequest, line: Line) -> list[Waiting]:
    """The line from the take or place on that the address names, or else its head."""
    after = place(request.GET.get("after", ""))
    start = read_id(request.GET.get("take", ""))
    found = line.first(AHEAD + 1, after=after, start=start)
    if found or not (after or start):
        return found
    return line.first(AHEAD + 1)  # round again


def at_hand(
    request: StudioRequest, line: Line, hand: Hand, rows: Sequence[Waiting]
) -> dict[str, Any]:
    """What the page shows of the take, and of those after it."""
    token = get_token(request)
    return {
        "csrf_token": token,  # masked once, not at each place
        "stage": SafeString(hand.stage.replace(TOKEN, token)),  # noqa: S308  (ours)
        "side": SafeString(hand.side.replace(TOKEN, token)),  # noqa: S308  (ours)
        "ahead": ahead_of(rows, line.project),
        "place": Place(
            length=length_of(line),
            skip=address(line.project, after=hand.mark),
        ),
        "watch": Watch(
            scope=f"take:{hand.id}",
            since=line.team.version,
            newest=None,
            seconds=LISTEN_SECONDS,
        ),
    }


def hand_of(request: StudioRequest, row: Waiting, role: Role) -> Hand | None:
    """The take at hand, drawn where it is not yet."""
    queue = queue_of(request)
    answers = request.GET.get("reply", "")
    who = (request.user.pk, role, get_language())
    key = (row.pk, row.version, row.project, who, queue, answers)
    if kept := _hands.get(key):
        return kept
    take = take_at_hand(row.pk)
    return _hands.put(key, draw(request, take, role)) if take else None


def draw(request: StudioRequest, take: Generation, role: Role) -> Hand:
    """The same, made anew."""
    context = about(request, take, role) | {
        "card": card(take, request.user, role, None, timezone.now()),
        "sheet": {"frame_rate": rate_of(take.video)},
        "speeds": SPEEDS,
        "can_edit": role.is_at_least(Role.EDITOR),
        "csrf_token": TOKEN,
    }
    return Hand(
        id=take.pk,
        stage=render_to_string("takes/_stage.html", context),
        side=render_to_string("reviews/_side.html", context),
        mark=mark_of(take),
    )


def ahead_of(rows: Sequence[Waiting], project: uuid.UUID | None) -> Ahead:
    """The takes that come next: one query for the pictures of those not drawn yet."""
    kind = (project, get_language())
    found = {row: _steps.get((row, kind)) for row in rows}
    missing = [row for row, step in found.items() if step is None]
    files: dict[object, list[Picture]] = defaultdict(list)
    for item in pictures_of([row.pk for row in missing]) if missing else ():
        files[item.generation_id].append(item)
    for row in missing:
        found[row] = _steps.put((row, kind), step(row, files[row.pk], project))
    steps = [step for step in found.values() if step]
    drawn = SafeString("".join(step.html for step in steps))  # noqa: S308  (ours)
    return Ahead(drawn=drawn, video=steps[0].video if steps else "")


def step(row: Waiting, files: Sequence[Picture], project: uuid.UUID | None) -> Step:
    """One of them, put together here: a template takes three times as long."""
    width, height = known_size(files, row.options) or DEFAULT_SIZE
    # Of a blocked one there is nothing to see.
    shown = [] if row.moderation == Moderation.BLOCKED else files
    seen = files_of(shown, is_tall=width < height)
    words, href = words_of(row.words), address(project, take=str(row.pk))
    inner = format_html("<span>{}</span>", Truncator(words).chars(20))
    if seen["poster"]:
        inner = format_html(PICTURE, seen["poster"], words)
    html = format_html(NEXT, ratio_class(width, height), href, words, inner)
    return Step(html=html, video=seen["video"])


def mark_of(take: Generation) -> str:
    """Its place in the line, as addresses carry it."""
    asked_at: datetime | None = take.review_asked_at
    return f"{asked_at.isoformat()}_{take.pk}" if asked_at else ""


def length_of(line: Line) -> str:
    """How many wait; beyond a thousand nobody counts."""
    number = line.length(MOST_COUNTED + 1)
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def address(project: uuid.UUID | None, **values: str) -> str:
    """A place in the line of the same project."""
    if project:
        values["project"] = str(project)
    return f"{reverse('review')}?{urlencode(values)}"


def unread(request: StudioRequest, team: Team) -> MentionQuerySet:
    """Comments of the team that name the asker and that they have not read."""
    mine = Mention.objects.unread_by(request.user)
    return mine.visible_to(request.user, team)


def mentions_of(request: StudioRequest, team: Team) -> list[Mention]:
    """The same for the page, the newest first. Mostly there are none: quickly seen."""
    if not Mention.any_unread(request.user.pk):
        return []
    rows = unread(request, team).select_related(
        "comment__author", "comment__generation__prompt"
    )
    return list(rows.order_by("-id")[:MOST_MENTIONS])


@require_POST
def mentions_read(request: StudioRequest) -> HttpResponse:
    """All in this team that name the asker are read."""
    team = access.current_team(request)
    unread(request, team).update(read_at=timezone.now())
    return redirect("review")
