"""What every provider must do. The checks know nothing of a provider's words.

They play the samples of a ProviderCase and look at what the adapter makes of them.
"""

from __future__ import annotations

import asyncio
import json as stdlib_json
from collections.abc import Callable, Sequence
from dataclasses import replace

import httpx
import pytest

from studio.providers.base import MediaItem, State
from studio.providers.errors import (
    AuthenticationFailed,
    InsufficientCredit,
    InvalidResponse,
    OperationUnknown,
    ProviderError,
    ProviderNotConfigured,
    ProviderRejected,
    ProviderUnavailable,
    SubmissionUncertain,
    UnsupportedOption,
)
from studio.providers.http import HttpProvider
from tests.providers.conformance import (
    CANARY,
    ProviderCase,
    Reply,
    Wire,
    accepted,
    everything_said,
    failed_look,
    poll,
    refused,
    speaker,
    submit,
    with_status,
)

SIGNED = f"https://cdn.example/a.mp4?Signature={CANARY}"
RUNNING = frozenset({State.QUEUED, State.PROCESSING})
PICTURE = MediaItem(role="start_image", content=b"\x89PNG", media_type="image/png")


SUBMIT_ERRORS: dict[int, type[ProviderError]] = {
    302: SubmissionUncertain,
    400: ProviderRejected,
    401: AuthenticationFailed,
    402: InsufficientCredit,
    403: ProviderRejected,
    404: ProviderRejected,
    413: ProviderRejected,
    422: ProviderRejected,
    429: ProviderUnavailable,
    500: SubmissionUncertain,
    502: SubmissionUncertain,
    504: SubmissionUncertain,
}
POLL_ERRORS: dict[int, type[ProviderError]] = {
    302: InvalidResponse,
    401: AuthenticationFailed,
    403: AuthenticationFailed,
    404: OperationUnknown,
    429: ProviderUnavailable,
    500: ProviderUnavailable,
    502: ProviderUnavailable,
    503: ProviderUnavailable,
    504: ProviderUnavailable,
}
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
LEFT = (
    httpx.ReadTimeout,
    httpx.ReadError,
    httpx.WriteTimeout,
    httpx.WriteError,
    httpx.RemoteProtocolError,
)
GARBAGE = (
    Reply(content=b"<html>It works!</html>", headers={"content-type": "text/html"}),
    Reply(content=b'{"id": "cut off', headers={"content-type": "application/json"}),
    Reply(content=b"\xff\xfe\x00"),
    Reply(json=[]),
)
# Bodies that repeat what they were sent, as careless gateways do.
ECHOES = (
    Reply(json={"error": {"message": f"bad header Authorization: Bearer {CANARY}"}}),
    Reply(json={"detail": [{"msg": f"no {SIGNED} and no {CANARY}", "loc": ["body"]}]}),
    Reply(content=f"x-api-key: {CANARY} was refused, see {SIGNED}".encode()),
    Reply(content=b"x " * 245 + CANARY.encode()),  # at the edge of an excerpt
    Reply(json={"message": "x " * 145 + CANARY}),  # at the edge of a sentence
)


# Checks of every provider


def submit_gives_an_operation(case: ProviderCase) -> None:
    """The id as expected, and data that survives a trip through JSON."""
    operation = accepted(case)
    assert operation.id == case.operation_id
    data = dict(operation.data)
    assert stdlib_json.loads(stdlib_json.dumps(data)) == data


def an_unknown_option_is_refused_before_any_call(case: ProviderCase) -> None:
    """The refusal names model and option, and nothing was sent."""
    wire = Wire(*case.accepted)
    request = replace(case.request, options={"sparkle_level": 7})
    with pytest.raises(UnsupportedOption) as caught:
        submit(replace(case, request=request), wire)
    assert "sparkle_level" in str(caught.value)
    assert case.request.model.name in str(caught.value)
    assert wire.requests == []


def a_picture_that_does_not_fit_is_refused_before_any_call(case: ProviderCase) -> None:
    """An input that the mode does not take raises, and nothing was sent."""
    wire = Wire(*case.accepted)
    media = (replace(PICTURE, role="static_mask"),)
    with pytest.raises(UnsupportedOption):
        submit(replace(case, request=replace(case.request, media=media)), wire)
    assert wire.requests == []


