"""Segmind: many makers' models, each under a slug.

The same slug and parameters work in two ways. v2 gives a request id and is asked for
the status; v1 keeps the line open for minutes and answers with the video itself. v2
is the usual way; v1 serves slugs without v2, and accounts whose settings say so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx

from studio.catalog import MediaInput, VideoModel
from studio.providers import reading
from studio.providers.answers import Answer, Call, is_file
from studio.providers.base import (
    Billed,
    KeyReport,
    ListedModel,
    MediaItem,
    Operation,
    Progress,
    State,
    VideoRequest,
    VideoResult,
)
from studio.providers.errors import (
    InsufficientCredit,
    OperationUnknown,
    ProviderError,
    ProviderRejected,
    SubmissionUncertain,
)
from studio.providers.http import (
    MAY_COST,
    UNREADABLE,
    HttpProvider,
    origin,
    segment,
)
from studio.providers.payload import build_body, media_value
from studio.providers.segmind_answers import (
    field_text,
    results_in,
    seconds_until,
    state_word,
    text_of,
    usage_of,
    video_models,
)
from studio.providers.verdicts import failed, key_report, nothing_made

V1, V2 = "v1", "v2"
V1_TIMEOUT = 1200  # seconds: video slugs take up to seven minutes, and there is a queue
V2_TIMEOUT = 60  # seconds: it answers at once
NO_SUCH_ROUTE = frozenset({404, 405})
# A body with a final status is believed before the HTTP status: a failed job comes
# with 422 (the official SDK reads it so, too).
WITH_A_BODY = range(400, 600)
FILE_LIFETIME = 7 * 24 * 3600.0  # seconds, as the asynchronous inference page says
OWN_HOST = "segmind.com"
# The model list is on a host of its own; the SDK sends the key there.
LIST_HOST = "api.spotprod.segmind.com"
LIST_PATH = "inference-model-information/list"


class Multipart(dict[str, Any]):
    """Fields that go out as multipart/form-data instead of JSON."""


class SegmindProvider(HttpProvider):
    """Submits to ``/v2/SLUG`` and asks for the request, or to ``/v1/SLUG`` alone."""

    slug = "segmind"
    label = "Segmind"
    tells_credit = True
    default_base_url = "https://api.segmind.com"
    trusted_hosts = frozenset({LIST_HOST})
    submit_timeout = V1_TIMEOUT
    # What a finished request says is forgotten after an hour; its files live longer.
    result_lifetime = 3600.0

    async def submit(self, request: VideoRequest) -> Operation:
        """Ask for a video; without a v2 route, once more by v1 (nothing was billed)."""
        body = build_body(request, put_media=self.put_media)
        if self.version(request.model) == V1:
            return await self.submit_v1(request, body)
        try:
            return await self.submit_v2(request, body)
        except ProviderRejected as error:
            if error.http_status not in NO_SUCH_ROUTE:
                raise
        return await self.submit_v1(request, body)

    async def submit_v2(self, request: VideoRequest, body: Any) -> Operation:
        """The asynchronous way."""
        path = f"{V2}/{segment(request.model.id)}"
        answer = await self.request(
            "POST", path, json=body, submitting=True, timeout=V2_TIMEOUT
        )
        request_id = reading.first_text(answer.body, ("request_id", "id"))
        if not request_id:
            raise self.error(SubmissionUncertain, UNREADABLE, answer, after=MAY_COST)
        data = {
            name: url
            for name in ("status_url", "response_url")
            if self.is_own(url := reading.first_text(answer.body, (name,)))
        }
        return Operation(id=request_id, data=data, usage=usage_of(answer))

    async def submit_v1(self, request: VideoRequest, body: Any) -> Operation:
        """The synchronous way: the answer is the video, or names its address."""
        if self.setting("v1_body", "json") == "multipart":
            body = Multipart(body)
        answer = await self.request(
            "POST",
            f"{V1}/{segment(request.model.id)}",
            json=body,
            submitting=True,
            expects=None,
            spool=request.spool,
        )
        progress = self.read_v1(answer)
        token = answer.headers.get("x-request-id") or request.token
        return Operation(
            id=token or "v1",
            data={"version": V1},
            progress=progress,
            usage=progress.usage,
        )

    def read_v1(self, answer: Answer) -> Progress:
        """The video in the answer. Raises SubmissionUncertain where there is none.

        The seed's page calls it image/jpeg, a slip of its template: bytes decide.
        """
        usage = usage_of(answer)
        results = tuple(results_in(answer.body))
        if answer.path:
            results = (VideoResult(path=answer.path),)
        elif is_file(answer.content[:16], answer.headers.get("content-type", "")):
            results = (VideoResult(content=answer.content),)
        if results:
            return Progress(state=State.COMPLETED, results=results, usage=usage)
        if reading.read_state(state_word(answer)) is State.FAILED:
            return self.read_failed(answer)
        raise self.error(SubmissionUncertain, UNREADABLE, answer, after=MAY_COST)

    async def poll(self, operation: Operation, model: VideoModel) -> Progress:
        """Look at the status; where it is final, fetch what came of it too."""
        if operation.data.get("version") == V1:
            # Whoever lost the answer lost the video: nothing is kept to ask for.
            raise self.error(OperationUnknown, "kept nothing of this")
        below = f"{V2}/requests/{segment(operation.id)}"
        status_url = operation.data.get("status_url") or f"{below}/status"
        answer = await self.look(status_url)
        state = reading.read_state(state_word(answer))
        if state is State.COMPLETED and not any(results_in(answer.body)):
            answer = await self.look(operation.data.get("response_url") or below)
            state = reading.read_state(state_word(answer) or "completed")
        return self.read(answer, state)

    async def look(self, address: str) -> Answer:
        """One GET. Raises, unless the body holds a status to believe."""
        answer = await self.request("GET", address, accept=WITH_A_BODY)
        is_final = reading.is_state(state_word(answer))
        if answer.status >= 400 and not is_final:
            raise self.error_for(answer, submitting=False)
        return answer

    def read(self, answer: Answer, state: State) -> Progress:
        """An answer to a look, in our words."""
        word, usage = state_word(answer), usage_of(answer)
        if state is State.FAILED:
            return self.read_failed(answer)
        if state is not State.COMPLETED:
            return Progress(state=state, usage=usage, raw_state=word)
        if results := tuple(results_in(answer.body)):
            return Progress(
                state=state,
                results=results,
                usage=usage,
                expires_in=FILE_LIFETIME,
                raw_state=word,
            )
        return nothing_made(self, answer, usage=usage, raw_state=word)

    def read_failed(self, answer: Answer) -> Progress:
        """A failed job. Only answers with 200 are billed, as Segmind's pages say."""
        usage = usage_of(answer)
        return failed(
            self,
            answer,
            said=reading.error_text(answer.object.get("error")),
            billed=Billed.YES if usage.cost else Billed.NO,
            usage=usage,
            raw_state=state_word(answer),
        )

    # What the key can do

    async def test_key(self) -> KeyReport:
        """Ask for the credits, which is free."""
        return await key_report(self.find_out)

    async def find_out(self) -> KeyReport:
        """The report of a key that works."""
        answer = await self.request("GET", f"{V1}/get-user-credits")
        left = text_of(answer.object.get("credits"))
        message = f"{self.label} knows this key."
        return KeyReport(is_valid=True, message=message, credit_left=left)

    async def list_models(self) -> list[ListedModel] | None:
        """Segmind's own list, the video models of it."""
        is_own = httpx.URL(self.base_url).host.endswith(OWN_HOST)
        address = f"https://{LIST_HOST}/{LIST_PATH}" if is_own else LIST_PATH
        answer = await self.request("GET", address, expects=(dict, list))
        return list(video_models(answer.body))

    # Segmind's ways

    def auth_headers(self) -> dict[str, str]:
        """``Authorization: Bearer`` is refused here."""
        return {"x-api-key": self.secret()}

    def error_for(self, answer: Answer, *, submitting: bool) -> ProviderError:
        """406 says several things: no credit, a team's limit, a wrong parameter."""
        text = answer.error_text.lower()
        is_team_limit = "team" in text and "limit" in text
        if answer.status == 406 and (not text or is_team_limit):
            # Without words it is what the model pages say of 406.
            return self.error(InsufficientCredit, "has no credit for this", answer)
        return super().error_for(answer, submitting=submitting)

    def retry_after(self, answer: Answer) -> float | None:
        """Segmind says when the limit ends, not how long to wait."""
        usual = super().retry_after(answer)
        until = answer.headers.get("x-rate-limit-reset-at-utc", "")
        return seconds_until(until) if usual is None else usual

    def put_media(self, item: MediaItem, media_input: MediaInput) -> Any:
        """An address where there is one, else bare base64, as the pages show."""
        way = "url" if item.url else self.setting("media", "base64")
        return media_value(item, media_input, usual=way)

    def build(self, call: Call) -> httpx.Request:
        """The request; v1 also takes multipart/form-data, as its older samples do."""
        if not isinstance(call.json, Multipart):
            return super().build(call)
        plain = super().build(replace(call, json=None))
        return self.client.build_request(
            call.method,
            plain.url,
            files=[(name, (None, field_text(v))) for name, v in call.json.items()],
            headers={"Accept": "application/json", **call.headers},
            extensions=plain.extensions,
        )

    def version(self, model: VideoModel) -> str:
        """v1 where the catalog or the account says so."""
        by_catalog = model.transport.get("version")
        return str(by_catalog or self.setting("version", V2))

    def is_own(self, url: str) -> bool:
        """Whether an address of an answer may be asked with the key."""
        if not reading.is_url(url):
            return False
        try:
            return origin(httpx.URL(url)) == origin(httpx.URL(self.base_url))
        except httpx.InvalidURL:
            return False

    def setting(self, name: str, default: str) -> str:
        """One setting of the account, as text."""
        return str(self.credentials.settings.get(name) or default).strip()
