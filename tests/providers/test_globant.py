"""Globant on the wire: both dialects, both ways to ask, both ways to sign in."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import httpx
import pytest
import time_machine

from studio.catalog import get_model
from studio.providers.base import (
    Credentials,
    MediaItem,
    Operation,
    Progress,
    State,
    VideoRequest,
)
from studio.providers.errors import (
    AuthenticationFailed,
    ContentRejected,
    InsufficientCredit,
    InvalidResponse,
    OperationUnknown,
    ProviderNotConfigured,
    ProviderRejected,
    ProviderUnavailable,
)
from studio.providers.globant import GlobantProvider, wire_model
from tests.providers.cases.globant import CASE, OPERATION, URL
from tests.providers.conformance import Reply, Wire, refused, speaker, submit

ACCEPTED = CASE.accepted[0]
PENDING = Reply(json={"status": "pending"})
DONE = CASE.done[0]
MP4 = b"\x00\x00\x00\x18ftypmp42 and so on"
PNG = b64encode(b"\x89PNG").decode()
PICTURE = MediaItem(role="start_image", content=b"\x89PNG", media_type="image/png")
WITH_PICTURE = replace(CASE.request, mode="image_to_video", media=(PICTURE,))


def body_of(request: httpx.Request) -> Any:
    """The JSON that was sent."""
    return json.loads(request.read())


def account(**settings: str) -> Credentials:
    """The case's account with these settings."""
    return replace(CASE.credentials, settings=settings)


def submitted(
    *replies: Reply,
    request: VideoRequest = CASE.request,
    credentials: Credentials = CASE.credentials,
) -> tuple[Operation, list[httpx.Request]]:
    """The operation, and the requests that were sent for it."""
    wire = Wire(*replies)
    case = replace(CASE, request=request, credentials=credentials)
    return submit(case, wire), wire.requests


def looked(
    *replies: Reply,
    operation: Operation | None = None,
    credentials: Credentials = CASE.credentials,
) -> tuple[Progress, list[httpx.Request]]:
    """One look, and the requests that were sent for it."""
    wire = Wire(*replies)
    provider = speaker(replace(CASE, credentials=credentials), wire)
    operation = operation or Operation(id=OPERATION, data={"created": 0})
    return asyncio.run(provider.poll(operation, CASE.request.model)), wire.requests


# Submit


def test_it_sends_text_as_the_wiki_writes_it() -> None:
    operation, (sent,) = submitted(ACCEPTED)

    assert (sent.method, str(sent.url)) == (
        "POST",
        "https://api.globant.example/videos/generations",
    )
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["authorization"].startswith("Bearer ")
    assert body_of(sent) == {
        "model": "vertex_ai/veo-3.1-generate-001",
        "instances": {"prompt": "A boat at dawn"},
        "parameters": {"duration": 8},
    }
    assert operation.id == OPERATION


def test_it_sends_an_image_as_bytes_with_their_type() -> None:
    _, (sent,) = submitted(ACCEPTED, request=WITH_PICTURE)

    assert body_of(sent)["instances"]["image"] == {
        "bytesBase64Encoded": PNG,
        "mimeType": "image/png",
    }


def test_it_speaks_the_flat_dialect_where_the_settings_say_so() -> None:
    flat = account(dialect="flat")
    operation, (sent,) = submitted(ACCEPTED, request=WITH_PICTURE, credentials=flat)

    assert body_of(sent) == {
        "model": "vertex_ai/veo-3.1-generate-001",
        "prompt": "A boat at dawn",
        "duration": "8",
        "image": f"data:image/png;base64,{PNG}",
    }
    assert operation.data["dialect"] == "flat"


@pytest.mark.parametrize("status", [400, 404, 415, 422])
def test_it_tries_the_other_dialect_once_where_a_field_is_not_known(
    status: int,
) -> None:
    missing = Reply(status=status, json={"error": {"message": "prompt is required"}})
    operation, (first, second) = submitted(missing, ACCEPTED)

    assert "instances" in body_of(first)
    assert body_of(second)["prompt"] == "A boat at dawn"
    assert operation.data["dialect"] == "flat"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404, json={"error": {"message": "model veo-9 not found"}}),
        Reply(status=422, json={"error": {"message": "prompt violates our policy"}}),
        Reply(status=400, json={"errors": [{"id": 9, "description": "bad duration"}]}),
        Reply(status=500, json={"error": {"message": "prompt is required"}}),
    ],
)
def test_it_asks_only_once_where_the_form_was_fine(reply: Reply) -> None:
    wire = Wire(reply, ACCEPTED)

    refused(CASE, wire)

    assert len(wire.requests) == 1


