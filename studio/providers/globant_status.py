"""Reads what Globant says of an operation, and its list of models.

The wiki shows the finished answer only: ``url``, ``revised_prompt``, ``b64_json``.
How a waiting one looks is known from the SDK, which waits until ``url`` comes and
gives up at a truthy ``error``; the rest of the shapes are those of the gateway
software and of Google, whose answers may come through.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from typing import Any

from studio.providers import reading
from studio.providers.answers import Answer, is_file
from studio.providers.base import ListedModel, Progress, State, VideoResult
from studio.providers.errors import InvalidResponse, ProviderUnavailable
from studio.providers.http import UNREADABLE, HttpProvider, origin
from studio.providers.paths import at
from studio.providers.verdicts import failed, nothing_made

URL_PATHS = ("url", "data", "video", "videos", "response.videos", "response.video")
INLINE_PATHS = (
    "b64_json",
    "data.0.b64_json",
    "bytesBase64Encoded",
    "response.videos.0.bytesBase64Encoded",
)
STORAGE_PATHS = ("url", "data.0.url", "response.videos.0.gcsUri")
REVISED_PATHS = ("revised_prompt", "data.0.revised_prompt")
FILTERED_PATHS = (
    "response.raiMediaFilteredReasons.0",
    "raiMediaFilteredReasons.0",
)
# Of the published error table: their own provider was slow, busy or overloaded.
PASSING_CODES = frozenset({"100", "151", "153"})
SIGNED = re.compile(r"[?&][\w-]*(?:signature|sig)=", re.IGNORECASE)
CODE_PATHS = ("error.id", "error.code", "errors.id", "errors.code", "errors.0.id")


def read(provider: HttpProvider, answer: Answer) -> Progress:
    """One look at the status. Raises ProviderUnavailable where it says nothing."""
    if answer.status == 202 or not answer.content.strip():
        return Progress(state=State.PROCESSING)
    body = answer.body
    if not isinstance(body, dict):
        raise provider.error(ProviderUnavailable, UNREADABLE, answer)
    if body.get("error") or body.get("errors"):
        return read_failure(provider, answer)
    word = reading.first_text(body, reading.STATUS_PATHS)
    state = reading.read_state(word) if word else State.PROCESSING
    if state in {State.FAILED, State.CANCELED}:
        return failed(provider, answer, state=state, raw_state=word)
    if results := tuple(find_results(provider, body)):
        return Progress(
            state=State.COMPLETED,
            results=results,
            revised_prompt=reading.first_text(body, REVISED_PATHS),
            raw_state=word,
        )
    if where := out_of_reach(body):
        error = provider.error(InvalidResponse, where, answer, said="")
        return Progress(state=State.FAILED, error=error, raw_state=word)
    if state is State.COMPLETED or body.get("done") is True:
        # Google's safety filter behaves so.
        reason = reading.first_text(body, FILTERED_PATHS)
        return nothing_made(provider, answer, said=reason, raw_state=word)
    return Progress(state=state, raw_state=word)


def out_of_reach(body: Mapping[str, Any]) -> str:
    """What to say of a video that lies where nobody can fetch it, or ""."""
    where = reading.first_text(body, STORAGE_PATHS)
    is_storage = where.startswith("gs://")
    said = "put the video into Google's storage, where it cannot be fetched from"
    return said if is_storage else ""


def read_failure(provider: HttpProvider, answer: Answer) -> Progress:
    """A body with an error; a passing one is only a failed look."""
    if reading.first_text(answer.body, CODE_PATHS) in PASSING_CODES:
        raise provider.error(ProviderUnavailable, "is not ready", answer)
    return failed(provider, answer)


def find_results(
    provider: HttpProvider, body: Mapping[str, Any]
) -> Iterator[VideoResult]:
    """The finished videos: by address, else from inside the answer."""
    for url in reading.video_urls(body, URL_PATHS):
        yield VideoResult(url=url)
    if reading.video_urls(body, URL_PATHS):
        return
    text = reading.first_text(body, INLINE_PATHS)
    try:
        content = b64decode(text.partition("base64,")[2] or text)
    except (Base64Error, ValueError):
        return
    if is_file(content[:16], ""):
        yield VideoResult(content=content)
    elif isinstance(inner := reading.parsed(content), dict) and inner:
        # The wiki calls the field base64-encoded JSON: look inside.
        yield from find_results(provider, inner)


def headers_for(provider: HttpProvider, url: str) -> dict[str, str]:
    """The key where a video lies on the installation's own host, and nowhere else.

    A signed address opens by itself, and a storage refuses a key beside a signature.
    """
    if SIGNED.search(url):
        return {}
    own = provider.address("", is_signed=True)
    theirs = provider.address(url, is_signed=False)
    return provider.auth_headers() if origin(own) == origin(theirs) else {}


def video_models(body: Any) -> Iterator[ListedModel]:
    """The video models in the list of model providers, however it is nested."""
    entries = body if isinstance(body, list) else at(body, "providers")
    for provider in entries if isinstance(entries, list) else []:
        name = reading.first_text(provider, ("name", "id"))
        models = at(provider, "models")
        for model in models if isinstance(models, list) else []:
            model_id = reading.first_text(model, ("fullName", "name", "id"))
            kind = reading.first_text(model, ("type", "modality"))
            if model_id and ("video" in kind.lower() or "veo" in model_id.lower()):
                full = model_id if "/" in model_id else f"{name}/{model_id}"
                yield ListedModel(id=full, name=model_id, raw=model)
