"""A form that was sent after its session had ended: kept until its sender is back."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.http import HttpRequest

SESSION_KEY = "held_form"
MAX_CHARACTERS = 20_000  # of all values together; nobody types more by hand
KEPT_SECONDS = 15 * 60
LEFT_OUT = frozenset({"csrfmiddlewaretoken", "form_key"})


def hold(request: HttpRequest, project_id: UUID) -> None:
    """Keep what was typed for a project in the visitor's own session."""
    values = {k: v for k, v in request.POST.dict().items() if v and k not in LEFT_OUT}
    if sum(len(str(value)) for value in values.values()) <= MAX_CHARACTERS:
        request.session[SESSION_KEY] = {
            "project": str(project_id),
            "values": values,
            "at": time.time(),
        }


def take(request: HttpRequest, project_id: UUID) -> dict[str, Any]:
    """What was held for this project, once; otherwise nothing."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept.get("project") != str(project_id):
        return {}
    del request.session[SESSION_KEY]
    # Who signs in much later may be somebody else.
    is_old = time.time() - kept.get("at", 0) > KEPT_SECONDS
    return {} if is_old else dict(kept["values"])
