"""What every page shows: the team, and the teams one could choose."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def studio(request: HttpRequest) -> dict[str, Any]:
    """Lazy: a fragment that names none of it pays for none of it."""
    return {
        "current_team": getattr(request, "team", None),
        "my_teams": getattr(request, "teams", ()),
        "sign_on_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }
