"""AI/ML API: the vendor paths and Luma's of 2024, with their own field names."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from studio.catalog import get_model
from studio.outbound import build_client
from studio.providers.aimlapi import AimlapiProvider
from studio.providers.base import Credentials, VideoRequest
from studio.providers.errors import UnsupportedOption
from tests.providers.aimlapi_wire import PNG_URI, TAKE, UNIFIED, picture, sent, take
from tests.providers.conformance import Reply, Wire

OLD = {"path": "vendor"}


def test_the_vendor_path_has_its_own_names() -> None:
    start = picture("start_image")
    path, body = sent(
        "video-01", "image_to_video", start, settings=OLD, enhance_prompt=False
    )
    assert path == "/v2/generate/video/minimax/generation"
    assert body["first_frame_image"] == PNG_URI
    assert body["prompt_optimizer"] is False
    assert body.keys() == {"model", "prompt", "first_frame_image", "prompt_optimizer"}


def test_runway_s_own_path_says_ratio_and_last_image() -> None:
    frames = [picture("start_image"), picture("end_image")]
    path, body = sent(
        "gen3a_turbo", "first_last_frame", *frames, settings=OLD, aspect_ratio="9:16"
    )

    assert path == "/v2/generate/video/runway/generation"
    assert (body["ratio"], body["last_image_url"]) == ("9:16", PNG_URI)


def test_kling_s_own_path_writes_the_camera_as_an_object() -> None:
    model = "kling-video/v1.6/pro/text-to-video"
    _, body = sent(model, settings=OLD, camera_preset="down_back")

    assert body["camera_control"] == {"type": "down_back"}


def test_what_the_vendor_path_has_no_word_for_is_refused() -> None:
    with pytest.raises(UnsupportedOption, match="old path has no option camera_axis"):
        sent("kling-video/v1.6/pro/text-to-video", settings=OLD, camera_axis="pan")
    frames = [picture("start_image"), picture("end_image")]
    with pytest.raises(UnsupportedOption, match="takes no end image"):
        sent("runway/gen4_turbo", "first_last_frame", *frames, settings=OLD)


def test_one_model_can_be_called_on_its_vendor_path() -> None:
    settings = {"paths": {"veo2": "vendor"}}

    assert sent("veo2", settings=settings)[0] == "/v2/generate/video/google/generation"
    assert sent("google/veo3", settings=settings)[0] == UNIFIED


def test_a_model_without_a_vendor_path_stays_where_it_is() -> None:
    assert sent("google/veo-3.1-t2v", settings=OLD)[0] == UNIFIED


def test_five_models_know_their_old_path_only() -> None:
    paths = {
        "wan/v2.1/1.3b/text-to-video": "/v2/generate/video/alibaba/generation",
        "kling-video/v1.5/standard/text-to-video": (
            "/v2/generate/video/kling/generation"
        ),
        "ray-1-6": "/v2/generate/video/luma-ai/generation",
        "ray-1-6/v1": "/luma-ai/generations",
    }
    assert {model: sent(model)[0] for model in paths} == paths
    frames = [picture("start_image"), picture("end_image")]
    path, body = sent("runway-gen3/turbo/image-to-video", "first_last_frame", *frames)
    assert path == "/v2/generate/video/kling/generation"
    assert "duration" not in body


def test_the_oldest_runway_id_wants_its_duration_as_text() -> None:
    frames = [picture("start_image"), picture("end_image")]
    model = "runway-gen3/turbo/image-to-video"
    _, body = sent(model, "first_last_frame", *frames, duration=10, aspect_ratio="9:16")

    assert (body["duration"], body["ratio"]) == ("10", "9:16")


def test_luma_v1_names_no_model_and_its_prompt_otherwise() -> None:
    _, body = sent("ray-1-6/v1", enhance_prompt=True)

    assert body == {
        "user_prompt": "A boat",
        "aspect_ratio": "16:9",
        "expand_prompt": True,
    }


def test_luma_v1_continues_a_take_at_an_address_of_its_own() -> None:
    path, body = sent("ray-1-6/v1", "extend_video", take())

    assert path == f"/luma-ai/generations/{TAKE}/extend"
    assert body == {"user_prompt": "A boat", "aspect_ratio": "16:9"}


def test_a_base_address_may_have_the_version_in_it() -> None:
    wire = Wire(Reply(json={"id": "g1"}))
    credentials = Credentials(
        base_url="https://api.aimlapi.com/v2/", secrets={"api_key": "canary-1"}
    )
    client = build_client(transport=httpx.MockTransport(wire))
    request = VideoRequest(
        model=get_model("aimlapi:veo2"), mode="text_to_video", prompt="A boat"
    )
    asyncio.run(AimlapiProvider(credentials, client).submit(request))

    assert wire.requests[0].url.path == UNIFIED
