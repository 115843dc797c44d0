"""Home: a team's projects as covers, what is running, what this month has cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from studio.forms.projects import ProjectForm
from studio.http import StudioRequest
from studio.models import (
    Asset,
    Generation,
    Project,
    Role,
    SpendingSum,
    Team,
    User,
)
from studio.models.moderation import SHOWN
from studio.views import access
from studio.views.addresses import file_address
from studio.views.cards import cards
from studio.views.grid import open_takes
from studio.views.kept import Kept

MOST_PROJECTS = 60
MOST_RUNNING = 8
NARROW = 1.3  # width to height, below which a poster stands whole in its frame
_spent: Kept[int] = Kept(most=500, seconds=3600)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cover:
    """A project with its newest poster."""

    project: Project
    poster: str
    width: int
    height: int

    @property
    def is_narrow(self) -> bool:
        """Whether a wide frame would cut away too much of it."""
        return self.width < self.height * NARROW


@require_GET
def home(request: StudioRequest) -> HttpResponse:
    """The team in the header; a page without one for somebody who is in none."""
    if not request.team:
        return render(request, "projects/no_team.html")
    team = access.current_team(request)
    if request.htmx:
        context = running_context(request, team)
        return render(request, "projects/_running.html", context)
    return render(request, "projects/index.html", home_context(request, team))


def running_context(request: StudioRequest, team: Team) -> dict[str, object]:
    """What is under way, whether it may move, and whether it runs: a take may wait for
    an admin's word."""
    seen = open_takes(team, request.user, team.my_role)
    takes = seen.newest_first().with_cards()[:MOST_RUNNING]
    shown = cards(takes, request.user, team.my_role, timezone.now())
    moving = [card.take for card in shown if card.state == "waiting"]
    return {
        "running": shown,
        "is_moving": bool(moving),
        "is_running": not all(take.is_awaiting_approval for take in moving),
    }


def home_context(
    request: StudioRequest, team: Team, form: ProjectForm | None = None
) -> dict[str, object]:
    """What the page shows."""
    return {
        **running_context(request, team),
        "team": team,
        "covers": covers(team, request.user),
        "spent": spent_this_month(team),
        "form": form or ProjectForm(team=team, user=request.user),
        "can_edit": team.my_role.is_at_least(Role.EDITOR),
    }


def covers(team: Team, user: User) -> Sequence[Cover]:
    """The projects worked in last come first: two queries."""
    takes = Generation.objects.filter(
        project=OuterRef("pk"), deleted_at=None, moderation__in=SHOWN
    )
    newest = takes.order_by("-created_at", "-id")
    pictured = newest.filter(assets__kind=Asset.Kind.POSTER)
    projects = list(
        Project.objects.visible_to(user)
        .filter(team=team)
        .annotate(
            last_at=Subquery(newest.values("created_at")[:1]),
            poster_id=Subquery(pictured.values("assets__id")[:1]),
        )
        .order_by("-created_at")[:MOST_PROJECTS]
    )
    projects.sort(key=lambda project: project.last_at or project.created_at)
    posters = Asset.objects.in_bulk({p.poster_id for p in projects if p.poster_id})
    return [
        cover(project, posters.get(project.poster_id)) for project in projects[::-1]
    ]


def cover(project: Project, poster: Asset | None) -> Cover:
    """One project with its poster, if it has one."""
    return Cover(
        project=project,
        poster=file_address(poster) if poster else "",
        width=(poster and poster.width) or 16,
        height=(poster and poster.height) or 9,
    )


def spent_this_month(team: Team) -> int:
    """Micro-USD that the takes of this month have cost so far, by the ledger.

    Asked anew only after something of the team's takes has changed.
    """
    month = timezone.localdate().replace(day=1)
    key = (team.pk, team.version, month)
    if (known := _spent.get(key)) is not None:
        return known
    by, span = SpendingSum.By.TOTAL, SpendingSum.Span.MONTH
    sums = team.spending_sums.filter(is_of_one=False, by=by, span=span, day=month)
    row = sums.first()
    return _spent.put(key, row.spent if row else 0)
