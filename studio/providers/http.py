"""What every provider over HTTP has in common: one request method, errors told apart.

The great question is whether a submit left. Before it left, nothing was accepted
(ProviderUnavailable); after it left without a clear answer it may run and cost
(SubmissionUncertain). Every other call is free to repeat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from studio.outbound import AddressRefused
from studio.providers import reading
from studio.providers.answers import (
    MAX_ANSWER,
    Answer,
    Call,
    SecretHeaders,
    pause,
    read_answer,
)
from studio.providers.base import VideoProvider
from studio.providers.errors import (
    AuthenticationFailed,
    ContentRejected,
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
from studio.providers.redaction import excerpt, redact, shown

CONNECT_TIMEOUT = 10.0  # seconds, and as long for a place in the pool
# Raised before the first byte of the request was sent.
NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
SAID_LENGTH = 300  # characters of the provider's own words
UNREADABLE = "answered in a way that cannot be read"
MAY_COST = "It may be running there, and may be charged."


class HttpProvider(VideoProvider):
    """A provider that is spoken to with JSON over HTTP."""

    default_base_url = ""
    # Further hosts of the provider itself that may see the key (an upload service).
    trusted_hosts: frozenset[str] = frozenset()
    poll_timeout: float = 30  # seconds for a call that is free to repeat
    # Whether a 503 on submit is known to mean that nothing was accepted.
    refuses_with_503 = False

    # What an adapter calls

    async def request(
        self,
        method: str,
        address: str,
        *,
        submitting: bool = False,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        accept: Collection[int] = (),
        expects: type | tuple[type, ...] | None = dict,
        is_signed: bool = True,
        max_bytes: int = MAX_ANSWER,
        spool: Path | None = None,
    ) -> Answer:
        """Call once and read the answer. Raises the errors of ``errors.py`` only.

        ``address`` is a path below the base address, or a whole address on the
        provider's own host. ``submitting`` says that a repeat could cost.
        ``timeout`` is in seconds for the whole call. A status that is no 2xx raises,
        unless it stands in ``accept``. ``expects`` is the type of the JSON (None:
        anything, also no JSON). Without ``is_signed`` no key is sent, and any host
        may be asked. A file as the answer goes to ``spool`` where one is named.
        """
        usual = self.submit_timeout if submitting else self.poll_timeout
        call = Call(
            method=method,
            url=self.address(address, is_signed=is_signed),
            submitting=submitting,
            json=json,
            params=params,
            headers=headers or {},
            timeout=usual if timeout is None else timeout,
            accept=accept,
            expects=expects,
            is_signed=is_signed,
            max_bytes=max_bytes,
            spool=spool,
        )
        answer = await self.send(call)
        if error := self.judge(answer, call):
            raise error
        return answer

    @property
    def base_url(self) -> str:
        """The address everything lies below. Raises ProviderNotConfigured."""
        url = (self.credentials.base_url or self.default_base_url).strip().rstrip("/")
        if not url:
            raise ProviderNotConfigured(f"{self.label} has no address yet.")
        try:
            is_usable = reading.is_url(url) and bool(known_url(url).host)
        except (httpx.InvalidURL, UnicodeError):  # also a name that is no IDNA
            is_usable = False
        if not is_usable:
            raise ProviderNotConfigured(
                f"The address of {self.label} must look like https://api.example.com."
            )
        return url

    def secret(self, name: str = "api_key") -> str:
        """One secret, fit for a header. Raises ProviderNotConfigured."""
        value = self.credentials.secrets.get(name, "").strip()
        if not value:
            raise ProviderNotConfigured(f"{self.label} has no key yet.")
        if not (value.isascii() and value.isprintable()):
            # Found here, since httpx's own error would quote the key.
            raise ProviderNotConfigured(
                f"The key for {self.label} has characters in it that no key has."
            )
        return value

    def error(
        self,
        kind: type[ProviderError],
        what: str,
        answer: Answer | None = None,
        *,
        said: str | None = None,
        after: str = "",
    ) -> ProviderError:
        """``kind`` with a sentence: the provider's name, ``what``, and its own words.

        ``said`` are those words where the answer's own error text is not meant;
        ``after`` is a sentence of ours behind them.
        """
        if said is None:
            said = answer.error_text if answer else ""
        if said.startswith(("{", "[", "<")):
            said = ""  # no sentence: it is in the excerpt
        said = shown(said, self.secrets, length=SAID_LENGTH).rstrip(". ")
        sentence = f"{self.label} {what}: {said}." if said else f"{self.label} {what}."
        return kind(
            f"{sentence} {after}".rstrip(),
            provider=self.slug,
            http_status=answer.status if answer else None,
            excerpt=excerpt(answer.content, self.secrets) if answer else "",
            retry_after=self.retry_after(answer) if answer else None,
        )

    # What an adapter may say otherwise

    def auth_headers(self) -> dict[str, str]:
        """The headers that carry the key."""
        return {"Authorization": f"Bearer {self.secret()}"}

    def error_for(self, answer: Answer, *, submitting: bool) -> ProviderError:
        """What a status that is no 2xx means; adapters look into the body first."""
        status, text = answer.status, answer.error_text
        if status in {408, 425, 429} or status >= 500:
            return self.trouble(answer, submitting=submitting)
        if status < 400:
            kind = SubmissionUncertain if submitting else InvalidResponse
            return self.error(kind, "sent us elsewhere, where no key may go", answer)
        is_vague = status in {400, 403, 406, 409, 422, 451}
        if status == 402 or (is_vague and reading.is_about_credit(text)):
            return self.error(InsufficientCredit, "has no credit for this", answer)
        if is_vague and reading.is_refusal(text):
            return self.error(ContentRejected, "refused the content", answer)
        if status in {401, 403}:
            return self.error(AuthenticationFailed, "did not accept the key", answer)
        if status in {404, 410} and not submitting:
            return self.error(OperationUnknown, "does not know this any more", answer)
        if status in {404, 410}:
            return self.error(ProviderRejected, "does not run this model", answer)
        return self.error(ProviderRejected, "did not accept this", answer)

    def retry_after(self, answer: Answer) -> float | None:
        """Seconds until the provider wants to hear from us again."""
        return pause(answer.headers.get("retry-after", ""))

    # How it is done

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that no text may show."""
        return tuple(s.strip() for s in self.credentials.secrets.values() if s.strip())

    def address(self, address: str, *, is_signed: bool) -> httpx.URL:
        """The whole address; a key goes to the provider's own hosts alone."""
        base_url = self.base_url
        base = known_url(base_url)
        is_whole = reading.is_url(address)
        whole = address if is_whole else f"{base_url}/{address.lstrip('/')}"
        try:
            url = httpx.URL(whole)
            there = origin(url)
        except (httpx.InvalidURL, UnicodeError):
            raise self.error(InvalidResponse, "named no usable address") from None
        # Behind a gateway of one's own, the provider's other hosts see no key.
        is_usual = origin(base) == origin(known_url(self.default_base_url))
        is_trusted = is_usual and there in {
            ("https", host, 443) for host in self.trusted_hosts
        }
        if is_signed and there != origin(base) and not is_trusted:
            what = f"named an address at {url.host}, where its key must not go"
            raise self.error(InvalidResponse, what)
        return url

    async def send(self, call: Call) -> Answer:
        """The answer, whatever its status. Raises our errors for network trouble."""
        auth = SecretHeaders(self.auth_headers()) if call.is_signed else None
        request = self.build(call)
        try:
            async with asyncio.timeout(call.timeout):
                response = await self.client.send(
                    request, auth=auth, stream=True, follow_redirects=False
                )
                try:
                    return await read_answer(response, call)
                finally:
                    await response.aclose()
        except (httpx.RequestError, OSError) as caught:  # TimeoutError is an OSError
            cause = type(caught)(redact(str(caught), self.secrets))
        # Raised outside the handler, and from a bare copy: the request and the frames
        # that hang on the original hold the key.
        raise self.network_error(cause, submitting=call.submitting) from cause

    def build(self, call: Call) -> httpx.Request:
        """The request without its key. Raises UnsupportedOption for unsendable JSON."""
        seconds = httpx.Timeout(
            call.timeout, connect=CONNECT_TIMEOUT, pool=CONNECT_TIMEOUT
        )
        try:
            return self.client.build_request(
                call.method,
                call.url,
                json=call.json,
                params=call.params,
                headers={"Accept": "application/json", **call.headers},
                timeout=seconds,
            )
        except (TypeError, ValueError) as error:  # NaN, half a surrogate pair
            raise UnsupportedOption(
                f"This holds a value that cannot be sent to {self.label}.",
                provider=self.slug,
            ) from error

    def judge(self, answer: Answer, call: Call) -> ProviderError | None:
        """What is wrong with an answer, or None.

        Bits of what cannot be read say nothing in a sentence: they are in the excerpt.
        """
        is_read = call.expects is None or isinstance(answer.body, call.expects)
        if call.wants(answer.status) and (is_read or answer.path):
            return None
        if not 200 <= answer.status < 300:
            return self.error_for(answer, submitting=call.submitting)
        if call.submitting:
            doubt = SubmissionUncertain
            return self.error(doubt, UNREADABLE, answer, said="", after=MAY_COST)
        return self.error(ProviderUnavailable, UNREADABLE, answer, said="")

    def trouble(self, answer: Answer, *, submitting: bool) -> ProviderError:
        """A status that says *not now*, or nothing at all."""
        if answer.status == 429:
            what = "is asked too much at once, or the account's limit is reached"
            return self.error(ProviderUnavailable, what, answer)
        what = f"has trouble of its own (status {answer.status})"
        if not submitting or (answer.status == 503 and self.refuses_with_503):
            return self.error(ProviderUnavailable, what, answer)
        return self.error(SubmissionUncertain, what, answer, after=MAY_COST)

    def network_error(self, cause: Exception, *, submitting: bool) -> ProviderError:
        """What trouble on the way means: did a submit leave?"""
        if isinstance(cause, AddressRefused):
            kind = ProviderRejected if submitting else ProviderUnavailable
            return self.error(kind, "cannot be called", said=str(cause))
        what = happened(cause)
        if not submitting:
            return self.error(ProviderUnavailable, what)
        if isinstance(cause, NEVER_LEFT):
            return self.error(ProviderUnavailable, what, after="Nothing was sent.")
        return self.error(SubmissionUncertain, what, after=MAY_COST)


# The few base addresses, which every call needs: to take one apart is not cheap.
known_url = lru_cache(maxsize=64)(httpx.URL)


def happened(cause: Exception) -> str:
    """A network error in plain words."""
    if isinstance(cause, httpx.PoolTimeout):
        return "has all its connections in use"
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
        return "could not be reached"
    if isinstance(cause, httpx.TimeoutException | TimeoutError):
        return "did not answer in time"
    if isinstance(cause, httpx.RequestError):
        return "broke off the connection"
    return "answered, but the answer could not be stored here"


def origin(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port: where a key may go."""
    return url.scheme, url.host, url.port or {"http": 80}.get(url.scheme, 443)


def segment(value: str) -> str:
    """A value as one segment of a path: no slash or dots of it lead elsewhere."""
    quoted = quote(value, safe="")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E")
