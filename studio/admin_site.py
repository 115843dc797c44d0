"""Django admin, entered through the site's own sign-in; every act in it is recorded."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from studio.models import Event, Team

MOST_TEXT = 100  # characters of an object's name


class Recorded(ModelAdmin):
    """Writes down who added, changed, deleted or ran an action; never a value."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Something is new."""
        record(request, "admin.added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Something is another, and in which fields."""
        record(request, "admin.changed", obj, fields=fields_of(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Some rows are about to go."""
        for obj in queryset:
            record(request, "admin.deleted", obj)
        return super().log_deletions(request, queryset)

    def response_action(
        self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """An action was run on chosen rows."""
        answer = super().response_action(request, queryset, *args, **kwargs)
        names = dict(self.get_action_choices(request, []))
        action = request.POST.get("action", "")
        chosen = request.POST.getlist("_selected_action")
        if action in names and chosen:
            note_action(request, self.model, action, chosen)
        return answer


def note_action(
    request: HttpRequest, model: type[Model], action: str, chosen: list[str]
) -> None:
    """One event for each team that the chosen rows are of."""
    rows = model._default_manager.filter(pk__in=chosen)
    teams: dict[Any, list[str]] = {}
    for obj in rows:
        teams.setdefault(team_id_of(obj), []).append(str(obj.pk))
    for team_id, ids in teams.items():
        data = {
            "kind": str(model._meta.verbose_name),
            "action": action,
            "objects": ids[:50],
            "number": len(ids),
        }
        Event.record("admin.acted", team_id=team_id, actor=request.user, data=data)


def record(request: HttpRequest, verb: str, obj: Model, **data: Any) -> None:
    """Write one act down, for the team that it is about."""
    about = {
        "kind": str(obj._meta.verbose_name),
        "object": str(obj)[:MOST_TEXT],
        "id": str(obj.pk),
    }
    Event.record(
        verb,
        team_id=team_id_of(obj),
        actor=request.user,
        data={**about, **{name: value for name, value in data.items() if value}},
    )


def team_id_of(obj: Model) -> Any:
    """The team that a row belongs to; None for what is everybody's."""
    if isinstance(obj, Team):
        return obj.pk
    return getattr(obj, "team_id", None)


def fields_of(message: Any) -> list[str]:
    """The names of the changed fields, out of Django's own message."""
    if isinstance(message, str):
        try:
            message = json.loads(message)
        except ValueError:
            return []
    found: list[str] = []
    for part in message:
        for act, what in part.items():
            found += what.get("fields", [])
            if "object" in what:  # a row of an inline form
                found.append(f"{act}: {what['name']} {what['object']}"[:MOST_TEXT])
    return found


class StudioAdminSite(AdminSite):
    """The operators' site."""

    site_header = _("Dailies admin")
    site_title = _("Dailies admin")
    index_title = _("Everything in the studio")
    login = secure_admin_login(AdminSite.login)  # type: ignore[no-untyped-call]  # allauth has no types

    def register(
        self,
        model_or_iterable: Any,
        admin_class: Any = None,
        **options: Any,
    ) -> None:
        """Every page of it is a recorded one, also those that packages bring."""
        wanted = admin_class or ModelAdmin
        if not issubclass(wanted, Recorded):
            wanted = type(wanted.__name__, (Recorded, wanted), {"__module__": __name__})
        super().register(model_or_iterable, wanted, **options)
