"""What the page of one take shows, worked out before the template."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import catalog, formats
from studio.catalog.checking import label_of
from studio.forms.gallery import MODE_LABELS
from studio.forms.reviews import rate_of
from studio.http import StudioRequest
from studio.models import (
    Asset,
    Billed,
    Generation,
    Project,
    Role,
    Status,
    User,
    diagnose,
)
from studio.pipeline.expect import expected_times
from studio.views.approvals import approvers
from studio.views.card_words import BILLED, is_uncharged
from studio.views.cards import Card, card
from studio.views.discussion import LISTEN_SECONDS, about
from studio.views.failure import failure_of
from studio.views.family import Family, family, labels_of
from studio.views.flaws import Flaw, flaws_of
from studio.views.grid import POLL_SECONDS, Watch, version_of
from studio.views.retry import retry_tag
from studio.views.timeline import Moment, timeline
from studio.views.word_diff import value_text

LONG = 40  # characters; a longer value gets a line of its own
CODECS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "av1": "AV1",
    "vp9": "VP9",
    "prores": "ProRes",
}
SPEEDS = ("0.25", "0.5", "1", "1.5", "2")


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One setting as it was sent."""

    label: str
    value: str

    @property
    def is_long(self) -> bool:
        """Whether it needs a line of its own."""
        return len(self.value) > LONG


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A picture or video that went in."""

    label: str
    asset: Asset


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One take, in full."""

    take: Generation
    card: Card
    provider: str
    mode: str
    settings: Sequence[Setting]
    given: Sequence[Given]
    raw: str
    catalog_date: str
    differences: Sequence[Setting]
    flaws: Sequence[Flaw]
    file_facts: str
    frame_rate: float
    cost: str
    cost_source: str
    billed: str
    moments: Sequence[Moment]
    family: Family
    newer: uuid.UUID | None
    older: uuid.UUID | None

    @property
    def is_as_ordered(self) -> bool:
        """Whether the file holds what was asked for."""
        is_wrong = self.differences or self.flaws
        return self.take.status == Status.COMPLETED and not is_wrong


def context_of(request: StudioRequest, found: Generation) -> dict[str, object]:
    """What the page's templates need, in a fixed number of queries."""
    version = version_of(found.team)
    role = found.my_role
    can_edit = role.is_at_least(Role.EDITOR)
    sheet = sheet_of(request, found, role)
    return {
        "sheet": sheet,
        "take": sheet.take,
        "card": sheet.card,
        "current_team": found.team,
        "watch": Watch(
            scope=f"take:{found.pk}",
            since=version,
            newest=None,
            seconds=POLL_SECONDS if sheet.take.is_in_flight else LISTEN_SECONDS,
        ),
        **about(request, sheet.take, role),
        "can_edit": can_edit,
        "can_delete": role.is_at_least(Role.ADMIN),
        "can_settle": role.is_at_least(Role.ADMIN) and found.status == Status.UNKNOWN,
        "retry": retry_tag(sheet.take) if can_edit and sheet.take.is_terminal else None,
        "projects": other_projects(found, request.user) if can_edit else [],
        "form_key": uuid.uuid4().hex,
        "speeds": SPEEDS,
        "failure": failure_of(sheet.take),
        "approvers": approvers(found.team) if sheet.take.is_awaiting_approval else "",
    }


def sheet_of(request: StudioRequest, found: Generation, role: Role) -> Sheet:
    """The take read again with all that belongs to it."""
    rows = Generation.objects.filter(pk=found.pk).with_cards()
    take = rows.select_related(
        "prompt", "project", "team", "created_by", "catalog_entry", "account"
    ).get()
    diagnose([take])
    now = timezone.now()
    times = expected_times([take], now).get(take.pk)
    newer, older = neighbours(take, request.user, role)
    return Sheet(
        take=take,
        card=card(take, request.user, role, times, now, shows_blocked=True),
        provider=catalog.PROVIDER_LABELS.get(take.provider, take.provider),
        mode=str(MODE_LABELS.get(take.mode, take.mode)),
        settings=settings_of(take),
        given=given_to(take),
        raw=json.dumps(take.extra, indent=2) if take.extra else "",
        catalog_date=str(take.catalog_entry.entry.get("checked") or ""),
        differences=differences_of(take),
        flaws=flaws_of(take),
        file_facts=file_facts(take.video),
        frame_rate=rate_of(take.video),
        cost=cost_words(take),
        cost_source=cost_source(take),
        billed=str(BILLED.get(Billed(take.billed), "")),
        moments=timeline(take),
        family=family(take, request.user, role),
        newer=newer,
        older=older,
    )


