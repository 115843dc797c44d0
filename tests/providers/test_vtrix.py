"""Vtrix on the wire: the wrapped body, each maker's pictures, tasks and envelopes."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import httpx
import pytest

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
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    SubmissionUncertain,
    UnsupportedOption,
)
from tests.providers.cases.vtrix import CASE, ID, OUTPUT, TASK, URL, USAGE
from tests.providers.conformance import (
    CANARY,
    ProviderCase,
    Reply,
    Wire,
    refused,
    speaker,
    submit,
)

BASE = "https://cloud.vtrix.ai"
ACCEPTED = CASE.accepted[0]
PNG = b64encode(b"png").decode()
LAST = b64encode(b"last").decode()
START = MediaItem(role="start_image", content=b"png", media_type="image/png")
END = MediaItem(role="end_image", content=b"last", media_type="image/jpeg")
REFERENCES = tuple(
    MediaItem(role="reference_images", content=content, media_type="image/png")
    for content in (b"one", b"two")
)
EARLIER = MediaItem(
    role="source_video", content=b"mp4", media_type="video/mp4", operation_id="task-1"
)
MADE = Reply(json={**TASK, "id": "task-1", "status": "completed", "output": OUTPUT})


def asked(
    model: str,
    mode: str = "text_to_video",
    *media: MediaItem,
    prompt: str = "A boat at dawn",
    settings: dict[str, str] | None = None,
    **options: Any,
) -> ProviderCase:
    """The case with another request."""
    request = VideoRequest(
        model=get_model(f"vtrix:{model}"),
        mode=mode,
        prompt=prompt,
        options=options,
        media=media,
    )
    credentials = replace(CASE.credentials, settings=settings or {})
    return replace(CASE, request=request, credentials=credentials)


def params_of(case: ProviderCase, *replies: Reply) -> Any:
    """The parameters that a submit sends."""
    wire = Wire(*(replies or (ACCEPTED,)))
    submit(case, wire)
    (block,) = json.loads(wire.requests[-1].read())["input"]
    return block["params"]


def looked(reply: Reply) -> Progress:
    """One look at the case's task."""
    provider = speaker(CASE, Wire(reply))
    return asyncio.run(provider.poll(Operation(id=ID), CASE.request.model))


def failed_look(reply: Reply) -> ProviderError:
    """The error that a look raises."""
    with pytest.raises(ProviderError) as caught:
        looked(reply)
    return caught.value


# Submit


def test_it_sends_the_wrapped_body() -> None:
    wire = Wire(ACCEPTED)
    operation = submit(CASE, wire)

    (sent,) = wire.requests
    assert (sent.method, str(sent.url)) == ("POST", f"{BASE}/model/v1/generation")
    assert sent.headers["authorization"] == f"Bearer {CANARY}"
    assert json.loads(sent.read()) == {
        "model": "veo_31_fast",
        "input": [{"params": {"prompt": "A boat at dawn", "durationSeconds": 8}}],
    }
    assert operation.id == ID
    assert operation.progress is None


def test_it_writes_every_option_of_veo() -> None:
    case = asked(
        "veo_31_fast",
        aspect_ratio="9:16",
        duration=8,
        resolution="4k",
        negative_prompt="rain",
        person_generation="allow_all",
    )

    assert params_of(case) == {
        "prompt": "A boat at dawn",
        "aspectRatio": "9:16",
        "durationSeconds": 8,
        "resolution": "4k",
        "negativePrompt": "rain",
        "personGeneration": "allow_all",
    }


def test_it_writes_frames_of_veo_as_googles_objects() -> None:
    params = params_of(asked("veo_31_fast", "first_last_frame", START, END))

    assert params["image"] == {"bytesBase64Encoded": PNG, "mimeType": "image/png"}
    assert params["lastFrame"] == {"bytesBase64Encoded": LAST, "mimeType": "image/jpeg"}


