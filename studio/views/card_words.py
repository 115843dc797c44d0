"""What a card says: the take's words, its price, where it is, when it is expected."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from studio import formats
from studio.models import Billed, Decision, Generation, Role, Status
from studio.pipeline.expect import Expected

MAX_WORDS = 180  # characters of the prompt on a card; the take page has them all
STAGES = {
    Status.QUEUED: gettext_lazy("Queued"),
    Status.SUBMITTING: gettext_lazy("Sending"),
    Status.SUBMITTED: gettext_lazy("Accepted"),
    Status.PROCESSING: gettext_lazy("Running"),
    Status.COLLECTING: gettext_lazy("Downloading"),
    Status.UNKNOWN: gettext_lazy("Unclear"),
    Status.FAILED: gettext_lazy("Failed"),
    Status.CANCELED: gettext_lazy("Canceled"),
    Status.COMPLETED: gettext_lazy("Completed"),
}
# What the built-in model draws is on this machine: nothing is fetched.
STAGES_HERE = STAGES | {Status.COLLECTING: gettext_lazy("Storing")}
BILLED = {
    Billed.YES: gettext_lazy("Billed"),
    Billed.NO: gettext_lazy("Not billed"),
    Billed.UNKNOWN: gettext_lazy("May have been billed"),
}
TONES = {
    Decision.APPROVED: "badge-good",
    Decision.CHANGES_REQUESTED: "badge-accent",
    Decision.REJECTED: "badge-bad",
}


def words_of(prompt: str) -> str:
    """The prompt as far as a card shows it."""
    line = " ".join(prompt.split())
    if not line:
        return _("No words, only pictures")
    return line if len(line) <= MAX_WORDS else f"{line[:MAX_WORDS].rstrip()}…"


def facts_of(take: Generation) -> str:
    """Model and length: ``Veo 3.1 · 8 s``."""
    length = take.options.get("duration")
    return f"{take.model_name} · {length} s" if length else take.model_name


def price_of(take: Generation) -> str:
    """What it cost, or before that is known, about what it will."""
    if is_uncharged(take):
        return ""
    if take.cost is not None:
        return formats.money(take.cost)
    if take.status == Status.COMPLETED or take.is_in_flight:
        return estimate_of(take) or formats.money(None)
    return ""


def estimate_of(take: Generation) -> str:
    """About what it costs by the catalog; nothing where nobody knows."""
    if take.estimate is None:
        return ""
    amount = formats.money(take.estimate)
    return _("about %(amount)s") % {"amount": amount} if take.estimate else amount


def is_uncharged(take: Generation) -> bool:
    """Whether its provider named a price and then did not charge it."""
    return bool(take.cost) and take.billed == Billed.NO


def reason_of(take: Generation) -> dict[str, str]:
    """Why it failed and what to do: the doctor's words, or those written down."""
    found = take.diagnosis
    if found is None:
        return {"reason": take.error_message}
    return {"reason": str(found.cause), "next_step": str(found.next_step)}


def stage_of(take: Generation) -> str:
    """The word for where it is."""
    if take.is_awaiting_approval:
        return _("Waiting for approval")
    if take.cancel_requested_at and take.is_in_flight:
        return _("Stopping")
    words = STAGES_HERE if take.provider == "animatic" else STAGES
    return str(words[Status(take.status)])


def approval_words(take: Generation, role: Role) -> str:
    """Who can give the word that it waits for; nothing where it waits for none."""
    if not take.is_awaiting_approval:
        return ""
    if role.is_at_least(Role.ADMIN):
        return _("You can approve it in the queue.")
    return _("An admin of the team can approve it.")


def place_words(times: Expected | None) -> str:
    """How many go before it; nothing once it was sent."""
    if times is None or times.place is None:
        return ""
    if not (before := times.place.before):
        return _("next in line")
    return ngettext("%(n)d before it", "%(n)d before it", before) % {"n": before}


def usual_words(take: Generation, times: Expected | None) -> str:
    """How long such takes have taken here; *no history yet* said plainly.

    Nothing where that is no answer: nobody knows when somebody will approve it.
    """
    if times is None or take.status == Status.COLLECTING or take.is_awaiting_approval:
        return ""
    if times.has_history:
        half, most = formats.about(times.median), formats.about(times.p90)
        words = _("usually %(half)s, 9 in 10 within %(most)s")
        if half == most:
            words = _("usually %(half)s")
        return words % {"half": half, "most": most}
    if times.usual.seconds is None:
        return _("no history yet")
    if times.usual.is_from_here:
        words = _("usually %(time)s with other settings")
    else:
        words = _("no history yet, documented: about %(time)s")
    return words % {"time": formats.about(times.usual.seconds)}


def expected_words(take: Generation, times: Expected | None) -> str:
    """When it can be expected, from what happened here; nothing without a history."""
    if times is None or take.status == Status.COLLECTING:
        return ""
    if times.remaining is None:
        return ""
    if times.starts_in:
        return _("ready in about %(time)s") % {"time": formats.about(times.remaining)}
    if times.is_late:
        return _("longer than usual here")
    if times.elapsed and times.remaining <= 0:
        return _("any moment now")
    if not times.elapsed:
        return ""  # nobody knows when it is sent; what is usual stands beside it
    return _("about %(time)s left") % {"time": formats.about(times.remaining)}


def comment_words(take: Generation) -> str:
    """What is said of it: ``3 comments, 1 open``; nothing where nothing is."""
    said, still_open = take.comments_said, take.comments_open
    if not said:
        return ""
    all_of_them = ngettext("%(n)d comment", "%(n)d comments", said) % {"n": said}
    if not still_open:
        return all_of_them
    words = ngettext("%(all)s, %(n)d open", "%(all)s, %(n)d open", still_open)
    return words % {"all": all_of_them, "n": still_open}


def link_words(take: Generation, now: datetime) -> dict[str, str]:
    """For how long what could not be fetched yet can still be fetched."""
    ends = take.results_expire_at
    is_tried_again = take.status == Status.COLLECTING and take.collect_attempts > 1
    if not is_tried_again or ends is None or ends <= now:
        return {}
    left = formats.about((ends - now).total_seconds())
    return {
        "expected": _("the provider's link holds for %(time)s") % {"time": left},
        "expected_at": ends.isoformat(timespec="seconds"),
        "until_words": _("the provider's link holds for {}"),
    }


def expected_at(times: Expected | None, now: datetime) -> str:
    """The moment to count down to; nothing before it was sent or when it is late."""
    if times is None or not times.elapsed or not times.remaining:
        return ""
    return (now + timedelta(seconds=times.remaining)).isoformat(timespec="seconds")