def test_it_keeps_to_the_wiki_where_the_settings_say_so() -> None:
    missing = Reply(status=400, json={"error": {"message": "prompt is required"}})
    wire = Wire(missing, ACCEPTED)

    refused(replace(CASE, credentials=account(dialect="wiki")), wire)

    assert len(wire.requests) == 1


@pytest.mark.parametrize("prefix", ["L", "/L", "/L/"])
def test_it_puts_the_prefix_of_the_settings_before_every_path(prefix: str) -> None:
    prefixed = account(path_prefix=prefix)
    _, (created,) = submitted(ACCEPTED, credentials=prefixed)
    _, (asked,) = looked(DONE, credentials=prefixed)

    assert created.url.path == "/L/videos/generations"
    assert asked.url.path == "/L/videos/status"


@pytest.mark.parametrize("name", ["name", "id", "operationName", "operation_name"])
def test_it_finds_the_operation_under_every_name_it_is_known_by(name: str) -> None:
    operation, _ = submitted(Reply(json={name: OPERATION}))

    assert operation.id == OPERATION


def test_it_adds_the_prefix_where_an_id_has_none() -> None:
    assert wire_model("veo-3.1-generate-001") == "vertex_ai/veo-3.1-generate-001"
    assert wire_model("azure/sora") == "azure/sora"
    custom = replace(CASE.request.model, id="veo-9", is_custom=True)
    _, (sent,) = submitted(ACCEPTED, request=replace(CASE.request, model=custom))
    assert body_of(sent)["model"] == "vertex_ai/veo-9"


def test_it_counts_the_tokens_that_globant_counts() -> None:
    usage = {"total_tokens": 1290, "currency": "USD"}
    operation, _ = submitted(Reply(json={"name": OPERATION, "usage": usage}))

    assert operation.usage.credits == "1290 tokens"
    assert operation.usage.cost is None


# Signing in


def test_it_signs_in_with_an_oauth_token_and_the_project() -> None:
    credentials = Credentials(
        base_url="https://api.globant.example",
        secrets={"oauth_token": "canary-oauth-1"},
        settings={"project_id": "project-7"},
    )
    _, (sent,) = submitted(ACCEPTED, credentials=credentials)

    assert sent.headers["authorization"] == "Bearer canary-oauth-1"
    assert sent.headers["projectid"] == "project-7"


def test_it_names_no_project_with_an_api_token() -> None:
    _, (sent,) = submitted(ACCEPTED, credentials=account(project_id="project-7"))

    assert "projectid" not in sent.headers


@pytest.mark.parametrize(
    "credentials",
    [
        Credentials(base_url="https://api.globant.example"),
        Credentials(
            base_url="https://api.globant.example",
            secrets={"oauth_token": "canary-oauth-1"},
        ),
        Credentials(secrets={"api_key": "canary-1"}),
    ],
    ids=["no token", "no project", "no address"],
)
def test_it_says_what_is_not_configured(credentials: Credentials) -> None:
    wire = Wire(ACCEPTED)
    with pytest.raises(ProviderNotConfigured):
        submit(replace(CASE, credentials=credentials), wire)
    assert wire.requests == []


# Status


def test_it_asks_by_get_with_a_body_and_keeps_the_id_out_of_the_path() -> None:
    _, (sent,) = looked(PENDING)

    assert (sent.method, str(sent.url)) == (
        "GET",
        "https://api.globant.example/videos/status",
    )
    assert body_of(sent) == {
        "model": "vertex_ai/veo-3.1-generate-001",
        "operationName": OPERATION,
    }


@pytest.mark.parametrize("status", [400, 404, 405, 411, 415, 422])
def test_it_asks_by_post_where_get_cannot_be(status: int) -> None:
    progress, (first, second) = looked(Reply(status=status, json={}), DONE)

    assert (first.method, second.method) == ("GET", "POST")
    assert body_of(first) == body_of(second)
    assert progress.state is State.COMPLETED


def test_it_asks_by_post_first_where_the_flat_dialect_worked() -> None:
    operation = Operation(id=OPERATION, data={"dialect": "flat", "created": 0})
    _, (sent,) = looked(PENDING, operation=operation)

    assert sent.method == "POST"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_asks_by_the_method_of_the_settings_alone(method: str) -> None:
    wire = Wire(Reply(status=405, json={}), DONE)
    provider = speaker(
        replace(CASE, credentials=account(status_method=method.lower())), wire
    )
    with pytest.raises(ProviderRejected):
        asyncio.run(provider.poll(Operation(id=OPERATION), CASE.request.model))
    assert [request.method for request in wire.requests] == [method]