def test_it_writes_references_of_veo() -> None:
    params = params_of(asked("veo_31_fast", "reference_to_video", *REFERENCES))

    assert params["referenceImages"] == [
        {
            "image": {"bytesBase64Encoded": "b25l", "mimeType": "image/png"},
            "referenceType": "asset",
        },
        {
            "image": {"bytesBase64Encoded": "dHdv", "mimeType": "image/png"},
            "referenceType": "asset",
        },
    ]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("image_bytes", {"imageBytes": PNG, "mimeType": "image/png"}),
        ("gcs_uri", {"gcsUri": "https://i.example/1", "mimeType": "image/png"}),
        ("uri", {"uri": "https://i.example/1", "mimeType": "image/png"}),
        ("url", {"url": "https://i.example/1", "mimeType": "image/png"}),
    ],
)
def test_the_account_can_change_the_shape_of_an_image(
    shape: str, expected: dict[str, str]
) -> None:
    there = replace(START, url="https://i.example/1")
    settings = {"image_shape": shape}
    case = asked("veo_31_fast", "image_to_video", there, settings=settings)

    assert params_of(case)["image"] == expected


def test_a_shape_that_nobody_knows_is_refused_by_name() -> None:
    settings = {"image_shape": "hologram"}
    case = asked("veo_31_fast", "image_to_video", START, settings=settings)
    with pytest.raises(UnsupportedOption, match="hologram"):
        submit(case, Wire(ACCEPTED))


def test_it_writes_kling_as_text_and_words() -> None:
    case = asked(
        "kirin_v2_6_t2v",
        aspect_ratio="1:1",
        duration=10,
        generate_audio=True,
        quality_mode="pro",
        negative_prompt="rain",
    )

    assert params_of(case) == {
        "prompt": "A boat at dawn",
        "aspect_ratio": "1:1",
        "duration": "10",
        "sound": "on",
        "mode": "pro",
        "negative_prompt": "rain",
    }


def test_it_writes_klings_frames_as_bare_base64() -> None:
    there = replace(START, url="https://i.example/1")
    params = params_of(asked("kirin_v2_5_turbo_i2v", "first_last_frame", there, END))

    assert (params["image"], params["image_tail"]) == (PNG, LAST)


def test_it_marks_the_frames_in_the_one_list_of_kling_omni() -> None:
    frames = params_of(asked("kirin_v3_omni_video", "first_last_frame", START, END))
    references = params_of(asked("kirin_video_o1", "reference_to_video", *REFERENCES))

    assert frames["image_list"] == [
        {"image_url": PNG, "type": "first_frame"},
        {"image_url": LAST, "type": "end_frame"},
    ]
    assert references["image_list"] == [{"image_url": "b25l"}, {"image_url": "dHdv"}]


def test_it_lists_the_pictures_of_kling_for_several() -> None:
    params = params_of(asked("kirin_v1_6_multi_i2v", "reference_to_video", *REFERENCES))

    assert params["image_list"] == [{"image": "b25l"}, {"image": "dHdv"}]


def test_it_writes_a_still_area_of_kling() -> None:
    mask = replace(START, role="static_mask", content=b"last")
    params = params_of(asked("kirin_v1_i2v", "image_to_video", START, mask))

    assert params["static_mask"] == LAST


def test_it_puts_prompt_and_frames_of_seedance_into_one_list() -> None:
    case = asked("spark_dance_v1_0_pro", "first_last_frame", START, END, duration=4)

    assert params_of(case) == {
        "content": [
            {"type": "text", "text": "A boat at dawn"},
            {
                "type": "image_url",
                "image_url": {"url": f"data:image/png;base64,{PNG}"},
                "role": "first_frame",
            },
            {
                "type": "image_url",
                "image_url": {"url": f"data:image/jpeg;base64,{LAST}"},
                "role": "last_frame",
            },
        ],
        "duration": 4,
    }


def test_it_sends_seedance_no_empty_text() -> None:
    params = params_of(
        asked("spark_dance_v2_0", "reference_to_video", *REFERENCES, prompt="")
    )

    assert [item["type"] for item in params["content"]] == ["image_url", "image_url"]
    assert {item["role"] for item in params["content"]} == {"reference_image"}


