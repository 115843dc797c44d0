"""The request as our views know it."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from studio.models import Team, User


class StudioRequest(HttpRequest):
    """Signed in, with the team that the header shows."""

    user: User  # signed in: SignInMiddleware sees to it
    htmx: HtmxDetails
    teams: list[Team]  # by name, each with my_role
    team: Team | None
    visited: Team | None  # the team that was shown, once somebody asked for it
