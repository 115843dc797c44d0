"""The composer: the form that follows its model, and the price on its button."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from studio import catalog
from studio.forms.composer import ComposerForm
from studio.forms.gallery import MODE_LABELS
from studio.http import StudioRequest
from studio.models import Project, Role
from studio.pipeline import credentials
from studio.pipeline.expect import usual_times
from studio.views import access
from studio.views.controls import Control, Well, controls, named_assets, wells
from studio.views.model_picker import ModelLine, model_line, model_list
from studio.views.price import PriceTag, price_tag
from studio.views.starting import followed, left_behind, starting_values

NOT_VALUES = frozenset({"csrfmiddlewaretoken", "from_model"})
WELL_PAIR = ("start_image", "end_image")


@dataclass(frozen=True, kw_only=True, slots=True)
class Composer:
    """The form, arranged for its template."""

    form: ComposerForm
    project: Project
    model: ModelLine
    model_list: str  # the plain list of all models
    mode_value: str
    provider: str
    provider_label: str
    is_custom: bool
    extra: str  # raw parameters as text
    is_ready: bool  # there is a key to send it with
    can_add_key: bool
    pair: Sequence[Well]
    wells: Sequence[Well]
    more_wells: Sequence[Well]
    controls: Sequence[Control]
    more: Sequence[Control]
    modes: Sequence[tuple[str, str]]
    price: PriceTag
    dropped: Sequence[str] = ()

    @property
    def dropped_words(self) -> str:
        """What this model could not take over from the one before."""
        if not self.dropped:
            return ""
        names = {"model": self.model.name, "names": ", ".join(self.dropped)}
        return _("Left out for %(model)s: %(names)s.") % names

    @property
    def is_more_open(self) -> bool:
        """Whether something under *More* holds a value or an error."""
        form = self.form
        own = self.extra or form["mode"].value()
        wrong = form["extra"].errors or form["mode"].errors
        return (
            bool(own or wrong)
            or any(c.is_filled for c in self.more)
            or bool(self.filled_wells)
        )

    @property
    def filled_wells(self) -> list[Well]:
        """Wells under *More* with something in or about them."""
        return [well for well in self.more_wells if well.assets or well.errors]


def composer_context(
    form: ComposerForm, dropped: Sequence[str] = ()
) -> dict[str, object]:
    """What the composer's templates need."""
    return {
        "composer": arranged(form, dropped),
        "form": form,
        "project": form.project,
    }


def arranged(form: ComposerForm, dropped: Sequence[str] = ()) -> Composer:
    """The form with its controls and wells in their places."""
    model = form.video_model
    price = price_tag(form)
    shown, more = controls(form, price.mode)
    all_wells = wells(form, named_assets(form))
    hidden = {item.role for item in model.inputs if item.more}
    return Composer(
        form=form,
        project=form.project,
        model_list=model_list(form.project, str(form["model"].value())),
        mode_value=str(form["mode"].value() or ""),
        model=model_line(model, usual_times([model.key])[model.key]),
        provider=model.provider,
        provider_label=catalog.PROVIDER_LABELS.get(model.provider, model.provider),
        is_custom=model.is_custom or str(form["model"].value()).endswith(":"),
        extra=extra_text(form),
        is_ready=credentials.is_configured(model.provider, form.project.team_id),
        can_add_key=form.project.my_role.is_at_least(Role.ADMIN),
        pair=[well for well in all_wells if well.name in WELL_PAIR],
        wells=[w for w in all_wells if w.name not in (*WELL_PAIR, *hidden)],
        more_wells=[w for w in all_wells if w.name in hidden],
        controls=shown,
        more=more,
        modes=[(mode, str(MODE_LABELS.get(mode, mode))) for mode in model.modes],
        price=price,
        dropped=dropped,
    )


def extra_text(form: ComposerForm) -> str:
    """The raw parameters as somebody typed them, or as JSON."""
    values = form.data if form.is_bound else form.initial
    value = values.get("extra") or ""
    return value if isinstance(value, str) else json.dumps(value, indent=2)


def fresh_composer(request: StudioRequest, project: Project) -> dict[str, object]:
    """The form as somebody finds it."""
    values, dropped = starting_values(request, project)
    form = ComposerForm(user=request.user, project=project, initial=values)
    return composer_context(form, dropped) | {"remark": left_behind(request)}


@require_http_methods(["GET", "POST"])
def composer(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """The fields for another model, with every value that it can take."""
    project = access.get_project(request, project_id, need=Role.EDITOR)
    given = request.POST if request.method == "POST" else request.GET
    sent = {k: v for k, v in given.dict().items() if k not in NOT_VALUES}
    values, dropped = followed(sent, project, given.get("from_model", ""))
    form = ComposerForm(user=request.user, project=project, initial=values)
    context = composer_context(form, dropped)
    if request.htmx:
        return render(request, "generations/_followed.html", context)
    return render(request, "generations/compose.html", context)


@require_POST
def estimate(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """The price of the form as it stands."""
    project = access.get_project(request, project_id, need=Role.EDITOR)
    form = ComposerForm(request.POST, user=request.user, project=project)
    price = price_tag(form)
    response = render(request, "generations/_price.html", {"price": price})
    return trigger_client_event(response, "composer-mode", {"value": price.mode})
