"""Why a take failed, in full: the doctor's words, and the provider's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from studio.models import Billed, Generation, Status

USUALLY = {
    Billed.YES: _("Usually billed all the same"),
    Billed.NO: _("Usually not billed"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """What the page of a failed take says."""

    fault: str = ""
    usually: str = (
        ""  # whether such a failure is billed, where nobody knows of this one
    )
    sentence: str = ""  # as it was written down, where the doctor says something else
    own_words: str = ""  # the provider's answer as it came


def failure_of(take: Generation) -> Failure | None:
    """What went wrong; ``diagnose`` was asked before. None for a take that did not."""
    if take.status not in {Status.FAILED, Status.UNKNOWN}:
        return None
    found = take.diagnosis
    is_open = take.billed in {Billed.UNKNOWN, Billed.PENDING}
    usually = USUALLY.get(Billed(found.billed), "") if found and is_open else ""
    return Failure(
        fault=str(found.fault.label) if found else "",
        usually=str(usually),
        sentence=take.error_message if found else "",
        own_words=take.provider_words,
    )