def test_it_sends_back_the_model_of_the_creation() -> None:
    data = {"model": "vertex_ai/veo-3.0-generate-001", "created": 0}
    _, (sent,) = looked(PENDING, operation=Operation(id=OPERATION, data=data))

    assert body_of(sent)["model"] == "vertex_ai/veo-3.0-generate-001"


def test_a_new_operation_may_be_unknown_for_a_minute() -> None:
    unknown = Reply(status=404, json={"error": "no such operation"})
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False) as clock:
        operation, _ = submitted(ACCEPTED)
        clock.shift(59)
        progress, _ = looked(unknown, operation=operation)
        assert progress.state is State.QUEUED
        clock.shift(2)
        with pytest.raises(OperationUnknown):
            looked(unknown, operation=operation)


def test_it_believes_unknown_rather_than_a_refused_method() -> None:
    unknown = Reply(status=404, json={"error": "no such operation"})
    with pytest.raises(OperationUnknown):
        looked(Reply(status=405, json={}), unknown)
    with pytest.raises(OperationUnknown):
        looked(unknown, Reply(status=405, json={}))


def test_it_reads_the_finished_answer_of_the_wiki() -> None:
    progress, _ = looked(DONE)

    assert progress.results[0].url == URL
    assert progress.revised_prompt == "A boat, at dawn"


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"url": URL}]},
        {"done": True, "response": {"videos": [{"uri": URL}]}},
        {"status": "completed", "video": {"url": URL}},
        {"url": URL, "b64_json": b64encode(MP4).decode()},
    ],
)
def test_it_finds_the_address_in_every_shape(body: dict[str, Any]) -> None:
    progress, _ = looked(Reply(json=body))

    assert [result.url for result in progress.results] == [URL]


@pytest.mark.parametrize(
    "body",
    [
        {"b64_json": b64encode(MP4).decode()},
        {"b64_json": f"data:video/mp4;base64,{b64encode(MP4).decode()}"},
        {"data": [{"b64_json": b64encode(MP4).decode()}]},
        {
            "done": True,
            "response": {"videos": [{"bytesBase64Encoded": b64encode(MP4).decode()}]},
        },
    ],
)
def test_it_takes_a_video_from_inside_the_answer(body: dict[str, Any]) -> None:
    progress, _ = looked(Reply(json=body))

    assert [result.content for result in progress.results] == [MP4]


def test_it_looks_into_json_in_base64() -> None:
    inner = b64encode(json.dumps({"url": URL}).encode()).decode()
    progress, _ = looked(Reply(json={"b64_json": inner}))

    assert progress.results[0].url == URL


@pytest.mark.parametrize("inner", ["", "%%%", b64encode(b"neither").decode()])
def test_a_finished_answer_with_nothing_usable_inside_is_filtered(inner: str) -> None:
    progress, _ = looked(Reply(json={"status": "completed", "b64_json": inner}))

    assert progress.state is State.FAILED
    assert isinstance(progress.error, ContentRejected)


def test_it_says_why_google_filtered_where_google_says_so() -> None:
    response = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["A face."]}
    progress, _ = looked(Reply(json={"done": True, "response": response}))

    assert isinstance(progress.error, ContentRejected)
    assert "A face" in str(progress.error)


def test_it_says_that_a_storage_address_cannot_be_fetched() -> None:
    videos = [{"gcsUri": "gs://bucket/a.mp4"}]
    progress, _ = looked(Reply(json={"done": True, "response": {"videos": videos}}))

    assert progress.state is State.FAILED
    assert isinstance(progress.error, InvalidResponse)
    assert "storage" in str(progress.error)


