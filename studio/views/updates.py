"""What changed since a page looked last: one request per page, mostly answered 204."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from studio.forms.gallery import GalleryForm
from studio.http import StudioRequest
from studio.models import (
    Event,
    Feed,
    Generation,
    Moderation,
    Project,
    Role,
    Status,
    User,
)
from studio.models.belonging import version_seen_by
from studio.models.generation_queries import GenerationQuerySet
from studio.models.moderation import MODERATORS, in_sight
from studio.models.projects import hidden_from
from studio.views.addresses import read_moment
from studio.views.cards import cards
from studio.views.discussion import LISTEN_SECONDS
from studio.views.grid import POLL_SECONDS, Watch

MOST_MOVED = 24  # waiting cards drawn anew for their places
MOST_CHANGES = 96  # cards in one answer; the rest comes with the next
NOTHING_NEW = 204


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a page shows: the takes of a project or team, or one take."""

    text: str
    kind: str
    pk: uuid.UUID
    team_id: uuid.UUID
    version: int
    role: Role
    user: User

    def takes(self) -> GenerationQuerySet:
        """All of its takes, the deleted and blocked ones too: they leave the page."""
        takes = Generation.objects.filter(team_id=self.team_id)
        if self.role not in MODERATORS:
            blocked = Q(moderation=Moderation.BLOCKED)
            takes = takes.filter(in_sight(self.user, member="") | blocked)
        if self.kind == "project":
            return takes.filter(project_id=self.pk)
        if self.kind == "take":
            return takes.filter(pk=self.pk)
        return takes.not_hidden_from(self.user)


TEAMS_OF = {
    "project": "team__projects",
    "team": "team",
    "take": "team__generations",
}


@require_GET
def updates(request: StudioRequest) -> HttpResponse:
    """Changed cards, new ones for the head of the grid, and when to look again."""
    kind, pk = read_address(request)
    since = read_version(request)
    version = version_seen_by(request.user, kind, pk)
    if version is None:
        raise Http404
    if version <= since:
        return HttpResponse(status=NOTHING_NEW)
    scope = read_scope(request, kind, pk)
    if scope.kind == "take":
        return take_news(request, scope, since)
    # Asked first: what ends after this is waited for, what ended before is a change.
    waiting = scope.takes().filter(deleted_at=None).in_flight().exists()
    context = news(request, scope, since, waiting=waiting)
    return render(request, "generations/_changes.html", context)


def take_news(request: StudioRequest, scope: Scope, since: int) -> HttpResponse:
    """For the page of one take: when to look again, and whether to fetch the take."""
    response = render(request, "shared/_updates.html", {"watch": seen(scope)})
    if scope.takes().changed_since(since).exists():
        response["HX-Trigger"] = "take-changed"
    return response


def read_address(request: StudioRequest) -> tuple[str, uuid.UUID]:
    """What the page shows, as it says so itself; 404 for nonsense."""
    kind, _colon, word = request.GET.get("scope", "").partition(":")
    try:
        pk = uuid.UUID(word)
    except ValueError as error:
        raise Http404 from error
    if kind not in TEAMS_OF:
        raise Http404
    return kind, pk


def read_scope(request: StudioRequest, kind: str, pk: uuid.UUID) -> Scope:
    """The scope and the feed's version, in one query; 404 to strangers."""
    wanted = Q(**{TEAMS_OF[kind]: pk, "team__memberships__user": request.user})
    if kind == "take":
        wanted &= in_sight(request.user, take="team__generations__")
    feeds = Feed.objects.filter(wanted, team__deleted_at=None)
    hidden = hidden_from(request.user)
    if kind == "project":
        feeds = feeds.filter(~Exists(Project.objects.filter(pk=pk, pk__in=hidden)))
    elif kind == "take":
        takes = Generation.objects.filter(pk=pk, project__in=hidden)
        feeds = feeds.filter(~Exists(takes))
    found = feeds.values_list("team_id", "version", "team__memberships__role").first()
    if found is None:
        raise Http404
    team_id, version, role = found
    return Scope(
        text=f"{kind}:{pk}",
        kind=kind,
        pk=pk,
        team_id=team_id,
        version=version,
        role=Role(role),
        user=request.user,
    )


