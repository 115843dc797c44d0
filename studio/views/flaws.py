"""Where nothing is to be seen or heard in a take, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.models import Generation, Moderation

WORDS = {
    "black": gettext_lazy("Black from %(start)s to %(end)s"),
    "frozen": gettext_lazy("Nothing moves from %(start)s to %(end)s"),
    "silent": gettext_lazy("No sound from %(start)s to %(end)s"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Flaw:
    """One stretch, and the second at which to look."""

    words: str
    at: str


def flaws_of(take: Generation) -> Sequence[Flaw]:
    """The stretches that were found when the video came in."""
    return [
        Flaw(
            words=str(WORDS[item["kind"]])
            % {"start": clock(item["start"]), "end": clock(item["end"])},
            at=f"{item['start']:g}",
        )
        for item in take.flaws
        if item.get("kind") in WORDS
    ]


def clock(seconds: float) -> str:
    """A moment of a clip: ``0:02.5``."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def warning_of(take: Generation) -> str:
    """What a finished take's card warns of."""
    if take.moderation == Moderation.PENDING:
        return _("Waits for moderation")
    if take.moderation == Moderation.BLOCKED:
        return _("Blocked")
    return _("Not as ordered") if take.is_as_ordered is False else ""
