"""Actions on the takes that somebody chose in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from studio.models import Generation, User


def staff(request: HttpRequest) -> User:
    """Whoever asks: Django admin lets nobody in who is no person of ours."""
    return cast(User, request.user)


def each(
    request: HttpRequest, rows: Iterable[Generation], act: Callable[..., bool]
) -> None:
    """Do it to every take, through the pipeline, and say to how many it was done.

    ``act`` takes a take and ``user``, and says whether it did anything.
    """
    made = [act(take, user=staff(request)) for take in rows]
    tell(request, sum(made), len(made))


def tell(request: HttpRequest, done: int, asked: int) -> None:
    """How many of those asked for it was done for."""
    text = ngettext(
        "Done for %(done)d of %(asked)d take.",
        "Done for %(done)d of %(asked)d takes.",
        asked,
    )
    level = messages.SUCCESS if done == asked else messages.WARNING
    messages.add_message(request, level, text % {"done": done, "asked": asked})
