"""Segmind on the wire: v2 and v1, the many meanings of 406, money in every answer."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine

from studio.catalog import get_model
from studio.providers.base import (
    Billed,
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
    OperationUnknown,
    ProviderRejected,
    ProviderUnavailable,
    SubmissionUncertain,
    UnsupportedOption,
)
from studio.providers.segmind import SegmindProvider
from tests.providers.cases.segmind import ACCEPTED, BASE, CASE, FAILURE, ID, RESULT, URL
from tests.providers.conformance import (
    CANARY,
    ProviderCase,
    Reply,
    Wire,
    refused,
    speaker,
    submit,
)

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40
VIDEO = Reply(content=MP4, headers={"content-type": "video/mp4", "x-cost": "0.8"})
NOT_FOUND = Reply(status=404, json={"error": "Not found"})
PNG = b"\x89PNG\r\n"
PICTURE = MediaItem(role="start_image", content=PNG, media_type="image/png")


def with_settings(**settings: str) -> ProviderCase:
    """The case with these settings of the account."""
    return replace(CASE, credentials=replace(CASE.credentials, settings=settings))


V1 = with_settings(version="v1")


def asked(
    model: str, mode: str = "text_to_video", *media: MediaItem, **options: Any
) -> ProviderCase:
    """The case with another request."""
    request = VideoRequest(
        model=get_model(f"segmind:{model}"),
        mode=mode,
        prompt="A boat at dawn",
        options=options,
        media=media,
        token="t-1",
    )
    return replace(CASE, request=request)


def sent_by(case: ProviderCase, *replies: Reply) -> tuple[Operation, httpx.Request]:
    """The operation and the last request that was sent for it."""
    wire = Wire(*replies)
    operation = submit(case, wire)
    return operation, wire.requests[-1]


def body_of(case: ProviderCase) -> Any:
    """The JSON that a request of v2 sends."""
    return json.loads(sent_by(case, CASE.accepted[0])[1].read())


def looked(
    *replies: Reply, operation: Operation | None = None
) -> tuple[Progress, list[httpx.Request]]:
    """One look, and the requests that were sent for it."""
    wire = Wire(*replies)
    operation = operation or Operation(id=ID)
    provider = speaker(CASE, wire)
    return asyncio.run(provider.poll(operation, CASE.request.model)), wire.requests


# v2


def test_it_submits_to_v2_with_the_key_in_its_own_header() -> None:
    operation, sent = sent_by(CASE, CASE.accepted[0])

    assert (sent.method, str(sent.url)) == ("POST", f"{BASE}/v2/veo-3.1")
    assert sent.headers["x-api-key"] == CANARY
    assert "authorization" not in sent.headers
    assert json.loads(sent.read()) == {
        "prompt": "A boat at dawn",
        "duration": 8,
        "generate_audio": True,
    }
    assert operation.id == ID
    assert operation.data == {
        "status_url": ACCEPTED["status_url"],
        "response_url": ACCEPTED["response_url"],
    }


def test_it_sends_the_seed_page_sample() -> None:
    case = asked("veo-2", aspect_ratio="16:9", duration=5, seed=965002)

    assert body_of(case) == {
        "prompt": "A boat at dawn",
        "aspect_ratio": "16:9",
        "duration": 5,
        "seed": 965002,
    }


@pytest.mark.parametrize(
    ("model", "options", "expected"),
    [
        ("kling-2.5-turbo", {"duration": 5}, {"duration": "5"}),
        ("kling-2", {"duration": 10}, {"duration": 10}),
        ("kling-2.6", {"quality_mode": "pro"}, {"mode": "pro"}),
        ("wan-2.5-t2v", {"aspect_ratio": "9:16"}, {"size": "720*1280"}),
        ("hailuo-2.3", {"enhance_prompt": False}, {"prompt_optimizer": False}),
        ("veo-3", {"frame_rate": "30"}, {"fps": 30}),
    ],
)
def test_it_writes_options_as_each_slug_wants_them(
    model: str, options: dict[str, Any], expected: dict[str, Any]
) -> None:
    body = body_of(asked(model, **options))

    assert expected.items() <= body.items()


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("veo-2-image2video", "image"),
        ("veo-3", "image_url"),
        ("veo-3.1", "image"),
        ("kling-2", "start_image"),
        ("kling-2.1", "image"),
        ("kling-2.5-turbo", "image_url"),
        ("seedance-2.0", "first_frame_url"),
        ("hailuo-2.3", "first_frame_image"),
        ("minimax-hailuo-2", "image_url"),
        ("wan-2.5-i2v", "image"),
        ("runway-gen4-turbo", "promptImage"),
        ("ray-flash-2-720p", "start_image_url"),
        ("luma-ray-img-2-video", "start_frame"),
    ],
)
def test_it_names_the_start_image_as_each_slug_does(model: str, field: str) -> None:
    body = body_of(asked(model, "image_to_video", PICTURE))

    assert body[field] == b64encode(PNG).decode()


def test_it_sends_an_address_where_there_is_one() -> None:
    there = replace(PICTURE, url="https://dailies.example/i/1.png?t=x%3D")

    body = body_of(asked("veo-3.1", "image_to_video", there))

    assert body["image"] == "https://dailies.example/i/1.png?t=x%3D"


def test_it_sends_data_uris_where_the_settings_say_so() -> None:
    case = asked("veo-3.1", "image_to_video", PICTURE)
    credentials = replace(CASE.credentials, settings={"media": "data_uri"})

    body = body_of(replace(case, credentials=credentials))

    assert body["image"] == f"data:image/png;base64,{b64encode(PNG).decode()}"


def test_it_sends_both_frames_and_several_references() -> None:
    last = replace(PICTURE, role="end_image", content=b"last")
    frames = body_of(asked("seedance-2.0", "first_last_frame", PICTURE, last))
    more = [replace(PICTURE, role="reference_images", content=c) for c in (b"a", b"b")]
    references = body_of(asked("seedance-2.0", "reference_to_video", *more))

    assert frames["last_frame_url"] == b64encode(b"last").decode()
    assert references["reference_images"] == ["YQ==", "Yg=="]
    assert "first_frame_url" not in references


def test_it_asks_runway_under_runways_names() -> None:
    case = asked("runway-gen4-turbo", "image_to_video", PICTURE, aspect_ratio="21:9")

    body = body_of(case)

    assert body["promptText"] == "A boat at dawn"
    assert body["ratio"] == "1584:672"
    assert "prompt" not in body


def test_a_video_that_nobody_can_fetch_is_refused_before_any_call() -> None:
    movements = MediaItem(role="source_video", content=MP4, media_type="video/mp4")
    case = asked(
        "kling-2.6-pro-motion-control", "reference_to_video", PICTURE, movements
    )
    wire = Wire(CASE.accepted[0])
    with pytest.raises(UnsupportedOption):
        submit(case, wire)
    assert wire.requests == []


def test_it_keeps_no_address_of_another_host() -> None:
    elsewhere = {name: f"https://elsewhere.example/{name}" for name in ACCEPTED}
    operation, _ = sent_by(CASE, Reply(json={**elsewhere, "request_id": ID}))
    assert operation.data == {}

    _, requests = looked(Reply(json={"status": "QUEUED"}), operation=operation)
    assert str(requests[0].url) == f"{BASE}/v2/requests/{ID}/status"


def test_it_asks_at_the_addresses_that_it_was_given() -> None:
    data = {
        "status_url": f"{BASE}/v2/requests/{ID}/status?shard=3",
        "response_url": f"{BASE}/v2/requests/{ID}?shard=3",
    }
    completed = Reply(json={"status": "COMPLETED"})
    progress, requests = looked(
        completed, Reply(json=RESULT), operation=Operation(id=ID, data=data)
    )

    assert [str(request.url) for request in requests] == list(data.values())
    assert {request.method for request in requests} == {"GET"}
    assert progress.results[0].url == URL


def test_it_builds_the_addresses_from_the_id_where_it_was_given_none() -> None:
    _, requests = looked(Reply(json={"status": "COMPLETED"}), Reply(json=RESULT))

    assert [request.url.path for request in requests] == [
        f"/v2/requests/{ID}/status",
        f"/v2/requests/{ID}",
    ]


def test_it_reads_result_and_money() -> None:
    progress, _ = looked(Reply(json={"status": "COMPLETED"}), Reply(json=RESULT))

    assert progress.state is State.COMPLETED
    assert [result.url for result in progress.results] == [URL]
    assert progress.usage.cost == 800_000
    assert progress.usage.credits == "0.8"
    assert progress.usage.credit_left == "12.3"
    assert progress.expires_in == 7 * 24 * 3600


@pytest.mark.parametrize(
    "body",
    [
        {"output": URL},
        {"output": [URL, "https://images.segmind.com/2.mp4"]},
        {"video_url": URL},
        {"url": URL},
        {"video": {"url": URL}, "output": "https://images.segmind.com/other.mp4"},
        {"images": [{"url": URL}]},
    ],
)
def test_it_finds_the_video_in_every_shape(body: dict[str, Any]) -> None:
    completed = Reply(json={"status": "COMPLETED"})
    progress, _ = looked(completed, Reply(json={"status": "COMPLETED", **body}))

    assert [result.url for result in progress.results] == [URL]


def test_it_asks_once_where_the_status_brings_the_result() -> None:
    progress, requests = looked(Reply(json=RESULT))

    assert progress.state is State.COMPLETED
    assert len(requests) == 1


@pytest.mark.parametrize("status", [200, 422, 500])
def test_it_believes_the_body_of_a_failed_job_before_the_status(status: int) -> None:
    progress, _ = looked(Reply(status=status, json=FAILURE))

    assert progress.state is State.FAILED
    assert type(progress.error) is ProviderRejected
    assert "CUDA out of memory" in str(progress.error)
    assert progress.billed is Billed.NO


def test_a_failed_job_with_a_cost_was_billed() -> None:
    failure = {**FAILURE, "metrics": {"cost": 0.4}}
    progress, _ = looked(Reply(status=422, json=failure))

    assert progress.billed is Billed.YES
    assert progress.usage.cost == 400_000


def test_it_tells_a_refused_content_from_a_fault() -> None:
    failure = {"status": "FAILED", "error": "Flagged by the safety system"}
    progress, _ = looked(Reply(status=422, json=failure))

    assert isinstance(progress.error, ContentRejected)


def test_a_record_that_is_gone_is_unknown() -> None:
    gone = Reply(status=404, json={"error": f"Request {ID} not found"})
    with pytest.raises(OperationUnknown):
        looked(gone)


def test_a_422_without_a_state_is_not_a_failed_job() -> None:
    with pytest.raises(ProviderRejected):
        looked(Reply(status=422, json={"error": "bad id"}))


# v1


def test_it_falls_back_to_v1_once_where_a_slug_has_no_v2(tmp_path: Path) -> None:
    for status in (404, 405):
        wire = Wire(replace(NOT_FOUND, status=status), VIDEO)
        request = replace(CASE.request, spool=tmp_path / "video.part")
        operation = submit(replace(CASE, request=request), wire)

        paths = [sent.url.path for sent in wire.requests]
        assert paths == ["/v2/veo-3.1", "/v1/veo-3.1"]
        assert wire.requests[0].read() == wire.requests[1].read()
        assert operation.progress is not None
        assert operation.progress.state is State.COMPLETED


def test_a_slug_that_nobody_knows_is_asked_for_twice_and_refused() -> None:
    wire = Wire(NOT_FOUND)

    assert type(refused(CASE, wire)) is ProviderRejected
    assert len(wire.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 406, 410, 429, 500])
def test_nothing_else_falls_back(status: int) -> None:
    wire = Wire(Reply(status=status, json={"error": "no"}), VIDEO)

    refused(CASE, wire)

    assert len(wire.requests) == 1


def test_it_spools_the_video_that_v1_answers_with(tmp_path: Path) -> None:
    spool = tmp_path / "video.part"
    request = replace(CASE.request, spool=spool, token="t-1")
    operation, sent = sent_by(replace(V1, request=request), VIDEO)

    assert sent.url.path == "/v1/veo-3.1"
    assert sent.headers["content-type"] == "application/json"
    assert operation.progress is not None
    (result,) = operation.progress.results
    assert result.path == spool
    assert spool.read_bytes() == MP4
    assert operation.id == "t-1"
    assert operation.usage.cost == 800_000


def test_it_reads_the_headers_of_v1() -> None:
    headers = {
        "content-type": "image/jpeg",  # a slip of the page's template
        "x-remaining-credits": "4.25",
        "x-cost": "0.35",
        "x-request-id": "req-9",
    }
    operation, _ = sent_by(V1, Reply(content=MP4, headers=headers))

    assert operation.id == "req-9"
    assert operation.usage.cost == 350_000
    assert operation.usage.credit_left == "4.25"
    assert operation.progress is not None
    assert operation.progress.results[0].content == MP4


@pytest.mark.parametrize(
    "body", [{"url": URL}, {"video_url": URL}, {"output": URL}, {"video": {"url": URL}}]
)
def test_it_reads_an_address_that_v1_answers_with(body: dict[str, Any]) -> None:
    operation, _ = sent_by(V1, Reply(json=body))

    assert operation.progress is not None
    assert operation.progress.results[0].url == URL


@pytest.mark.parametrize(
    "reply",
    [
        Reply(content=b"Internal Polling Error"),
        Reply(content=b"<html></html>", headers={"content-type": "video/mp4"}),
        Reply(json={"status": "QUEUED"}),
        Reply(content=b""),
    ],
)
def test_an_answer_of_v1_without_a_video_is_uncertain(
    reply: Reply, tmp_path: Path
) -> None:
    request = replace(CASE.request, spool=tmp_path / "video.part")

    error = refused(replace(V1, request=request), Wire(reply))

    assert type(error) is SubmissionUncertain
    assert list(tmp_path.iterdir()) == []


def test_v1_waits_for_ten_minutes_and_more() -> None:
    _, slow = sent_by(V1, VIDEO)
    _, quick = sent_by(CASE, CASE.accepted[0])

    assert slow.extensions["timeout"]["read"] >= 600
    assert SegmindProvider.submit_timeout >= 600
    assert quick.extensions["timeout"]["read"] <= 60


def test_v1_takes_multipart_where_the_settings_say_so() -> None:
    case = with_settings(version="v1", v1_body="multipart")
    options = {"duration": 8, "generate_audio": False}
    request = replace(CASE.request, options=options)
    _, sent = sent_by(replace(case, request=request), VIDEO)

    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert sent.headers["x-api-key"] == CANARY
    text = sent.read().decode()
    assert 'name="prompt"\r\n\r\nA boat at dawn\r\n' in text
    assert 'name="duration"\r\n\r\n8\r\n' in text
    assert 'name="generate_audio"\r\n\r\nfalse\r\n' in text
    assert "filename" not in text


def test_the_catalog_can_name_a_slug_without_v2() -> None:
    model = replace(CASE.request.model, transport={"version": "v1"})
    request = replace(CASE.request, model=model)
    _, sent = sent_by(replace(CASE, request=request), VIDEO)

    assert sent.url.path == "/v1/veo-3.1"


def test_there_is_nothing_to_ask_about_v1() -> None:
    with pytest.raises(OperationUnknown):
        looked(operation=Operation(id="t-1", data={"version": "v1"}))


# Errors


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Not enough credits", InsufficientCredit),
        ("", InsufficientCredit),
        ("Team spending limit reached", InsufficientCredit),
        ("Content-Type must be application/json", ProviderRejected),
        ("duration: not a valid choice, the limit is 8", ProviderRejected),
        ("Blocked by moderation", ContentRejected),
    ],
)
def test_it_tells_the_meanings_of_406_apart(text: str, kind: type) -> None:
    error = refused(CASE, Wire(Reply(status=406, json={"error": text})))

    assert type(error) is kind
    assert text.rstrip(".") in str(error)


def test_it_shows_the_text_of_a_406_page() -> None:
    error = refused(CASE, Wire(Reply(status=406, content=b"Not enough credits")))

    assert type(error) is InsufficientCredit


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "Malformed JSON"}, ProviderRejected),
        (401, {"error": "Invalid API key"}, AuthenticationFailed),
        (403, {"error": "Key not allowed"}, AuthenticationFailed),
        (410, {"error": "sora-2 was withdrawn"}, ProviderRejected),
        (500, {"error": "Server Error"}, SubmissionUncertain),
    ],
)
def test_it_tells_refusals_apart(status: int, body: Any, kind: type) -> None:
    assert type(refused(CASE, Wire(Reply(status=status, json=body)))) is kind


@pytest.mark.parametrize(
    "moment", ["2026-11-20T12:00:42Z", "2026-11-20T12:00:42", "1795176042"]
)
def test_it_waits_until_the_limit_is_reset(moment: str) -> None:
    headers = {"x-rate-limit-reset-at-utc": moment}
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        error = refused(CASE, Wire(Reply(status=429, json={}, headers=headers)))

    assert type(error) is ProviderUnavailable
    assert error.retry_after == 42


def test_a_reset_time_that_cannot_be_read_says_nothing() -> None:
    headers = {"x-rate-limit-reset-at-utc": "soon"}
    error = refused(CASE, Wire(Reply(status=429, json={}, headers=headers)))

    assert error.retry_after is None


# What the key can do


def test_it_tests_the_key_by_the_credits() -> None:
    wire = Wire(Reply(json={"credits": 12.5, "free-credits": 0}))
    report = asyncio.run(speaker(CASE, wire).test_key())

    assert report.is_valid is True
    assert report.credit_left == "12.5"
    assert (wire.requests[0].method, wire.requests[0].url.path) == (
        "GET",
        "/v1/get-user-credits",
    )


@pytest.mark.parametrize(("status", "is_valid"), [(401, False), (500, None)])
def test_it_reports_a_key_that_does_not_work(status: int, is_valid: Any) -> None:
    wire = Wire(Reply(status=status, json={"error": "no"}))

    assert asyncio.run(speaker(CASE, wire).test_key()).is_valid is is_valid


@pytest.mark.parametrize("name", ["models", "Model List With Details", ""])
def test_it_lists_the_video_models(name: str) -> None:
    entries = [
        {"slug": "veo-3.1", "name": "Veo 3.1", "output": "video"},
        {"slug": "flux-3", "name": "Flux 3", "output": "image"},
    ]
    wire = Wire(Reply(json={name: entries} if name else entries))
    listed = asyncio.run(speaker(CASE, wire).list_models())

    assert [model.id for model in listed or []] == ["veo-3.1"]
    assert wire.requests[0].url.host == "api.spotprod.segmind.com"
    assert wire.requests[0].headers["x-api-key"] == CANARY


def test_another_address_of_segmind_is_asked_for_its_own_list() -> None:
    credentials = Credentials(
        base_url="http://127.0.0.1:9/segmind", secrets={"api_key": "sim-canary-1"}
    )
    wire = Wire(Reply(json=[]))
    asyncio.run(speaker(replace(CASE, credentials=credentials), wire).list_models())

    expected = "http://127.0.0.1:9/segmind/inference-model-information/list"
    assert str(wire.requests[0].url) == expected
