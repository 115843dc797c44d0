"""Globant Enterprise AI: Veo behind Globant's gateway.

Two public descriptions disagree. The wiki page Video Generation API has nested
``instances`` and ``parameters`` and asks for the status by GET with a JSON body; the
official Python SDK has a flat body, text for the duration, and POST. Both are spoken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from time import time
from typing import Any

from studio.catalog import VideoModel
from studio.providers import globant_status, reading
from studio.providers.answers import Answer
from studio.providers.base import (
    KeyReport,
    ListedModel,
    Operation,
    Progress,
    State,
    Usage,
    VideoRequest,
)
from studio.providers.errors import (
    OperationUnknown,
    ProviderNotConfigured,
    ProviderRejected,
    SubmissionUncertain,
)
from studio.providers.http import UNREADABLE, HttpProvider
from studio.providers.payload import build_body, media_value
from studio.providers.verdicts import key_report

# The SDK reads ``name``, else ``id``; the other two are what Google calls it.
ID_PATHS = ("name", "id", "operationName", "operation_name")
PROVIDERS_PATH = "v2/llm/providers"  # of the SDK; published, and free
FLAT, WIKI, AUTO = "flat", "wiki", "auto"
# A refusal of the body's form, not of what it says: then the other dialect is tried.
OTHER_FORM = frozenset({400, 404, 415, 422})
FIELD = re.compile(r"\b(prompt|instances|parameters|duration|image)\b", re.IGNORECASE)
ABOUT_FORM = re.compile(
    r"required|missing|unknown|unexpected|not permitted|extra|unrecognized",
    re.IGNORECASE,
)
# What a gateway answers to a GET whose body it dropped or will not take.
OTHER_METHOD = frozenset({400, 404, 405, 411, 415, 422})
STILL_NEW = 60.0  # seconds in which an operation may not be known everywhere yet
MAX_STATUS = 160 * 2**20  # bytes: the answer may hold the video itself


class GlobantProvider(HttpProvider):
    """Speaks with one installation: its address belongs to the customer."""

    slug = "globant"
    label = "Globant Enterprise AI"
    secret_names = ("api_key", "oauth_token")
    submit_timeout = 120
    poll_timeout = 120

    async def submit(self, request: VideoRequest) -> Operation:
        """Ask for a video, in the dialect of the settings or the one that works."""
        dialect = self.setting("dialect", AUTO)
        model = wire_model(request.model.id)
        if dialect != FLAT:
            try:
                answer = await self.create(model, request)
            except ProviderRejected as error:
                if dialect == WIKI or not wants_other_form(error):
                    raise
                dialect = FLAT
        if dialect == FLAT:
            answer = await self.create(model, flat(request))
        operation_id = reading.first_text(answer.body, ID_PATHS)
        if not operation_id:
            raise self.error(SubmissionUncertain, UNREADABLE, answer)
        spoken = FLAT if dialect == FLAT else WIKI
        data = {"model": model, "created": round(time()), "dialect": spoken}
        return Operation(id=operation_id, data=data, usage=usage_of(answer))

    async def create(self, model: str, request: VideoRequest) -> Answer:
        """The one call that costs."""
        body = {"model": model, **build_body(request, put_media=media_value)}
        path = self.path("videos/generations")
        return await self.request("POST", path, json=body, submitting=True)

    async def poll(self, operation: Operation, model: VideoModel) -> Progress:
        """Look once; an operation that is not known yet counts as waiting at first."""
        body = {
            # As it was at creation: the wiki's sample has another one in the name.
            "model": operation.data.get("model") or wire_model(model.id),
            "operationName": operation.id,  # holds slashes: never part of a path
        }
        try:
            answer = await self.look(operation, body)
        except OperationUnknown:
            if time() - operation.data.get("created", 0) < STILL_NEW:
                return Progress(state=State.QUEUED)
            raise
        return globant_status.read(self, answer)

    async def look(self, operation: Operation, body: Mapping[str, Any]) -> Answer:
        """The status by GET, or by POST where GET cannot be; neither costs."""
        errors = []
        for method in self.methods(operation):
            try:
                return await self.ask(method, body)
            except ProviderRejected as error:
                if error.http_status not in OTHER_METHOD:
                    raise
                errors.append(error)
        raise min(errors, key=how_little_it_says)

    async def ask(self, method: str, body: Mapping[str, Any]) -> Answer:
        """One look at the status."""
        return await self.request(
            method,
            self.path("videos/status"),
            json=body,
            expects=None,
            max_bytes=MAX_STATUS,
        )

    def methods(self, operation: Operation) -> Iterator[str]:
        """The methods to try for the status, the likelier one first."""
        method = self.setting("status_method", AUTO).upper()
        if method in {"GET", "POST"}:
            yield method
            return
        # Who took the SDK's body is likelier to take the SDK's method.
        is_flat = operation.data.get("dialect") == FLAT
        yield from ("POST", "GET") if is_flat else ("GET", "POST")

    def download_headers(self, url: str) -> Mapping[str, str]:
        """The key where a video lies on the installation's own host."""
        return globant_status.headers_for(self, url)

    async def test_key(self) -> KeyReport:
        """Ask for the list of model providers, which is free."""
        return await key_report(self.find_out)

    async def find_out(self) -> KeyReport:
        """The report of a key that works."""
        await self.request("GET", PROVIDERS_PATH, expects=(dict, list))
        return KeyReport(is_valid=True, message=f"{self.label} knows this key.")

    async def list_models(self) -> list[ListedModel] | None:
        """The video models among those that this installation offers."""
        answer = await self.request(
            "GET",
            PROVIDERS_PATH,
            params={"include": "models"},
            expects=(dict, list),
        )
        return list(globant_status.video_models(answer.body))

    def auth_headers(self) -> dict[str, str]:
        """An API token alone, or an OAuth token with the project it is for."""
        if self.credentials.secrets.get("api_key", "").strip():
            return {"Authorization": f"Bearer {self.secret()}"}
        token = self.secret("oauth_token")
        project = self.setting("project_id", "")
        if not (project and project.isascii() and project.isprintable()):
            raise ProviderNotConfigured(
                f"{self.label} needs the project's id with an OAuth token."
            )
        return {"Authorization": f"Bearer {token}", "ProjectId": project}

    def path(self, path: str) -> str:
        """Below the prefix of the settings: the wiki writes /L in some lines."""
        return f"{self.setting('path_prefix', '').strip('/')}/{path}"

    def setting(self, name: str, default: str) -> str:
        """One setting of the account, as text."""
        return str(self.credentials.settings.get(name) or default).strip()


