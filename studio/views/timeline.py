"""What happened to a take and when, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio import catalog, formats
from studio.models import Attempt, Decision, Event, Generation

WORDS = {
    "generation.queued": gettext_lazy("Queued"),
    "generation.submitting": gettext_lazy("Sent to %(provider)s"),
    "generation.submitted": gettext_lazy("Accepted by %(provider)s"),
    "generation.processing": gettext_lazy("Running at %(provider)s"),
    "generation.collecting": gettext_lazy("Finished there, downloading"),
    "generation.completed": gettext_lazy("Checked and stored"),
    "generation.failed": gettext_lazy("Failed"),
    "generation.canceled": gettext_lazy("Canceled"),
    "generation.unknown": gettext_lazy("Unclear whether it runs there"),
    "generation.cancel_asked": gettext_lazy("Asked to stop"),
    "generation.restored": gettext_lazy("Came back out of a backup"),
    "generation.settled": gettext_lazy("Settled"),
    "generation.deleted": gettext_lazy("Deleted"),
    "generation.reordered": gettext_lazy("Changed places in the line"),
    "generation.replaced": gettext_lazy("Changed before it was sent"),
    "generation.moved": gettext_lazy("Moved to another project"),
    "generation.review_asked": gettext_lazy("Asked for review"),
    "generation.review_withdrawn": gettext_lazy("No review needed"),
    "generation.judged": gettext_lazy("Verdict"),
    "generation.frame_taken": gettext_lazy("Frame taken at %(at)s s"),
    "generation.passed": gettext_lazy("Passed by a moderator"),
    "generation.blocked": gettext_lazy("Blocked by a moderator"),
    "generation.unblocked": gettext_lazy("Unblocked by a moderator"),
}
# The built-in model is no provider that one sends things to.
WORDS_HERE = {
    "generation.submitting": gettext_lazy("Taken up"),
    "generation.submitted": gettext_lazy("In line to be drawn"),
    "generation.processing": gettext_lazy("Being drawn"),
    "generation.collecting": gettext_lazy("Drawn, being checked"),
}
DECISIONS = {
    "it_exists": gettext_lazy("it exists at the provider"),
    "it_does_not": gettext_lazy("it never reached the provider"),
    "send_again": gettext_lazy("send it again"),
}
OUTCOMES = {
    Attempt.Outcome.NOT_SENT: gettext_lazy("not taken, tried again later"),
    Attempt.Outcome.REFUSED: gettext_lazy("refused"),
    Attempt.Outcome.UNKNOWN: gettext_lazy("no clear answer"),
    Attempt.Outcome.SETTLED: gettext_lazy("settled by a person"),
}
BAD = frozenset({"generation.failed", "generation.unknown"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One line of the timeline."""

    at: datetime
    words: str
    detail: str = ""
    by: str = ""
    later: str = ""  # how long after the line before
    is_bad: bool = False


def timeline(take: Generation) -> list[Moment]:
    """Everything that was written down, the oldest first: two queries."""
    attempts = {item.n: item for item in take.attempts.all()}
    moments: list[Moment] = []
    before: datetime | None = None
    for event in events_of(take):
        moments.append(moment(take, event, attempts, before))
        before = event.at
    return moments


def events_of(take: Generation) -> Iterable[Event]:
    """What was written down about it."""
    # Comments stand in the discussion, once.
    events = take.events.exclude(verb__startswith="comment.")
    return events.select_related("actor").order_by("id")


def moment(
    take: Generation,
    event: Event,
    attempts: dict[int, Attempt],
    before: datetime | None,
) -> Moment:
    """One event in words."""
    return Moment(
        at=event.at,
        words=words_of(take, event),
        detail=detail_of(event, attempts),
        by=event.actor.display_name if event.actor else event.data.get("guest", ""),
        later=gap(before, event.at),
        is_bad=event.verb in BAD,
    )


def words_of(take: Generation, event: Event) -> str:
    """What happened, in a few words."""
    words = WORDS_HERE if take.provider == "animatic" else {}
    text = words.get(event.verb) or WORDS.get(event.verb)
    if text is None:
        return event.verb.rpartition(".")[2].replace("_", " ").capitalize()
    provider = catalog.PROVIDER_LABELS.get(take.provider, take.provider)
    return str(text) % {"provider": provider, "at": event.data.get("at", "")}


def detail_of(event: Event, attempts: dict[int, Attempt]) -> str:
    """What else is known about it."""
    if event.verb == "generation.settled":
        return str(DECISIONS.get(event.data.get("decision", ""), ""))
    if event.verb == "generation.judged":
        known = dict(Decision.choices)
        return str(known.get(event.data.get("decision", ""), ""))
    if event.verb != "generation.submitting":
        return ""
    attempt = attempts.get(event.data.get("attempt", 0))
    return "" if attempt is None else attempt_words(attempt, len(attempts))


def attempt_words(attempt: Attempt, number: int) -> str:
    """Which attempt it was and how it ended, where that is worth a word."""
    parts: list[Any] = []
    if number > 1:
        parts.append(_("attempt %(n)d") % {"n": attempt.n})
    if outcome := OUTCOMES.get(Attempt.Outcome(attempt.outcome)):
        parts.append(outcome)
        if attempt.http_status:
            parts.append(f"HTTP {attempt.http_status}")
        if attempt.excerpt:
            parts.append(attempt.excerpt)
    return " · ".join(map(str, parts))


def gap(before: datetime | None, at: datetime) -> str:
    """How long after the line before; nothing where it was at once."""
    if before is None:
        return ""
    seconds = (at - before).total_seconds()
    return f"+{formats.seconds(seconds)}" if seconds >= 1 else ""