def test_it_writes_vidus_pictures_in_order_as_data_uris() -> None:
    case = asked("viduq3_pro_start_end2video", "first_last_frame", START, END)

    assert params_of(case)["images"] == [
        f"data:image/png;base64,{PNG}",
        f"data:image/jpeg;base64,{LAST}",
    ]


def test_it_writes_the_preview_of_veo_in_openais_words() -> None:
    case = asked("vtrix-veo-3.1-generate-preview", aspect_ratio="9:16", duration=8)

    assert params_of(case) == {
        "prompt": "A boat at dawn",
        "size": "720x1280",
        "seconds": "8",
    }


# Extension


def test_it_goes_on_from_a_video_of_veo_at_the_address_vtrix_has() -> None:
    wire = Wire(MADE, ACCEPTED)
    submit(asked("veo_31_fast", "extend_video", EARLIER), wire)

    look, sent = wire.requests
    assert (look.method, look.url.path) == ("GET", "/model/v1/generation/task/task-1")
    (block,) = json.loads(sent.read())["input"]
    assert block["params"]["video"] == {"uri": URL, "mimeType": "video/mp4"}


def test_it_goes_on_from_a_video_of_vidu_by_its_address() -> None:
    params = params_of(
        asked("viduq2_turbo_extend", "extend_video", EARLIER), MADE, ACCEPTED
    )

    assert params["video_url"] == URL


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"id": "video-7", "jobId": "remote-1"}, "video-7"),
        ({"jobId": "remote-1"}, "remote-1"),
        ({}, "task-1"),
    ],
)
def test_it_goes_on_from_a_video_of_kling_by_the_id_of_the_video(
    content: dict[str, str], expected: str
) -> None:
    output = [{"content": [{"type": "video", "url": URL, **content}]}]
    made = Reply(json={**TASK, "status": "completed", "output": output})
    case = asked("kirin_duration_extension", "extend_video", EARLIER)

    assert params_of(case, made, ACCEPTED)["video_id"] == expected


def test_it_looks_nothing_up_where_the_address_is_known() -> None:
    there = replace(EARLIER, url="https://cdn.example/1.mp4", operation_id="")
    wire = Wire(ACCEPTED)
    submit(asked("viduq2_pro_extend", "extend_video", there), wire)

    assert len(wire.requests) == 1


def test_the_account_can_send_the_video_itself() -> None:
    settings = {"video_shape": "bytes"}
    case = asked("veo_31_fast", "extend_video", EARLIER, settings=settings)

    assert params_of(case)["video"] == {
        "bytesBase64Encoded": b64encode(b"mp4").decode(),
        "mimeType": "video/mp4",
    }


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404, json={"error": "task not found"}),
        Reply(json={**TASK, "status": "in_progress"}),
    ],
)
def test_a_video_that_vtrix_does_not_have_cannot_be_extended(reply: Reply) -> None:
    wire = Wire(reply)
    with pytest.raises(UnsupportedOption):
        submit(asked("veo_31_fast", "extend_video", EARLIER), wire)
    assert [request.method for request in wire.requests] == ["GET"]


@pytest.mark.parametrize(
    "model", ["veo_31_fast", "viduq2_pro_extend", "kirin_duration_extension"]
)
def test_a_video_from_elsewhere_is_refused_before_any_call(model: str) -> None:
    wire = Wire(ACCEPTED)
    with pytest.raises(UnsupportedOption):
        submit(asked(model, "extend_video", replace(EARLIER, operation_id="")), wire)
    assert wire.requests == []


def test_an_unknown_option_is_refused_before_the_look_up() -> None:
    wire = Wire(MADE, ACCEPTED)
    with pytest.raises(UnsupportedOption):
        submit(asked("veo_31_fast", "extend_video", EARLIER, sparkle=7), wire)
    assert wire.requests == []


# Answers


@pytest.mark.parametrize("name", ["id", "task_id", "request_id"])
def test_it_finds_the_task_under_every_name(name: str) -> None:
    assert submit(CASE, Wire(Reply(json={name: ID}))).id == ID