def the_key_test_answers(case: ProviderCase) -> None:
    """``test_key`` makes a sentence of whatever comes, without the key."""
    for reply in (Reply(json={}), with_status(401), with_status(500), *GARBAGE):
        provider = speaker(case, Wire(reply))
        report = asyncio.run(provider.test_key())
        assert report.message
        assert CANARY not in repr(report)


# Checks of providers over HTTP


def submit_asks_once_and_shows_the_key_in_headers_only(case: ProviderCase) -> None:
    """One submit makes one costly call, and no address holds the key."""
    wire = Wire(*case.accepted)
    submit(case, wire)
    assert len(wire.requests) == max(len(case.accepted), 1)
    for request in wire.requests:
        assert CANARY not in str(request.url)
        assert CANARY.encode() not in request.read()
        assert any(CANARY in value for value in request.headers.values())


def a_running_operation_goes_on(case: ProviderCase) -> None:
    """Not finished: no result, no error."""
    progress = poll(case, *case.pending)
    assert progress.state in RUNNING
    assert progress.results == ()


def a_finished_operation_has_its_addresses(case: ProviderCase) -> None:
    """Finished: the addresses byte for byte, or the video itself."""
    progress = poll(case, *case.done)
    assert progress.state is State.COMPLETED
    assert progress.results
    assert tuple(r.url for r in progress.results if r.url) == case.urls


def a_failed_operation_says_why(case: ProviderCase) -> None:
    """Failed: an answer, not a raised error, with a sentence."""
    progress = poll(case, *case.failed)
    assert progress.state is State.FAILED
    assert isinstance(progress.error, ProviderError)
    assert str(progress.error)


def done_without_a_video_is_failed(case: ProviderCase) -> None:
    """A provider that says *done* and has nothing has failed."""
    if case.done_without_video:
        assert poll(case, *case.done_without_video).state is State.FAILED


def each_status_word_has_its_state(case: ProviderCase) -> None:
    """Every word of the provider, and one that nobody knows."""
    if case.saying is None:
        return
    for word, state in {**case.words, "pondering": State.PROCESSING}.items():
        found = poll(case, *case.saying(word)).state
        assert found is state, f"{word}: {found}"


def each_status_of_a_submit_has_its_error(case: ProviderCase) -> None:
    """4xx is a no, 429 is later, all else is uncertain; and never a second call."""
    is_refusal = getattr(case.provider, "refuses_with_503", False)
    on_503 = ProviderUnavailable if is_refusal else SubmissionUncertain
    for status, kind in {**SUBMIT_ERRORS, 503: on_503, **case.submit_errors}.items():
        if kind is None:
            continue
        wire = Wire(with_status(status))
        error = refused(case, wire)
        assert isinstance(error, kind), f"{status}: {error!r}"
        assert error.provider == case.provider.slug
        assert error.http_status == status
        assert len(wire.requests) == 1, f"{status} was sent {len(wire.requests)} times"


def a_submit_that_never_left_may_be_repeated(case: ProviderCase) -> None:
    """No connection: nothing was accepted."""
    for kind in NEVER_LEFT:
        error = refused(case, Wire(kind("no connection")))
        assert type(error) is ProviderUnavailable, kind


def a_submit_without_an_answer_is_uncertain(case: ProviderCase) -> None:
    """It left and no answer came: it may run, and nobody sends it again."""
    for kind in LEFT:
        wire = Wire(kind("lost"))
        assert type(refused(case, wire)) is SubmissionUncertain, kind
        assert len(wire.requests) == 1


def an_unreadable_answer_to_a_submit_is_uncertain(case: ProviderCase) -> None:
    """2xx that says nothing: it may run."""
    for reply in (*GARBAGE, Reply(json={}), Reply(json={"id": None})):
        wire = Wire(reply)
        assert type(refused(case, wire)) is SubmissionUncertain, reply
        assert len(wire.requests) == 1


