"""What an answer comes down to: a failed operation, a key that works or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from studio.providers import reading
from studio.providers.answers import Answer
from studio.providers.base import Billed, KeyReport, Progress, State, Usage
from studio.providers.errors import (
    AuthenticationFailed,
    ContentRejected,
    InsufficientCredit,
    ProviderError,
    ProviderRejected,
)
from studio.providers.http import HttpProvider

NO_USAGE = Usage()


def failed(
    provider: HttpProvider,
    answer: Answer,
    *,
    said: str | None = None,
    state: State = State.FAILED,
    billed: Billed = Billed.UNKNOWN,
    usage: Usage = NO_USAGE,
    raw_state: str = "",
) -> Progress:
    """An operation that the provider gave up; ``said`` is why, where it is known."""
    said = answer.error_text if said is None else said
    kind, what = judged(said)
    return Progress(
        state=state,
        error=provider.error(kind, what, answer, said=said),
        billed=billed,
        usage=usage,
        raw_state=raw_state,
    )


def judged(said: str) -> tuple[type[ProviderError], str]:
    """The kind of error that a provider's words tell of, and our words for it."""
    if reading.is_refusal(said):
        return ContentRejected, "refused the content"
    if reading.is_about_credit(said):
        return InsufficientCredit, "has no credit for this"
    return ProviderRejected, "could not make this video"


def nothing_made(
    provider: HttpProvider,
    answer: Answer,
    *,
    said: str = "",
    billed: Billed = Billed.UNKNOWN,
    usage: Usage = NO_USAGE,
    raw_state: str = "",
) -> Progress:
    """Finished without a video: safety filters end so."""
    what = "finished without a video, as its safety filter does"
    return Progress(
        state=State.FAILED,
        error=provider.error(ContentRejected, what, answer, said=said),
        billed=billed,
        usage=usage,
        raw_state=raw_state,
    )


async def key_report(look: Callable[[], Awaitable[KeyReport]]) -> KeyReport:
    """What a free look says of the key; its errors become a report as well."""
    try:
        return await look()
    except AuthenticationFailed as error:
        return KeyReport(is_valid=False, message=str(error))
    except ProviderError as error:
        return KeyReport(is_valid=None, message=str(error))
