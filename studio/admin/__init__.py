"""Operators' view of every model, one module per noun."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin import site

from studio.admin import (
    accounts,
    assets,
    checks,
    desk,
    events,
    failures,
    generations,
    line,
    money,
    notices,
    offers,
    people,
    prompts,
    reviews,
    workings,
)

# Second factors and sessions are their owners' own: nobody adds or edits them here.
for model in (Authenticator, UserSession):
    if site.is_registered(model):
        site.unregister(model)

__all__ = [
    "accounts",
    "assets",
    "checks",
    "desk",
    "events",
    "failures",
    "generations",
    "line",
    "notices",
    "money",
    "offers",
    "people",
    "prompts",
    "reviews",
    "workings",
]
