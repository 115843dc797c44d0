"""What somebody may say of a take."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studio.models import Asset, Comment, Decision
from studio.models.reviews import MOST_TEXT, CommentQuerySet
from studio.models.strokes import Strokes, checked_strokes
from studio.models.voices import MOST_NAME

LONGEST_DRAWING = 60_000  # characters of JSON
USUAL_RATE = 24.0  # frames per second, where the file does not say


class CommentForm(forms.Form):
    """A comment: words, and the frame that they are about."""

    text = forms.CharField(
        label=_("Comment"),
        max_length=MOST_TEXT,
        error_messages={"required": _("Write a few words.")},
    )
    pinned = forms.BooleanField(label=_("On this frame"), required=False)
    at = forms.CharField(label=_("Second"), required=False, max_length=30)
    drawing = forms.CharField(required=False, max_length=LONGEST_DRAWING)
    parent = forms.UUIDField(required=False)

    def __init__(
        self, *args: Any, video: Asset | None, answerable: CommentQuerySet, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.video = video
        self.answerable = answerable
        self.fields["text"].widget.attrs["maxlength"] = MOST_TEXT

    def clean_drawing(self) -> Strokes:
        """The strokes, or none."""
        text = self.cleaned_data["drawing"]
        try:
            return checked_strokes(json.loads(text)) if text else []
        except (ValueError, RecursionError) as error:
            raise ValidationError(gettext("This is not a drawing.")) from error

    def clean_parent(self) -> Comment | None:
        """The comment that this one answers."""
        pk = self.cleaned_data["parent"]
        if pk is None:
            return None
        found = self.answerable.select_related("parent").filter(pk=pk).first()
        if found is None:
            raise ValidationError(gettext("The comment that you answer is gone."))
        return found

    def clean_at(self) -> float | None:
        """Seconds from the beginning, where the comment is pinned."""
        text = self.cleaned_data["at"].strip().replace(",", ".")
        if not self.cleaned_data.get("pinned") or not text:
            return None
        try:
            seconds = float(text)
        except ValueError:
            seconds = math.nan
        if not math.isfinite(seconds):
            raise ValidationError(gettext("Give a time in seconds."))
        return seconds

    @property
    def pin(self) -> tuple[int, int] | None:
        """The moment in ms and its frame, within the clip."""
        seconds = self.cleaned_data["at"]
        if seconds is None or self.video is None or self.cleaned_data["parent"]:
            return None
        rate, length = rate_of(self.video), self.video.duration or 0
        last = max(0, math.ceil(length * rate) - 1)
        seconds = min(max(seconds, 0), length)
        frame = min(math.floor(seconds * rate + 0.001), last)
        return round(1000 * moment_of(frame, rate)), frame


class VerdictForm(forms.Form):
    """A decision on a take."""

    decision = forms.ChoiceField(choices=Decision.choices)


class DoorForm(forms.Form):
    """What a guest is asked for, once."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=MOST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("It stands beside your comments and your verdict."),
    )
    passphrase = forms.CharField(
        label=_("Passphrase"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, asks_passphrase: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not asks_passphrase:
            del self.fields["passphrase"]

    def clean_name(self) -> str:
        """Without control and direction marks, which could make it look like others."""
        name: str = self.cleaned_data["name"]
        seen = "".join(c for c in name if unicodedata.category(c)[0] != "C")
        if not seen.strip():
            raise ValidationError(gettext("Give a name."))
        return seen.strip()


def rate_of(video: Asset | None) -> float:
    """Frames per second of the file."""
    rate = video.facts.get("frame_rate") if video else None
    return float(rate) if rate else USUAL_RATE


def moment_of(frame: int, rate: float) -> float:
    """The middle of a frame, in seconds: no rounding leads to its neighbour."""
    return (frame + 0.5) / rate
