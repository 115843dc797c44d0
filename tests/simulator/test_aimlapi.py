"""The wire of AI/ML API, as its documents tell it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from studio.simulator import Simulator, running_simulator
from tests.simulator.conftest import (
    LONG_ENOUGH,
    client_of,
    data_uri,
    in_base64,
    picture,
)

VIDEOS = "/aimlapi/v2/video/generations"
OLD = "/aimlapi/v2/generate/video"
FOX = {"model": "veo2", "prompt": "A fox runs", "duration": 5}


def submit(client: httpx.Client, path: str = VIDEOS, **body: Any) -> httpx.Response:
    return client.post(path, json={**FOX, **body})


def poll(client: httpx.Client, job_id: str, path: str = VIDEOS) -> dict[str, Any]:
    response = client.get(path, params={"generation_id": job_id})
    assert response.status_code == 200
    content: dict[str, Any] = response.json()
    return content


def test_it_makes_a_video(
    sim: Simulator, bearer: httpx.Client, nobody: httpx.Client
) -> None:
    accepted = submit(bearer)
    assert accepted.status_code == 200
    assert accepted.json()["status"] == "queued"
    assert accepted.json()["meta"]["usage"] == {
        "credits_used": 500_000,
        "usd_spent": 0.25,
    }
    job_id = accepted.json()["id"]
    assert accepted.headers["x-inference-id"] == job_id
    assert accepted.headers["x-aimlapi-credits-used"] == "500000"

    sim.advance(1.0)
    assert poll(bearer, job_id) == {"id": job_id, "status": "generating"}

    sim.advance(LONG_ENOUGH)
    done = poll(bearer, job_id)
    assert done["status"] == "completed"
    video = nobody.get(done["video"]["url"])
    assert video.headers["content-type"] == "video/mp4"
    assert len(video.content) == done["video"]["file_size"]
    assert video.content[4:8] == b"ftyp"


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}])
def test_it_refuses_a_wrong_key(nobody: httpx.Client, header: dict[str, str]) -> None:
    response = nobody.post(VIDEOS, json=FOX, headers=header)

    assert response.status_code == 401
    body = response.json()
    assert body.keys() == {"message", "path", "requestId", "statusCode", "timestamp"}
    assert body["statusCode"] == 401
    assert body["path"] == "/v2/video/generations"


def test_it_answers_403_when_the_credit_is_gone(sim: Simulator) -> None:
    with client_of(sim, authorization="Bearer sim-broke") as broke:
        response = submit(broke)

    assert response.status_code == 403
    assert "billing" in response.json()["message"]
    assert sim.paid() == []


KLING_3 = {"model": "klingai/video-v3-omni-720p-image-to-video", "prompt": "x"}
HUG = {"model": "klingai/kling-video-v1.6-pro-effects", "effect_scene": "hug"}
LINK = "https://example.com/a.png"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"model": "veo2"}, "prompt: required"),
        ({**FOX, "duration": 9}, "expected 5 | 6 | 7 | 8, received 9"),
        ({**FOX, "prompt": 7}, "prompt: expected string"),
        ({"model": "veo2/image-to-video", "prompt": "x"}, "image_url: required"),
        ({**KLING_3, "image_url": LINK, "cfg_scale": 2}, "at most 1"),
        ({"model": "google/veo3", "prompt": "x", "resolution": "720p"}, "720P"),
        ({"model": "gen3a_turbo", "image_url": LINK, "prompt": "x" * 1001}, "1000"),
        (
            {
                "model": "pixverse/v5/text-to-video",
                "prompt": "x",
                "resolution": "1080p",
                "duration": 8,
            },
            "cannot be combined",
        ),
        ({**KLING_3, "image_url": LINK, "multi_prompt": ["y"]}, "cannot be combined"),
        ({**KLING_3, "image_url": LINK, "tail_image_url": LINK}, "generate_audio"),
        ({**HUG, "image_url": LINK}, "needs a list of two"),
        (
            {
                "model": "krea/krea-wan-14b/text-to-video",
                "prompt": "x",
                "num_frames": 80,
            },
            "multiple of 12",
        ),
        (
            {"model": "bytedance/seedance-2-0", "prompt": "x", "audio_url": LINK},
            "audio_url: needs image_url",
        ),
        (
            {
                "model": "luma/ray-2",
                "prompt": "x",
                "keyframes": {"frame0": {"type": "generation", "id": "no-uuid"}},
            },
            "not a UUID",
        ),
    ],
)
def test_it_refuses_what_a_model_does_not_take(
    sim: Simulator, bearer: httpx.Client, body: dict[str, Any], said: str
) -> None:
    response = bearer.post(VIDEOS, json=body)

    assert response.status_code == 400
    message = response.json()["message"]
    assert message.startswith("Body validation error\n")
    assert said in message
    assert sim.paid() == []


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("not a link", "neither a URL nor base64"),
        ("ftp://example.com/a.png", "a URL must be"),
        ("http://192.168.0.7/a.png", "cannot be reached"),
        (data_uri(b"not a picture" * 9), "not image"),
        (data_uri(picture(), "image/jpeg"), "said to be image/jpeg"),
        (data_uri(picture()[:60]), "damaged"),
        (data_uri(picture(200, 200)), "needs 301 pixels"),
        (data_uri(picture(1000, 320)), "too long"),
        (data_uri(picture(form="WEBP"), "image/webp"), "not among"),
    ],
)
def test_it_looks_into_images(bearer: httpx.Client, image: str, said: str) -> None:
    response = submit(bearer, model="video-01-live2d", image_url=image)

    assert response.status_code == 400
    assert said in response.json()["message"]


@pytest.mark.parametrize(
    "image", [LINK, data_uri(picture()), in_base64(picture(form="JPEG"))]
)
def test_it_takes_links_data_uris_and_base64(bearer: httpx.Client, image: str) -> None:
    assert submit(bearer, model="video-01-live2d", image_url=image).is_success


def test_it_takes_numbers_as_text(bearer: httpx.Client) -> None:
    # Half of the documented examples send "5".
    assert submit(bearer, duration="5").is_success


def test_it_ignores_unknown_fields_but_tells_of_them(
    sim: Simulator, bearer: httpx.Client
) -> None:
    assert submit(bearer, tail_image_url=LINK).is_success
    assert sim.paid()[0]["ignored"] == ["tail_image_url"]


def test_it_refuses_unknown_fields_when_it_is_strict() -> None:
    with (
        running_simulator(clip="small", strict=True) as sim,
        client_of(sim, authorization="Bearer sim-alice") as client,
    ):
        response = submit(client, tail_image_url=LINK)

    assert response.status_code == 400
    assert "tail_image_url: unknown field" in response.json()["message"]


@pytest.mark.parametrize(
    ("vendor", "body", "id_field"),
    [
        ("google", FOX, "id"),
        ("kling", {"model": "klingai/v2-master-text-to-video", "ratio": "16:9"}, "id"),
        ("minimax", {"model": "video-01", "first_frame_image": LINK}, "generation_id"),
        ("runway", {"model": "runway/gen4_turbo", "image_url": LINK}, "id"),
        ("alibaba", {"model": "wan/v2.1/1.3b/text-to-video"}, "id"),
    ],
)
def test_it_speaks_the_older_paths(
    sim: Simulator,
    bearer: httpx.Client,
    vendor: str,
    body: dict[str, Any],
    id_field: str,
) -> None:
    path = f"{OLD}/{vendor}/generation"

    accepted = bearer.post(path, json={"prompt": "A fox", **body})
    assert accepted.status_code == 201
    sim.advance(LONG_ENOUGH)
    done = poll(bearer, accepted.json()[id_field], path)

    assert done["status"] == "completed"
    assert ("url" in done["video"]) == (vendor != "runway")
    assert isinstance(done["video"], list) == (vendor == "runway")


def test_it_wants_a_model_on_its_own_path(bearer: httpx.Client) -> None:
    response = bearer.post(f"{OLD}/kling/generation", json=FOX)

    assert response.status_code == 400
    assert "received 'veo2'" in response.json()["message"]


def test_it_refuses_more_on_lumas_path(sim: Simulator, bearer: httpx.Client) -> None:
    path = f"{OLD}/luma-ai/generation"
    body = {"prompt": "A fox", "aspect_ratio": "16:9"}

    refused = bearer.post(path, json={**body, "negative_prompt": "rain"})
    job_id = bearer.post(path, json=body).json()["id"]

    assert "negative_prompt: unknown field" in refused.json()["message"]
    sim.advance(1.2)
    assert poll(bearer, job_id, path)["status"] == "dreaming"
    sim.advance(LONG_ENOUGH)
    many = bearer.get(f"{path}s", params={"generation_ids": f"{job_id},unknown"})
    assert [one["status"] for one in many.json()] == ["completed"]


def test_it_waits_for_a_state_on_lumas_path() -> None:
    path = f"{OLD}/luma-ai/generation"
    with (
        running_simulator(clip="small", seconds=0.2) as sim,
        client_of(sim, authorization="Bearer sim-alice") as client,
    ):
        body = {"prompt": "A fox", "aspect_ratio": "16:9"}
        job_id = client.post(path, json=body).json()["id"]
        question = {"generation_id": job_id, "state": "completed"}
        answer = client.get(path, params=question).json()

    assert answer["status"] == "completed"


def test_it_speaks_luma_v1(sim: Simulator, bearer: httpx.Client) -> None:
    body = {"aspect_ratio": "16:9", "user_prompt": "A fox"}
    accepted = bearer.post("/aimlapi/luma-ai/generations", json=body).json()
    sim.advance(LONG_ENOUGH)
    url = "/aimlapi/v1/luma-ai/generation"
    found = bearer.get(url, params={"ids[0]": accepted["id"]}).json()

    assert accepted["state"] == "queued"
    assert found[0]["state"] == "completed"
    assert found[0]["video"]["url"].startswith(sim.url)
    own = bearer.get("/aimlapi/luma-ai/generations").json()
    assert own == [{"luma_generation_id": accepted["id"], "prompt": "A fox"}]


def test_it_says_succeeded_where_the_samples_do(
    sim: Simulator, bearer: httpx.Client
) -> None:
    job_id = submit(bearer, model="pixverse/v5/text-to-video").json()["id"]
    sim.advance(LONG_ENOUGH)

    assert poll(bearer, job_id)["status"] == "succeeded"


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("veo2", {"name": "content_policy_violation"}),
        ("klingai/kling-video-v1.6-pro-effects", {"detail": [{"loc": 0}]}),
    ],
)
def test_it_tells_failures_as_the_vendor_does(
    sim: Simulator, bearer: httpx.Client, model: str, error: dict[str, Any]
) -> None:
    sim.inject("refused")
    extra = {"effect_scene": "squish", "image_url": LINK} if "effects" in model else {}
    job_id = submit(bearer, model=model, **extra).json()["id"]
    sim.advance(LONG_ENOUGH)
    told = poll(bearer, job_id)

    assert told["status"] == "error"
    assert told["error"].keys() >= error.keys()


def test_it_keeps_ids_of_others_secret(sim: Simulator, bearer: httpx.Client) -> None:
    job_id = submit(bearer).json()["id"]
    with client_of(sim, authorization="Bearer sim-charlie") as charlie:
        response = charlie.get(VIDEOS, params={"generation_id": job_id})

    assert response.status_code == 404


def test_it_echoes_a_good_request_id(sim: Simulator, bearer: httpx.Client) -> None:
    for own, echoed in (("take-1:2", "take-1:2"), ("not allowed!", None)):
        headers = {"x-client-request-id": own}
        response = bearer.post(VIDEOS, json=FOX, headers=headers)
        assert response.headers.get("x-client-request-id") == echoed

    assert [job["token"] for job in sim.paid()] == ["take-1:2", ""]


def test_it_lists_models_without_a_key(nobody: httpx.Client) -> None:
    everything = nobody.get("/aimlapi/v1/models").json()
    path = "/aimlapi/v1/models"
    one = nobody.get(path, params={"id": "VEO2", "include": "pricing,modalities"})
    both = nobody.get(path, params={"capabilities": "lip_sync"}).json()["data"]

    assert everything["object"] == "list"
    assert len(everything["data"]) > 130
    (model,) = one.json()["data"]
    assert model["pricing"]["units"][0] == {
        "name": "second",
        "measure": "output",
        "price": 0.05,
        "per": 1,
    }
    assert model["modalities"] == {"input": ["text"], "output": ["video"]}
    assert 0 < len(both) < 20
    tag = {"if-none-match": one.headers["etag"]}
    assert nobody.get(one.request.url, headers=tag).status_code == 304
    assert nobody.get("/aimlapi/model/luma/ray-2").json()["data"]["id"] == "luma/ray-2"
    assert nobody.get("/aimlapi/model/none").status_code == 404


def test_it_tells_balance_and_ledger(sim: Simulator, bearer: httpx.Client) -> None:
    job_id = submit(bearer).json()["id"]
    early = bearer.get("/aimlapi/v2/billing/transactions").json()
    sim.advance(LONG_ENOUGH)
    late = bearer.get("/aimlapi/v2/billing/transactions").json()
    logs = bearer.get("/aimlapi/v2/logs").json()
    metrics = bearer.get("/aimlapi/models/metrics").json()

    assert bearer.get("/aimlapi/v2/billing").json()["current_balance"] == 999.75
    assert early["data"] == []
    assert late["data"][0]["reference_id"] == job_id
    assert late["data"][0]["amount"] == {"usd": 0.25, "credits": 500_000}
    assert logs["data"][0]["status"] == "succeeded"
    assert metrics["models"][0]["alias"] == "veo2"