def test_it_opens_the_envelope() -> None:
    status = {"code": 200, "message": "success"}
    task = {**TASK, "created_at": 1769757744021, "status": "in_queue"}
    accepted = Reply(json={"data": task, "status": status})
    output = [{"type": "video", "url": URL, "duration": 5, "jobId": "remote"}]
    finished = {**TASK, "status": "success", "output": output}

    assert submit(CASE, Wire(accepted)).id == ID
    progress = looked(Reply(json={"data": finished, "status": status}))
    assert progress.results[0].url == URL


def test_a_task_may_be_over_at_once() -> None:
    done = {**TASK, "status": "completed", "output": OUTPUT, "usage": USAGE}
    operation = submit(CASE, Wire(Reply(json=done)))

    assert operation.progress is not None
    assert operation.progress.state is State.COMPLETED


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("Model veo_31_fast not found", ProviderRejected),
        ({"code": "X", "message": "Insufficient balance"}, InsufficientCredit),
        ({"error_message": "Content policy violation"}, ContentRejected),
    ],
)
def test_an_error_instead_of_an_id_is_a_clear_no(error: Any, kind: type) -> None:
    assert type(refused(CASE, Wire(Reply(json={"error": error})))) is kind


def test_it_asks_for_the_task_below_the_submit_path() -> None:
    wire = Wire(CASE.pending[0])
    operation = Operation(id="../../v1/keys")
    asyncio.run(speaker(CASE, wire).poll(operation, CASE.request.model))

    (sent,) = wire.requests
    assert sent.method == "GET"
    path = "/model/v1/generation/task/..%2F..%2Fv1%2Fkeys"
    assert sent.url.raw_path.decode() == path


def test_it_reads_progress_result_and_cost() -> None:
    running = looked(CASE.pending[0])
    done = looked(CASE.done[0])

    assert (running.state, running.fraction) == (State.PROCESSING, 0.45)
    assert [result.url for result in done.results] == [URL]
    assert done.usage.cost == 800_000
    assert done.usage.credits == "0.80"


def test_it_keeps_a_cost_that_it_cannot_read() -> None:
    done = {**TASK, "status": "completed", "output": OUTPUT, "usage": {"cost": "free"}}
    usage = looked(Reply(json=done)).usage

    assert usage.cost is None
    assert usage.credits == "free"


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "image", "url": "https://cdn.example/last.png"}, {"url": URL}],
        [
            {"type": "image", "url": "https://x.example/1"},
            {"type": "video", "url": URL},
        ],
        [{"url": URL}],
        [{"type": "text"}, {"type": "file", "url": URL}],
    ],
)
def test_it_takes_the_video_among_other_things(content: list[Any]) -> None:
    done = {**TASK, "status": "completed", "output": [{"content": content}]}

    assert looked(Reply(json=done)).results[0].url == URL


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        ({"code": 123, "error_message": "GPU lost"}, ProviderRejected, "GPU lost"),
        ({"code": "002014001", "message": "It broke"}, ProviderRejected, "It broke"),
        ("plain text", ProviderRejected, "plain text"),
        ({"error_message": "flagged as unsafe"}, ContentRejected, "flagged"),
        (None, ProviderRejected, "could not make this video"),
    ],
)
def test_it_reads_an_error_of_every_shape(error: Any, kind: type, said: str) -> None:
    progress = looked(Reply(json={**TASK, "status": "failed", "error": error}))

    assert progress.state is State.FAILED
    assert type(progress.error) is kind
    assert said in str(progress.error)
    assert progress.billed is Billed.UNKNOWN


def test_completed_with_an_error_has_failed() -> None:
    done = {**TASK, "status": "COMPLETED", "error": "INFERENCE_FAILURE"}

    assert looked(Reply(json=done)).state is State.FAILED


