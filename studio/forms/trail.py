"""What an audit trail is narrowed by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.forms.fields import day_field
from studio.models import Team, User
from studio.models.events import VERBS, EventQuerySet


class TrailForm(forms.Form):
    """Filters. A value that means nothing filters nothing."""

    verb = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Anything")), *sorted(VERBS.items())],
    )
    start = day_field(_("From"))
    end = day_field(_("To"))

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
        if start := given.get("start"):
            events = events.filter(at__gte=midnight(start))
        if end := given.get("end"):
            events = events.filter(at__lt=midnight(end + timedelta(days=1)))
        return events


def midnight(day: date) -> datetime:
    """When a day begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))