def test_it_gives_the_key_to_its_own_host_only() -> None:
    provider = speaker(CASE, Wire())
    own = provider.download_headers("https://api.globant.example/files/1.mp4")

    assert own["Authorization"].startswith("Bearer ")
    for elsewhere in (
        "https://cdn.example/files/1.mp4",
        "http://api.globant.example/files/1.mp4",
        "https://api.globant.example:8443/files/1.mp4",
        "https://api.globant.example@cdn.example/files/1.mp4",
        "https://api.globant.example/files/1.mp4?X-Goog-Signature=ab",
        "https://api.globant.example/files/1.mp4?se=1&sig=ab",
    ):
        assert provider.download_headers(elsewhere) == {}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=202, json={}),
        Reply(content=b""),
        Reply(json={}),
        Reply(json={"done": False, "name": OPERATION}),
        Reply(json={"status": "pondering"}),
        Reply(json={"url": None, "error": None}),
    ],
)
def test_it_goes_on_while_nothing_is_final(reply: Reply) -> None:
    progress, _ = looked(reply)

    assert progress.state in {State.QUEUED, State.PROCESSING}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "blocked by a guardrail"}}, ContentRejected),
        ({"error": {"id": 154, "description": "quota: no credit"}}, InsufficientCredit),
        ({"errors": {"id": 9, "description": "out of range"}}, ProviderRejected),
        ({"status": "failed", "message": "it broke"}, ProviderRejected),
    ],
)
def test_it_tells_failures_apart(body: dict[str, Any], kind: type) -> None:
    progress, _ = looked(Reply(json=body))

    assert progress.state is State.FAILED
    assert type(progress.error) is kind


@pytest.mark.parametrize("code", [100, 151, 153])
def test_a_passing_code_is_only_a_failed_look(code: int) -> None:
    with pytest.raises(ProviderUnavailable):
        looked(Reply(json={"error": {"id": code, "description": "timed out"}}))


def test_an_error_of_google_through_the_gateway_fails_the_operation() -> None:
    error = {"code": 13, "message": "Internal error", "status": "INTERNAL"}
    progress, _ = looked(Reply(json={"done": True, "error": error}))

    assert progress.state is State.FAILED
    assert "Internal error" in str(progress.error)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(status=401, json={"errors": [{"id": 5}]}), AuthenticationFailed),
        (Reply(status=403, json={"error": "no permission"}), AuthenticationFailed),
        (Reply(status=402, json={"error": "top up"}), InsufficientCredit),
        (Reply(status=422, json={"error": "guardrail"}), ContentRejected),
        (Reply(status=413, json={"error": "too large"}), ProviderRejected),
    ],
)
def test_it_tells_refusals_apart(reply: Reply, kind: type) -> None:
    assert type(refused(CASE, Wire(reply))) is kind


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"id": 46, "description": "format not supported"}]},
        {"errors": {"id": 46, "description": "format not supported"}},
        {"error": {"code": 46, "message": "format not supported"}},
        {"message": [{"type": "error", "description": "format not supported"}]},
    ],
)
def test_it_shows_the_words_of_every_envelope(body: dict[str, Any]) -> None:
    error = refused(CASE, Wire(Reply(status=400, json=body)))

    assert "format not supported" in str(error)


# What the key can do


def test_it_tests_the_key_by_the_list_of_providers() -> None:
    wire = Wire(Reply(json={"providers": []}))
    report = asyncio.run(speaker(CASE, wire).test_key())

    assert report.is_valid is True
    assert (wire.requests[0].method, wire.requests[0].url.path) == (
        "GET",
        "/v2/llm/providers",
    )


@pytest.mark.parametrize(("status", "is_valid"), [(401, False), (500, None)])
def test_it_reports_a_key_that_does_not_work(status: int, is_valid: Any) -> None:
    wire = Wire(Reply(status=status, json={"error": "no"}))
    report = asyncio.run(speaker(CASE, wire).test_key())

    assert report.is_valid is is_valid


def test_it_lists_the_video_models() -> None:
    models = [
        {"name": "veo-3.1-generate-001", "type": "Video"},
        {"fullName": "vertex_ai/veo-2.0-generate-001", "type": "Chat"},
        {"name": "gemini-3-pro", "type": "Chat"},
    ]
    wire = Wire(Reply(json={"providers": [{"name": "vertex_ai", "models": models}]}))
    listed = asyncio.run(speaker(CASE, wire).list_models())

    assert [model.id for model in listed or []] == [
        "vertex_ai/veo-3.1-generate-001",
        "vertex_ai/veo-2.0-generate-001",
    ]
    assert wire.requests[0].url.params["include"] == "models"


def test_the_model_can_be_named_without_its_prefix() -> None:
    model = get_model("globant:veo-3.0-generate-001")

    assert model.id == "vertex_ai/veo-3.0-generate-001"
    assert not model.is_custom


def test_it_is_made_for_addresses_of_customers() -> None:
    assert GlobantProvider.default_base_url == ""