def settings_of(take: Generation) -> list[Setting]:
    """The options as they were sent, in the order of the catalog."""
    labels = labels_of(take)
    rank = {name: place for place, name in enumerate(labels)}
    names = sorted(take.options, key=lambda name: rank.get(name, len(rank)))
    return [
        Setting(label=label_of(name, labels.get(name, "")), value=text)
        for name in names
        if (text := in_words(name, take.options[name]))
    ]


def in_words(name: str, value: object) -> str:
    """The value with its unit, where it has one."""
    text = value_text(value)
    is_seconds = name == "duration" and text.replace(".", "", 1).isdigit()
    return _("%(n)s s") % {"n": text} if is_seconds else text


def given_to(take: Generation) -> list[Given]:
    """The pictures and videos that went in, by role."""
    return [
        Given(label=label_of(item.role), asset=item.asset) for item in take.inputs.all()
    ]


def differences_of(take: Generation) -> list[Setting]:
    """Asked against got, one line each."""
    return [
        Setting(
            label=label_of(str(item.get("name", ""))),
            value=_("asked %(asked)s, got %(got)s")
            % {"asked": item.get("asked", ""), "got": item.get("got", "")},
        )
        for item in take.differences
    ]


def file_facts(video: Asset | None) -> str:
    """What the file holds: ``1280 × 720 · 4.0 s · 24 fps · H.264 · 3.1 MB``."""
    if video is None:
        return ""
    facts = video.facts
    parts = [f"{video.width} × {video.height}"] if video.width else []
    if video.duration:
        parts.append(_("%(n)s s") % {"n": f"{video.duration:.1f}"})
    if rate := facts.get("frame_rate"):
        parts.append(_("%(n)s fps") % {"n": f"{rate:g}"})
    if codec := facts.get("video_codec"):
        parts.append(CODECS.get(codec, codec))
        parts.append(_("sound") if facts.get("audio_codec") else _("silent"))
    parts.append(filesizeformat(video.size))
    return " · ".join(parts)


def cost_words(take: Generation) -> str:
    """What it cost; nothing where nobody knows."""
    if is_uncharged(take):
        return formats.money(0)
    return formats.money(take.cost) if take.cost is not None else ""


def cost_source(take: Generation) -> str:
    """Where the cost is known from."""
    if take.cost is None:
        return ""
    if is_uncharged(take):
        named = formats.money(take.cost)
        return _("the provider named %(amount)s and did not charge it") % {
            "amount": named
        }
    if take.cost_is_reported:
        return _("as the provider reported it")
    return _("from the catalog's price") if take.cost else ""


def neighbours(
    take: Generation, user: User, role: Role
) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """The takes beside it in its project's gallery: the newer and the older one."""
    rows = Generation.objects.filter(project_id=take.project_id, deleted_at=None)
    takes = rows.seen_by(user, role)
    after = Q(created_at__gt=take.created_at) | Q(
        created_at=take.created_at, id__gt=take.pk
    )
    newer = (
        takes.filter(after).order_by("created_at", "id").values_list("pk", flat=True)
    )
    older = takes.before(take.created_at, take.pk).newest_first()
    return newer.first(), older.values_list("pk", flat=True).first()


def other_projects(take: Generation, user: User) -> Sequence[Project]:
    """Where it could go."""
    shelves = Project.objects.visible_to(user).filter(team_id=take.team_id)
    return list(shelves.exclude(pk=take.project_id).order_by("name")[:200])