# Errors


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            401,
            {"error": {"code": "UNAUTHORIZED", "message": "no"}},
            AuthenticationFailed,
        ),
        (402, {"message": "no"}, InsufficientCredit),
        (403, {"error": "Insufficient balance"}, InsufficientCredit),
        (403, {"error": "Permission denied"}, AuthenticationFailed),
        (400, {"detail": "duration: bad value"}, ProviderRejected),
        (400, {"status": {"code": 1, "error_code": 40207}}, InsufficientCredit),
        (404, {"message": "Model not found"}, ProviderRejected),
        (429, {"error": {"code": "RATE_LIMIT_EXCEEDED"}}, ProviderUnavailable),
        (500, {"message": "Internal"}, SubmissionUncertain),
        (200, {"status": {"code": 402, "error_code": 40201}}, InsufficientCredit),
        (200, {"status": {"code": 401, "message": "no"}}, AuthenticationFailed),
        (200, {"status": {"code": 1003, "message": "no"}}, ProviderRejected),
        (200, {"status": {"code": 500, "message": "no"}}, SubmissionUncertain),
    ],
)
def test_it_tells_refusals_apart(status: int, body: Any, kind: type) -> None:
    assert type(refused(CASE, Wire(Reply(status=status, json=body)))) is kind


@pytest.mark.parametrize(
    "body",
    [
        {"message": "the words"},
        {"error": "the words"},
        {"error": {"code": "X", "message": "the words"}, "request_id": "1"},
        {"status": {"code": 400, "message": "the words"}, "data": None},
        {"detail": "the words"},
    ],
)
def test_it_shows_the_words_of_every_body(body: Any) -> None:
    error = refused(CASE, Wire(Reply(status=400, json=body)))

    assert "the words" in str(error)


def test_it_shows_plain_text() -> None:
    error = refused(CASE, Wire(Reply(status=400, content=b"the words")))

    assert "the words" in str(error)


def test_an_envelope_can_say_that_a_task_is_not_known() -> None:
    reply = Reply(json={"status": {"code": 404, "message": "no"}, "data": None})

    assert type(failed_look(reply)) is OperationUnknown


# What the key can do


@pytest.mark.parametrize(
    ("reply", "is_valid"),
    [
        (Reply(status=404, json={"error": "task not found"}), True),
        (Reply(json={"status": {"code": 404, "message": "no"}}), True),
        (Reply(status=401, json={"error": "bad key"}), False),
        (Reply(json={"status": {"code": 401, "message": "no"}}), False),
        (Reply(status=500, json={}), None),
        (Reply(status=404, content=b"<html>nginx</html>"), None),
    ],
)
def test_it_tests_the_key_by_a_task_that_cannot_be(
    reply: Reply, is_valid: bool | None
) -> None:
    wire = Wire(reply)
    report = asyncio.run(speaker(CASE, wire).test_key())

    assert report.is_valid is is_valid
    assert [request.method for request in wire.requests] == ["GET"]


def listed_page(page: int, *entries: dict[str, Any]) -> Reply:
    """One page of two of the catalog."""
    data = {"models": list(entries), "page": page, "total_pages": 2}
    return Reply(json={"data": data, "status": {"code": 0, "message": "ok"}})


def test_it_lists_the_video_models_without_the_key() -> None:
    wire = Wire(
        listed_page(
            1,
            {"id": "veo_31_fast", "name": "Veo", "output_modalities": ["video"]},
            {"id": "flux_3", "name": "Flux", "type": "image"},
        ),
        listed_page(2, {"id": "kirin_v3_t2v", "name": "Kling", "type": "Video"}),
    )
    listed = asyncio.run(speaker(CASE, wire).list_models())

    assert [model.id for model in listed or []] == ["veo_31_fast", "kirin_v3_t2v"]
    assert {request.url.host for request in wire.requests} == {
        "cloud-model-spec.vtrix.ai"
    }
    assert all("authorization" not in request.headers for request in wire.requests)


def test_another_address_is_asked_for_its_own_list() -> None:
    credentials = Credentials(
        base_url="http://127.0.0.1:9/vtrix", secrets={"api_key": "sim-canary-1"}
    )
    wire = Wire(Reply(json={"data": {"models": []}}))
    asyncio.run(speaker(replace(CASE, credentials=credentials), wire).list_models())

    sent: httpx.Request = wire.requests[0]
    assert sent.url.path == "/vtrix/api/v1/skill/models"
