"""A provider's samples, and how to play them to its adapter.

A provider fills a ProviderCase in ``cases/SLUG.py``: sample replies and what they
mean. They are handed out through a mock transport. What must come of them stands in
``checks.py``, and ``test_conformance.py`` runs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from traceback import TracebackException
from typing import Any

import httpx
import pytest

from studio.outbound import build_client
from studio.providers.base import (
    Credentials,
    Operation,
    Progress,
    State,
    VideoProvider,
    VideoRequest,
)
from studio.providers.errors import (
    ProviderError,
)

CANARY = "sk-canary-5f1d0c7a9e"  # the key in every case; no text may show it


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer of the provider."""

    status: int = 200
    json: Any = None
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> httpx.Response:
        """As httpx has it."""
        if self.json is not None:
            return httpx.Response(self.status, json=self.json, headers=self.headers)
        return httpx.Response(self.status, content=self.content, headers=self.headers)


Replies = tuple[Reply, ...]  # to the calls of one submit or poll, in order
Errors = Mapping[int, type[ProviderError] | None]  # None: not checked here


@dataclass(frozen=True, kw_only=True)
class ProviderCase:
    """One provider's samples. Replies repeat their last one as often as asked."""

    provider: type[VideoProvider]
    credentials: Credentials  # every secret in it is CANARY
    request: VideoRequest  # plain: a catalog model and a prompt
    operation_id: str  # of ``accepted``
    accepted: Replies = ()
    pending: Replies = ()
    done: Replies = ()
    urls: tuple[str, ...] = ()  # of ``done``, byte for byte
    failed: Replies = ()
    done_without_video: Replies = ()
    # The provider's status words, and the replies of a poll that says one of them.
    words: Mapping[str, State] = field(default_factory=dict)
    saying: Callable[[str], Replies] | None = None
    # Where the provider differs from SUBMIT_ERRORS and POLL_ERRORS, and why.
    submit_errors: Errors = field(default_factory=dict)
    poll_errors: Errors = field(default_factory=dict)


class Wire:
    """The mock transport's side: hands out replies, remembers requests."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self.replies = replies
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        return reply.response()


# Doing


def speaker(case: ProviderCase, wire: Wire) -> VideoProvider:
    """The adapter, talking to the wire."""
    client = build_client(transport=httpx.MockTransport(wire))
    return case.provider(case.credentials, client)


def submit(case: ProviderCase, wire: Wire) -> Operation:
    """Submit the case's request."""
    return asyncio.run(speaker(case, wire).submit(case.request))


def accepted(case: ProviderCase) -> Operation:
    """The operation that the case's submit gives."""
    return submit(case, Wire(*case.accepted))


def poll(case: ProviderCase, *replies: Reply | Exception) -> Progress:
    """Look once at the case's operation."""
    wire = Wire(*replies)
    provider = speaker(case, wire)
    return asyncio.run(provider.poll(accepted(case), case.request.model))


def with_status(status: int, reply: Reply | None = None) -> Reply:
    """A reply of that status; a redirect leads elsewhere."""
    reply = reply or Reply(json={"message": "no"})
    headers = {"location": "https://elsewhere.example/"} if status == 302 else {}
    return replace(reply, status=status, headers={**reply.headers, **headers})


def refused(case: ProviderCase, wire: Wire) -> ProviderError:
    """The error that the submit raises."""
    with pytest.raises(ProviderError) as caught:
        submit(case, wire)
    return caught.value


def failed_look(case: ProviderCase, *replies: Reply | Exception) -> ProviderError:
    """The error that the poll raises."""
    with pytest.raises(ProviderError) as caught:
        poll(case, *replies)
    return caught.value


def everything_said(error: BaseException) -> str:
    """All that a log, a page or an error mail could show of an error."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next  # ours hold the replies themselves
    report = TracebackException(type(error), error, frames, capture_locals=True)
    parts = [str(error), repr(error), repr(vars(error)), "".join(report.format())]
    return "\n".join(parts)
