"""AI/ML API: one address for the video models of many makers.

``POST /v2/video/generations`` asks, ``GET`` with ``?generation_id=`` looks. Many models
can also be called where they were first, ``/v2/generate/video/<vendor>/generation``,
with slightly other field names; a few only there: see ``aimlapi_asking``.

All that is written here was read in the public repository aimlapi/api-docs ("docs"
below: August 2026, and its history); no answer of the live service was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from studio.catalog import VideoModel
from studio.providers import aimlapi_money, reading
from studio.providers.aimlapi_asking import (
    Route,
    continued,
    in_vendor_words,
    model_field,
    put_media,
    route_of,
    token_header,
)
from studio.providers.answers import Answer
from studio.providers.base import (
    Billed,
    KeyReport,
    ListedModel,
    Operation,
    Progress,
    State,
    VideoRequest,
    VideoResult,
)
from studio.providers.errors import (
    AuthenticationFailed,
    ContentRejected,
    InsufficientCredit,
    OperationUnknown,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    SubmissionUncertain,
)
from studio.providers.http import MAY_COST, UNREADABLE, HttpProvider
from studio.providers.payload import build_body
from studio.providers.verdicts import judged, key_report, nothing_made

# The schemas say id; MiniMax's own path, Hailuo 2.3's examples and Kling's of 2024 say
# generation_id.
ID_PATHS = ("id", "generation_id")
STATUS_PATHS = ("status", "state")  # Luma's own paths say state
# An object, a list of objects, and for Runway a list of strings, all under video.
VIDEO_PATHS = ("video", "assets.video")
STILL_NEW = 60.0  # seconds in which an operation may not be known everywhere yet
SCOPE_WORDS = ("scope", "permission", "not allowed", "disabled")
SIGNED_FOR = ("X-Tos-Expires", "X-Amz-Expires", "X-Goog-Expires")


class AimlapiProvider(HttpProvider):
    """Speaks the unified path, the vendor paths, and Luma's of 2024."""

    slug = "aimlapi"
    label = "AI/ML API"
    tells_credit = True
    default_base_url = "https://api.aimlapi.com"

    # Asking

    async def submit(self, request: VideoRequest) -> Operation:
        """Ask for a video."""
        route = self.route(request.model)
        if route.is_vendor:
            request = replace(request, model=in_vendor_words(request.model))
        request, address = continued(request, route.submit)
        body = {
            **model_field(request.model),
            **build_body(request, put_media=put_media),
        }
        answer = await self.request(
            "POST",
            address,
            json=body,
            headers=token_header(request.token),
            submitting=True,
            expects=None,
        )
        return self.accepted(answer, route)

    def accepted(self, answer: Answer, route: Route) -> Operation:
        """The operation in the answer to a submit. Raises SubmissionUncertain."""
        operation_id = id_in(answer)
        if not operation_id:
            raise self.error(SubmissionUncertain, UNREADABLE, answer, after=MAY_COST)
        data = {
            "status_path": route.status,
            "id_param": route.id_param,
            "created": round(time()),
        }
        usage = aimlapi_money.usage_of(answer.headers, the_item(answer.body))
        return Operation(id=operation_id, data=data, usage=usage)

    # Looking

    async def poll(self, operation: Operation, model: VideoModel) -> Progress:
        """Look once; an operation not known yet counts as waiting at first."""
        route = self.route(model)
        param = operation.data.get("id_param") or route.id_param
        try:
            answer = await self.request(
                "GET",
                operation.data.get("status_path") or route.status,
                params={param: operation.id},
                expects=(dict, list),
            )
        except OperationUnknown:
            if time() - operation.data.get("created", 0) < STILL_NEW:
                return Progress(state=State.QUEUED)
            raise
        item = the_item(answer.body, operation.id)
        if not item:
            raise self.error(ProviderUnavailable, UNREADABLE, answer)
        return self.read(answer, item, model)

    def read(
        self, answer: Answer, item: Mapping[str, Any], model: VideoModel
    ) -> Progress:
        """What one look says. The status decides, never the presence of an error:
        the docs' samples of 2026 show both in one finished answer."""
        word = reading.first_text(item, STATUS_PATHS)
        urls = reading.video_urls(item, VIDEO_PATHS)
        state = reading.read_state(word)
        if urls and not reading.is_state(word):
            state = State.COMPLETED  # a word nobody knows, and the video is there
        usage = aimlapi_money.usage_of(answer.headers, item)
        if state in {State.FAILED, State.CANCELED}:
            error = self.job_error(answer, item)
            # Docs: what is held for a failed job is given back.
            return Progress(state=state, error=error, billed=Billed.NO, raw_state=word)
        if state is not State.COMPLETED:
            return Progress(state=state, usage=usage, raw_state=word)
        if not urls:
            said = reading.error_text(item.get("error"))
            return nothing_made(self, answer, said=said, usage=usage, raw_state=word)
        return Progress(
            state=state,
            results=tuple(VideoResult(url=url) for url in urls),
            usage=usage,
            expires_in=lifetime(urls, model),
            raw_state=word,
        )

    def job_error(self, answer: Answer, item: Mapping[str, Any]) -> ProviderError:
        """Why a job failed: an object, a list of details, a string, or nothing."""
        error = item.get("error") or item.get("failure_reason")
        said = reading.error_text(error)
        kind, what = judged(f"{said} {' '.join(names_in(error))}")
        return self.error(kind, what, answer, said=said)

    def error_for(self, answer: Answer, *, submitting: bool) -> ProviderError:
        """403 is an empty account here, and 400 is about the body, whatever it quotes.

        Docs: errors-with-status-code-4xx. A key may also be limited to some kinds of
        model (docs: api-key-management), which is a 403 too.
        """
        text = answer.error_text
        if answer.status == 400 and not reading.is_refusal(text):
            return self.error(ProviderRejected, "did not accept this", answer)
        if answer.status != 403:
            return super().error_for(answer, submitting=submitting)
        if not reading.is_about_credit(text):
            if reading.is_refusal(text):
                return self.error(ContentRejected, "refused the content", answer)
            if answer.body is None or reading.has_any(text, SCOPE_WORDS):
                what = "does not let this key do that"
                return self.error(AuthenticationFailed, what, answer)
        return self.error(InsufficientCredit, "has no credit left", answer)

    # The account

    async def test_key(self) -> KeyReport:
        """Ask for the balance, which is free."""
        return await key_report(self.find_out)

    async def find_out(self) -> KeyReport:
        """The report of a key that works."""
        try:
            answer = await self.request("GET", "/v2/billing")
        except InsufficientCredit as error:
            return KeyReport(is_valid=True, message=str(error))
        left = aimlapi_money.balance(answer.body)
        if not left:
            return KeyReport(is_valid=True, message="The key works.")
        message = f"The key works. The account has {left} left."
        return KeyReport(is_valid=True, message=message, credit_left=left)

    async def list_models(self) -> list[ListedModel] | None:
        """The video models of the live catalog, with their prices; needs no key."""
        answer = await self.request(
            "GET",
            "/v1/models",
            params={
                "include": "pricing,modalities,capabilities",
                "output_modalities": "video",
            },
            is_signed=False,
        )
        return aimlapi_money.video_models(answer.body)

    # Where to

    @property
    def base_url(self) -> str:
        """The address, without the version that the docs' examples have in it."""
        return super().base_url.removesuffix("/v1").removesuffix("/v2")

    def route(self, model: VideoModel) -> Route:
        """Where this model is asked, by its entry and the account's settings."""
        return route_of(model, self.credentials.settings)