def read_version(request: StudioRequest) -> int:
    """The version that the page knows; nothing, where it says nonsense."""
    text = request.GET.get("since", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def changes(scope: Scope, since: int) -> list[Generation]:
    """What the page does not know, the oldest change first."""
    changed = scope.takes().changed_since(since).order_by("version", "id")
    return list(changed.with_cards()[:MOST_CHANGES])


def moved_away(scope: Scope, since: int) -> list[uuid.UUID]:
    """Takes that were on the page of this project and are in another one now."""
    if scope.kind != "project":
        return []
    elsewhere = Generation.objects.filter(team_id=scope.team_id).changed_since(since)
    moves = Event.objects.filter(
        verb="generation.moved",
        generation__in=elsewhere.exclude(project_id=scope.pk),
        data__from=str(scope.pk),
        data__version__gt=since,
    )
    return list(moves.values_list("generation_id", flat=True).distinct())


def news(
    request: StudioRequest, scope: Scope, since: int, *, waiting: bool
) -> dict[str, Any]:
    """The changes, sorted by what the page must do with them."""
    changed = changes(scope, since)
    newest = read_moment(request.GET.get("newest", ""))
    filters = filters_of(request)
    gone = [take.pk for take in changed if is_gone(take, scope)]
    kept = [take for take in changed if not is_gone(take, scope)]
    fresh = [take for take in kept if newest is None or take.created_at > newest]
    wanted = let_through(filters, fresh)
    still = still_waiting(scope, kept, newest)
    shown = cards([*kept, *still], request.user, scope.role, timezone.now())
    new = [card for card in shown if card.id in wanted]
    new.sort(key=lambda card: (card.created, card.id), reverse=True)
    known = {take.pk for take in (*kept, *still)} - {take.pk for take in fresh}
    return {
        "changed": [card for card in shown if card.id in known],
        "new": new,
        "gone": gone + moved_away(scope, since),
        "watch": Watch(
            scope=scope.text,
            since=known_by_then(scope, changed),
            newest=new[0].created if new else newest,
            seconds=POLL_SECONDS if waiting or is_cut(changed) else 0,
            filters=filters,
        ),
        "announcement": announcement(kept),
        "shows_project": scope.kind == "team",
    }


def still_waiting(
    scope: Scope, changed: Sequence[Generation], newest: datetime | None
) -> list[Generation]:
    """Takes in the line that did not change, but whose place may have."""
    if newest is None:
        return []
    rows = scope.takes().queued().filter(deleted_at=None, created_at__lte=newest)
    rows = rows.exclude(pk__in=[take.pk for take in changed])
    return list(rows.with_cards()[:MOST_MOVED])


def is_gone(take: Generation, scope: Scope) -> bool:
    """Whether it leaves this page: deleted, or blocked for whoever looks."""
    is_theirs = take.created_by_id == scope.user.pk or scope.role in MODERATORS
    is_blocked = take.moderation == Moderation.BLOCKED
    return take.deleted_at is not None or (is_blocked and not is_theirs)


def filters_of(request: StudioRequest) -> str:
    """The gallery's filters that came along."""
    return request.GET.get("filters", "")


def let_through(filters: str, fresh: Sequence[Generation]) -> set[uuid.UUID]:
    """Those of the new takes that the page's filters show."""
    ids = {take.pk for take in fresh}
    if not filters or not ids:
        return ids
    takes = Generation.objects.filter(pk__in=ids)
    return set(
        GalleryForm(QueryDict(filters)).narrowed(takes).values_list("pk", flat=True)
    )


def is_cut(changed: Sequence[Generation]) -> bool:
    """Whether there may be more changes than go into one answer."""
    return len(changed) == MOST_CHANGES


def known_by_then(scope: Scope, changed: Sequence[Generation]) -> int:
    """The version that the page knows with these changes."""
    # The takes of one press share a version: the cut may have parted them.
    return changed[-1].version - 1 if is_cut(changed) else scope.version


def seen(scope: Scope) -> Watch:
    """The same for the page of one take."""
    waiting = scope.takes().in_flight().exists()
    return Watch(
        scope=scope.text,
        since=scope.version,
        newest=None,
        seconds=POLL_SECONDS if waiting else LISTEN_SECONDS,
    )


def announcement(changed: Sequence[Generation]) -> str:
    """One polite sentence on what has arrived or failed."""
    ready = sum(take.status == Status.COMPLETED for take in changed)
    failed = sum(take.status in {Status.FAILED, Status.UNKNOWN} for take in changed)
    parts = []
    if ready:
        parts.append(
            ngettext("A take is ready.", "%(n)d takes are ready.", ready) % {"n": ready}
        )
    if failed:
        parts.append(
            ngettext("A take failed.", "%(n)d takes failed.", failed) % {"n": failed}
        )
    return " ".join(parts)
