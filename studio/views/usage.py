"""Usage: what was spent, by whom, on what, and how long the budgets last.

Admins and owners see all of the team; editors and viewers what they spent themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from studio import catalog, formats
from studio.http import StudioRequest
from studio.models import LedgerEntry, Project, Role, Team, User
from studio.models.projects import hidden_from
from studio.models.usage import Sums, Time, Usage, names_of, usage_of
from studio.views import access
from studio.views.budgets import BudgetLine, budget_lines
from studio.views.charts import Chart, chart
from studio.views.kept import Kept
from studio.views.sheets import csv_file, dollars, harmless

ONE_DAY = timedelta(days=1)
EXPORTED = (
    "asked for on",
    "booked at",
    "entry",
    "person",
    "project",
    "model",
    "take",
    "outcome",
    "estimate USD",
    "charged USD",
    "known from",
)


# Rows are put together here: a template takes ten times as long, and there are dozens.
# What is not a number or an amount of ours is escaped where it is put in.
STEP = '<tr><th scope="row">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>'
ROW = (
    '<tr><th scope="row">%s<svg class="share" aria-hidden="true" viewBox="0 0 100 4"'
    ' preserveAspectRatio="none" width="100%%" height="4">'
    '<rect width="%s" height="4" /></svg></th>'
    "<td><strong>%s</strong></td><td>%s</td><td>%s</td><td>%s</td>"
    "<td>%s</td><td>%s</td><td>%s</td></tr>"
)


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that the page shows of the spending."""

    sums: Sums
    chart: Chart
    steps: SafeString
    groups: SafeString
    budgets: Sequence[BudgetLine]

    @property
    def shown(self) -> tuple[object, ...]:
        """All that the page says of it, to compare."""
        # A budget equals itself as it was before a change.
        budgets = [
            (line, line.budget.whose, line.budget.period, line.budget.is_hard)
            for line in self.budgets
        ]
        chart = self.chart.bars, *self.chart.lines
        return (astuple(self.sums), *chart, self.steps, self.groups, *budgets)

    @property
    def approved(self) -> float:
        """Seconds of video."""
        return self.sums.approved / 1000

    @property
    def per_second(self) -> str:
        """What an approved second cost, with all that was tried for it."""
        if not self.sums.approved:
            return ""
        return formats.dollars(round(self.sums.spent * 1000 / self.sums.approved))


# Of some 20 kB each. All that is shown is in the key.
_reports: Kept[SafeString] = Kept(most=200, seconds=600)


@require_GET
def usage(request: StudioRequest) -> HttpResponse:
    """The page, worked out anew for every look: the sums are kept by the ledger."""
    team = access.current_team(request)
    time = time_of(request)
    context = {
        "team": team,
        "time": time,
        "title": title_of(time),
        "before": link_before(time),
        "after": link_after(time),
        "this": link_to(time),
        "other": other_span(time),
        "sees_all": sees_all(team),
        "report": drawn(report_of(team, time, request.user), time, sees_all(team)),
    }
    return render(request, "usage/index.html", context)


def sees_all(team: Team) -> bool:
    """Whether what others spend is theirs to know."""
    return team.my_role.is_at_least(Role.ADMIN)


def drawn(report: Report, time: Time, is_all: bool) -> SafeString:
    """A report as HTML, which takes longest: once for as long as it says the same."""
    key = (get_language(), time.span, is_all, report.shown)
    context = {"report": report, "time": time, "sees_all": is_all}
    return _reports.get(key) or _reports.put(
        key, render_to_string("usage/_report.html", context)
    )


def report_of(team: Team, time: Time, user: User) -> Report:
    """What was spent, in a fixed number of queries."""
    person_id = None if sees_all(team) else user.pk
    found = usage_of(team, time, person_id=person_id)
    return Report(
        sums=found.total,
        chart=chart(time, found.steps),
        steps=steps_of(found, time),
        groups=groups_of(team, found, user),
        budgets=budget_lines(team, person_id),
    )


# Which time


def time_of(request: StudioRequest) -> Time:
    """The month or year in the address; this month otherwise."""
    year, month = request.GET.get("year", ""), request.GET.get("month", "")
    this_month = Time.month(timezone.localdate())
    try:
        day = date.fromisoformat(f"{year}-01-01" if year else f"{month}-01")
    except ValueError:
        return this_month
    if day.year == date.max.year:  # no day comes after it
        return this_month
    return Time.year(day.year) if year else Time.month(day)


def title_of(time: Time) -> str:
    """``November 2026``, ``2026``."""
    return date_format(time.first, "F Y" if time.span == "day" else "Y")


def link_to(time: Time) -> str:
    """What the address says of a time."""
    is_month = time.span == "day"
    return f"month={time.first:%Y-%m}" if is_month else f"year={time.first:%Y}"


def link_before(time: Time) -> str:
    """The time before."""
    if time.first.year < 2001:
        return ""
    if time.span == "month":
        return link_to(Time.year(time.first.year - 1))
    return link_to(Time.month(time.first.replace(day=1) - ONE_DAY))


