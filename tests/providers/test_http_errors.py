"""What each status, and each silence, means on submit and on poll."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
import time_machine

from studio.outbound import build_client
from studio.outbound.lean import build_lean_client
from studio.providers.answers import Answer, pause
from studio.providers.base import Credentials
from studio.providers.errors import (
    AuthenticationFailed,
    ContentRejected,
    InsufficientCredit,
    InvalidResponse,
    OperationUnknown,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    SubmissionUncertain,
)
from tests.outbound.loopback import Build, Writer, reply, saying, serving
from tests.providers.bare import KEY, Bare, Polite, error_of, response

# Errors by status


@pytest.mark.parametrize(
    ("status", "body", "on_submit", "on_poll"),
    [
        (301, {}, SubmissionUncertain, InvalidResponse),
        (400, {}, ProviderRejected, ProviderRejected),
        (401, {}, AuthenticationFailed, AuthenticationFailed),
        (402, {}, InsufficientCredit, InsufficientCredit),
        (403, {}, AuthenticationFailed, AuthenticationFailed),
        (404, {}, ProviderRejected, OperationUnknown),
        (405, {}, ProviderRejected, ProviderRejected),
        (406, {}, ProviderRejected, ProviderRejected),
        (408, {}, SubmissionUncertain, ProviderUnavailable),
        (410, {}, ProviderRejected, OperationUnknown),
        (413, {}, ProviderRejected, ProviderRejected),
        (422, {}, ProviderRejected, ProviderRejected),
        (425, {}, SubmissionUncertain, ProviderUnavailable),
        (429, {}, ProviderUnavailable, ProviderUnavailable),
        (500, {}, SubmissionUncertain, ProviderUnavailable),
        (503, {}, SubmissionUncertain, ProviderUnavailable),
        (599, {}, SubmissionUncertain, ProviderUnavailable),
        (403, {"message": "no credits left"}, InsufficientCredit, InsufficientCredit),
        (406, {"error": "Insufficient balance"}, InsufficientCredit, None),
        (400, {"error": "blocked by moderation"}, ContentRejected, None),
        (401, {"error": "see your billing page"}, AuthenticationFailed, None),
        (500, {"error": "safety system is down"}, SubmissionUncertain, None),
    ],
)
def test_each_status_has_its_error(
    status: int, body: Any, on_submit: type, on_poll: type | None
) -> None:
    error = error_of(response(status, json=body), submitting=True)
    assert type(error) is on_submit
    assert (error.provider, error.http_status) == ("bare", status)
    if on_poll:
        assert type(error_of(response(status, json=body))) is on_poll


def test_a_redirect_is_not_followed() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return response(307, headers={"location": "https://api.bare.example/"})

    error_of(handler, submitting=True)
    assert len(seen) == 1


def test_its_words_are_masked_before_they_are_cut() -> None:
    said = {"message": "x " * 145 + f"{KEY} https://a.example/?Signature={KEY}"}
    assert "sk-" not in str(error_of(response(400, json=said)))


def test_a_503_is_a_no_where_the_provider_says_so() -> None:
    error = error_of(response(503), kind=Polite, submitting=True)
    assert type(error) is ProviderUnavailable


def test_an_error_has_the_providers_words() -> None:
    said = {"error": {"message": "duration must be one of 5, 10."}}
    error = error_of(response(400, json=said), submitting=True)
    assert str(error) == (
        "Bare Films did not accept this: duration must be one of 5, 10."
    )
    assert error.excerpt == '{"error":{"message":"duration must be one of 5, 10."}}'


def test_an_error_without_words_is_still_a_sentence() -> None:
    page = httpx.Response(400, content=b"<html>Bad Request</html>")
    assert str(error_of(page)) == "Bare Films did not accept this."


@pytest.mark.parametrize("submitting", [True, False])
def test_bits_of_what_cannot_be_read_stand_in_the_excerpt_alone(
    submitting: bool,
) -> None:
    half = httpx.Response(200, content=b'{"id": "job-7", "sta')
    error = error_of(half, submitting=submitting)
    assert str(error).startswith("Bare Films answered in a way that cannot be read.")
    assert "job-7" not in str(error)
    assert error.excerpt == '{"id": "job-7", "sta'


def test_half_a_json_is_no_sentence_and_is_judged_all_the_same() -> None:
    half = httpx.Response(400, content=b'{"error": "blocked by moderation, be')
    error = error_of(half, submitting=True)
    assert type(error) is ContentRejected
    assert str(error) == "Bare Films refused the content."
    assert "blocked by moderation" in error.excerpt


def test_doubt_is_said_plainly() -> None:
    error = error_of(response(500, json={"message": "oops"}), submitting=True)
    assert str(error) == (
        "Bare Films has trouble of its own (status 500): oops. "
        "It may be running there, and may be charged."
    )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17),
        ("0.5", 0.5),
        ("99999", 3600),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_a_wait_is_passed_on(header: str, seconds: float | None) -> None:
    answer = response(429, headers={"retry-after": header})
    assert error_of(answer, submitting=True).retry_after == seconds


@pytest.mark.parametrize(("minutes", "seconds"), [(2, 120), (-2, 0), (600, 3600)])
def test_a_wait_may_be_a_date(minutes: int, seconds: float) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    then = format_datetime(datetime.fromtimestamp(now.timestamp() + minutes * 60, UTC))
    with time_machine.travel(now, tick=False):
        assert pause(then) == seconds


# Errors on the way


@pytest.mark.parametrize(
    ("kind", "on_submit"),
    [
        (httpx.ConnectError, ProviderUnavailable),
        (httpx.ConnectTimeout, ProviderUnavailable),
        (httpx.PoolTimeout, ProviderUnavailable),
        (httpx.ReadTimeout, SubmissionUncertain),
        (httpx.WriteTimeout, SubmissionUncertain),
        (httpx.ReadError, SubmissionUncertain),
        (httpx.WriteError, SubmissionUncertain),
        (httpx.CloseError, SubmissionUncertain),
        (httpx.RemoteProtocolError, SubmissionUncertain),
        (httpx.DecodingError, SubmissionUncertain),
        (TimeoutError, SubmissionUncertain),
        (ConnectionResetError, SubmissionUncertain),
    ],
)
def test_trouble_on_the_way_tells_whether_it_left(
    kind: type[Exception], on_submit: type
) -> None:
    assert type(error_of(kind("trouble"), submitting=True)) is on_submit
    assert type(error_of(kind("trouble"))) is ProviderUnavailable


def test_its_cause_is_named_without_what_hangs_on_it() -> None:
    error = error_of(httpx.ReadTimeout(f"while Bearer {KEY} was read"))
    assert type(error.__cause__) is httpx.ReadTimeout
    assert KEY not in repr(error.__cause__)
    assert error.__cause__.__traceback__ is None
    assert error.__context__ is None or error.__context__ is error.__cause__


BOTH = [build_client, build_lean_client]


def over_the_wire(script: Any, **details: Any) -> Answer:
    """The same with a server on this machine, through the guard."""

    async def run() -> Answer:
        async with serving(script) as here:
            credentials = Credentials(base_url=here.url, secrets={"api_key": KEY})
            build = details.pop("build", build_client)
            async with build(allow=details.pop("allow", [here.pair])) as client:
                return await Bare(credentials, client).request(
                    "POST", "films", **details
                )

    return asyncio.run(run())


def wire_error(script: Any, **details: Any) -> ProviderError:
    """The error of such a request."""
    with pytest.raises(ProviderError) as caught:
        over_the_wire(script, **details)
    return caught.value


def test_it_speaks_over_a_real_connection() -> None:
    answer = over_the_wire(saying(reply(b'{"id": "1"}')), json={}, submitting=True)
    assert answer.object == {"id": "1"}


@pytest.mark.parametrize("build", BOTH)
@pytest.mark.parametrize("cut", [b"", b"HTTP/1.1 200", reply(b'{"id"', length=50)])
def test_a_connection_that_breaks_after_the_request_is_doubt(
    cut: bytes, build: Build
) -> None:
    doubt = wire_error(saying(cut), submitting=True, build=build)
    assert type(doubt) is SubmissionUncertain
    assert type(wire_error(saying(cut), build=build)) is ProviderUnavailable


@pytest.mark.parametrize("build", BOTH)
def test_an_answer_that_drips_ends_at_the_deadline(build: Build) -> None:
    async def drip(head: bytes, writer: Writer) -> None:
        writer.write(reply(length=1000))
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    error = wire_error(drip, submitting=True, timeout=0.2, build=build)
    assert type(error) is SubmissionUncertain
    assert "in time" in str(error)


@pytest.mark.parametrize("build", BOTH)
def test_an_endless_answer_is_cut_off(build: Build) -> None:
    async def endless(head: bytes, writer: Writer) -> None:
        writer.write(reply(length=None))
        while True:
            writer.write(b" " * 1000)
            await writer.drain()

    error = wire_error(endless, max_bytes=5000, timeout=10, build=build)
    assert type(error.__cause__) is httpx.RemoteProtocolError


def test_a_no_is_a_no_though_its_body_breaks_off() -> None:
    answer = reply(b"{", status="400 Bad Request", length=50)
    assert type(wire_error(saying(answer), submitting=True)) is ProviderRejected


def test_an_address_inside_the_network_is_refused_for_good() -> None:
    error = wire_error(saying(reply(b"{}")), allow=[], submitting=True)
    assert type(error) is ProviderRejected
    assert "STUDIO_OUTBOUND_ALLOW" in str(error)
    error = wire_error(saying(reply(b"{}")), allow=[])
    assert type(error) is ProviderUnavailable
