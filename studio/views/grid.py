"""A page of takes: the newest first, 48 of them, going on where the last page ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode

from studio.http import StudioRequest
from studio.models import Feed, Generation, Role, Team, User
from studio.models.generation_queries import GenerationQuerySet
from studio.views.addresses import place
from studio.views.drawn import Drawn, Viewer, drawn
from studio.views.kept import Kept

PAGE = 48
POLL_SECONDS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """What the grid's template needs."""

    cards: Sequence[Drawn]
    html: str  # of all of them
    more: str = ""  # the address of the next page; empty on the last one


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """What a page knows, so that it can ask what is new."""

    scope: str  # project:<id>, team:<id> or take:<id>
    since: int  # the feed's version
    newest: datetime | None  # when the take at the head was made
    seconds: int = 0  # between two looks; 0: nothing is in flight
    filters: str = ""

    @property
    def address(self) -> str:
        """Where the page asks."""
        values: dict[str, str | int] = {
            "since": self.since,
            "scope": self.scope,
            "newest": self.newest.isoformat() if self.newest else "",
        }
        if self.filters:
            values["filters"] = self.filters
        return f"{reverse('updates')}?{urlencode(values)}"


# Whole pages on which nothing moves. The feed's version is in the key: every change of
# a take of the team makes it another one.
_pages: Kept[Grid] = Kept(most=100, seconds=60)


def grid(
    request: StudioRequest,
    takes: GenerationQuerySet,
    viewer: Viewer,
    *,
    page: str,
    of: tuple[UUID, int],
) -> Grid:
    """The page that the address asks for; the next one is at the address ``page``.

    ``of`` is the project or team that the takes are of, and its feed's version, read
    before.
    """
    key = (of, viewer.kind, viewer.sight, viewer.alone, request.GET.urlencode())
    if kept := _pages.get(key):
        return kept
    made = draw_page(request, takes, viewer, page)
    if any(card.is_waiting for card in made.cards):
        return made
    return _pages.put(key, made)


def draw_page(
    request: StudioRequest, takes: GenerationQuerySet, viewer: Viewer, page: str
) -> Grid:
    """The same, made anew."""
    if found := place(request.GET.get("after", "")):
        takes = takes.before(*found)
    listed = drawn(takes.newest_first()[: PAGE + 1], viewer)
    shown = listed[:PAGE]
    more = next_page(request, page, shown[-1]) if len(listed) > PAGE else ""
    html = format_html_join("", "{}", ((card.html,) for card in shown))
    return Grid(cards=shown, html=html, more=more)


def next_page(request: StudioRequest, page: str, last: Drawn) -> str:
    """The address of the takes after this one, with the same filters."""
    query = request.GET.copy()
    query["after"] = f"{last.created.isoformat()}_{last.id}"
    return f"{page}?{query.urlencode()}"


def version_of(team: Team) -> int:
    """The feed's version; read it before the takes, so that no change is missed."""
    versions = Feed.objects.filter(team=team).values_list("version", flat=True)
    return versions.first() or 0


def watch(scope: str, version: int, shown: Sequence[Drawn], filters: str = "") -> Watch:
    """What a page with these cards knows."""
    waiting = any(card.is_waiting for card in shown)
    return Watch(
        scope=scope,
        since=version,
        newest=shown[0].created if shown else None,
        seconds=POLL_SECONDS if waiting else 0,
        filters=filters,
    )


def takes_of_team(team: Team, user: User, role: Role) -> GenerationQuerySet:
    """The gallery of a team as this member sees it, without what was deleted."""
    takes = Generation.objects.filter(
        team=team, deleted_at=None, project__deleted_at=None
    )
    return as_seen(takes, team, user, role)


def as_seen(
    takes: GenerationQuerySet, team: Team, user: User, role: Role
) -> GenerationQuerySet:
    """Without what waits for moderation or is hidden; the look-up of the team may have
    found that nothing is."""
    takes = takes.seen_by(user, role)
    return takes.not_hidden_from(user) if getattr(team, "hides", True) else takes


def open_takes(team: Team, user: User, role: Role) -> GenerationQuerySet:
    """What somebody of the team still waits for, found by the short list of open rows
    and not by a walk through the gallery."""
    takes = takes_of_team(team, user, role)
    return takes.open().by_the_open_rows()