def wire_model(model_id: str) -> str:
    """The id as a request needs it: Veo runs at Google's Vertex AI."""
    return model_id if "/" in model_id else f"vertex_ai/{model_id}"


def how_little_it_says(error: ProviderRejected) -> int:
    """Which of two refusals to believe: *unknown* first, *not by this method* last."""
    if isinstance(error, OperationUnknown):
        return 0
    return 2 if error.http_status in {405, 411, 415} else 1


def wants_other_form(error: ProviderRejected) -> bool:
    """Whether a refusal is about the form of the body: an unknown or missing field."""
    if type(error) is not ProviderRejected or error.http_status not in OTHER_FORM:
        return False
    return bool(FIELD.search(error.message) and ABOUT_FORM.search(error.message))


def flat(request: VideoRequest) -> VideoRequest:
    """The same request in the SDK's dialect: one level, everything a string."""
    model = request.model
    options = tuple(
        replace(option, wire=last(option.wire), wire_type="string")
        for option in model.options
    )
    inputs = tuple(
        replace(item, wire=last(item.wire), form="string", transport="data_uri")
        for item in model.inputs
    )
    prompt_wire = last(model.prompt_wire)
    model = replace(model, options=options, inputs=inputs, prompt_wire=prompt_wire)
    return replace(request, model=model)


def last(path: str) -> str:
    """The last part of a dotted path."""
    return path.rpartition(".")[2]


def usage_of(answer: Answer) -> Usage:
    """Globant counts tokens; it names a currency but no amount."""
    tokens = reading.first_text(answer.body, ("usage.total_tokens",))
    return Usage(credits=f"{tokens} tokens" if tokens.strip("0") else "")
