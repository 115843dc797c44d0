"""The wire of Segmind: v2, v1, uploads and account."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from studio.simulator import Simulator, running_simulator
from tests.commands.site import wait_for
from tests.simulator.conftest import (
    LONG_ENOUGH,
    client_of,
    data_uri,
    in_base64,
    picture,
)

FOX = {"prompt": "A fox", "duration": 5, "aspect_ratio": "16:9", "seed": 965002}
LINK = "https://example.com/a.png"


def test_it_makes_a_video(
    sim: Simulator, api_key: httpx.Client, nobody: httpx.Client
) -> None:
    accepted = api_key.post("/segmind/v2/veo-2", json=FOX)
    assert accepted.status_code == 200
    urls = accepted.json()
    assert urls["status"] == "QUEUED"
    assert urls["response_url"] == f"{sim.url}/segmind/v2/requests/{urls['request_id']}"

    sim.advance(1.0)
    running = api_key.get(urls["status_url"]).json()
    assert running["status"] == "PROCESSING"

    sim.advance(LONG_ENOUGH)
    assert api_key.get(urls["status_url"]).json()["status"] == "COMPLETED"
    assert api_key.get(urls["poll_url"]).json()["status"] == "COMPLETED"
    result = api_key.get(urls["response_url"]).json()
    assert result["seed"] == 965002
    assert result["metrics"]["cost"] == 0.5
    assert result["metrics"]["remaining_credits"] == 999.5
    assert result["output"] == result["video"]["url"]
    assert nobody.get(result["output"]).content[4:8] == b"ftyp"


@pytest.mark.parametrize("form", ["json", "multipart"])
def test_it_answers_with_the_video_on_v1(form: str) -> None:
    parts = {name: (None, str(value)) for name, value in FOX.items()}
    sent: dict[str, Any] = {"json": FOX} if form == "json" else {"files": parts}
    with (
        running_simulator(clip="small", speed=100) as sim,
        client_of(sim, x_api_key="sim-alice") as client,
    ):
        response = client.post("/segmind/v1/veo-2", **sent)

    assert response.headers["content-type"] == "video/mp4"
    assert response.content[4:8] == b"ftyp"
    assert response.headers["x-cost"] == "0.5"
    assert response.headers["x-remaining-credits"] == "999.5"
    assert response.headers["x-seed-value"] == "965002"


def test_it_can_answer_with_json_on_v1() -> None:
    body = {**FOX, "prompt": "[fault:linked-result]"}
    with (
        running_simulator(clip="small", speed=100) as sim,
        client_of(sim, x_api_key="sim-alice") as client,
    ):
        response = client.post("/segmind/v1/veo-2", json=body)

    assert response.json()["video_url"].startswith(sim.url)


def test_it_charges_on_v1_although_nobody_waits(
    sim: Simulator, api_key: httpx.Client
) -> None:
    with pytest.raises(httpx.ReadTimeout):
        api_key.post("/segmind/v1/veo-2", json=FOX, timeout=httpx.Timeout(60, read=0.2))

    wait_for(lambda: len(sim.paid()) == 1)  # it may still be reading the request


@pytest.mark.parametrize(
    "header", [{}, {"x-api-key": "SG_wrong"}, {"authorization": "Bearer sim-alice"}]
)
def test_it_refuses_a_wrong_key(nobody: httpx.Client, header: dict[str, str]) -> None:
    response = nobody.post("/segmind/v2/veo-2", json=FOX, headers=header)

    assert response.status_code == 401
    assert response.json().keys() == {"error"}


@pytest.mark.parametrize(
    ("slug", "body", "code"),
    [
        ("veo-2", {"duration": 5}, 400),
        ("veo-2", {**FOX, "duration": 9}, 400),
        ("veo-2", {**FOX, "aspect_ratio": "1:1"}, 400),
        ("veo-2-image2video", {"prompt": "x"}, 400),
        ("kling-image2video", {"image": in_base64(b"x" * 60)}, 400),
        ("kling-image2video", {"image": LINK, "cfg_scale": 3}, 400),
        (
            "seedance-2.0",
            {"prompt": "x", "first_frame_url": LINK, "reference_images": [LINK]},
            400,
        ),
        ("no-such-slug", FOX, 404),
        ("sora-2", FOX, 410),
    ],
)
def test_it_refuses_what_is_wrong(
    sim: Simulator, api_key: httpx.Client, slug: str, body: dict[str, Any], code: int
) -> None:
    response = api_key.post(f"/segmind/v2/{slug}", json=body)

    assert response.status_code == code
    assert response.json()["error"]
    assert sim.paid() == []


@pytest.mark.parametrize("image", [LINK, data_uri(picture()), in_base64(picture())])
def test_it_takes_links_data_uris_and_base64(api_key: httpx.Client, image: str) -> None:
    body = {"image": image, "duration": "5"}
    assert api_key.post("/segmind/v2/kling-image2video", json=body).is_success


def test_it_answers_406_for_several_reasons(
    api_key: httpx.Client, nobody: httpx.Client
) -> None:
    plain = api_key.post("/segmind/v2/veo-2", content=b"{}")
    broke = nobody.post(
        "/segmind/v2/veo-2", json=FOX, headers={"x-api-key": "sim-broke"}
    )

    assert [plain.status_code, broke.status_code] == [406, 406]
    assert "Content-Type" in plain.json()["error"]
    assert "credits" in broke.json()["error"]


def test_it_answers_405_in_html(api_key: httpx.Client) -> None:
    response = api_key.get("/segmind/v2/veo-2")
    assert response.status_code == 405
    assert response.headers["content-type"].startswith("text/html")


def test_it_tells_failures_with_422(sim: Simulator, api_key: httpx.Client) -> None:
    body = {**FOX, "prompt": "[fault:failed]"}
    urls = api_key.post("/segmind/v2/veo-2", json=body).json()
    sim.advance(LONG_ENOUGH)

    for name in ("status_url", "response_url"):
        told = api_key.get(urls[name])
        assert told.status_code == 422
        assert told.json()["status"] == "FAILED"
        assert told.json()["error"]
    assert sim.balance("segmind", "sim-alice") == 1_000_000_000


def test_it_forgets_a_result_after_an_hour(
    sim: Simulator, api_key: httpx.Client
) -> None:
    urls = api_key.post("/segmind/v2/veo-2", json=FOX).json()
    sim.advance(LONG_ENOUGH + 3600)
    gone = api_key.get(urls["response_url"])

    assert gone.status_code == 404
    assert gone.json() == {"error": f"Request {urls['request_id']} not found"}


def test_it_takes_uploads(api_key: httpx.Client, nobody: httpx.Client) -> None:
    body = {"data_urls": [data_uri(picture())]}
    (link,) = api_key.post("/segmind/upload-asset", json=body).json()["file_urls"]

    assert nobody.get(link).content == picture()
    sent = {"prompt": "x", "image": link}
    assert api_key.post("/segmind/v2/veo-2-image2video", json=sent).is_success
    wrong = api_key.post("/segmind/upload-asset", json={"data_urls": ["x"]})
    assert wrong.status_code == 400


def test_it_tells_credits_and_models(
    api_key: httpx.Client, nobody: httpx.Client
) -> None:
    credits = api_key.get("/segmind/v1/get-user-credits").json()
    listed = nobody.get("/segmind/inference-model-information/list").json()
    refused = nobody.get("/segmind/api/auth/authenticate")

    assert credits == {"credits": 1000.0, "free-credits": 0}
    (rows,) = listed.values()
    assert {"slug": "veo-2", "title": "Veo 2", "type": "textToVideo"} in rows
    assert refused.json()["status_code"] == 401
