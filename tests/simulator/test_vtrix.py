"""The wire of Vtrix: tasks and the model catalog."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from studio.simulator import Simulator
from tests.simulator.conftest import LONG_ENOUGH, client_of, in_base64, picture

SUBMIT = "/vtrix/model/v1/generation"
IMAGE = {"bytesBase64Encoded": in_base64(picture()), "mimeType": "image/png"}


def body(model: str = "veo_31_fast", **params: Any) -> dict[str, Any]:
    return {"model": model, "input": [{"params": {"prompt": "A fox", **params}}]}


def task(client: httpx.Client, job_id: str) -> dict[str, Any]:
    content: dict[str, Any] = client.get(f"{SUBMIT}/task/{job_id}").json()
    return content


def test_it_makes_a_video(
    sim: Simulator, bearer: httpx.Client, nobody: httpx.Client
) -> None:
    accepted = bearer.post(SUBMIT, json=body(durationSeconds=8))
    assert accepted.status_code == 200
    assert accepted.json().keys() == {"id", "status", "model", "created_at"}
    job_id = accepted.json()["id"]

    sim.advance(1.0)
    running = task(bearer, job_id)
    assert running["status"] == "in_progress"
    assert 0 <= running["progress"] < 1

    sim.advance(LONG_ENOUGH)
    done = task(bearer, job_id)
    assert done["status"] == "completed"
    assert done["usage"]["cost"] == "0.80"
    (content,) = done["output"][0]["content"]
    assert content["type"] == "video"
    assert nobody.get(content["url"]).content[4:8] == b"ftyp"


def test_it_takes_the_flat_body_of_the_page(
    sim: Simulator, bearer: httpx.Client
) -> None:
    flat = {"model": "veo_31_fast", "prompt": "A fox"}
    assert bearer.post(SUBMIT, json=flat).is_success
    assert sim.paid()[0]["dialect"] == "flat"


def test_it_refuses_a_wrong_key(nobody: httpx.Client) -> None:
    response = nobody.post(SUBMIT, json=body())

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"aspectRatio": "1:1"}, "aspectRatio"),
        ({"durationSeconds": 5}, "durationSeconds"),
        ({"resolution": "4k", "durationSeconds": 6}, "durationSeconds"),
        ({"lastFrame": IMAGE}, "lastFrame: needs image"),
        ({"referenceImages": [{"image": IMAGE}] * 4}, "at most 3"),
        ({"referenceImages": [{"image": IMAGE}], "durationSeconds": 4}, "must be 8"),
        ({"video": {"uri": "https://example.com/a.mp4"}, "resolution": "4k"}, "720p"),
        ({"image": IMAGE, "personGeneration": "allow_all"}, "allow_adult"),
        ({"personGeneration": "allow_adult"}, "allow_all"),
        ({"image": "https://example.com/a.png"}, "image"),
        ({"image": {**IMAGE, "bytesBase64Encoded": "x" * 64}}, "image"),
    ],
)
def test_it_refuses_what_veo_does_not_take(
    sim: Simulator, bearer: httpx.Client, params: dict[str, Any], said: str
) -> None:
    response = bearer.post(SUBMIT, json=body(**params))

    assert response.status_code == 400
    assert said in response.json()["error"]["message"]
    assert sim.paid() == []


@pytest.mark.parametrize(
    "image",
    [
        IMAGE,
        {"imageBytes": IMAGE["bytesBase64Encoded"], "mimeType": "image/png"},
        {"gcsUri": "gs://bucket/a.png", "mimeType": "image/png"},
        {"url": "https://example.com/a.png"},
    ],
)
def test_it_takes_every_likely_shape_of_an_image(
    bearer: httpx.Client, image: dict[str, str]
) -> None:
    assert bearer.post(SUBMIT, json=body(image=image)).is_success


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"model": "no_such_model", "input": [{"params": {}}]}, 404),
        ({"model": "veo_31_fast", "input": {"params": {}}}, 400),
        ({"model": "veo_31_fast", "input": [{"prompt": "x"}]}, 400),
        (body("kirin_v3_i2v"), 400),
        (body("viduq2_pro_start_end2video", images=["https://example.com/a.png"]), 400),
    ],
)
def test_it_refuses_wrong_bodies(
    bearer: httpx.Client, sent: dict[str, Any], code: int
) -> None:
    assert bearer.post(SUBMIT, json=sent).status_code == code


def test_it_answers_403_when_the_credit_is_gone(sim: Simulator) -> None:
    with client_of(sim, authorization="Bearer sim-broke") as broke:
        response = broke.post(SUBMIT, json=body())

    assert response.status_code == 403
    assert "balance" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (body(), {"code": 5001, "error_message": "Video generation failed"}),
        (
            body("vtrix-veo-3.1-generate-preview"),
            {"code": "002014001", "message": "Video generation failed"},
        ),
        (body("viduq2_text2video"), "Video generation failed"),
    ],
)
def test_it_tells_failures_in_three_shapes(
    sim: Simulator, bearer: httpx.Client, sent: dict[str, Any], error: object
) -> None:
    sim.inject("failed", provider="vtrix")
    job_id = bearer.post(SUBMIT, json=sent).json()["id"]
    sim.advance(LONG_ENOUGH)
    told = task(bearer, job_id)

    assert told["status"] == "failed"
    assert told["error"] == error
    assert "output" not in told


def test_it_may_be_done_at_once(bearer: httpx.Client) -> None:
    sent = {"model": "veo_31_fast", "prompt": "[fault:done-at-once]"}
    assert bearer.post(SUBMIT, json=sent).json()["status"] == "completed"


def test_it_lists_models_and_specs(nobody: httpx.Client) -> None:
    path = "/vtrix/api/v1/skill/models"
    page = nobody.get(path, params={"page": 2, "page_size": 10, "type": "video"}).json()
    found = nobody.get(path, params={"keywords": "VEO_31"}).json()["data"]["models"]
    spec = nobody.get(f"{path}/veo_31_fast/spec").json()["data"]

    assert page["status"]["code"] == 200
    assert len(page["data"]["models"]) == 10
    assert [model["id"] for model in found] == ["veo_31_fast"]
    assert spec["api"]["endpoint"].endswith(SUBMIT)
    ratio = next(row for row in spec["parameters"] if row["name"] == "aspectRatio")
    assert ratio["constraints"]["enum"] == ["16:9", "9:16"]
    assert nobody.get(f"{path}/none/spec").json()["status"]["code"] == 404
