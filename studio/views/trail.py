"""The audit trail of a team: who did what to what, with filters and as CSV."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from studio import formats
from studio.formats import csv_cell
from studio.forms.trail import TrailForm
from studio.http import StudioRequest
from studio.models import Event, Role, Team
from studio.models.events import EventQuerySet
from studio.views import access
from studio.views.addresses import read_moment

PAGE = 100
MONEY = frozenset({"above", "estimate", "limit"})  # details that are micro-USD
COLUMNS = ("time", "person", "e-mail", "event", "project", "take", "details")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One event as the page shows it."""

    at: datetime
    who: str
    email: str
    what: str
    project: str
    take: uuid.UUID | None
    facts: Sequence[tuple[str, str]]


@require_GET
def team_trail(request: StudioRequest, team_id: uuid.UUID) -> HttpResponse:
    """The newest first, a hundred on a page."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    form = TrailForm(request.GET, team=team)
    rows = list(after(request, form.narrowed(trail(team)))[: PAGE + 1])
    context = {
        "team": team,
        "current_team": team,
        "can_manage": True,
        "form": form,
        "lines": [line(event) for event in rows[:PAGE]],
        "more": next_page(request, rows[PAGE - 1]) if len(rows) > PAGE else "",
        "csv": address(reverse("team-trail-csv", args=[team.pk]), request),
    }
    return render(request, "teams/trail.html", context)


@require_GET
def team_trail_csv(request: StudioRequest, team_id: uuid.UUID) -> StreamingHttpResponse:
    """The same, all of it, for a spreadsheet."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    form = TrailForm(request.GET, team=team)
    answer = StreamingHttpResponse(
        csv_lines(form.narrowed(trail(team)).iterator(500)),
        content_type="text/csv; charset=utf-8",
    )
    name = f"{slugify(team.name) or 'team'}-{timezone.localdate()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def trail(team: Team) -> EventQuerySet:
    """All of it, with what a line shows: one query."""
    return Event.objects.trail_of(team).select_related("actor", "project")


def after(request: StudioRequest, events: EventQuerySet) -> EventQuerySet:
    """Those after the place in the address."""
    moment, _sep, pk = request.GET.get("after", "").partition("_")
    at = read_moment(moment)
    if at is None or not pk.isdecimal() or len(pk) > 18:
        return events
    return events.before(at, int(pk))


def next_page(request: StudioRequest, last: Event) -> str:
    """The address of what comes after this one, with the same filters."""
    return address("", request, after=f"{last.at.isoformat()}_{last.pk}")


def address(path: str, request: StudioRequest, **values: str) -> str:
    """A path with the filters of this request."""
    query = request.GET.copy()
    query.pop("after", None)
    query.update(values)
    return f"{path}?{query.urlencode()}"


def line(event: Event) -> Line:
    """One event in words."""
    return Line(
        at=event.at,
        who=event.actor.display_name if event.actor else _("the studio"),
        email=event.actor.email if event.actor else "",
        what=event.label,
        project=event.project.name if event.project else "",
        take=event.generation_id,
        facts=[
            (name.replace("_", " "), told(name, v)) for name, v in event.data.items()
        ],
    )


def told(name: str, value: Any) -> str:
    """One detail in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in MONEY and isinstance(value, int):
        return formats.money(value)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "–" if value in (None, "") else str(value)


class Echo:
    """Gives back what is written to it, as streaming a CSV needs."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def csv_lines(events: Iterable[Event]) -> Iterator[str]:
    """The head and one line for each event."""
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for event in events:
        yield writer.writerow([csv_cell(value) for value in cells(event)])


def cells(event: Event) -> list[object]:
    """One event, for machines: times in UTC, details as JSON."""
    shown = line(event)
    details = json.dumps(event.data, ensure_ascii=False, sort_keys=True)
    return [
        event.at.astimezone(UTC).isoformat(timespec="seconds"),
        shown.who,
        shown.email,
        event.verb,
        shown.project,
        shown.take or "",
        details if event.data else "",
    ]
