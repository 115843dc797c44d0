"""Form fields for a model's options and pictures."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from studio.catalog import Option
from studio.catalog.checking import can_be_stored, label_of
from studio.media.images import CleanImage, ImageRefused, normalise_image

ACCEPTED = "image/jpeg,image/png,image/webp,image/avif"
UNITS = {"duration": _("%(value)s s"), "frame_rate": _("%(value)s fps")}


class ImageField(forms.FileField):
    """A picture, checked by its content and drawn anew: nothing hidden comes in."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})

    def clean(self, data: Any, initial: Any = None) -> CleanImage | None:
        """The clean picture; a refused one says why in words for people."""
        upload = super().clean(data, initial)
        return read_image(upload) if upload else None


class RawField(forms.JSONField):
    """JSON of a sensible depth, without what only Python takes for JSON."""

    def to_python(self, value: Any) -> Any:
        """The value; what is nested without end is no JSON for us."""
        try:
            found = super().to_python(value)
            if can_be_stored(found):
                return found
        except RecursionError:
            pass
        raise forms.ValidationError(_("This is not valid JSON."))


class MultipleFileInput(forms.FileInput):
    """A chooser for several files at once."""

    allow_multiple_selected = True


class MultipleImageField(forms.FileField):
    """Several pictures."""

    widget = MultipleFileInput(attrs={"accept": ACCEPTED, "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[CleanImage]:
        """Every one of them clean."""
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        return [read_image(super(MultipleImageField, self).clean(u)) for u in uploads]


def read_image(upload: UploadedFile) -> CleanImage:
    """The upload as a clean picture, or a sentence on why not."""
    try:
        return normalise_image(cast(BinaryIO, upload), name=upload.name or "")
    except ImageRefused as error:
        raise forms.ValidationError(str(error)) from error


def option_field(option: Option) -> forms.Field:
    """The field for one option. Values are read by the catalog, not by the field."""
    label = label_of(option.name, option.label)
    common: dict[str, Any] = {
        "label": label,
        "required": False,
        "help_text": option.help,
    }
    if option.type == "boolean":
        return forms.CharField(
            **common,
            initial=option.default,
            widget=forms.Select(choices=yes_or_no(option)),
        )
    if values := listed_values(option):
        unit = UNITS.get(option.name, "%(value)s")
        choices: list[tuple[str, Any]] = [
            (str(v), str(unit % {"value": v})) for v in values
        ]
        if option.default is None and not option.required:
            choices.insert(0, ("", _("Left to the model")))
        return forms.CharField(
            **common, initial=option.default, widget=forms.Select(choices=choices)
        )
    return forms.CharField(**common, initial=option.default, widget=typed(option))


def listed_values(option: Option) -> list[Any]:
    """The values that a person chooses from; a short range is a list as well."""
    if option.values:
        return list(option.values)
    is_short_range = (
        option.name == "duration"
        and option.type == "integer"
        and option.minimum is not None
        and option.maximum is not None
        and option.maximum - option.minimum <= 40
    )
    if is_short_range:
        return list(range(int(option.minimum or 0), int(option.maximum or 0) + 1))
    return []


def yes_or_no(option: Option) -> list[tuple[str, Any]]:
    """On, off, and where there is no default, whatever the model does by itself."""
    choices: list[tuple[str, Any]] = [("True", _("On")), ("False", _("Off"))]
    if option.default is None:
        choices.insert(0, ("", _("Left to the model")))
    return choices


def typed(option: Option) -> forms.Widget:
    """An input for a number, a line or a text."""
    if option.type in {"text", "json"}:
        return forms.Textarea(attrs={"rows": 2})
    if option.type not in {"integer", "number"}:
        return forms.TextInput()
    attrs: dict[str, Any] = {
        "step": option.step or (1 if option.type == "integer" else "any")
    }
    if option.minimum is not None:
        attrs["min"] = (
            f"{option.minimum:g}" if option.minimum < 1e6 else int(option.minimum)
        )
    if option.maximum is not None:
        attrs["max"] = (
            int(option.maximum) if option.maximum >= 1e6 else f"{option.maximum:g}"
        )
    return forms.NumberInput(attrs=attrs)
