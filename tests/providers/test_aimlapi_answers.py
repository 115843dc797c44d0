"""AI/ML API: what is made of each documented answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from studio.catalog import get_model
from studio.providers.base import Billed, Operation, State, VideoRequest
from studio.providers.errors import (
    ContentRejected,
    OperationUnknown,
    ProviderRejected,
    ProviderUnavailable,
    SubmissionUncertain,
)
from tests.providers.aimlapi_wire import TAKE, UNIFIED, URL, looked, speaker, submitted
from tests.providers.conformance import Reply, Wire


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("field", ["id", "generation_id"])
def test_any_2xx_with_either_id_is_accepted(status: int, field: str) -> None:
    operation = submitted(Reply(status=status, json={field: "-_kfYBJi:a/b"}))

    assert operation.id == "-_kfYBJi:a/b"
    assert operation.data["status_path"] == UNIFIED


def test_a_broken_answer_is_saved_by_its_header() -> None:
    reply = Reply(content=b'{"id": "cu', headers={"x-inference-id": "g7"})

    assert submitted(reply).id == "g7"


def test_an_answer_without_an_id_is_uncertain() -> None:
    with pytest.raises(SubmissionUncertain, match="may be charged"):
        submitted(Reply(json={"status": "queued"}))


@pytest.mark.parametrize(
    ("usage", "cost", "credits"),
    [
        ({"credits_used": 1575000, "usd_spent": 0.7875}, 787_500, "1575000 credits"),
        ({"credits_used": 315000}, 157_500, "315000 credits"),
        ({"tokens_used": 420000}, 210_000, "420000 credits"),
        ({"credits_used": 0, "usd_spent": 0}, None, ""),
        (None, None, ""),
    ],
)
def test_the_charge_is_read(usage: Any, cost: int | None, credits: str) -> None:
    found = submitted(Reply(json={"id": "g1", "meta": {"usage": usage}})).usage

    assert (found.cost, found.credits) == (cost, credits)


def test_the_charge_may_stand_in_the_headers() -> None:
    headers = {"x-aimlapi-credits-used": "630000", "x-aimlapi-usd-spent": "0.315"}
    usage = submitted(Reply(json={"id": "g1"}, headers=headers)).usage

    assert (usage.cost, usage.credits) == (315_000, "630000 credits")


# Looking


def test_it_asks_for_an_id_as_a_query_whatever_is_in_it() -> None:
    wire = Wire(Reply(json={"id": "x", "status": "queued"}))
    operation = Operation(id="-_Ab:kling-video/v2/master")
    asyncio.run(speaker(wire).poll(operation, get_model("aimlapi:veo2")))

    [call] = wire.requests
    assert call.method == "GET"
    assert call.url.raw_path.decode() == (
        f"{UNIFIED}?generation_id=-_Ab%3Akling-video%2Fv2%2Fmaster"
    )


def test_it_looks_where_it_asked_even_when_the_settings_change() -> None:
    wire = Wire(Reply(json={"generation_id": "g1"}), Reply(json={"status": "queued"}))
    model = get_model("aimlapi:video-01")
    request = VideoRequest(model=model, mode="text_to_video", prompt="A boat")
    operation = asyncio.run(speaker(wire, path="vendor").submit(request))
    asyncio.run(speaker(wire).poll(operation, model))

    assert [call.url.path for call in wire.requests] == [
        "/v2/generate/video/minimax/generation"
    ] * 2


@pytest.mark.parametrize(
    "video",
    [
        {"url": URL, "content_type": "video/mp4", "file_size": 7, "duration": 5},
        [{"url": URL}],
        [URL],
        URL,
    ],
)
def test_a_video_comes_in_four_shapes(video: Any) -> None:
    progress = looked({"id": "g1", "status": "completed", "video": video})

    assert progress.state is State.COMPLETED
    assert [result.url for result in progress.results] == [URL]


def test_the_status_decides_and_not_an_error_beside_it() -> None:
    body = {
        "id": "g1",
        "status": "completed",
        "video": [{"url": URL}, {"url": URL + "2"}],
        "error": {"name": "string", "message": "string"},
        "meta": {"usage": {"credits_used": 120000, "usd_spent": 0.06}},
    }
    progress = looked(body)

    assert progress.state is State.COMPLETED and progress.error is None
    assert len(progress.results) == 2
    assert progress.usage.cost == 60_000


def test_a_video_is_not_taken_before_it_is_done() -> None:
    progress = looked({"status": "generating", "video": {"url": URL}})

    assert (progress.state, progress.results) == (State.PROCESSING, ())


def test_an_unknown_word_with_a_video_is_done_and_without_one_goes_on() -> None:
    done = looked({"status": "delivered", "video": {"url": URL}})
    waiting = looked({"status": "polishing", "video": None})

    assert (done.state, done.raw_state) == (State.COMPLETED, "delivered")
    assert waiting.state is State.PROCESSING


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ({"name": "failed", "message": "It broke."}, ProviderRejected, "It broke"),
        ("Upstream broke.", ProviderRejected, "Upstream broke"),
        (None, ProviderRejected, "could not make this video"),
        (
            {
                "detail": [
                    {
                        "loc": ["body", "image_url"],
                        "msg": "Could not detect face in the image",
                        "type": "face_detection_error",
                        "input": "https://a.example/a.png?key=1",
                    }
                ]
            },
            ProviderRejected,
            "Could not detect face",
        ),
        (
            {"name": "content_policy_violation", "message": "Not possible."},
            ContentRejected,
            "refused the content: Not possible",
        ),
        (
            {"detail": [{"msg": "Flagged by moderation", "type": "x"}]},
            ContentRejected,
            "Flagged",
        ),
    ],
)
def test_a_failed_job_says_why_and_is_not_billed(
    error: Any, kind: type[Exception], words: str
) -> None:
    progress = looked({"id": "g1", "status": "error", "error": error})

    assert progress.state is State.FAILED and progress.billed is Billed.NO
    assert type(progress.error) is kind
    assert words in str(progress.error)


def test_luma_v1_answers_a_list() -> None:
    video = {"url": URL, "width": 1360, "height": 752, "thumbnail": None}
    wire = Wire(
        Reply(json={"id": TAKE, "state": "queued", "video": None}),
        Reply(
            json=[
                {"id": "other", "state": "queued", "video": None},
                {"id": TAKE, "state": "completed", "video": video},
            ]
        ),
    )
    provider, model = speaker(wire), get_model("aimlapi:ray-1-6/v1")
    request = VideoRequest(model=model, mode="text_to_video", prompt="A boat")
    operation = asyncio.run(provider.submit(request))
    progress = asyncio.run(provider.poll(operation, model))

    query = "ids%5B0%5D=" + TAKE
    assert wire.requests[1].url.raw_path.decode() == f"/luma-ai/generation?{query}"
    assert [result.url for result in progress.results] == [URL]


def test_a_list_without_the_operation_says_nothing() -> None:
    others = [{"id": "a", "state": "completed"}, {"id": "b", "state": "failed"}]
    with pytest.raises(ProviderUnavailable):
        looked(others, "ray-1-6/v1", TAKE)


def test_luma_v2_fails_with_a_reason() -> None:
    body = {"id": TAKE, "state": "failed", "failure_reason": "Prompt not understood"}

    assert "not understood" in str(looked(body, "ray-1-6").error)


def test_a_new_operation_may_not_be_known_yet() -> None:
    wire = Wire(Reply(json={"id": "g1"}), Reply(status=404, json={"message": "no"}))
    provider, model = speaker(wire), get_model("aimlapi:veo2")
    request = VideoRequest(model=model, mode="text_to_video", prompt="A boat")
    operation = asyncio.run(provider.submit(request))

    assert asyncio.run(provider.poll(operation, model)).state is State.QUEUED
    old = Operation(id="g1", data={**operation.data, "created": 0})
    with pytest.raises(OperationUnknown):
        asyncio.run(provider.poll(old, model))


@pytest.mark.parametrize(
    ("model", "url", "seconds"),
    [
        ("bytedance/seedance-2-0", f"{URL}&X-Tos-Expires=86400", 86_400),
        ("gen3a_turbo", URL, 86_400),
        ("magic/image-to-video", URL, 600),
        ("veo2", URL, None),
    ],
)
def test_how_long_an_address_lives(model: str, url: str, seconds: float | None) -> None:
    progress = looked({"status": "completed", "video": {"url": url}}, model)

    assert progress.expires_in == seconds
    assert progress.results[0].url == url
