"""What a gallery is searched by."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.db.models import BigIntegerField
from django.utils.translation import gettext_lazy as _

from studio.forms.days import DayField, between
from studio.models import IN_FLIGHT, Decision, Status
from studio.models.generation_queries import GenerationQuerySet

MAX_SEARCH = 200  # characters
STATES = {
    "completed": (_("Completed"), [Status.COMPLETED]),
    "in_flight": (_("In progress"), sorted(IN_FLIGHT)),
    "unknown": (_("Unclear"), [Status.UNKNOWN]),
    "failed": (_("Failed"), [Status.FAILED]),
    "canceled": (_("Canceled"), [Status.CANCELED]),
}
MODE_LABELS = {
    "text_to_video": _("Text to video"),
    "image_to_video": _("Image to video"),
    "first_last_frame": _("Start and end image"),
    "reference_to_video": _("References to video"),
    "extend_video": _("Extend a video"),
}
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21")
STATE_CHOICES = [
    ("", _("Any status")),
    *((k, label) for k, (label, _s) in STATES.items()),
]


MODE_CHOICES = [("", _("Any mode")), *MODE_LABELS.items()]
ORDERED_CHOICES = [
    ("", _("As ordered or not")),
    ("no", _("Not as ordered")),
    ("yes", _("As ordered")),
]
VERDICT_CHOICES = [
    ("", _("Any verdict")),
    *Decision.choices,
    ("waiting", _("In review")),
    ("none", _("No verdict")),
]
STAR_CHOICES = [("", _("With or without star")), ("yes", _("Starred"))]
RATIO_CHOICES = [("", _("Any shape")), *((ratio, ratio) for ratio in RATIOS)]


class GalleryForm(forms.Form):
    """Search over prompts, and filters. A value that means nothing filters nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=MAX_SEARCH)
    project = forms.UUIDField(label=_("Project"), required=False)
    model = forms.CharField(label=_("Model"), required=False, max_length=241)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=STATE_CHOICES)
    mode = forms.ChoiceField(label=_("Mode"), required=False, choices=MODE_CHOICES)
    ratio = forms.ChoiceField(
        label=_("Aspect ratio"), required=False, choices=RATIO_CHOICES
    )
    ordered = forms.ChoiceField(
        label=_("As ordered?"), required=False, choices=ORDERED_CHOICES
    )
    verdict = forms.ChoiceField(
        label=_("Verdict"), required=False, choices=VERDICT_CHOICES
    )
    star = forms.ChoiceField(label=_("Star"), required=False, choices=STAR_CHOICES)
    person = forms.IntegerField(
        label=_("Person"),
        required=False,
        min_value=1,
        max_value=BigIntegerField.MAX_BIGINT,
    )
    start = DayField(label=_("From"))
    end = DayField(label=_("To"))

    @property
    def given(self) -> dict[str, object]:
        """The filters that are set, by name."""
        if not any(self.data.values()):
            return {}
        self.is_valid()
        return {k: v for k, v in self.cleaned_data.items() if v not in (None, "")}

    def narrowed(self, takes: GenerationQuerySet) -> GenerationQuerySet:
        """These takes, as far as the filters let them through."""
        given = self.given
        for word in str(given.get("q", "")).split():
            takes = takes.filter(prompt__text__icontains=word)
        if state := given.get("status"):
            takes = takes.filter(status__in=STATES[str(state)][1])
        if ordered := given.get("ordered"):
            takes = takes.filter(is_as_ordered=ordered == "yes")
        if model := given.get("model"):
            provider, _colon, model_id = str(model).partition(":")
            takes = takes.filter(provider=provider, model=model_id)
        if "star" in given:
            takes = takes.filter(is_starred=True)
        takes = judged(takes, str(given.get("verdict", "")))
        plain = {
            "project": "project_id",
            "mode": "mode",
            "ratio": "options__aspect_ratio",
            "person": "created_by_id",
        }
        wanted = {plain[name]: given[name] for name in plain.keys() & given.keys()}
        takes = takes.filter(**wanted)
        return between(takes, "created_at", given.get("start"), given.get("end"))


def judged(takes: GenerationQuerySet, verdict: str) -> GenerationQuerySet:
    """Those with this verdict, without any, or for which somebody asked for one."""
    if verdict == "waiting":
        return takes.filter(review_asked_at__isnull=False)
    if verdict == "none":
        return takes.filter(verdict="", status=Status.COMPLETED)
    return takes.filter(verdict=verdict) if verdict else takes


def chosen(
    pairs: Sequence[tuple[object, object]], value: object
) -> list[dict[str, object]]:
    """A list's values for a template, with the chosen one marked."""
    return [
        {"value": str(key), "label": label, "is_chosen": str(key) == str(value)}
        for key, label in pairs
    ]
