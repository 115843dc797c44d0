"""Who may see a private project."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from studio.forms.projects import PeopleForm
from studio.http import StudioRequest
from studio.models import Event, Project, Role, User
from studio.models.teams import MANAGERS
from studio.views import access


def may_choose(project: Project, user: User) -> bool:
    """Admins and owners do, and who made the project, while they are editors."""
    if project.my_role.is_at_least(Role.ADMIN):
        return True
    return project.created_by_id == user.pk and project.my_role == Role.EDITOR


@require_http_methods(["GET", "POST"])
def project_people(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """Private or open, and for whom."""
    found = access.get_project(request, project_id, need=Role.EDITOR)
    if not may_choose(found, request.user):
        raise PermissionDenied(_("Your role in this team does not allow this."))
    sent = request.POST if request.method == "POST" else None
    form = PeopleForm(sent, project=found, user=request.user)
    if form.is_bound and form.is_valid():
        choose(request, found, form)
        return redirect("project", found.pk)
    context = {
        "project": found,
        "current_team": found.team,
        "form": form,
        "managers": found.team.memberships.filter(role__in=MANAGERS).select_related(
            "user"
        ),
    }
    status = 422 if form.is_bound else 200
    return render(request, "projects/people.html", context, status=status)


def choose(request: StudioRequest, found: Project, form: PeopleForm) -> None:
    """Write it down; who is no admin stays among those chosen."""
    is_private: bool = form.cleaned_data["is_private"]
    people = {*form.cleaned_data["people"]}
    if not found.my_role.is_at_least(Role.ADMIN):
        people.add(request.user)
    found.choose_people(people, is_private=is_private)
    Event.record(
        "project.access_changed",
        team=found.team,
        project=found,
        actor=request.user,
        data={
            "private": is_private,
            "people": sorted(user.email for user in people) if is_private else [],
        },
    )
    messages.success(request, _("Saved."))
