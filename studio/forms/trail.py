"""What an audit trail is narrowed by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.forms.days import DayField, between
from studio.models import Team, User
from studio.models.events import VERBS, EventQuerySet


class TrailForm(forms.Form):
    """Filters. A value that means nothing filters nothing."""

    verb = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Anything")), *sorted(VERBS.items())],
    )
    start = DayField(label=_("From"))
    end = DayField(label=_("To"))

    def __init__(self, data: Mapping[str, Any] | None, *, team: Team) -> None:
        super().__init__(data)
        # Who has left is still somebody who did things.
        acted = team.events.filter(in_trail=True).exclude(actor=None)
        people = User.objects.filter(pk__in=acted.order_by().values("actor"))
        self.fields["person"] = forms.ModelChoiceField(
            label=_("Person"),
            queryset=people.order_by("name", "email"),
            required=False,
            empty_label=_("Anybody"),
        )
        self.order_fields(["person", "verb", "start", "end"])

    def narrowed(self, events: EventQuerySet) -> EventQuerySet:
        """These events, as far as the filters let them through."""
        self.is_valid()
        given = self.cleaned_data
        if person := given.get("person"):
            events = events.filter(actor=person)
        if verb := given.get("verb"):
            events = events.filter(verb=verb)
        return between(events, "at", given.get("start"), given.get("end"))
