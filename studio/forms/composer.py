"""The composer: its fields follow the chosen model.

One form serves the page and the shell. Anything that the model does not have is refused
by name; a picture that is good is kept even when another field is not.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from studio import catalog
from studio.catalog import MediaInput, VideoModel
from studio.catalog.checking import faults, label_of, raw_faults, read_value
from studio.forms.fields import (
    ImageField,
    MultipleImageField,
    RawField,
    option_field,
)
from studio.models import (
    Asset,
    Generation,
    Order,
    Project,
    User,
    offered_model,
)

MAX_TAKES = 8
MAX_PROMPT = 10_000  # of any model; the model's own limit is checked by name
DEFAULT_MODEL = "animatic:animatic"
# What a form posts besides options and inputs.
TICK = "accept_unknown_price"  # of one press alone: never carried over
OWN_FIELDS = frozenset(
    {
        TICK,
        "csrfmiddlewaretoken",
        "form_key",
        "model",
        "custom_model",
        "mode",
        "prompt",
        "takes",
        "extra",
        "parent",
        "parent_relation",
        "replaces",
        "note",  # shown beside the prompt, sent along so that it stays there
    }
)


class ComposerForm(forms.Form):
    """Prompt, model and all that the model can be told."""

    prompt = forms.CharField(
        label=_("Prompt"),
        required=False,
        max_length=MAX_PROMPT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    model = forms.CharField(label=_("Model"), max_length=240)
    custom_model = forms.CharField(
        label=_("Other model id"), max_length=200, required=False
    )
    mode = forms.ChoiceField(
        label=_("Mode"),
        required=False,
        choices=[("", _("By the images given")), *((m, m) for m in catalog.Mode)],
    )
    takes = forms.IntegerField(
        label=_("Takes"), min_value=1, max_value=MAX_TAKES, initial=1, required=False
    )
    extra = RawField(
        label=_("Raw parameters"),
        required=False,
        help_text=_("JSON, added to the request as it is: for those who know."),
    )
    accept_unknown_price = forms.BooleanField(
        label=_("Generate although nobody knows the price"), required=False
    )
    form_key = forms.CharField(max_length=100, required=False)
    parent = forms.UUIDField(required=False)
    parent_relation = forms.CharField(max_length=20, required=False)
    replaces = forms.UUIDField(required=False)  # a waiting take that is edited

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        user: User,
        project: Project,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        values = {**(initial or {})}
        values.setdefault("form_key", uuid.uuid4().hex)
        values.setdefault("takes", 1)
        self.user = user
        self.project = project
        self.video_model = chosen_model(
            data if data is not None else values, project.team_id
        )
        values.setdefault("model", self.video_model.key)
        super().__init__(data, files, initial=values)
        for option in self.video_model.options:
            self.fields[option.name] = option_field(option)
        for item in self.video_model.inputs:
            self.add_input(item)

    def add_input(self, item: MediaInput) -> None:
        """A file chooser, and beside it the ids of files that are here already."""
        label = label_of(item.role, item.label)
        if item.role == "source_video":
            self.fields["source_video_asset"] = forms.CharField(
                label=label, required=False
            )
            return
        kind = MultipleImageField if item.maximum > 1 else ImageField
        self.fields[item.role] = kind(label=label, required=False, help_text=item.help)
        self.fields[f"{item.role}_asset"] = forms.CharField(
            required=False, widget=forms.HiddenInput
        )

    # Reading

    def clean_model(self) -> str:
        """The key of a model that exists and is not switched off."""
        try:
            name = requested_model(self.data)
            return offered_model(name, self.project.team_id).key
        except catalog.UnknownModel as error:
            raise forms.ValidationError(str(error)) from error

    def clean_extra(self) -> dict[str, Any]:
        """Raw parameters have names."""
        extra = self.cleaned_data["extra"]
        if extra is not None and not isinstance(extra, dict):
            raise forms.ValidationError(_('Give an object: {"name": value}.'))
        if names := raw_faults(self.video_model, extra or {}):
            words = _("There is a field for this: %(names)s. Say it there.")
            raise forms.ValidationError(words % {"names": ", ".join(names)})
        return extra or {}

    def clean_prompt(self) -> str:
        """The words as typed, line ends made one."""
        text: str = self.cleaned_data["prompt"]
        return text.replace("\r\n", "\n").strip()

    def clean(self) -> dict[str, Any]:
        """Check everything against the model, each fault by its field."""
        cleaned = super().clean() or {}
        self.refuse_unknown_names()
        self.options = self.read_options()
        self.assets = {item.role: self.kept(item) for item in self.video_model.inputs}
        if "model" not in cleaned:
            return cleaned
        counts = {role: self.count(role) for role in self.assets}
        self.video_mode = cleaned.get("mode") or self.fitting_mode(counts)
        if self.video_mode not in self.video_model.modes:
            self.add_error("mode", self.no_such_mode())
            return cleaned
        if self.errors.keys() - {"__all__"}:
            return cleaned
        found = faults(
            self.video_model,
            self.video_mode,
            cleaned.get("prompt", ""),
            self.options,
            counts,
        )
        for name, message in found.items():
            # A video is named by its id alone: it has no field of its own.
            field = name if name in self.fields else f"{name}_asset"
            self.add_error(field if field in self.fields else None, message)
        if not found and not cleaned.get(TICK):
            self.refuse_unknown_price()
        return cleaned

    def refuse_unknown_price(self) -> None:
        """Nobody pays what nobody knows without having said so."""
        if self.video_model.estimate(self.video_mode, self.options) is None:
            message = _("The price is not known: tick the box to go on all the same.")
            self.add_error(TICK, message)

    def read_options(self) -> dict[str, Any]:
        """The options that were given, in their own types."""
        values = {}
        for option in self.video_model.options:
            raw = self.data.get(option.name)
            if raw is None or str(raw).strip() == "":
                continue
            try:
                values[option.name] = read_value(option, raw)
            except ValueError as error:
                self.add_error(option.name, str(error))
        return values

    def refuse_unknown_names(self) -> None:
        """What the model does not have is refused by name, never dropped."""
        known = OWN_FIELDS | self.fields.keys()
        for name in {*self.data, *self.files} - known:
            if name.endswith("_asset") and name.removesuffix("_asset") in known:
                continue
            values = self.data.get(name) or self.files.get(name)
            if not values:
                continue
            plain = label_of(name.removesuffix("_asset"))
            self.add_error(
                None,
                _("%(model)s has no “%(name)s”. Send again to go without it.")
                % {"model": self.video_model.name, "name": plain},
            )

    def kept(self, item: MediaInput) -> list[Asset]:
        """The files named by id, in the order given, as far as they are the team's."""
        field = f"{item.role}_asset"
        ids = []
        for word in str(self.data.get(field) or "").replace(",", " ").split():
            try:
                ids.append(uuid.UUID(word))
            except ValueError:
                self.add_error(field, _("This file does not exist."))
        kinds = {Asset.Kind.IMAGE, Asset.Kind.POSTER}
        if item.role == "source_video":
            kinds = {Asset.Kind.VIDEO}
        found = (
            Asset.objects.visible_to(self.user)
            .usable_in(self.project)
            .filter(team_id=self.project.team_id, kind__in=kinds)
            .in_bulk(ids)
        )
        if len(found) != len(set(ids)):
            self.add_error(field, _("This file does not exist."))
        return [found[key] for key in ids if key in found]

    def count(self, role: str) -> int:
        """How many files were given for a role, new ones and old ones."""
        return len(self.assets.get(role, ())) + len(self.new_images(role))

    def new_images(self, role: str) -> list[Any]:
        """Pictures that came with this form and were found good (CleanImage)."""
        value = self.cleaned_data.get(role)
        if not value:
            return []
        return value if isinstance(value, list) else [value]

    def fitting_mode(self, counts: Mapping[str, int]) -> str:
        """The mode for the files given; the nearest one, so that faults have a name."""
        given = {role for role, count in counts.items() if count}
        if mode := self.video_model.mode_for(given):
            return mode
        return max(
            self.video_model.modes,
            key=lambda mode: len(
                given & {item.role for item in self.video_model.inputs_for(mode)}
            ),
        )

    def no_such_mode(self) -> str:
        """What the model can make a video from."""
        listed = ", ".join(mode.replace("_", " ") for mode in self.video_model.modes)
        return _("%(model)s can: %(modes)s.") % {
            "model": self.video_model.name,
            "modes": listed,
        }

    # What comes out

    def order(self) -> Order:
        """The checked wish. Every new picture must have become a file before."""
        cleaned = self.cleaned_data
        inputs = [
            (role, asset) for role, found in self.assets.items() for asset in found
        ]
        return Order(
            model=self.video_model,
            mode=self.video_mode,
            prompt=cleaned["prompt"],
            options=self.options,
            inputs=tuple(inputs),
            takes=cleaned.get("takes") or 1,
            extra=cleaned.get("extra") or {},
            form_key=cleaned.get("form_key", ""),
            parent=self.parent_take(),
            parent_relation=cleaned.get("parent_relation", ""),
        )

    def parent_take(self) -> Generation | None:
        """The take that this one is made from, where its maker may see it."""
        pk = self.cleaned_data.get("parent")
        if not pk:
            return None
        return Generation.objects.visible_to(self.user).filter(pk=pk).first()

    def write(self, name: str, value: str) -> None:
        """Put a value among what was posted: a drawn form shows it."""
        data = self.data.copy() if isinstance(self.data, QueryDict) else {**self.data}
        data[name] = value
        self.data = data

    def renew_key(self) -> None:
        """Its old key stands for other settings: the next press is another wish."""
        self.write("form_key", uuid.uuid4().hex)

    def keep_image(self, role: str, asset: Asset) -> None:
        """A new picture has become a file: from here on it is named by its id."""
        self.assets.setdefault(role, []).append(asset)
        ids = " ".join(str(item.pk) for item in self.assets[role])
        self.write(f"{role}_asset", ids)
        self.cleaned_data[role] = None


def requested_model(values: Mapping[str, Any]) -> str:
    """The model's name as it was asked for; ``provider:`` and a free-text id."""
    name = str(values.get("model") or DEFAULT_MODEL)
    custom = str(values.get("custom_model") or "").strip()
    if custom and name.endswith(":"):
        return f"{name}{custom}"
    return name


def chosen_model(
    values: Mapping[str, Any], team_id: uuid.UUID | None = None
) -> VideoModel:
    """The model that the fields follow; the animatic where the name means nothing."""
    try:
        return offered_model(requested_model(values), team_id)
    except catalog.UnknownModel:
        return catalog.get_model(DEFAULT_MODEL)