def id_in(answer: Answer) -> str:
    """The id of what was accepted, or "".

    The header x-inference-id says it as well (docs: tracing): it saves what a broken
    body would lose.
    """
    told = reading.first_text(the_item(answer.body), ID_PATHS)
    return told or answer.headers.get("x-inference-id", "")


def the_item(body: Any, operation_id: str = "") -> dict[str, Any]:
    """The object of one generation; Luma v1 answers a list of them."""
    if not isinstance(body, list):
        return body if isinstance(body, dict) else {}
    found = [item for item in body if isinstance(item, dict)]
    same = [item for item in found if str(item.get("id")) == operation_id]
    return (same or found)[0] if same or len(found) == 1 else {}


def names_in(error: Any) -> list[str]:
    """The short names by which an error says its kind, such as face_detection_error."""
    if isinstance(error, list):
        return [name for part in error for name in names_in(part)]
    if not isinstance(error, dict):
        return []
    own = [error.get(key) for key in ("name", "type", "code")]
    found = [word for word in own if isinstance(word, str)]
    return found + names_in(error.get("detail"))


def lifetime(urls: list[str], model: VideoModel) -> float | None:
    """Seconds that the addresses live: as signed, else as documented."""
    for url in urls:
        query = dict(parse_qsl(urlsplit(url).query))
        for name in SIGNED_FOR:
            if query.get(name, "").isdecimal():
                return float(query[name])
    documented = model.transport.get("lifetime")
    return float(documented) if urls and documented else None
