"""AI/ML API: the exact request of each kind of model on the unified path."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from studio.catalog import get_model
from studio.providers.base import MediaItem, VideoRequest
from studio.providers.errors import UnsupportedOption
from tests.providers.aimlapi_wire import (
    PNG_URI,
    TAKE,
    UNIFIED,
    picture,
    sent,
    speaker,
    take,
)
from tests.providers.conformance import Reply, Wire


def test_it_asks_on_the_unified_path_with_a_bearer_key() -> None:
    wire = Wire(Reply(json={"id": "g1"}))
    request = VideoRequest(
        model=get_model("aimlapi:veo2"),
        mode="text_to_video",
        prompt="A boat",
        options={"duration": 5, "aspect_ratio": "16:9"},
        token="take 7/ü:1",
    )
    asyncio.run(speaker(wire).submit(request))

    [call] = wire.requests
    assert str(call.url) == f"https://api.aimlapi.com{UNIFIED}"
    assert call.headers["authorization"] == "Bearer canary-1"
    # Anything but A-Za-z0-9._:- would make the service drop the reference.
    assert call.headers["x-client-request-id"] == "take-7--:1"
    assert json.loads(call.content) == {
        "model": "veo2",
        "prompt": "A boat",
        "aspect_ratio": "16:9",
        "duration": 5,
    }


def test_it_needs_no_token() -> None:
    wire = Wire(Reply(json={"id": "g1"}))
    model = get_model("aimlapi:veo2")
    request = VideoRequest(model=model, mode="text_to_video", prompt="A boat")
    asyncio.run(speaker(wire).submit(request))

    assert "x-client-request-id" not in wire.requests[0].headers


BODIES: list[tuple[str, str, list[MediaItem], dict[str, Any], dict[str, Any]]] = [
    (
        "veo2/image-to-video",
        "first_last_frame",
        [picture("start_image"), picture("end_image", "https://a.example/e.png")],
        {"seed": 3, "enhance_prompt": False},
        {
            "image_url": PNG_URI,
            "tail_image_url": "https://a.example/e.png",
            "seed": 3,
            "enhance_prompt": False,
        },
    ),
    (
        "google/veo3",
        "text_to_video",
        [],
        {"resolution": "1080p", "duration": "8"},
        # Upper case here; the sound said although nobody chose it.
        {"resolution": "1080P", "duration": 8, "generate_audio": True},
    ),
    (
        "google/veo-3.1-t2v",
        "text_to_video",
        [],
        {"resolution": "1080p", "generate_audio": False, "upstream": "fal"},
        {"resolution": "1080p", "generate_audio": False, "provider": "fal"},
    ),
    (
        "google/veo-3.1-lite-generate-001",
        "text_to_video",
        [],
        {"person_generation": "dont_allow", "resolution": "720p"},
        {
            "person_generation": "dont_allow",
            "resolution": "720P",
            "generate_audio": True,
        },
    ),
    (
        "google/veo-3.1-reference-to-video",
        "reference_to_video",
        [
            picture("reference_images"),
            picture("reference_images", "https://a.example/2"),
        ],
        {},
        {"image_urls": [PNG_URI, "https://a.example/2"], "generate_audio": True},
    ),
    (
        "google/veo3-1-extend-video",
        "extend_video",
        [take(url="https://cdn.aimlapi.com/a.mp4?s=%2F")],
        {"generate_audio": False},
        {"video_url": "https://cdn.aimlapi.com/a.mp4?s=%2F", "generate_audio": False},
    ),
    (
        "kling-video/v1.6/pro/text-to-video",
        "text_to_video",
        [],
        {"camera_axis": "pan", "camera_strength": "-4", "cfg_scale": 0.5},
        {
            "advanced_camera_control": {"movement_type": "pan", "movement_value": -4},
            "cfg_scale": 0.5,
        },
    ),
    (
        "kling-video/v1/pro/image-to-video",
        "first_last_frame",
        [picture("start_image"), picture("end_image"), picture("static_mask")],
        {
            "camera_preset": "simple",
            "camera_zoom": 4,
            "dynamic_masks": '[{"mask": "https://a.example/m", "trajectories": []}]',
        },
        {
            "image_url": PNG_URI,
            "tail_image_url": PNG_URI,
            "static_mask": PNG_URI,
            "camera_control": {"type": "simple", "config": {"zoom": 4}},
            "dynamic_masks": [{"mask": "https://a.example/m", "trajectories": []}],
        },
    ),
    (
        "klingai/video-o1-image-to-video",
        "first_last_frame",
        [picture("start_image"), picture("end_image")],
        {},
        {"image_url": PNG_URI, "last_image_url": PNG_URI},
    ),
    (
        "kling-video/v1.6/standard/multi-image-to-video",
        "reference_to_video",
        [picture("reference_images"), picture("reference_images")],
        {},
        {"image_list": [PNG_URI, PNG_URI]},
    ),
    (
        "video-01",
        "image_to_video",
        [picture("start_image")],
        {"enhance_prompt": True},
        {"image_url": PNG_URI, "enhance_prompt": True},
    ),
    (
        "minimax/h3",
        "text_to_video",
        [],
        {"resolution": "2k"},
        {"resolution": "2K", "ratio": "16:9"},
    ),
    (
        "runway/gen4_turbo",
        "first_last_frame",
        [picture("start_image"), picture("end_image")],
        {"aspect_ratio": "21:9"},
        {"image_url": PNG_URI, "tail_image_url": PNG_URI, "aspect_ratio": "21:9"},
    ),
    (
        "luma/ray-2",
        "first_last_frame",
        [picture("start_image"), picture("end_image", "https://a.example/e.png")],
        {"loop": True},
        {
            "keyframes": {
                "frame0": {"type": "image", "url": PNG_URI},
                "frame1": {"type": "image", "url": "https://a.example/e.png"},
            },
            "loop": True,
        },
    ),
    (
        "bytedance/seedance-1-0-pro-i2v",
        "image_to_video",
        [picture("start_image")],
        {"camera_fixed": True},
        {"image_url": PNG_URI, "camerafixed": True},
    ),
    (
        "bytedance/seedance-1-5-pro",
        "text_to_video",
        [],
        {"camera_fixed": True},
        {"camera_fixed": True, "generate_audio": True},
    ),
    (
        "alibaba/wan2.1-t2v-turbo",
        "text_to_video",
        [],
        {"resolution": "480p", "watermark": False},
        {"resolution": "480P", "watermark": False},
    ),
    (
        "alibaba/wan-2-6-r2v",
        "reference_to_video",
        [take(url="https://a.example/1.mp4")],
        {"shot_type": "multi"},
        {"video_urls": ["https://a.example/1.mp4"], "shot_type": "multi"},
    ),
    (
        "pixverse/v5-5-text-to-video",
        "text_to_video",
        [],
        {"generate_audio": True, "enhance_prompt": "auto"},
        {"generate_audio_switch": True, "thinking_type": "auto"},
    ),
    (
        "blackforestlabs/flux-3-video-t2v",
        "text_to_video",
        [],
        {"resolution": "1080p", "generate_audio": False},
        {"resolution": "fhd", "generate_audio": False},
    ),
    (
        "x-ai/grok-imagine-video",
        "reference_to_video",
        [picture("reference_images")],
        {},
        {"reference_images": [PNG_URI]},
    ),
]


@pytest.mark.parametrize(("model", "mode", "media", "options", "body"), BODIES)
def test_it_writes_each_model_in_its_own_words(
    model: str,
    mode: str,
    media: list[MediaItem],
    options: dict[str, Any],
    body: dict[str, Any],
) -> None:
    path, found = sent(model, mode, *media, **options)

    assert path == UNIFIED
    assert found == {"model": model, "prompt": "A boat", **body}


def test_effects_send_two_pictures_and_no_prompt() -> None:
    model = "klingai/kling-video-v1.6-pro-effects"
    pictures = [picture("reference_images"), picture("reference_images")]
    _, body = sent(model, "reference_to_video", *pictures, prompt="", effect="hug")

    assert body == {
        "model": model,
        "effect_scene": "hug",
        "image_url": [PNG_URI, PNG_URI],
    }
    with pytest.raises(UnsupportedOption, match="takes no prompt"):
        sent(model, "reference_to_video", *pictures, effect="hug")


def test_effects_send_one_picture_as_text() -> None:
    model = "klingai/kling-video-v1.6-standard-effects"
    start = picture("start_image")
    _, body = sent(model, "image_to_video", start, prompt="", effect="let's_ride")

    assert (body["image_url"], body["effect_scene"]) == (PNG_URI, "let's_ride")


def test_luma_goes_on_from_a_take_by_its_bare_id() -> None:
    earlier = take(f"{TAKE}:luma/ray-2")
    _, body = sent("luma/ray-2", "extend_video", earlier)

    assert body["keyframes"] == {"frame0": {"type": "generation", "id": TAKE}}


def test_luma_goes_on_from_its_own_takes_only() -> None:
    with pytest.raises(UnsupportedOption, match="its own takes"):
        sent("luma/ray-2", "extend_video", take("", "https://a.example/a.mp4"))


def test_an_id_that_is_not_listed_is_sent_as_it_is() -> None:
    _, body = sent("google/veo-9-t2v", duration=8)

    assert body["model"] == "google/veo-9-t2v"
