"""Tolerant readers: the words and shapes in which providers answer.

Providers disagree with their own documents. These functions accept every shape that
was seen, and never raise: what cannot be read is None, "" or *still running*.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from studio.catalog.checking import UNHOLDABLE
from studio.providers.base import State
from studio.providers.paths import at
from studio.providers.redaction import readable

logger = logging.getLogger(__name__)

STATE_WORDS = {
    State.QUEUED: (
        "queued in_queue pending created submitted starting throttled queueing "
        "preparing not_started waiting scheduled accepted"
    ),
    State.PROCESSING: (
        "in_progress processing running dreaming generating executing active "
        "streaming working canceling cancelling"
    ),
    State.COMPLETED: "completed complete succeeded succeed success finished done ok",
    State.FAILED: (
        "failed fail failure error errored expired aborted incomplete "
        "budget_exceeded rejected timeout timed_out"
    ),
    State.CANCELED: "canceled cancelled",
}
STATES = {word: state for state, text in STATE_WORDS.items() for word in text.split()}
STATUS_PATHS = ("status", "state", "data.status", "data.state", "data.task_status")
ID_PATHS = ("id", "generation_id", "request_id", "task_id", "name", "data.id")
VIDEO_PATHS = (
    "video.url",
    "video",
    "videos",
    "output.video",
    "output.video_url",
    "output.videos",
    "output",
    "video_url",
    "url",
    "data.url",
    "data",
    "images",
)
ERROR_PATHS = (
    "error",
    "errors",
    "message",
    "detail",
    "error_message",
    "msg",
    "status.message",
    "base_resp.status_msg",
    "failure_reason",
    "failure",
    "description",
    "reason",
    "title",
    "name",
    "code",
)
REFUSAL_WORDS = (
    "safety",
    "moderat",
    "nsfw",
    "content policy",
    "content_policy",
    "content_filter",
    "content filter",
    "content_blocked",
    "usage policy",
    "usage guidelines",
    "policy violation",
    "violat",
    "responsible ai",
    "sensitive content",
    "sensitive_content",
    "inappropriate",
    "prohibited content",
    "prohibited_content",
    "guardrail",
    "copyright",
    "flagged",
)
CREDIT_WORDS = (
    "insufficient_quota",
    "insufficient quota",
    "insufficient funds",
    "credit",
    "balance",
    "billing",
    "top up",
    "top-up",
    "payment",
    "out of funds",
    "budget",
)
MICRO = 1_000_000
MOST_MONEY = Decimal(10**9)  # USD; more is a mistake, not a price


# States


def read_state(word: Any, more: Mapping[str, State] | None = None) -> State:
    """The state that a provider's word stands for; ``more`` are its own words.

    A word nobody knows means *still running*: asking again costs nothing.
    """
    name = as_name(word)
    state = (more or {}).get(name) or STATES.get(name)
    if state is None:
        warn_once(name)
        return State.PROCESSING
    return state


def is_state(word: Any) -> bool:
    """Whether a word is one of the known ones."""
    return as_name(word) in STATES


def as_name(word: Any) -> str:
    """A status word in lower case with underscores: ``In-Queue`` is ``in_queue``."""
    return str(word).strip().lower().replace("-", "_").replace(" ", "_")


@lru_cache(maxsize=256)
def warn_once(name: str) -> None:
    """Say once that a word is new to us."""
    logger.warning("Unknown status word %s: taken as still running", name[:40])


# Values by path


def first(body: Any, paths: Iterable[str]) -> Any:
    """The first value at one of the paths that is neither None nor empty."""
    return next(
        (found for path in paths if (found := at(body, path)) not in EMPTY), None
    )


EMPTY: tuple[Any, ...] = (None, "", [], {})


def first_text(body: Any, paths: Iterable[str]) -> str:
    """The first text or whole number at one of the paths, as text; or ""."""
    for path in paths:
        found = at(body, path)
        if isinstance(found, bool) or not isinstance(found, str | int):
            continue
        if found != "":
            return str(found)
    return ""


def video_urls(body: Any, paths: Iterable[str] = VIDEO_PATHS) -> list[str]:
    """The addresses at the first path that has any, byte for byte, in order."""
    for path in paths:
        if urls := urls_in(at(body, path)):
            return urls
    return []


def video_url(body: Any, paths: Iterable[str] = VIDEO_PATHS) -> str:
    """The first of ``video_urls``, or ""."""
    return next(iter(video_urls(body, paths)), "")


def urls_in(value: Any) -> list[str]:
    """The addresses in a string, an object with ``url``, or a list of those."""
    if isinstance(value, Mapping):
        value = value.get("url") or value.get("uri")
    if isinstance(value, str):
        return [value] if is_url(value) else []
    if isinstance(value, list):
        found = (urls_in(item) for item in value if not isinstance(item, list))
        return list(dict.fromkeys(url for urls in found for url in urls))
    return []


def is_url(value: str) -> bool:
    """Whether a text is an address that can be fetched."""
    return value.lower().startswith(("https://", "http://"))


# Errors


def error_text(body: Any) -> str:
    """The sentence in which a provider says what went wrong, or "".

    Takes a parsed body, or its text where it is none; pages of HTML say nothing.
    Neither masked nor cut: ``HttpProvider.error`` does both.
    """
    return readable(said(body, depth=6))


def said(value: Any, depth: int) -> str:
    """The words in a text, a list or an object, nested as providers nest them."""
    if depth == 0 or value in EMPTY or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return unwrapped(value, depth)
    if isinstance(value, list):
        parts = (said(item, depth - 1) for item in value[:3])
        return "; ".join(part for part in parts if part)
    if isinstance(value, Mapping):
        found = (said(at(value, path), depth - 1) for path in ERROR_PATHS)
        return next((text for text in found if text), "") + place_of(value)
    return str(value)


def unwrapped(text: str, depth: int) -> str:
    """A text; what it says inside where it is itself JSON; "" for a page of HTML."""
    text = text.strip()
    if text.lower().startswith(("<!doctype", "<html", "<?xml", "<head")):
        return ""
    if text.startswith(("{", "[")):
        return said(parsed(text), depth - 1) or text
    return text


def place_of(value: Mapping[str, Any]) -> str:
    """Where in the request the fault is, as validation errors tell it."""
    loc = value.get("loc")
    if not isinstance(loc, list) or not loc:
        return ""
    return f" ({'.'.join(str(part) for part in loc if part != 'body')})"


def parsed(text: str | bytes) -> Any:
    """The JSON in a text, or None; its words are such that a database holds them."""
    try:
        found = json.loads(text)
        return smooth(found) if is_rough(text) else found
    except (ValueError, RecursionError):
        return None


def is_rough(text: str | bytes) -> bool:
    """Whether JSON may hold what no database takes: escaped, or as bytes of its own."""
    if isinstance(text, str):
        return "\\u" in text
    return b"\\u" in text or b"\xed" in text


def smooth(value: Any) -> Any:
    """A JSON value without NULs, and without the halves of surrogate pairs that remain
    where a provider cuts words after so many characters."""
    if isinstance(value, str):
        return UNHOLDABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [smooth(item) for item in value]
    if isinstance(value, dict):
        return {smooth(name): smooth(item) for name, item in value.items()}
    return value


def is_refusal(text: str) -> bool:
    """Whether an error speaks of the provider's content rules."""
    return has_any(text, REFUSAL_WORDS)


def is_about_credit(text: str) -> bool:
    """Whether an error speaks of an account without money."""
    return has_any(text, CREDIT_WORDS)


def has_any(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words stands in the text, in any case."""
    text = text.lower()
    return any(word in text for word in words)


# Money and numbers


def micro_usd(value: Any) -> int | None:
    """Micro-USD of an amount in dollars, given as text or number; None if it is none.

    Parts of a micro-USD are rounded half up.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).upper().replace("USD", "").strip(" $\t\n")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= MOST_MONEY:
        return None
    return int((amount * MICRO).to_integral_value(ROUND_HALF_UP))


def fraction(value: Any) -> float | None:
    """Progress as 0..1, from 0..1 or from a percentage; None if it is neither."""
    if isinstance(value, str):
        value = parsed(value.strip().rstrip("%") or "null")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value <= 100:
        return None
    return value / 100 if value > 1 else float(value)
