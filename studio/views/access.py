"""Who may touch what: the one place. Strangers get 404, members of too low a role 403.

A stranger must not learn that a thing exists, so every look-up goes through what its
asker may see.
"""

from __future__ import annotations

import uuid
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from studio import middleware
from studio.http import StudioRequest
from studio.models import Generation, Project, Role, ShareLink, Team

Row = TypeVar("Row", Project, Generation, ShareLink)


def get_project(
    request: StudioRequest, project_id: uuid.UUID, need: Role = Role.VIEWER
) -> Project:
    """A project with its team, and the asker's role in it as ``my_role``."""
    visible = Project.objects.visible_to(request.user).select_related("team")
    return found(visible, project_id, need)


def get_generation(
    request: StudioRequest, generation_id: uuid.UUID, need: Role = Role.VIEWER
) -> Generation:
    """A take with its project and prompt, and the asker's role as ``my_role``."""
    visible = (
        Generation.objects.visible_to(request.user)
        .filter(project__deleted_at=None)
        .select_related("team", "project", "prompt")
    )
    return found(visible, generation_id, need)


def get_team(
    request: StudioRequest, team_id: uuid.UUID, need: Role = Role.VIEWER
) -> Team:
    """A team, and the asker's role as ``my_role``."""
    for team in request.teams:
        if team.pk == team_id:
            check_role(team.my_role, need)
            return team
    raise Http404


def current_team(request: StudioRequest, need: Role = Role.VIEWER) -> Team:
    """The team that the header shows; 404 for somebody who is in none."""
    team = middleware.current_team(request)
    if team is None:
        raise Http404
    check_role(team.my_role, need)
    return team


def found(rows: QuerySet[Row], pk: uuid.UUID, need: Role) -> Row:
    """The row of that id among these, if its asker's role in its team suffices."""
    # The look-up that decides who sees it has joined the asker's membership already.
    row = rows.annotate(asked=F("team__memberships__role")).filter(pk=pk).first()
    if row is None:
        raise Http404
    row.my_role = Role(row.asked)
    check_role(row.my_role, need)
    return row


def check_role(role: Role, need: Role) -> None:
    """Raise PermissionDenied where the role is too low."""
    if not role.is_at_least(need):
        raise PermissionDenied(_("Your role in this team does not allow this."))
