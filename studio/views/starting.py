"""Where the composer's values come from: a take, the address, another model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from studio import catalog, held
from studio.forms.carry_over import still_valid, values_of, values_to_edit
from studio.forms.composer import (
    DEFAULT_MODEL,
    TICK,
    chosen_model,
    requested_model,
)
from studio.http import StudioRequest
from studio.models import Generation, Project, Prompt, Status
from studio.views.addresses import read_id

LOOKED_AT = 50  # takes of a project among which somebody's last one is looked for
LASTING = frozenset({"choice", "integer", "number", "boolean"})  # no words


def starting_values(
    request: StudioRequest, project: Project
) -> tuple[dict[str, Any], list[str]]:
    """A held form, the take to remix, or the settings used last; then the address."""
    values: dict[str, Any] = held.take(request, project.pk)
    if not values and (edited := edited_take(request)):
        values = values_to_edit(edited)
    if not values:
        source = remixed_take(request)
        values = values_of(source) if source else last_settings(request, project)
        if source:
            values |= {"parent": str(source.pk), "parent_relation": "remix"}
    values |= {k: v for k, v in request.GET.items() if k not in {"remix", "edit"} and v}
    if goes_on(request):
        # It went from the old start to there: from a new start it leads nowhere.
        values.pop("end_image_asset", None)
    return followed(values, project)


def goes_on(request: StudioRequest) -> bool:
    """Whether the next take begins with a frame of an earlier one."""
    asked = request.GET
    return asked.get("parent_relation") == "continue" and (
        "start_image_asset" in asked and "end_image_asset" not in asked
    )


def left_behind(request: StudioRequest) -> str:
    """What of the earlier take does not come along, as a sentence."""
    source = remixed_take(request) if goes_on(request) else None
    if source is None or not source.inputs.filter(role="end_image").exists():
        return ""
    return _("Goes on from this frame: the old end image was left out.")


def edited_take(request: StudioRequest) -> Generation | None:
    """The waiting take named in the address; who may change it is asked later."""
    take = named_take(request, "edit")
    return take if take and take.status == Status.QUEUED else None


def remixed_take(request: StudioRequest) -> Generation | None:
    """The take named in the address, where its reader may see it."""
    return named_take(request, "remix") or named_take(request, "edit")


def named_take(request: StudioRequest, name: str) -> Generation | None:
    """One that the address names so."""
    pk = read_id(request.GET.get(name, ""))
    visible = Generation.objects.visible_to(request.user).select_related("prompt")
    return visible.filter(pk=pk).first() if pk else None


def last_settings(request: StudioRequest, project: Project) -> dict[str, Any]:
    """Model and options of somebody's last prompt here: no words, pictures or seed."""
    newest = project.generations.newest_first().values_list("created_by", "prompt")
    mine = (prompt for maker, prompt in newest[:LOOKED_AT] if maker == request.user.pk)
    settings = Prompt.objects.filter(pk__in=[*mine][:1]).values_list("settings")
    last: dict[str, Any] = (settings.first() or ({},))[0]
    if not last.get("model"):
        return {}
    model = chosen_model(last, project.team_id)
    lasting = {o.name for o in model.options if o.type in LASTING and o.name != "seed"}
    options = {k: v for k, v in last.get("options", {}).items() if k in lasting}
    return {"model": last["model"], **options}


def followed(
    values: Mapping[str, Any], project: Project, from_model: str = ""
) -> tuple[dict[str, Any], list[str]]:
    """Values for the model that they name: the valid ones, and the labels of others.

    What stood in the form by itself, as ``from_model``'s default, needs no mention.
    """
    values = {name: value for name, value in values.items() if name != TICK}
    model = chosen_model(values, project.team_id)
    kept, _labels = still_valid(model, values)
    usual = defaults_of(from_model)
    wanted = {k: v for k, v in values.items() if usual.get(k) != str(v)}
    _kept, dropped = still_valid(model, wanted)
    if kept.get("mode") not in model.modes:
        kept.pop("mode", None)
    name = requested_model(values)
    if model.is_custom:
        kept |= {"model": f"{model.provider}:", "custom_model": model.id}
    elif not name.endswith(":"):
        if model.key == DEFAULT_MODEL and name != DEFAULT_MODEL:
            dropped.insert(0, _("Model"))
        kept["model"] = model.key
    return kept, dropped


def defaults_of(name: str) -> dict[str, str]:
    """How a model's form stands before anybody touches it."""
    try:
        options = catalog.get_model(name).options
    except catalog.UnknownModel:
        return {}
    return {option.name: str(option.default) for option in options}
