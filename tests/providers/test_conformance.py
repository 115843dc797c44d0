"""Every provider passes every check; and the checks notice what they are there for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import httpx
import pytest

from studio.providers import PROVIDERS
from studio.providers.answers import Answer
from studio.providers.base import Operation, Progress, State, VideoRequest, VideoResult
from studio.providers.errors import ProviderError, ProviderRejected
from tests.providers import checks
from tests.providers.cases import tiny
from tests.providers.checks import CHECKS, EVERY_PROVIDER, Check
from tests.providers.conformance import ProviderCase


def case_of(slug: str) -> ProviderCase:
    """The case in ``cases/SLUG.py``; a provider without one fails here."""
    case = import_module(f"tests.providers.cases.{slug}").CASE
    assert isinstance(case, ProviderCase)
    return case


def checks_of(slug: str) -> Sequence[Check]:
    """The animatic draws on this machine: there is no wire to look at."""
    return EVERY_PROVIDER if slug == "animatic" else CHECKS


@pytest.mark.parametrize(
    ("slug", "check"),
    [
        pytest.param(slug, check, id=f"{slug}-{check.__name__}")
        for slug in [*PROVIDERS, "tiny"]
        for check in checks_of(slug)
    ],
)
def test_it_conforms(slug: str, check: Check) -> None:
    check(case_of(slug))


# The suite itself: each of these has one fault, and one check that must see it.


class Repeating(tiny.TinyProvider):
    """Sends a submit again after trouble."""

    async def submit(self, request: VideoRequest) -> Operation:
        try:
            return await super().submit(request)
        except ProviderError:
            return await super().submit(request)


class Careless(tiny.TinyProvider):
    """Sends only what it knows, and drops the rest."""

    async def submit(self, request: VideoRequest) -> Operation:
        return await super().submit(replace(request, options={}, media=()))


class Talkative(tiny.TinyProvider):
    """Quotes answers as they are."""

    def error_for(self, answer: Answer, *, submitting: bool) -> ProviderError:
        return ProviderRejected(answer.content.decode(), provider=self.slug)


class KeyInAddress(tiny.TinyProvider):
    """Puts the key into the query."""

    async def request(self, method: str, address: str, **details: Any) -> Answer:
        params = {"key": self.secret()}
        return await super().request(method, address, **details, params=params)


class Trusting(tiny.TinyProvider):
    """Sends the key wherever an answer points."""

    def address(self, address: str, *, is_signed: bool) -> httpx.URL:
        return super().address(address, is_signed=False)


class Optimist(tiny.TinyProvider):
    """Takes every word for done."""

    async def poll(self, operation: Operation, model: Any) -> Progress:
        await super().poll(operation, model)
        result = VideoResult(url=tiny.URL)
        return Progress(state=State.COMPLETED, results=(result,))


class Hasty(tiny.TinyProvider):
    """Takes a cut-off poll for the end of the operation."""

    async def poll(self, operation: Operation, model: Any) -> Progress:
        try:
            return await super().poll(operation, model)
        except ProviderError as error:
            return Progress(state=State.FAILED, error=error)


class Cleaner(tiny.TinyProvider):
    """Tidies addresses up, and breaks their signature."""

    async def poll(self, operation: Operation, model: Any) -> Progress:
        progress = await super().poll(operation, model)
        results = tuple(
            VideoResult(url=result.url.replace("%2F", "/"))
            for result in progress.results
        )
        return replace(progress, results=results)


@pytest.mark.parametrize(
    ("faulty", "check"),
    [
        (Repeating, checks.each_status_of_a_submit_has_its_error),
        (Repeating, checks.a_submit_without_an_answer_is_uncertain),
        (Careless, checks.an_unknown_option_is_refused_before_any_call),
        (Careless, checks.a_picture_that_does_not_fit_is_refused_before_any_call),
        (Talkative, checks.no_error_shows_the_key),
        (Talkative, checks.each_status_of_a_submit_has_its_error),
        (KeyInAddress, checks.submit_asks_once_and_shows_the_key_in_headers_only),
        (Trusting, checks.the_key_goes_to_no_other_host),
        (Optimist, checks.a_running_operation_goes_on),
        (Optimist, checks.done_without_a_video_is_failed),
        (Optimist, checks.each_status_word_has_its_state),
        (Hasty, checks.trouble_on_the_way_of_a_poll_is_a_failed_look),
        (Hasty, checks.an_unreadable_poll_never_ends_an_operation),
        (Cleaner, checks.a_finished_operation_has_its_addresses),
    ],
)
def test_the_suite_sees_a_fault(faulty: type[tiny.TinyProvider], check: Check) -> None:
    case = replace(tiny.CASE, provider=faulty)
    with pytest.raises((AssertionError, ProviderError, pytest.fail.Exception)):
        check(case)
