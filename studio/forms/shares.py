"""What a review link may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.models import Generation
from studio.models.generation_queries import GenerationQuerySet
from studio.models.share_links import MOST_TAKES

DAYS = (1, 3, 7, 14, 30, 90)
USUAL_DAYS = 7


class ShareLinkForm(forms.Form):
    """Which takes, for how long, and what guests may do."""

    name = forms.CharField(label=_("Name, shown to guests"), max_length=100)
    days = forms.TypedChoiceField(
        label=_("Days until it ends"),
        choices=[(days, days) for days in DAYS],
        coerce=int,
        initial=USUAL_DAYS,
    )
    passphrase = forms.CharField(
        label=_("Passphrase"),
        required=False,
        min_length=6,
        max_length=100,
        help_text=_("Optional. Tell it to your guests in another way than the link."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    allows_comments = forms.BooleanField(label=_("Guests may comment"), required=False)
    allows_verdict = forms.BooleanField(
        label=_("Guests may give a verdict"), required=False
    )
    allows_download = forms.BooleanField(
        label=_("Guests may download the videos"), required=False
    )
    shows_name = forms.BooleanField(
        label=_("Show the guest's name over the video"), required=False
    )

    def __init__(self, *args: Any, offered: GenerationQuerySet, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["takes"] = forms.ModelMultipleChoiceField(
            label=_("Takes"),
            queryset=offered,
            error_messages={"required": _("Choose at least one take.")},
        )

    def clean_takes(self) -> list[Generation]:
        """In the order in which they were made; not more than a page can bear."""
        takes: GenerationQuerySet = self.cleaned_data["takes"]
        chosen = list(takes.order_by("created_at", "id")[: MOST_TAKES + 1])
        if len(chosen) > MOST_TAKES:
            raise forms.ValidationError(
                _("Choose at most %(n)d takes.") % {"n": MOST_TAKES}
            )
        return chosen

    def fields_of_link(self, now: datetime) -> dict[str, Any]:
        """What the new row holds, besides its takes."""
        values = dict(self.cleaned_data)
        del values["takes"]
        return values | {
            "created_at": now,
            "expires_at": now + timedelta(days=values.pop("days")),
        }