def each_status_of_a_poll_has_its_error(case: ProviderCase) -> None:
    """A failed look is worth another; a lost key or operation is said so."""
    for status, kind in {**POLL_ERRORS, **case.poll_errors}.items():
        if kind is not None:
            error = failed_look(case, with_status(status))
            assert isinstance(error, kind), f"{status}: {error!r}"


def trouble_on_the_way_of_a_poll_is_a_failed_look(case: ProviderCase) -> None:
    """Whatever the network does, looking again is free."""
    for kind in (*NEVER_LEFT, *LEFT):
        assert type(failed_look(case, kind("lost"))) is ProviderUnavailable, kind


def an_unreadable_poll_never_ends_an_operation(case: ProviderCase) -> None:
    """Garbage is a failed look, or *still running*; never done and never failed."""
    for reply in GARBAGE:
        try:
            progress = poll(case, reply)
        except ProviderUnavailable:
            continue
        assert progress.state in RUNNING, reply


def a_wait_that_the_provider_asks_for_is_passed_on(case: ProviderCase) -> None:
    """Retry-After in seconds."""
    reply = Reply(status=429, json={}, headers={"retry-after": "17"})
    assert refused(case, Wire(reply)).retry_after == 17


def looking_twice_changes_nothing(case: ProviderCase) -> None:
    """The same answers give the same progress."""
    for replies in (case.pending, case.done):
        assert poll(case, *replies) == poll(case, *replies)


def no_error_shows_the_key(case: ProviderCase) -> None:
    """Not in the text, not in its cause, not in a local variable on the way."""
    for echo in ECHOES:
        for status in (400, 401, 403, 422, 429, 500, 200):
            reply = with_status(status, echo)
            assert CANARY not in everything_said(refused(case, Wire(reply)))
    for kind in (*NEVER_LEFT, *LEFT, httpx.LocalProtocolError):
        text = f"Illegal header value b'Bearer {CANARY}'"
        assert CANARY not in everything_said(refused(case, Wire(kind(text))))
        assert CANARY not in everything_said(failed_look(case, kind(text)))


def the_key_goes_to_no_other_host(case: ProviderCase) -> None:
    """An address elsewhere, named by an answer, is not asked with the key."""
    wire = Wire(Reply(json={}))
    provider = speaker(case, wire)
    assert isinstance(provider, HttpProvider)
    with pytest.raises(ProviderError):
        asyncio.run(provider.request("GET", "https://elsewhere.example/status"))
    assert wire.requests == []


def without_a_key_nothing_is_sent(case: ProviderCase) -> None:
    """Not configured is said before any call."""
    if not case.provider.needs_key:
        return
    wire = Wire(*case.accepted)
    credentials = replace(case.credentials, secrets={})
    with pytest.raises(ProviderNotConfigured):
        submit(replace(case, credentials=credentials), wire)
    assert wire.requests == []


Check = Callable[[ProviderCase], None]
EVERY_PROVIDER: Sequence[Check] = (
    submit_gives_an_operation,
    an_unknown_option_is_refused_before_any_call,
    a_picture_that_does_not_fit_is_refused_before_any_call,
    the_key_test_answers,
)
OVER_HTTP: Sequence[Check] = (
    submit_asks_once_and_shows_the_key_in_headers_only,
    a_running_operation_goes_on,
    a_finished_operation_has_its_addresses,
    a_failed_operation_says_why,
    done_without_a_video_is_failed,
    each_status_word_has_its_state,
    each_status_of_a_submit_has_its_error,
    a_submit_that_never_left_may_be_repeated,
    a_submit_without_an_answer_is_uncertain,
    an_unreadable_answer_to_a_submit_is_uncertain,
    each_status_of_a_poll_has_its_error,
    trouble_on_the_way_of_a_poll_is_a_failed_look,
    an_unreadable_poll_never_ends_an_operation,
    a_wait_that_the_provider_asks_for_is_passed_on,
    looking_twice_changes_nothing,
    no_error_shows_the_key,
    the_key_goes_to_no_other_host,
    without_a_key_nothing_is_sent,
)
CHECKS: Sequence[Check] = (*EVERY_PROVIDER, *OVER_HTTP)