def link_after(time: Time) -> str:
    """The time after; nothing where it is still to come."""
    following = time.last + ONE_DAY
    if following > timezone.localdate():
        return ""
    if time.span == "month":
        return link_to(Time.year(following.year))
    return link_to(Time.month(following))


def other_span(time: Time) -> dict[str, str]:
    """A month's year, a year's latest month."""
    if time.span == "day":
        year = Time.year(time.first.year)
        return {"link": link_to(year), "name": title_of(year)}
    month = Time.month(min(timezone.localdate(), time.last))
    return {"link": link_to(month), "name": title_of(month)}


# What the tables show


def steps_of(found: Usage, time: Time) -> SafeString:
    """Days or months on which something was spent or ended."""
    is_month = time.span == "day"
    month = date_format(time.first, "M")
    rows = [
        STEP
        % (
            escape(f"{step.day} {month}" if is_month else date_format(step, "F")),
            formats.dollars(sums.spent),
            formats.dollars(sums.estimated),
            sums.takes,
            sums.failed,
        )
        for step, sums in found.steps.items()
        if sums.takes or sums.spent or sums.held
    ]
    return SafeString("".join(rows))  # noqa: S308  (escaped above)


def groups_of(team: Team, found: Usage, user: User) -> SafeString:
    """Tables of people, projects and models."""
    names = names_of(team, found.people)
    projects = names["project"] | hidden_names(team, user)
    groups = [
        group("projects", _("By project"), found.projects, projects),
        group("models", _("By model"), found.models, model_names(found)),
    ]
    if sees_all(team):
        by_person = group("people", _("By person"), found.people, names["person"])
        groups.insert(0, by_person)
    return SafeString("".join(groups))  # noqa: S308  (escaped by ``row``)


def hidden_names(team: Team, user: User) -> dict[str, str]:
    """What stands for private projects that somebody has spent in and is not in now."""
    if not team.hides:
        return {}
    rows = Project.objects.filter(team=team, pk__in=hidden_from(user))
    return {str(pk): _("A private project") for pk in rows.values_list("pk", flat=True)}


def group(
    name: str,
    title: str,
    sums_of: Mapping[Any, Sums],
    names: Mapping[str, str],
) -> str:
    """Each with its name and the length of its bar; nothing where there are none."""
    most = max((sums.spent for sums in sums_of.values()), default=0)
    gone = _("Removed since")
    rows = [row(names.get(key, gone), sums, most) for key, sums in sums_of.items()]
    begin, end = frame(name, title, get_language())
    return f"{begin}{''.join(rows)}{end}" if rows else ""


@lru_cache(maxsize=64)
def frame(name: str, title: str, _language: str | None) -> tuple[str, str]:
    """What stands before and after the rows of a table, and is always the same."""
    html = render_to_string("usage/_group.html", {"id": name, "title": title})
    begin, body, end = html.partition("<tbody>")
    return begin + body, end


def row(name: str, sums: Sums, most: int) -> str:
    """The numbers in words, and how long a bar is beside the dearest."""
    share = round(100 * max(sums.spent, 0) / most, 1) if most else 0
    against = None if sums.lacks_estimates else sums.difference
    estimated = None if sums.lacks_estimates else sums.estimated
    money = sums.spent, estimated, sums.billed, against
    return drawn_row(name, share, money, sums.takes, sums.failed, sums.lost)


@lru_cache(maxsize=4096)
def drawn_row(
    name: str, share: float, money: tuple[int | None, ...], *counts: int
) -> str:
    """The same from its values alone: after a change few of them are others."""
    takes, failed, lost = counts
    amounts = ("–" if one is None else formats.dollars(one) for one in money)
    return ROW % (escape(name), share, *amounts, takes, failed, formats.dollars(lost))


def model_names(found: Usage) -> dict[str, str]:
    """What the catalog calls them; their id where it does not know them any more."""
    known = catalog.all_models()
    return {key: known[key].name if key in known else key for key in found.models}


# The same as a file


@require_GET
def usage_export(request: StudioRequest) -> HttpResponseBase:
    """Every entry of the ledger that charged or released something, as CSV."""
    team = access.current_team(request)
    time = time_of(request)
    entries = LedgerEntry.objects.filter(
        team=team, day__range=(time.first, time.last)
    ).exclude(kind=LedgerEntry.Kind.RESERVE)
    if not sees_all(team):
        entries = entries.filter(person=request.user)
    rows = entries.select_related("person", "project").order_by("day", "id")
    name = f"dailies-{link_to(time).partition('=')[2]}.csv"
    hidden = hidden_names(team, request.user)
    return csv_file(name, EXPORTED, exported(rows.iterator(2000), hidden))


def exported(
    entries: Iterator[LedgerEntry], hidden: Mapping[str, str]
) -> Iterator[Sequence[str]]:
    """The cells of each entry; ``hidden`` are the names for some projects."""
    for entry in entries:
        project = hidden.get(str(entry.project_id), entry.project or "")
        yield (
            entry.day.isoformat(),
            timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"),
            entry.kind,
            harmless(entry.person or ""),
            harmless(project),
            harmless(entry.model),
            str(entry.generation_id or ""),
            entry.outcome,
            dollars(entry.estimate),
            dollars(entry.charged),
            entry.basis,
        )
