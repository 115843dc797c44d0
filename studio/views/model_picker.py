"""The models one can choose from: what each can do, its price, how long it takes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from studio import catalog, formats
from studio.catalog import Mode, VideoModel
from studio.http import StudioRequest
from studio.models import Project, Role, offers
from studio.pipeline import credentials
from studio.pipeline.expect import Usual, usual_times
from studio.views import access
from studio.views.kept import Kept

OPTION = '<option value="{}"{}>{}</option>'
SELECTED = ("", " selected")
Lines = Sequence[tuple[str, str]]
_lists: Kept[SafeString] = Kept(most=200, seconds=3600)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelLine:
    """One model in the list."""

    key: str
    name: str
    maker: str
    summary: str
    abilities: Sequence[str]
    lengths: str
    price: str
    wait: str
    note: str = ""

    @property
    def words(self) -> str:
        """What a search looks through."""
        parts = (self.name, self.key, self.maker, *self.abilities, self.lengths)
        return " ".join(parts).lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelGroup:
    """The models of one provider."""

    provider: str
    label: str
    is_ready: bool
    lines: Sequence[ModelLine]
    takes_other: bool  # accepts ids that the catalog does not list


@require_GET
def model_picker(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """The list, fetched when somebody opens it."""
    project = access.get_project(request, project_id, need=Role.EDITOR)
    listed_here = offered(project.team_id)
    keys = [model.key for _provider, _label, models in listed_here for model in models]
    usual = usual_times(keys)
    groups = [
        ModelGroup(
            provider=provider,
            label=label,
            is_ready=credentials.is_configured(provider, project.team_id),
            lines=[model_line(model, usual[model.key]) for model in models],
            takes_other=provider in catalog.FREE_TEXT_PROVIDERS,
        )
        for provider, label, models in listed_here
    ]
    groups.sort(key=lambda group: not group.is_ready)
    chosen = request.GET.get("model", "")
    context = {
        "groups": groups,
        "chosen": chosen,
        "can_add_key": project.my_role.is_at_least(Role.ADMIN),
    }
    return render(request, "generations/_models.html", context)


def offered(team_id: uuid.UUID) -> list[tuple[str, str, list[VideoModel]]]:
    """Provider, its label, and its models that this team may choose: one query."""
    today = timezone.localdate()
    found: dict[str, list[VideoModel]] = {key: [] for key in catalog.PROVIDER_LABELS}
    for model in offers.offered_models(team_id):
        if not model.is_ended(today):
            found.setdefault(model.provider, []).append(model)
    return [
        (provider, catalog.PROVIDER_LABELS.get(provider, provider), models)
        for provider, models in found.items()
        if models
    ]


def model_list(project: Project, chosen: str) -> SafeString:
    """The options of the plain list; drawn once for the same models and choice."""
    groups = [
        (label, tuple(listed(provider, models)))
        for provider, label, models in offered(project.team_id)
    ]
    key = (chosen, get_language(), tuple(groups))
    return _lists.get(key) or _lists.put(key, options_of(groups, chosen))


def listed(provider: str, models: Sequence[VideoModel]) -> list[tuple[str, str]]:
    """Key and name of each, and the way to an id that is not among them."""
    lines = [(model.key, model.name) for model in models]
    if provider in catalog.FREE_TEXT_PROVIDERS:
        lines.append((f"{provider}:", _("Other model…")))
    return lines


def options_of(groups: Sequence[tuple[str, Lines]], chosen: str) -> SafeString:
    """The list as HTML."""
    drawn = []
    for label, lines in groups:
        marked = ((key, SELECTED[key == chosen], name) for key, name in lines)
        drawn.append((label, format_html_join("\n", OPTION, marked)))
    return format_html_join("\n", '<optgroup label="{}">{}</optgroup>', drawn)


def model_line(model: VideoModel, usual: Usual) -> ModelLine:
    """One model in words."""
    return ModelLine(
        key=model.key,
        name=model.name,
        maker=model.maker,
        summary=model.summary,
        abilities=abilities(model),
        lengths=lengths(model),
        price=price_words(model),
        wait=wait_words(usual),
        note=note_of(model),
    )


def abilities(model: VideoModel) -> list[str]:
    """What a video can be made from, and whether it can have sound."""
    known = {
        Mode.TEXT_TO_VIDEO: _("Text"),
        Mode.IMAGE_TO_VIDEO: _("Image"),
        Mode.FIRST_LAST_FRAME: _("Start + end"),
        Mode.REFERENCE_TO_VIDEO: _("References"),
        Mode.EXTEND_VIDEO: _("Extend"),
    }
    found = [known[mode] for mode in model.modes if mode in known]
    return [*found, _("Sound")] if model.option("generate_audio") else found


def lengths(model: VideoModel) -> str:
    """Seconds and the largest size: ``4-8 s · 1080p``."""
    parts = []
    if option := model.option("duration"):
        ends = [v for v in option.values if isinstance(v, int | float)] or [
            v for v in (option.minimum, option.maximum) if v is not None
        ]
        if ends:
            low, high = min(ends), max(ends)
            span = f"{low:g}" if low == high else f"{low:g}–{high:g}"
            parts.append(_("%(span)s s") % {"span": span})
    if (option := model.option("resolution")) and option.values:
        parts.append(str(option.values[-1]))
    return " · ".join(parts)


def price_words(model: VideoModel) -> str:
    """``$0.10/s``, ``from $0.35``, ``free``."""
    if model.price.unit == "free":
        return _("free")
    amounts = [row.amount for row in model.price.rows]
    if not amounts:
        return _("price unknown")
    shown = formats.money(min(amounts))
    if model.price.unit == "second":
        shown = _("%(amount)s/s") % {"amount": shown}
    return shown if len(set(amounts)) == 1 else _("from %(amount)s") % {"amount": shown}


def wait_words(usual: Usual) -> str:
    """How long it usually takes: here, or where nothing is known, as documented."""
    if usual.seconds is None:
        return ""
    words = _("~%(time)s here") if usual.is_from_here else _("~%(time)s, documented")
    return words % {"time": formats.about(usual.seconds)}


def note_of(model: VideoModel) -> str:
    """What one must know before choosing it."""
    if model.ends:
        return _("Ends on %(day)s") % {"day": model.ends.isoformat()}
    return _("Being retired") if model.status == "deprecated" else ""
